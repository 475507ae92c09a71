//! A checkpoint that a process has opened.

use std::{fmt, marker::PhantomData};

use futures_core::future::BoxFuture;

use super::access::Access;
use crate::{
    backend::Backend,
    error::Error,
    fetch::source::Source,
    position::{cursor::Cursor, point::Point},
};

/// A position that is kept under a name, as returned by [`Checkpoints::open`](crate::Checkpoints::open).
///
/// As long as nobody else opens it, positions can be saved by it. From then on, each `save` and
/// `finish` is an [`Error::Overtaken`]: a worker that was believed dead cannot overwrite the progress of
/// the one that took its place. Roll back what is not committed, and stop.
pub struct Checkpoint<M, DB> {
    pub(super) access: Access,
    pub(super) name: String,
    pub(super) state: State,
    pub(super) point: Option<Point>,
    pub(super) of: PhantomData<fn() -> (M, DB)>,
}

/// Which opening of the checkpoint this is, and whether it is finished.
pub(super) struct State {
    pub(super) epoch: i64,
    pub(super) finished: bool,
}

impl<M, DB: Backend> Checkpoint<M, DB> {
    /// Returns the position that was saved when the checkpoint was opened, for
    /// [`resume`](crate::Iteration::resume); `None` if there was none. No `save` changes it, since it may
    /// be rolled back.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor<M>> {
        self.point.clone().map(Cursor::at)
    }

    /// Returns whether the checkpoint was finished when it was opened, or was since by
    /// [`finish`](Self::finish), even if the transaction of that is rolled back.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        self.state.finished
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Saves a position. In the transaction of the batch that ends there, it is saved if and only if the
    /// batch is committed.
    ///
    /// ```sql
    /// UPDATE "chunked_checkpoints" SET token = $1, saved_at = clock_timestamp()
    ///   WHERE name = $2 AND epoch = $3
    /// ```
    ///
    /// On MySQL it is sent in a savepoint, which fails if the server has ended the transaction at a
    /// deadlock. From then on until the transaction ends, an [`open`](crate::Checkpoints::open) of the same name
    /// waits for it.
    ///
    /// # Errors
    ///
    /// Returns an [`Error::Overtaken`] if another has opened or removed the checkpoint since, and an
    /// [`Error::Checkpoints`] if the database refuses: on PostgreSQL at `REPEATABLE READ` or above that is
    /// how it says that another has opened it since the snapshot.
    pub fn save<'a, S>(
        &'a mut self,
        source: S,
        cursor: &Cursor<M>,
    ) -> BoxFuture<'a, Result<(), Error>>
    where
        S: Source<'a, Database = DB>,
    {
        let connector = self.access.connector(source);
        let (table, token) = (&self.access.table, cursor.point.to_token());
        let save = table.save(&self.name, self.state.epoch, token);
        Box::pin(async {
            let saved = self.access.write(&mut connector?, save).await?;
            self.check(saved)
        })
    }

    /// Notes that there is nothing left to do. It stays finished until it is
    /// [removed](crate::Checkpoints::remove).
    ///
    /// ```sql
    /// UPDATE "chunked_checkpoints" SET finished_at = coalesce(finished_at, clock_timestamp())
    ///   WHERE name = $1 AND epoch = $2
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an [`Error::Overtaken`] if another has opened or removed the checkpoint since, and an
    /// [`Error::Checkpoints`] if the database refuses.
    pub fn finish<'a, S>(&'a mut self, source: S) -> BoxFuture<'a, Result<(), Error>>
    where
        S: Source<'a, Database = DB>,
    {
        let connector = self.access.connector(source);
        let finish = self.access.table.finish(&self.name, self.state.epoch);
        Box::pin(async {
            let finished = self.access.write(&mut connector?, finish).await?;
            self.check(finished)?;
            self.state.finished = true;
            Ok(())
        })
    }

    /// Checks that the checkpoint was written, which it is unless its epoch is another one by now.
    fn check(&self, rows: u64) -> Result<(), Error> {
        if rows > 0 {
            return Ok(());
        }
        let table = self.access.table.table.clone();
        Err(Error::Overtaken { name: self.name.clone(), table })
    }
}

impl<M, DB> fmt::Debug for Checkpoint<M, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoint")
            .field("name", &self.name)
            .field("epoch", &self.state.epoch)
            .field("cursor", &self.point.as_ref().map(Point::describe))
            .field("finished", &self.state.finished)
            .finish_non_exhaustive()
    }
}
