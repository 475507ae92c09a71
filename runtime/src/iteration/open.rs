//! Batches in transactions that the caller commits.

use std::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::{
    Iteration,
    batch::Batch,
    yields::{Batches, Locked, Unlocked, Yields},
};
use crate::{
    backend::Backend,
    batches::{reader::BatchReader, run::Planned},
    error::Error,
    model::Described,
    position::cursor::Cursor,
    related::item::Item,
    seal::Seal,
    writes::open::{
        handed_out::HandedOut,
        opener::{Opened, Opener},
        run::OpenRun,
    },
};

/// A transaction for each batch.
impl<'s, M, DB, K, T, L> Iteration<'s, M, DB, K, Batches<T, L>>
where
    M: Described,
    T: Item<Model = M>,
    DB: Backend,
{
    /// Reads each batch in a transaction of its own, which is handed out with it: what the program
    /// writes there is committed together with the step to the next batch, or not at all.
    ///
    /// ```
    /// # use futures_util::TryStreamExt;
    /// # use sqlx_chunked::{Chunked, Open};
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "entries")]
    /// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64, headline: String, slug: Option<String> }
    /// # fn slug(headline: &str) -> String { headline.to_lowercase() }
    /// # async fn write(pool: sqlx::SqlitePool) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut batches = Entry::batch_iter(&pool).filter(|e| e.slug.is_null()).transactional();
    /// while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await? {
    ///     for entry in &batch {
    ///         sqlx::query("UPDATE entries SET slug = ? WHERE id = ?")
    ///             .bind(slug(&entry.headline))
    ///             .bind(entry.id)
    ///             .execute(&mut *transaction)
    ///             .await?;
    ///     }
    ///     transaction.commit().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// ```sql
    /// BEGIN;                                               -- SQLite: BEGIN IMMEDIATE
    /// SELECT "entries"."id", … FROM "entries" WHERE … ORDER BY "entries"."id" ASC LIMIT 1001;
    /// UPDATE entries SET slug = ? WHERE id = ?;            -- the program's own
    /// SELECT now() <> statement_timestamp();               -- PostgreSQL: is it still sound?
    /// COMMIT
    /// ```
    ///
    /// Only a commit moves the position: [`limit`](Iteration::limit) and [`cursor`](Iteration::cursor)
    /// count committed batches. After a rollback the next poll reads the same rows again, as they are
    /// by then, and if batches are rolled back one after the other, it waits first, as it does after
    /// errors. A transaction that is dropped is rolled back at once, in the background, and the next
    /// poll waits until that is done. If a `try_next()` is dropped, its batch is rolled back after some
    /// 40 ms without a poll, and later if that happens several times in a row.
    ///
    /// Before [`update`](Iteration::update) or [`delete`](Iteration::delete), each batch is written in
    /// the transaction, and handed out as a [`Written`](crate::Written).
    ///
    /// The transaction has one connection of the pool until it ends. On SQLite it has the only right
    /// to write, from the beginning on: other writers wait, so keep it short. The isolation level is
    /// that of the session. What is done outside of the database cannot be rolled back with the
    /// transaction.
    ///
    /// # Errors
    ///
    /// An [`Error::Option`] before anything is sent: if the source is not a pool, and with
    /// [`read_ahead`](Iteration::read_ahead). A poll while a transaction is open is an
    /// [`Error::StillOpen`].
    pub fn transactional(mut self) -> Iteration<'s, M, DB, K, Transactional<T, DB, L>> {
        self.is_late("transactional");
        let Self { run, late, refused, key, .. } = self;
        Iteration { run, yields: Transactional::nothing(), late, refused, key }
    }
}

/// The rows of a table in batches, each in a transaction, as returned by
/// [`transactional`](Iteration::transactional).
///
/// The options are those of [`Iteration`]. `T` is the type of the items in a batch: the model, or a
/// tuple of the model and its related rows.
pub type TransactionalIter<'s, M, DB, K = <M as super::chunked::Chunked>::Key, T = M> =
    Iteration<'s, M, DB, K, Transactional<T, DB>>;

/// The batches with transactions that a [`TransactionalIter`] yields.
pub struct Transactional<T: Item, DB: Backend, L = Unlocked> {
    /// Set by the first poll.
    run: Option<Box<Reading<T, DB>>>,
    lock: PhantomData<fn() -> L>,
}

type Reading<T, DB> = OpenRun<BatchReader<'static, T, DB>>;

impl<M: Described, T: Item<Model = M>, DB: Backend, L> Yields<M> for Transactional<T, DB, L> {
    type Item = T;
    type Of<U: Item<Model = M>> = Transactional<U, DB, L>;
    type Locked = Transactional<T, DB, Locked>;

    const SEAL: Seal = Seal;

    fn locked(self) -> Self::Locked {
        Transactional { run: self.run, lock: PhantomData }
    }

    fn nothing() -> Self {
        Self { run: None, lock: PhantomData }
    }

    fn next_sql(&mut self) -> Option<String> {
        self.run.as_mut()?.next_sql()
    }
}

/// Why batches of another source cannot have transactions of their own.
pub(super) const NOT_A_POOL: &str = "it takes a connection of a pool for the transaction of each \
    batch, and this source is not a pool: pass `&pool`";

