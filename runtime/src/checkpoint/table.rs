//! The table of checkpoints.

use std::{
    hash::{BuildHasher as _, RandomState},
    marker::PhantomData,
    time::{Duration, SystemTime},
};

use futures_core::future::BoxFuture;

use super::{
    access::Access,
    holder::{Checkpoint, State},
    transaction::{in_transaction, read, write},
};
use crate::{
    backend::{Backend, contention::Contention},
    error::{Error, TokenError},
    fetch::{connector::Connector, source::Source},
    model::Described,
    position::point::Point,
};

/// Positions that are kept in a table of the database, each under a name: a program that is stopped or
/// killed goes on where it was.
///
/// ```
/// use futures_util::TryStreamExt;
/// use sqlx_chunked::{Checkpoints, Chunked, Open};
///
/// #[derive(Chunked)]
/// #[chunked(table = "entries")]
/// struct Entry {
///     #[chunk_key]
///     #[chunked(primary_key)]
///     id: i64,
///     headline: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
/// # sqlx::query("CREATE TABLE entries (id INTEGER PRIMARY KEY, headline TEXT NOT NULL, slug TEXT)").execute(&pool).await?;
/// # sqlx::query("INSERT INTO entries VALUES (1, 'One', NULL), (2, 'Two', NULL)").execute(&pool).await?;
/// let checkpoints = Checkpoints::new("chunked_checkpoints");
/// checkpoints.create(&pool).await?;
///
/// let mut checkpoint = checkpoints.open::<Entry, _>(&pool, "slugs").await?;
/// if checkpoint.is_finished() {
///     return Ok(()); // or go on, with the rows that were appended since
/// }
/// let mut batches = Entry::batch_iter(&pool).resume(checkpoint.cursor()).transactional();
/// while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await? {
///     for entry in &batch {
///         sqlx::query("UPDATE entries SET slug = ? WHERE id = ?")
///             .bind(entry.headline.to_lowercase())
///             .bind(entry.id)
///             .execute(&mut *transaction)
///             .await?;
///     }
///     checkpoint.save(&mut *transaction, &batch.cursor()).await?;
///     transaction.commit().await?;
/// }
/// checkpoint.finish(&pool).await?;
/// # assert!(checkpoint.is_finished());
/// # let again = checkpoints.open::<Entry, _>(&pool, "slugs").await?;
/// # assert!(again.is_finished() && again.cursor().is_some());
/// # Ok(())
/// # }
/// ```
///
/// As the position is saved in the transaction of the batch, both are committed or neither: whatever
/// the program wrote there is written **exactly once**, however often it is killed, and also if the
/// answer of a COMMIT is lost ([`Error::CommitUnknown`](crate::Error::CommitUnknown)). What it does
/// elsewhere, such as sending mail, may be done again for the last batch. With
/// [`skip_locked`](crate::Iteration::skip_locked), rows that were passed over before the position are not
/// read again either.
///
/// The futures are boxed, and `Send` from whatever source. A transaction is passed as
/// `&mut transaction`; by value it is an error, as it would be rolled back. A future that is dropped may
/// have done its work.
///
/// Names are compared byte by byte, and are 1 to 255 bytes long.
#[derive(Clone, Debug)]
pub struct Checkpoints(Access);

/// A checkpoint, as [`Checkpoints::list`] returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SavedCheckpoint {
    /// Its name.
    pub name: String,
    /// The position that was saved last, as the token of a [`Cursor`](crate::Cursor).
    pub cursor: Option<String>,
    /// The time when it was saved, by the clock of the database.
    pub saved_at: Option<SystemTime>,
    /// True if [`finish`](Checkpoint::finish) was called.
    pub finished: bool,
}

/// The number of times that something is tried if others are in the way.
const MOST_ATTEMPTS: usize = 10;

impl Checkpoints {
    /// Names the table that the checkpoints are in.
    pub fn new(table: impl Into<String>) -> Self {
        Self(Access::to(table.into()))
    }

