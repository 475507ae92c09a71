//! Locking the rows that are read.

use super::{
    Iteration,
    open::Transactional,
    yields::{Batches, Locked, Rows, Yields},
};
use crate::{
    backend::{
        Backend,
        lock::{Lock, LocksKeys, LocksRows, Strength, Wait},
    },
    model::Described,
    related::item::Item,
};

/// Locks, on PostgreSQL and MySQL. On SQLite, [`transactional`](Self::transactional) does it: the
/// transaction of a batch is the only one that may write.
impl<'s, M, DB, K, Y> Iteration<'s, M, DB, K, Y>
where
    M: Described,
    DB: Backend,
    Y: Yields<M>,
{
    /// Locks the rows of each batch until its transaction ends, so that nobody else changes, deletes or
    /// locks them. Every row is handed out once, as it is after the lock was had: a row that others
    /// have moved, deleted or changed so that it does not meet the filters any more is left out.
    ///
    /// ```
    /// # #[cfg(feature = "postgres")]
    /// # mod example {
    /// # use futures_util::TryStreamExt;
    /// # use sqlx_chunked::{Chunked, Open};
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "accounts")]
    /// # struct Account { #[chunk_key] #[chunked(primary_key)] id: i64, balance: i64 }
    /// # async fn write(pool: sqlx::PgPool) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut batches = Account::batch_iter(&pool)
    ///     .filter(|a| a.balance.lt(0))
    ///     .for_update()
    ///     .transactional();
    /// while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await? {
    ///     for account in &batch {
    ///         sqlx::query("UPDATE accounts SET balance = $1 WHERE id = $2")
    ///             .bind(account.balance - account.balance / 100)
    ///             .bind(account.id)
    ///             .execute(&mut *transaction)
    ///             .await?;
    ///     }
    ///     transaction.commit().await?;
    /// }
    /// # Ok(())
    /// # }
    /// # }
    /// ```
    ///
    /// A lock ends with its transaction: use [`transactional`](Self::transactional), or read from a
    /// transaction of your own. The keys of a batch are read first, without locks, and each row is
    /// locked by its key, in the order of the iteration:
    ///
    /// ```sql
    /// SELECT "locked".*, "keys".* FROM (
    ///   SELECT row_number() OVER (ORDER BY "key_0" ASC) AS "number", "found".* FROM (
    ///     SELECT "t"."id" AS "key_0" FROM "t" WHERE ("t"."id" > $1) ORDER BY "t"."id" ASC LIMIT $2
    ///   ) AS "found"
    /// ) AS "keys" LEFT JOIN LATERAL (
    ///   SELECT "t"."id", … FROM "t"
    ///   WHERE ("t"."id" = "keys"."key_0" AND "keys"."number" <= $3) FOR UPDATE OF "t"
    /// ) AS "locked" ON TRUE ORDER BY "keys"."number"
    /// ```
    ///
    /// Filters are asked twice, of the keys and of the rows, and must give the same answer both times.
    /// With a `join`, PostgreSQL needs two statements for a batch: one that locks the rows, and one that
    /// reads them with what is joined to them by then.
    ///
    /// # What is locked
    ///
    /// The rows that are handed out: neither the row after a batch, nor [related rows](Self::with_one),
    /// nor, on PostgreSQL, those of a `join`. Rows that are left out because they have changed, and rows
    /// after one that does not decode, stay locked until the transaction ends; on MySQL and MariaDB under
    /// `READ COMMITTED` the former do not. Moreover, MySQL and MariaDB
    ///
    /// - lock the rows of a `join` as well;
    /// - find the rows by an index over columns of the order. Without one, they look at all rows of
    ///   the table and lock them: give the order's unique columns an index, which a `UNIQUE`
    ///   constraint always has;
    /// - lock everything that they look at under `SERIALIZABLE`, where every `SELECT` does so.
    ///
    /// A view may lock other rows than those that are read, or none, without saying so: on PostgreSQL
    /// none behind a `WITH`, and all behind a `LIMIT`; on MySQL none with `ALGORITHM = TEMPTABLE`.
    ///
    /// # Isolation levels
    ///
    /// Lock at `READ COMMITTED`. It is PostgreSQL's default; on MySQL and MariaDB say
    /// `SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED` when a connection is made. At
    /// `REPEATABLE READ`, the default there, keys and related rows are those of the transaction's
    /// snapshot, and locked rows are newer: a related row that was inserted since is not found
    /// ([`Error::Missing`](crate::Error::Missing)), and in a transaction of your own neither are rows
    /// that came after its first statement. On PostgreSQL at that level, and on MariaDB with
    /// `innodb_snapshot_isolation`, a row that has changed since the snapshot is an error.
    ///
    /// # Errors
    ///
    /// Before anything is sent, an [`Error::Option`](crate::Error::Option): for a source that is in no
    /// transaction, with [`read_ahead`](Self::read_ahead), and for a struct with a `query`. A deadlock, a
    /// lock time-out, or a row that has changed since the snapshot was taken is an
    /// [`Error::Query`](crate::Error::Query) whose hint says which; with
    /// [`transactional`](Self::transactional) the next poll reads the batch again. In a transaction of
    /// your own, the database has ended it at a deadlock, and every further poll fails: roll back.
    /// MariaDB is asked for that by `SELECT @@in_transaction`; MySQL cannot be.
    pub fn for_update(self) -> Iteration<'s, M, DB, K, Y::Locked>
    where
        DB: LocksRows,
    {
        self.locked(Strength::Update)
    }

    /// Locks the rows of each batch until its transaction ends, so that nobody else changes or deletes
    /// them. Others may lock them in the same way. Everything else is as with
    /// [`for_update`](Self::for_update).
    ///
    /// The clause is `FOR SHARE`, on MariaDB `LOCK IN SHARE MODE`.
    pub fn for_share(self) -> Iteration<'s, M, DB, K, Y::Locked>
    where
        DB: LocksRows,
    {
        self.locked(Strength::Share)
    }

    /// Locks like [`for_update`](Self::for_update), but lets others insert rows that refer to the
    /// locked ones: `FOR NO KEY UPDATE`, on PostgreSQL. It is the lock for rows whose keys stay.
    pub fn for_no_key_update(self) -> Iteration<'s, M, DB, K, Y::Locked>
    where
        DB: LocksKeys,
    {
        self.locked(Strength::NoKeyUpdate)
    }

    /// Locks like [`for_share`](Self::for_share), but lets others change everything except the keys:
    /// `FOR KEY SHARE`, on PostgreSQL.
    pub fn for_key_share(self) -> Iteration<'s, M, DB, K, Y::Locked>
    where
        DB: LocksKeys,
    {
        self.locked(Strength::KeyShare)
    }

    /// Leaves rows out that others have locked, instead of waiting for them: several workers share the
    /// rows of a table between them.
    ///
    /// An iteration passes over the rows that it leaves out, so it does **not** hand out every row. To
    /// drain a queue, begin a new iteration until one finds nothing, and again later: what others have
    /// by then comes back if they roll back.
    ///
    /// ```
    /// # #[cfg(feature = "postgres")]
    /// # mod example {
    /// # use futures_util::TryStreamExt;
    /// # use sqlx_chunked::{Chunked, Open};
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "jobs")]
    /// # struct Job { #[chunk_key] #[chunked(primary_key)] id: i64, state: String }
    /// # async fn work(pool: sqlx::PgPool) -> Result<(), Box<dyn std::error::Error>> {
    /// loop {
    ///     let mut batches = Job::batch_iter(&pool)
    ///         .filter(|j| j.state.eq("ready"))
    ///         .batch_size(10)
    ///         .for_update()
    ///         .skip_locked()
    ///         .transactional();
    ///     let mut done = 0;
    ///     while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await? {
    ///         for job in &batch {
    ///             sqlx::query("UPDATE jobs SET state = 'done' WHERE id = $1")
    ///                 .bind(job.id)
    ///                 .execute(&mut *transaction)
    ///                 .await?;
    ///         }
    ///         transaction.commit().await?;
    ///         done += batch.len();
    ///     }
    ///     if done == 0 {
    ///         break;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// # }
    /// ```
    ///
    /// A batch may have fewer rows than [`batch_size`](Self::batch_size). If others have all rows of
    /// one, the next rows are asked for, so that no batch is empty. The clause is `SKIP LOCKED`, which
    /// MariaDB has since 10.6. With [`no_wait`](Self::no_wait), the last call wins.
    ///
    /// # Errors
    ///
    /// On MySQL and MariaDB, an [`Error::Option`](crate::Error::Option) for a struct with a `join`, whose
    /// joined rows would be locked and left out as well.
    pub fn skip_locked(self) -> Self
    where
        Y: HoldsLock,
    {
        let mut this = self.waiting("skip_locked", Wait::Skip);
        let in_subqueries = DB::DIALECT.locks.is_some_and(|locks| locks.in_subqueries);
        if M::MODEL.join.is_some() && !in_subqueries {
            let reason = "its rows are those of a `join`, which this database locks as well: a row \
                          would be left out, or lack its columns, because others have the one that is \
                          joined; lock them by a struct without it, and load `with_one`";
            this.refused.get_or_insert(("skip_locked", reason));
        }
        this
    }

    /// Fails at a row that another has locked, instead of waiting for it.
    ///
    /// The error is an [`Error::Query`](crate::Error::Query), and with
    /// [`transactional`](Self::transactional) the next poll tries the same batch again. The clause is
    /// `NOWAIT`. With [`skip_locked`](Self::skip_locked), the last call wins.
    pub fn no_wait(self) -> Self
    where
        Y: HoldsLock,
    {
        self.waiting("no_wait", Wait::Fail)
    }

    fn locked(mut self, strength: Strength) -> Iteration<'s, M, DB, K, Y::Locked> {
        let lock = Lock::new(strength);
        if M::MODEL.query.is_some() {
            let reason = "its rows are those of a `query`, and a lock would reach some of them, all or \
                          none: lock them by a struct of the table";
            self.refused.get_or_insert((lock.method(), reason));
        }
        if !self.is_late(lock.method()) {
            self.run.plan_mut().lock = Some(lock);
        }
        let Self { run, yields, late, refused, key } = self;
        Iteration { run, yields: yields.locked(), late, refused, key }
    }

    fn waiting(mut self, method: &'static str, wait: Wait) -> Self {
        if !self.is_late(method)
            && let Some(lock) = &mut self.run.plan_mut().lock
        {
            lock.wait = wait;
        }
        self
    }
}

/// The items of an iteration that locks rows.
#[diagnostic::on_unimplemented(
    message = "`skip_locked` and `no_wait` say what a lock does, and this iteration locks no rows",
    label = "this method needs a lock",
    note = "help: call `for_update()` or `for_share()` before it"
)]
pub trait HoldsLock {}

impl<T> HoldsLock for Rows<T, Locked> {}

impl<T> HoldsLock for Batches<T, Locked> {}

impl<T: Item, DB: Backend> HoldsLock for Transactional<T, DB, Locked> {}