impl<M, DB, K, T, L> Iteration<'_, M, DB, K, Transactional<T, DB, L>>
where
    M: Described,
    T: Item<Model = M>,
    DB: Backend,
{
    /// Returns the position after the last batch that was committed. Before the first one, this is the
    /// cursor given to [`after`](Self::after) or [`before`](Self::before).
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor<M>> {
        match &self.yields.run {
            Some(run) => run.point().cloned().map(Cursor::at),
            None => self.run.point(None).map(Cursor::at),
        }
    }

    /// Returns the batches that are under way, which are begun by the first call.
    fn open_run(&mut self) -> Result<&mut Reading<T, DB>, Error> {
        let model = M::MODEL.name;
        if let Some(Planned { connector, .. }) = self.run.planned_mut() {
            let reason = if !connector.is_pool() {
                Some(NOT_A_POOL)
            } else if self.run.plan().read_ahead > 0 {
                Some(
                    "`read_ahead` is set, but no batch can be read in its transaction before the one \
                     before it is committed",
                )
            } else {
                None
            };
            if let Some(reason) = reason {
                let reason = reason.into();
                return Err(Error::Option { model, method: "transactional", reason });
            }
        }
        if let Some((plan, Planned { content, connector })) = self.run.take_planned()
            && let Ok(connector) = connector.into_owned()
            && let Some(pool) = connector.pool().cloned()
        {
            let reader = BatchReader::new(Arc::clone(&plan), content, connector);
            self.yields.run = Some(Box::new(OpenRun::new(&plan, Opener::new(reader, pool))));
        }
        // Nothing else takes what was planned.
        self.yields.run.as_deref_mut().ok_or(Error::Started { model, method: "transactional" })
    }
}

impl<M, DB, K, T, L> Stream for Iteration<'_, M, DB, K, Transactional<T, DB, L>>
where
    M: Described,
    T: Item<Model = M>,
    DB: Backend,
{
    type Item = Result<Open<Batch<T>, DB>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        this.check()?;
        let Some(opened) = ready!(this.open_run()?.poll_next(context)?) else {
            return Poll::Ready(None);
        };
        let Opened { batch, transaction, last, .. } = opened;
        let batch = Batch::new(batch.rows, this.run.plan().backwards, last);
        Poll::Ready(Some(Ok(Open::new(batch, transaction))))
    }
}

/// A batch, and the transaction that it was read or written in.
#[must_use = "its transaction is rolled back unless it is committed"]
#[non_exhaustive]
pub struct Open<T, DB: Backend> {
    /// The batch: a [`Batch`] of rows, or a [`Written`](crate::Written).
    pub batch: T,
    /// The transaction.
    pub transaction: OpenTransaction<DB>,
}

impl<T, DB: Backend> Open<T, DB> {
    pub(super) const fn new(batch: T, transaction: HandedOut<DB>) -> Self {
        Self { batch, transaction: OpenTransaction(transaction) }
    }
}

impl<T: fmt::Debug, DB: Backend> fmt::Debug for Open<T, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Open")
            .field("batch", &self.batch)
            .field("transaction", &self.transaction)
            .finish()
    }
}

/// The transaction of a batch, as handed out by [`transactional`](Iteration::transactional).
///
/// It dereferences to the connection: `query.execute(&mut *transaction)`. If it is dropped, it is
/// rolled back.
#[must_use = "it is rolled back unless it is committed"]
pub struct OpenTransaction<DB: Backend>(HandedOut<DB>);

impl<DB: Backend> OpenTransaction<DB> {
    /// Commits, so that the iteration moves on. If the future is dropped while it is pending, this is
    /// done in the background, and the next poll of the iteration waits for it.
    ///
    /// PostgreSQL answers COMMIT without an error if a statement of the transaction has failed, and
    /// then rolls back; MariaDB does so if it ended the transaction at a deadlock. So one more
    /// statement is sent there, which shows it: `SELECT now() <> statement_timestamp()`, or
    /// `SELECT @@in_transaction`. MySQL has nothing like that, so there do not go on after a deadlock.
    ///
    /// End the transaction here alone. If the program does it by SQL, or by a statement that commits by
    /// itself, such as `CREATE TABLE` on MariaDB, this is an error as well, although that may have
    /// committed: the next poll would do the batch again.
    ///
    /// # Errors
    ///
    /// Returns an [`Error::Write`] if nothing was committed: the next poll does the batch again. If
    /// the answer was lost, [`Error::CommitUnknown`], now and from every further poll.
    pub async fn commit(self) -> Result<(), Error> {
        self.0.commit().await
    }

    /// Rolls back, so that the next poll does the batch again.
    ///
    /// # Errors
    ///
    /// Returns an [`Error::Write`] if the server does not answer. The connection is closed then, which
    /// rolls back as well, and the iteration goes on with another one.
    pub async fn rollback(self) -> Result<(), Error> {
        self.0.roll_back().await
    }
}

impl<DB: Backend> Deref for OpenTransaction<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &Self::Target {
        self.0.connection_ref()
    }
}

impl<DB: Backend> DerefMut for OpenTransaction<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.0.connection()
    }
}

impl<DB: Backend> fmt::Debug for OpenTransaction<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenTransaction").finish_non_exhaustive()
    }
}
