//! Writing the rows of an iteration: update and delete.

use std::{
    borrow::Cow,
    fmt,
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::{
    Iteration,
    chunked::Chunked,
    open::{NOT_A_POOL, Open, Transactional},
    yields::{Batches, Rows, Yields},
};
use crate::{
    backend::Backend,
    batches::{plan::Plan, run::Planned, seeker::Seeker},
    error::Error,
    expr::assignment::{Assignment, Set},
    model::Described,
    position::{cursor::Cursor, point::Point},
    related::item::Item,
    sql::write::Change,
    writes::{
        open::{
            opener::{Opened, Opener},
            run::OpenRun,
        },
        run::WriteRun,
        writer::{Batch, Parts},
    },
};

/// Writing.
impl<'s, M, DB, K, Y> Iteration<'s, M, DB, K, Y>
where
    M: Chunked,
    DB: Backend,
    Y: WritesAs<M>,
{
    /// Updates the rows instead of reading them, batch by batch:
    /// `.update(|e| e.slug.set_sql(|q| { q.push("lower(headline)"); }).and(e.rank.set(0)))`.
    ///
    /// The options of the iteration decide which rows: filters, range, order, cursor, limit and
    /// table. Each batch is a transaction of its own, or a savepoint if the source is in a
    /// transaction. `batch_size` is the number of rows that match when the end of the batch is
    /// looked for; rows that come into its range in the meantime are written too.
    ///
    /// ```
    /// # use futures_util::TryStreamExt;
    /// # use sqlx_chunked::{Chunked, Error};
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "entries")]
    /// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64, headline: String, slug: Option<String> }
    /// # async fn write(pool: sqlx::SqlitePool) -> Result<(), Error> {
    /// let mut writes = Entry::batch_iter(&pool)
    ///     .filter(|e| e.slug.is_null())
    ///     .batch_size(5_000)
    ///     .update(|e| e.slug.set_sql(|q| { q.push("lower(headline)"); }));
    /// while let Some(written) = writes.try_next().await? {
    ///     println!("{} rows up to {}", written.rows_affected(), written.cursor());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Statements
    ///
    /// The first statement walks along the index of the order to the last row of the batch, and
    /// looks whether another one follows. The second one writes the rows up to there:
    ///
    /// ```sql
    /// BEGIN;                                               -- SQLite: BEGIN IMMEDIATE
    /// SELECT "entries"."id" FROM "entries" WHERE ("entries"."id" > 5000)
    ///    AND ("entries"."slug" IS NULL) ORDER BY "entries"."id" ASC LIMIT 2 OFFSET 4999;
    /// UPDATE "entries" SET "slug" = lower(headline)
    ///  WHERE ("entries"."id" > 5000 AND "entries"."id" <= 10000) AND ("entries"."slug" IS NULL);
    /// COMMIT
    /// ```
    ///
    /// If fewer rows are left than a batch has, one more statement finds the last one,
    /// `… ORDER BY "entries"."id" DESC LIMIT 1`.
    ///
    /// # What is written
    ///
    /// Every row that matches when its range is reached is written once by a batch that was
    /// committed. The position moves on whether a row still matches afterwards or not, so that a
    /// filter on a column that is set works as one would hope. A batch that fails is rolled back,
    /// and the next poll does it again. Nothing is written before it is asked for. If the iterator
    /// is dropped while a batch is under way, it is rolled back, unless its `COMMIT` was sent. A
    /// borrowed connection or transaction is left in the middle of the batch: roll it back, or close
    /// it.
    ///
    /// In a transaction of the program's own, a database may end all of it at an error (MariaDB at a
    /// deadlock), and with it the batches that were written before. That is an
    /// [`Error::TransactionEnded`](crate::Error::TransactionEnded) from then on.
    ///
    /// A trigger, or on MySQL an `ON UPDATE` column, can change columns that are not named here. If
    /// it changes those of the order, rows move, and can be written twice or not at all.
    ///
    /// # Errors
    ///
    /// An [`Error::Option`](crate::Error::Option), before anything is sent: if a column of the
    /// order is set, or a column twice; if the model has a `join` or a `query`; and with
    /// [`read_ahead`](Self::read_ahead). If the answer of a `COMMIT` is lost,
    /// [`Error::CommitUnknown`](crate::Error::CommitUnknown), at this poll and every further one.
    pub fn update(self, assign: impl FnOnce(M::Columns) -> Assignment<M, DB>) -> Y::Writes<'s, DB>
    where
        Y: Writable<M>,
    {
        let sets = assign(M::columns()).sets;
        let refused = refused_sets::<DB>(self.run.plan(), &sets);
        self.begin("update", Change::Update(sets), refused)
    }

    /// Deletes the rows instead of reading them, batch by batch:
    /// `let gone = Entry::batch_iter(&pool).filter(|e| e.created.lt(limit)).delete().total().await?`.
    ///
    /// It works like [`update`](Self::update), with another second statement:
    ///
    /// ```sql
    /// DELETE FROM "entries" WHERE ("entries"."id" > 5000 AND "entries"."id" <= 10000)
    /// ```
    pub fn delete(self) -> Y::Writes<'s, DB>
    where
        Y: Writable<M>,
    {
        self.begin("delete", Change::Delete, None)
    }

    fn begin(
        self,
        method: &'static str,
        change: Change<DB>,
        refused: Option<Cow<'static, str>>,
    ) -> Y::Writes<'s, DB>
    where
        Y: Writable<M>,
    {
        let plan = self.run.plan();
        let unwritable = if M::MODEL.join.is_some() {
            Some("its rows are those of a `join`: write them by a struct without it".into())
        } else if M::MODEL.query.is_some() {
            Some("its rows are those of a `query`: write them by a struct of the table".into())
        } else if plan.read_ahead > 0 {
            Some("`read_ahead` is set, but nothing is written before it is asked for".into())
        } else {
            refused
        };
        let refusal = match (self.refused, unwritable, self.late) {
            (Some((method, reason)), ..) => Some(Refusal::Option(method, reason.into())),
            (_, _, Some(method)) => Some(Refusal::Started(method)),
            (None, Some(reason), None) => Some(Refusal::Option(method, reason)),
            (None, None, None) => None,
        };
        let parts = match (self.run.into_planned(), refusal) {
            (Some((plan, Planned { content, connector })), None) => {
                let mut seeker = Seeker::new(plan, content.filters, Arc::default());
                seeker.ends_at_rows = true;
                Ok(Parts { connector, seeker, change })
            }
            (None, None) => Err(Refusal::Started(method)),
            (_, Some(refusal)) => Err(refusal),
        };
        Y::writes(Prepared(parts))
    }
}

