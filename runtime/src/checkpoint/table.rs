//! The table of checkpoints.

use std::{
    marker::PhantomData,
    time::{Duration, SystemTime},
};

use sqlx::error::BoxDynError;

use super::{
    holder::{Checkpoint, State},
    sql::TableName,
    transaction::{in_transaction, read, write},
};
use crate::{
    backend::{Backend, contention::Contention, statement::Statement},
    error::Error,
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
/// elsewhere, such as sending mail, may be done again for the last batch.
///
/// Names are compared byte by byte, and are 1 to 255 bytes long.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    pub(super) table: TableName,
    pub(super) named: bool,
}

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
        Self { table: TableName { schema: None, table: table.into() }, named: true }
    }

    /// Names the schema of the table; on MySQL its database.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.table.schema = Some(name.into());
        self
    }

    /// Sets whether statements get a name on the server, as
    /// [`persistent`](crate::Iteration::persistent) does: with `false` they work behind a transaction
    /// pooler.
    #[must_use]
    pub const fn persistent(mut self, persistent: bool) -> Self {
        self.named = persistent;
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
    /// Returns an [`Error::Checkpoints`] if the database refuses.
    pub async fn create<'s, S: Source<'s>>(&self, source: S) -> Result<(), Error> {
        let mut connector = self.connector(source);
        let mut attempts = 0;
        loop {
            let failed = match self.create_once(&mut connector).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            attempts += 1;
            // Who is beaten by another that creates it is told about an index of the catalog. In a
            // transaction that has failed, all further attempts would hide the reason.
            if attempts == MOST_ATTEMPTS || connector.is_in_transaction().await.unwrap_or(true) {
                return Err(self.failed::<S::Database>(failed));
            }
        }
    }

    async fn create_once<DB: Backend>(
        &self,
        connector: &mut Connector<'_, DB>,
    ) -> Result<(), sqlx::Error> {
        let question = self.table.exists::<DB>().map_err(sqlx::Error::Encode)?;
        let answer = read(connector, question).await?;
        let exists = answer.first().map(|row| DB::flag(row, 0)).transpose()?;
        if exists != Some(true) {
            write(connector, self.table.create()).await?;
        }
        Ok(())
    }

    /// Opens the checkpoint of a name, which is new if there is none. Whoever opens it last has it:
    /// what [others](Checkpoint) save from then on is refused, and what they are about to commit is
    /// waited for.
    ///
    /// ```sql
    /// BEGIN;
    /// INSERT INTO "chunked_checkpoints" AS kept (name, epoch) VALUES ($1, 1)
    ///   ON CONFLICT (name) DO UPDATE SET epoch = kept.epoch + 1;
    /// SELECT epoch, token, finished_at IS NOT NULL FROM "chunked_checkpoints" WHERE name = $1;
    /// COMMIT
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an [`Error::Checkpoint`] if the position that is saved there is not one of this model,
    /// and an [`Error::Checkpoints`] if the database refuses.
    pub async fn open<'s, M, S>(
        &self,
        source: S,
        name: &str,
    ) -> Result<Checkpoint<M, S::Database>, Error>
    where
        M: Described,
        S: Source<'s>,
    {
        let mut connector = self.connector(source);
        let state = self.raise(&mut connector, name).await;
        let state = state.map_err(|source| self.failed::<S::Database>(source))?;
        let point = match &state.token {
            Some(token) => Some(Point::from_token(M::MODEL, token).map_err(|source| {
                Error::Checkpoint { model: M::MODEL.name, name: name.to_owned(), source }
            })?),
            None => None,
        };
        let checkpoints = self.clone();
        Ok(Checkpoint { checkpoints, name: name.to_owned(), state, point, of: PhantomData })
    }

    async fn raise<DB: Backend>(
        &self,
        connector: &mut Connector<'_, DB>,
        name: &str,
    ) -> Result<State, sqlx::Error> {
        check_name(name)?;
        let mut attempts = 0;
        loop {
            let raise = self.table.raise(name).map_err(sqlx::Error::Encode)?;
            let state = self.table.state(name).map_err(sqlx::Error::Encode)?;
            let failed = match in_transaction(connector, raise, Some(state)).await {
                Ok((_, rows)) => {
                    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
                    return Ok(State {
                        epoch: DB::number(row, 0)?,
                        token: DB::text(row, 1)?,
                        finished: DB::flag(row, 2)?,
                    });
                }
                Err(error) => error,
            };
            attempts += 1;
            // Those that open it at once can be in each other's way.
            let passes = matches!(
                DB::contention(&failed),
                Some(Contention::Deadlock | Contention::Serialization)
            );
            if !passes || attempts == MOST_ATTEMPTS || connector.is_in_transaction().await? {
                return Err(failed);
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
    pub async fn list<'s, S: Source<'s>>(&self, source: S) -> Result<Vec<SavedCheckpoint>, Error> {
        let mut connector = self.connector(source);
        let listed = self.list_all(&mut connector).await;
        listed.map_err(|source| self.failed::<S::Database>(source))
    }

    async fn list_all<DB: Backend>(
        &self,
        connector: &mut Connector<'_, DB>,
    ) -> Result<Vec<SavedCheckpoint>, sqlx::Error> {
        let rows = read(connector, self.table.list()).await?;
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
    pub async fn remove<'s, S: Source<'s>>(&self, source: S, name: &str) -> Result<bool, Error> {
        let mut connector = self.connector(source);
        let removed = self.write(&mut connector, self.table.remove(name)).await?;
        Ok(removed > 0)
    }

    pub(super) fn connector<'s, S: Source<'s>>(&self, source: S) -> Connector<'s, S::Database> {
        let mut connector = source.into_connector();
        connector.set_named(self.named);
        connector
    }

    /// Sends a statement that writes. Returns the number of rows it wrote.
    pub(super) async fn write<DB: Backend>(
        &self,
        connector: &mut Connector<'_, DB>,
        statement: Result<Statement<DB>, BoxDynError>,
    ) -> Result<u64, Error> {
        let written = match statement {
            Ok(statement) => write(connector, statement).await,
            Err(error) => Err(sqlx::Error::Encode(error)),
        };
        written.map_err(|source| self.failed::<DB>(source))
    }

    fn failed<DB: Backend>(&self, source: sqlx::Error) -> Error {
        let hint = if DB::is_without_table(&source) {
            Some("create it first, by `Checkpoints::create` or a migration")
        } else {
            DB::hint(&source).or_else(|| DB::contention(&source).map(Contention::of_checkpoints))
        };
        Error::Checkpoints { table: self.table.table.clone(), source, hint }
    }
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
