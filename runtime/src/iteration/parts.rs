//! Parts: one table, many workers.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_core::future::BoxFuture;

use super::{Iteration, chunked::Chunked, yields::Yields};
use crate::{
    backend::Backend,
    batches::{plan::Plan, run, seeker::Seeker},
    error::Error,
    model::Described,
    parts::cutter::{Cutter, Progress},
    position::part::Part,
};

/// Parts of a table, for many workers.
impl<'s, M, DB, K, Y> Iteration<'s, M, DB, K, Y>
where
    M: Chunked,
    DB: Backend,
    Y: Yields<M>,
{
    /// Cuts the rows that the iteration would hand out into at most `parts` parts of about the same
    /// number of rows, for [`part`](Self::part): `let parts = Entry::iter(&pool).parts(16).await?`.
    ///
    /// The database cuts, at rows that it has: whatever the type of the key, its gaps, its collation, its
    /// directions or NULLs, the parts are disjoint, and together all rows, those that are inserted later
    /// included. [`Part`] says how to keep them. If there are fewer rows than parts, each row has a part;
    /// an empty table has one, open at both ends. In a large table, each end may be off by a tenth of a
    /// part; if rows are inserted or deleted while it is cut, by as many.
    ///
    /// Filters, order, `range` and table are those of the iteration that the parts are read with.
    /// [`after`](Self::after) a cursor, the rows from there on are cut; with
    /// [`up_to_now`](Self::up_to_now), the last part ends at the table's last row (of an empty table, there
    /// is none); and a part can itself be cut into parts. The options that say how rows are read, or locked, do not matter.
    ///
    /// ```
    /// # use futures_util::TryStreamExt;
    /// # use sqlx_chunked::{Chunked, Error, Part};
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "entries")]
    /// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    /// # sqlx::query("CREATE TABLE entries (id INTEGER PRIMARY KEY)").execute(&pool).await?;
    /// # sqlx::query("INSERT INTO entries VALUES (-7), (2), (3), (400), (5000000)").execute(&pool).await?;
    /// let parts: Vec<Part<Entry>> = Entry::iter(&pool).parts(2).await?;
    /// let [two, three] = &parts[..] else { panic!("two parts of five rows") };
    /// assert_eq!((two.rows(), three.rows()), (2, 3));
    ///
    /// let last: Vec<Entry> = Entry::iter(&pool).part(three.clone()).try_collect().await?;
    /// assert_eq!(last.iter().map(|e| e.id).collect::<Vec<_>>(), [3, 400, 5_000_000]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Statements
    ///
    /// One walk along the index of the order, 10,000 entries at a time, with no rows sent but every
    /// 10,000th key:
    ///
    /// ```sql
    /// SELECT "entries"."id" FROM "entries" WHERE ("entries"."id" > 10000)
    ///  ORDER BY "entries"."id" ASC LIMIT 1 OFFSET 9999
    /// ```
    ///
    /// It keeps up to 4,096 keys; when there are more, it drops every second one and makes steps twice as
    /// long. Where fewer rows are left, one `SELECT count(*)` counts them. Then one such statement for each
    /// part finds its end, from the nearest of these keys on. If the order has several columns, each
    /// place after a key (the rest of a tie, the greater values, the NULLs) has a statement of its own, on
    /// MySQL all have one. Together they read each index entry once, and at most once more for the ends.
    ///
    /// They are sent one after the other, in no transaction. Dropping the future cancels the cut, as
    /// described for [`Iteration`].
    ///
    /// # Errors
    ///
    /// An [`Error::Option`] for 0 parts, with [`limit`](Self::limit), which counts the rows of one
    /// iteration, and with [`before`](Self::before); otherwise those of the iteration.
    pub fn parts(mut self, parts: usize) -> Cut<'s, M, DB> {
        self.is_late("parts");
        let refused = refused_cut(self.run.plan(), parts);
        let refused = refused.map(|reason| Error::Option {
            model: M::MODEL.name,
            method: "parts",
            reason: reason.into(),
        });
        let checked = self.check().and(refused.map_or(Ok(()), Err));
        let cutter = checked.and_then(|()| match self.run.into_planned() {
            Some((plan, run::Planned { content, connector })) => {
                let seeker = Seeker::new(plan, content.filters, Arc::default());
                Ok(Cutter::new(connector, seeker))
            }
            None => Err(Error::Started { model: M::MODEL.name, method: "parts" }),
        });
        let parts = u32::try_from(parts).unwrap_or(u32::MAX);
        let report: Report<'s> = Box::new(|_| {});
        let planned = Box::new(Planned { cutter, parts, report });
        Cut { planned: Some(planned), cutting: None }
    }

    /// Reads, counts or writes only the rows of a part:
    /// `Entry::batch_iter(&pool).part(part).resume(cursor)`.
    ///
    /// Everything else works as without it: batches, pages, relations, read-ahead, locks, writes,
    /// [`limit`](Self::limit), and cursors taken in the part. If it is called several times, the last call
    /// wins.
    ///
    /// A worker that keeps a [checkpoint](crate::Checkpoints) for each part goes on after a restart, and
    /// writes each row once even if a queue hands its part to two workers:
    ///
    /// ```
    /// # use futures_util::TryStreamExt;
    /// # use sqlx_chunked::{Checkpoints, Chunked, Open, Part};
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "entries")]
    /// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64 }
    /// # async fn work(_: &mut sqlx::SqliteConnection, _: &[Entry]) -> Result<(), sqlx::Error> { Ok(()) }
    /// # async fn worker(pool: sqlx::SqlitePool, part: Part<Entry>) -> Result<(), Box<dyn std::error::Error>> {
    /// let checkpoints = Checkpoints::new("chunked_checkpoints");
    /// let name = format!("slugs/{}", part.index());
    /// let mut checkpoint = checkpoints.open::<Entry, _>(&pool, &name).await?;
    /// if checkpoint.is_finished() {
    ///     return Ok(());
    /// }
    /// let mut batches =
    ///     Entry::batch_iter(&pool).part(part).resume(checkpoint.cursor()).transactional();
    /// while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await? {
    ///     work(&mut transaction, &batch).await?;
    ///     checkpoint.save(&mut *transaction, &batch.cursor()).await?;
    ///     transaction.commit().await?;
    /// }
    /// checkpoint.finish(&pool).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Statements
    ///
    /// The first one begins at the part's edge, and all end at the other one:
    ///
    /// ```sql
    /// SELECT … FROM "entries" WHERE ("entries"."id" > 5000) AND ("entries"."id" <= 10000)
    ///  ORDER BY "entries"."id" ASC LIMIT 1001
    /// ```
    ///
    /// In an order of several columns, the rows next to the end are places of their own, like those next
    /// to a position. With a cursor, one more statement comes first, which asks whether the cursor is in
    /// the part.
    ///
    /// # Errors
    ///
    /// The first item is an [`Error::Part`], before anything is sent, if the part was cut out of another
    /// table, in another order (its reverse included), or with other filters, or with other values in
    /// them; and if a cursor is outside the part, which the database decides. The filters of the part
    /// are compared by a digest of their text and of their values, those of
    /// [`filter_sql`](Self::filter_sql) included: bind the same values in every process, not the time of
    /// day. It has the values as sqlx shows its arguments; should a version of sqlx show them otherwise,
    /// parts that were cut before are refused, and never read with other filters. What the SQL of a
    /// filter refers to is not known.
    pub fn part(self, part: Part<M>) -> Self {
        self.configure("part", |plan| plan.part = Some(part.share))
    }
}