/// Returns why some columns cannot be set, if they cannot.
fn refused_sets<DB: Backend>(plan: &Plan, sets: &[Set<DB>]) -> Option<Cow<'static, str>> {
    let name = |column: usize| plan.key.model().columns[column].column;
    let in_order = |set: &&Set<DB>| plan.key.order.iter().any(|sort| sort.column == set.column);
    if let Some(set) = sets.iter().find(in_order) {
        return Some(
            format!(
                "it sets `{}`, a column of the order: rows would move while they are walked along; \
                 order by another column",
                name(set.column)
            )
            .into(),
        );
    }
    let is_repeated = |(index, set): &(usize, &Set<DB>)| {
        sets[..*index].iter().any(|before| before.column == set.column)
    };
    let (_, set) = sets.iter().enumerate().find(is_repeated)?;
    Some(format!("it sets `{}` twice", name(set.column)).into())
}

/// The stream that an iteration would become, if its rows can be written.
pub trait WritesAs<M>: Yields<M> {
    /// [`Writes`], or [`OpenWrites`] after [`transactional`](Iteration::transactional).
    type Writes<'s, DB: Backend>;
}

impl<M: Described, T: Item<Model = M>, L> WritesAs<M> for Rows<T, L> {
    type Writes<'s, DB: Backend> = Writes<'s, M, DB>;
}

impl<M: Described, T: Item<Model = M>, L> WritesAs<M> for Batches<T, L> {
    type Writes<'s, DB: Backend> = Writes<'s, M, DB>;
}

impl<M: Described, T: Item<Model = M>, D: Backend, L> WritesAs<M> for Transactional<T, D, L> {
    type Writes<'s, DB: Backend> = OpenWrites<M, DB>;
}