    /// Names the schema of the table; on MySQL its database.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.0.table.schema = Some(name.into());
        self
    }

    /// Sets whether statements get a name on the server, as
    /// [`persistent`](crate::Iteration::persistent) does: with `false` they work behind a transaction
    /// pooler.
    #[must_use]
    pub const fn persistent(mut self, persistent: bool) -> Self {
        self.0.named = persistent;
        self
    }

    /// Creates the table, if it is not there. Any number of processes may do so at once.
    ///
    /// ```sql
    /// CREATE TABLE IF NOT EXISTS "chunked_checkpoints" (name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    ///   epoch BIGINT NOT NULL, token TEXT, saved_at TIMESTAMPTZ, finished_at TIMESTAMPTZ)
    /// ```
    ///
    /// A migration may create the same table as well. It is asked for first, so that a role needs no
    /// right to create tables if it is there.
    ///
    /// # Errors
    ///
    /// Returns an [`Error::Checkpoints`] if the database refuses, and on MySQL in a transaction, which
    /// `CREATE TABLE` would commit.
    pub fn create<'a, S: Source<'a>>(&'a self, source: S) -> BoxFuture<'a, Result<(), Error>> {
        let connector = self.0.connector(source);
        Box::pin(async {
            let created = self.create_once(&mut connector?).await;
            created.map_err(|source| self.0.failed::<S::Database>(source))
        })
    }

    async fn create_once<DB: Backend>(
        &self,
        connector: &mut Connector<'_, DB>,
    ) -> Result<(), sqlx::Error> {
        let mut first = None;
        for _ in 0..MOST_ATTEMPTS {
            match self.exists(connector).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => return Err(first.unwrap_or(error)),
            }
            let failed = if !connector.is_in_transaction().await? {
                write(connector, self.0.table.create()).await.map(drop)
            } else if DB::CHECKPOINTS.create_commits {
                let reason = "to create a table would commit the transaction: create it before";
                return Err(sqlx::Error::Configuration(reason.into()));
            } else {
                // In a savepoint, so that the rest of the transaction survives.
                in_transaction(connector, Some(self.0.table.create()), None, |_, _| Ok(())).await
            };
            let Err(error) = failed else { return Ok(()) };
            // Who is beaten by another process is told so in many ways, and then finds the table.
            if error.as_database_error().is_none() {
                return Err(error);
            }
            first.get_or_insert(error);
        }
        Err(first.unwrap_or(sqlx::Error::RowNotFound))
    }

    async fn exists<DB: Backend>(
        &self,
        connector: &mut Connector<'_, DB>,
    ) -> Result<bool, sqlx::Error> {
        let question = self.0.table.exists::<DB>().map_err(sqlx::Error::Encode)?;
        let answer = read(connector, question).await?;
        answer.first().map_or(Ok(false), |row| DB::flag(row, 0))
    }

    /// Opens the checkpoint of a name, which is new if there is none. Whoever opens it last has it:
    /// what [others](Checkpoint) save from then on is refused, and what they are about to commit is
    /// waited for.
    ///
    /// ```sql
    /// BEGIN;
    /// INSERT INTO "chunked_checkpoints" (name, epoch) VALUES ($1, $2)
    ///   ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch;
    /// SELECT token, finished_at IS NOT NULL FROM "chunked_checkpoints" WHERE name = $1;
    /// COMMIT
    /// ```
    ///
    /// The epoch is a random number, which no other holder has. The wait ends with an error at the
    /// database's time-out for locks: `innodb_lock_wait_timeout`, SQLite's `busy_timeout`. PostgreSQL has
    /// none by default, and waits for a worker that is frozen or cut off: say `SET lock_timeout`, and for
    /// workers `idle_in_transaction_session_timeout`.
    ///
    /// # Errors
    ///
    /// Returns an [`Error::Checkpoint`] if the position that is saved there is not one of this model, and
    /// whoever has the checkpoint keeps it. Whether it is one of the order is not checked before the
    /// iteration's first poll. An [`Error::Checkpoints`] if the database refuses.
    pub fn open<'a, M, S>(
        &'a self,
        source: S,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Checkpoint<M, S::Database>, Error>>
    where
        M: Described,
        S: Source<'a>,
    {
        let connector = self.0.connector(source);
        Box::pin(async move {
            let opened = self.take_over::<M, _>(&mut connector?, name).await;
            let (state, point) = opened.map_err(|refused| match refused {
                Refused::Sql(source) => self.0.failed::<S::Database>(source),
                Refused::Token(source) => {
                    Error::Checkpoint { model: M::MODEL.name, name: name.to_owned(), source }
                }
            })?;
            let access = self.0.clone();
            Ok(Checkpoint { access, name: name.to_owned(), state, point, of: PhantomData })
        })
    }

    async fn take_over<M: Described, DB: Backend>(
        &self,
        connector: &mut Connector<'_, DB>,
        name: &str,
    ) -> Result<(State, Option<Point>), Refused> {
        check_name(name)?;
        let mut attempts = 0;
        loop {
            let epoch = new_epoch();
            let take = self.0.table.take_over(name, epoch).map_err(sqlx::Error::Encode)?;
            let state_of = self.0.table.state(name).map_err(sqlx::Error::Encode)?;
            // If the position is not one of the model, whoever has the checkpoint keeps it.
            let state = |_, rows: Vec<DB::Row>| {
                let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
                let finished = DB::flag(row, 1)?;
                let token = DB::text(row, 0)?;
                let point = token.map(|token| Point::from_token(M::MODEL, &token));
                Ok((State { epoch, finished }, point.transpose().map_err(Refused::Token)?))
            };
            let failed = match in_transaction(connector, Some(take), Some(state_of), state).await {
                Err(Refused::Sql(failed)) => failed,
                opened => return opened,
            };
            attempts += 1;
            // Those that open it at once can be in each other's way.
            let passes = matches!(
                DB::contention(&failed),
                Some(Contention::Deadlock | Contention::Serialization)
            );
            if !passes || attempts == MOST_ATTEMPTS || connector.is_in_transaction().await? {
                return Err(failed.into());
            }
        }
    }

    /// Returns all checkpoints, by name.
    ///
    /// ```sql
    /// SELECT name, token, …, finished_at IS NOT NULL FROM "chunked_checkpoints" ORDER BY name
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an [`Error::Checkpoints`] if the database refuses.
    pub fn list<'a, S: Source<'a>>(
        &'a self,
        source: S,
    ) -> BoxFuture<'a, Result<Vec<SavedCheckpoint>, Error>> {
        let connector = self.0.connector(source);
        Box::pin(async {
            let listed = self.list_all(&mut connector?).await;
            listed.map_err(|source| self.0.failed::<S::Database>(source))
        })
    }

    async fn list_all<DB: Backend>(
        &self,
        connector: &mut Connector<'_, DB>,
    ) -> Result<Vec<SavedCheckpoint>, sqlx::Error> {
        let rows = read(connector, self.0.table.list()).await?;
        let saved = |row| {
            let millis = u64::try_from(DB::number(row, 2)?).ok();
            Ok(SavedCheckpoint {
                name: DB::text(row, 0)?.unwrap_or_default(),
                cursor: DB::text(row, 1)?,
                saved_at: millis
                    .map(|millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis)),
                finished: DB::flag(row, 3)?,
            })
        };
        rows.iter().map(saved).collect()
    }

    /// Removes a checkpoint, so that its name begins anew. Returns whether there was one. Whoever has it
    /// open is [overtaken](Error::Overtaken).
    ///
    /// ```sql
    /// DELETE FROM "chunked_checkpoints" WHERE name = $1
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an [`Error::Checkpoints`] if the database refuses.
    pub fn remove<'a, S: Source<'a>>(
        &'a self,
        source: S,
        name: &'a str,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        let connector = self.0.connector(source);
        Box::pin(async {
            let removed = self.0.write(&mut connector?, self.0.table.remove(name)).await?;
            Ok(removed > 0)
        })
    }
}

/// The reason why a checkpoint is not opened.
enum Refused {
    Sql(sqlx::Error),
    Token(TokenError),
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

/// Returns a number that no other holder of a checkpoint has, not even one of a row that was removed or
/// whose transaction was rolled back.
fn new_epoch() -> i64 {
    // The seed of each `RandomState` differs.
    let random = RandomState::new().hash_one(SystemTime::now());
    i64::try_from(random >> 1).unwrap_or(i64::MAX)
}

/// Refuses names that the database would cut short.
fn check_name(name: &str) -> Result<(), sqlx::Error> {
    if (1..=255).contains(&name.len()) {
        return Ok(());
    }
    let bytes = name.len();
    let reason = format!("the name of a checkpoint has 1 to 255 bytes, and this one has {bytes}");
    Err(sqlx::Error::Encode(reason.into()))
}