/// Returns why a plan cannot be cut, if it cannot.
fn refused_cut(plan: &Plan, parts: usize) -> Option<&'static str> {
    if parts == 0 {
        Some("a table has at least one part")
    } else if plan.limit.is_some() {
        Some("`limit` is set, which counts the rows of one iteration: set it on those of the parts")
    } else if plan.backwards {
        Some("`before` is set, and parts are read forwards: use `reverse` and `after`")
    } else {
        None
    }
}

/// A table being cut: a future of its parts, made by [`parts`](Iteration::parts).
#[must_use = "nothing is cut until it is awaited"]
pub struct Cut<'s, M, DB: Backend> {
    /// What to do, until the first poll.
    planned: Option<Box<Planned<'s, DB>>>,
    cutting: Option<BoxFuture<'s, Result<Vec<Part<M>>, Error>>>,
}

type Report<'s> = Box<dyn FnMut(Progress) + Send + 's>;

/// What is cut, unless it cannot be.
struct Planned<'s, DB: Backend> {
    cutter: Result<Cutter<'s, DB>, Error>,
    parts: u32,
    report: Report<'s>,
}

impl<DB: Backend> Planned<'_, DB> {
    async fn cut<M>(self) -> Result<Vec<Part<M>>, Error> {
        let Self { cutter, parts, mut report } = self;
        let shares = cutter?.cut(parts, &mut *report).await?;
        Ok(shares.into_iter().map(Part::of).collect())
    }
}

impl<'s, M, DB: Backend> Cut<'s, M, DB> {
    /// Has a closure called after each statement, to show how far the cut of a large table has come:
    ///
    /// ```
    /// # use sqlx_chunked::{Chunked, Error};
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "entries")]
    /// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64 }
    /// # async fn cut(pool: sqlx::SqlitePool) -> Result<(), Error> {
    /// let cut = Entry::iter(&pool).parts(1_000);
    /// let parts = cut.progress(|cut| eprintln!("{} rows, {} parts", cut.rows(), cut.parts())).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn progress(mut self, mut report: impl FnMut(CutProgress) + Send + 's) -> Self {
        if let Some(planned) = &mut self.planned {
            planned.report = Box::new(move |progress| report(CutProgress(progress)));
        }
        self
    }
}

impl<M: Described, DB: Backend> Future for Cut<'_, M, DB> {
    type Output = Result<Vec<Part<M>>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(planned) = self.planned.take() {
            self.cutting = Some(Box::pin(planned.cut()));
        }
        match &mut self.cutting {
            Some(cutting) => cutting.as_mut().poll(context),
            None => Poll::Pending,
        }
    }
}

/// Nothing in it is pinned: the work is in a box of its own.
impl<M, DB: Backend> Unpin for Cut<'_, M, DB> {}

impl<M: Described, DB: Backend> fmt::Debug for Cut<'_, M, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cut").field("model", &M::MODEL.name).finish_non_exhaustive()
    }
}

/// How far a [`Cut`] has come.
#[derive(Clone, Copy)]
pub struct CutProgress(Progress);

impl CutProgress {
    /// Returns the number of rows that were counted so far. Once it stays the same, the whole table was.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.0.rows
    }

    /// Returns the number of parts whose end was found. The last part has none.
    #[must_use]
    pub const fn parts(&self) -> usize {
        self.0.parts as usize
    }
}

impl fmt::Debug for CutProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CutProgress")
            .field("rows", &self.rows())
            .field("parts", &self.parts())
            .finish()
    }
}