/// What an iteration yields, if its rows can be written: batches of the model alone, with
/// transactions or without.
#[diagnostic::on_unimplemented(
    message = "`update` and `delete` write batches of `{M}` alone",
    label = "this iteration yields something else",
    note = "help: begin with `batch_iter`, load no related rows, and lock none: what is written is locked anyway"
)]
pub trait Writable<M>: WritesAs<M> {
    #[doc(hidden)]
    fn writes<DB: Backend>(prepared: Prepared<'_, DB>) -> Self::Writes<'_, DB>;
}

impl<M: Item<Model = M> + Described> Writable<M> for Batches<M> {
    fn writes<DB: Backend>(Prepared(parts): Prepared<'_, DB>) -> Writes<'_, M, DB> {
        Writes { run: parts.map(WriteRun::new), model: PhantomData }
    }
}

impl<M: Item<Model = M> + Described, D: Backend> Writable<M> for Transactional<M, D> {
    fn writes<DB: Backend>(Prepared(parts): Prepared<'_, DB>) -> OpenWrites<M, DB> {
        OpenWrites { run: parts.and_then(open), model: PhantomData }
    }
}

/// What is needed to write, or why nothing is written.
#[doc(hidden)]
pub struct Prepared<'s, DB: Backend>(Result<Parts<'s, DB>, Refusal>);

/// Begins to write batches in transactions that the caller commits.
fn open<DB: Backend>(parts: Parts<'_, DB>) -> Result<OpenRun<Parts<'static, DB>>, Refusal> {
    let Parts { connector, seeker, change } = parts;
    match (connector.pool().cloned(), connector.into_owned()) {
        (Some(pool), Ok(connector)) => {
            let plan = Arc::clone(&seeker.plan);
            let opener = Opener::new(Parts { connector, seeker, change }, pool);
            Ok(OpenRun::new(&plan, opener))
        }
        _ => Err(Refusal::Option("transactional", NOT_A_POOL.into())),
    }
}

/// Why nothing is written.
enum Refusal {
    Option(&'static str, Cow<'static, str>),
    Started(&'static str),
}

impl Refusal {
    fn to_error(&self, model: &'static str) -> Error {
        match self {
            Self::Option(method, reason) => Error::Option { model, method, reason: reason.clone() },
            Self::Started(method) => Error::Started { model, method },
        }
    }
}

/// A stream of batches that are written when they are asked for, made by
/// [`update`](Iteration::update) and [`delete`](Iteration::delete).
///
/// If no row matches, it has no item.
#[must_use = "nothing is written until it is polled"]
pub struct Writes<'s, M, DB: Backend> {
    run: Result<WriteRun<'s, DB>, Refusal>,
    model: PhantomData<fn() -> M>,
}

impl<M: Described, DB: Backend> Writes<'_, M, DB> {
    /// Writes all batches, and returns the number of rows that were written.
    ///
    /// # Errors
    ///
    /// Stops at the first error. The batches before it are written and committed.
    pub async fn total(mut self) -> Result<u64, Error> {
        let mut total = 0;
        loop {
            let next = std::future::poll_fn(|context| Pin::new(&mut self).poll_next(context)).await;
            match next.transpose()? {
                Some(written) => total += written.rows_affected(),
                None => return Ok(total),
            }
        }
    }

    /// Returns the position after the last batch that was written. Before the first one, this is the
    /// cursor that the iteration was given.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor<M>> {
        let run = self.run.as_ref().ok()?;
        run.point.clone().map(Cursor::at)
    }
}

impl<M: Described, DB: Backend> Stream for Writes<'_, M, DB> {
    type Item = Result<Written<M>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = match &mut self.run {
            Ok(run) => ready!(run.poll_next(context)),
            Err(refusal) => Some(Err(refusal.to_error(M::MODEL.name))),
        };
        Poll::Ready(next.map(|batch| batch.map(Written::of)))
    }
}

/// Nothing in it is pinned.
impl<M, DB: Backend> Unpin for Writes<'_, M, DB> {}

impl<M: Described, DB: Backend> fmt::Debug for Writes<'_, M, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writes").field("model", &M::MODEL.name).finish_non_exhaustive()
    }
}

/// A stream of batches that are written when they are asked for, each in a transaction that the caller
/// commits: made by [`update`](Iteration::update) and [`delete`](Iteration::delete) after
/// [`transactional`](Iteration::transactional).
#[must_use = "nothing is written until it is polled"]
pub struct OpenWrites<M, DB: Backend> {
    run: Result<OpenRun<Parts<'static, DB>>, Refusal>,
    model: PhantomData<fn() -> M>,
}

impl<M: Described, DB: Backend> OpenWrites<M, DB> {
    /// Returns the position after the last batch that was committed. Before the first one, this is the
    /// cursor that the iteration was given.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor<M>> {
        self.run.as_ref().ok()?.point().cloned().map(Cursor::at)
    }
}

impl<M: Described, DB: Backend> Stream for OpenWrites<M, DB> {
    type Item = Result<Open<Written<M>, DB>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = match &mut self.run {
            Ok(run) => ready!(run.poll_next(context)),
            Err(refusal) => Some(Err(refusal.to_error(M::MODEL.name))),
        };
        Poll::Ready(next.map(|opened| {
            let Opened { batch, transaction, .. } = opened?;
            Ok(Open::new(Written::of(batch), transaction))
        }))
    }
}

/// Nothing in it is pinned.
impl<M, DB: Backend> Unpin for OpenWrites<M, DB> {}

impl<M: Described, DB: Backend> fmt::Debug for OpenWrites<M, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenWrites").field("model", &M::MODEL.name).finish_non_exhaustive()
    }
}

/// A batch that was written.
pub struct Written<M> {
    rows: u64,
    last: Point,
    model: PhantomData<fn() -> M>,
}

impl<M> Written<M> {
    fn of(Batch { rows, last }: Batch) -> Self {
        Self { rows, last, model: PhantomData }
    }

    /// Returns the number of rows that were written, as the database counts them.
    ///
    /// On MySQL and MariaDB, sqlx asks for the number of rows that were found, including those that
    /// had the new values already. Rows that a trigger or a cascade writes do not count.
    #[must_use]
    pub const fn rows_affected(&self) -> u64 {
        self.rows
    }

    /// Returns the position after the batch: [`after`](Iteration::after) it, an iteration goes on
    /// with the next one.
    #[must_use]
    pub fn cursor(&self) -> Cursor<M> {
        Cursor::at(self.last.clone())
    }
}

impl<M> fmt::Debug for Written<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written")
            .field("rows_affected", &self.rows)
            .field("cursor", &self.cursor())
            .finish_non_exhaustive()
    }
}
