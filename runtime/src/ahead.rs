//! Reading ahead: a task sends query after query, while the caller works on the batches before.
//!
//! The next query needs no more of a batch than its last key. So rows are decoded only where they
//! are asked for, and the server is asked for more as soon as they are there.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{
    sync::{
        Semaphore,
        mpsc::{self, Permit, error::TrySendError},
    },
    task::yield_now,
};
use tracing::Instrument as _;

use crate::{
    backend::Backend,
    error::Error,
    read::{Expected, Fetched},
    reader::{Next, Reader, Undecoded},
    row::ReadRow,
    spawn::{self, Abandoned, Task},
};

/// Batches that are read before they are asked for, and the task that reads more.
pub(crate) struct Ahead<M, DB: Backend> {
    batches: mpsc::Receiver<Undecoded<M, DB>>,
    /// A batch that could not be decoded: the task is to come to an end, so that it can be read
    /// again.
    failed: Option<(Error, Arc<Expected>)>,
    task: Task<(Box<Reader<'static, M, DB>>, Option<Error>)>,
}

/// How reading ahead came to an end.
pub(crate) enum Stopped<M, DB: Backend> {
    /// At an error, or behind the last batch.
    At(Box<Reader<'static, M, DB>>, Next<M>),
    /// In the middle: the runtime is shutting down.
    Abandoned,
}

impl<M: ReadRow<DB>, DB: Backend> Ahead<M, DB> {
    /// Starts to read up to `batches` batches ahead.
    pub(crate) fn start(reader: Box<Reader<'static, M, DB>>, batches: usize) -> Self {
        let (sender, receiver) = mpsc::channel(batches.min(Semaphore::MAX_PERMITS));
        let task = spawn::future(read(reader, sender).in_current_span());
        Self { batches: receiver, failed: None, task }
    }

    /// The next batch; once there is none, the reader and what it stopped at.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Fetched<M>, Stopped<M, DB>>> {
        if self.failed.is_none()
            && let Some(batch) = ready!(self.batches.poll_recv(context))
        {
            let expected = Arc::clone(&batch.expected);
            match batch.decode() {
                Ok(batch) => return Poll::Ready(Ok(batch)),
                Err(error) => {
                    self.batches.close();
                    self.failed = Some((error, expected));
                }
            }
        }
        let task = ready!(Pin::new(&mut self.task).poll(context));
        Poll::Ready(Err(match (task, self.failed.take()) {
            (Ok((mut reader, _)), Some((error, batch))) => {
                reader.rewind(&batch);
                Stopped::At(reader, Some(Err(error)))
            }
            (Ok((reader, error)), None) => Stopped::At(reader, error.map(Err)),
            (Err(Abandoned), _) => Stopped::Abandoned,
        }))
    }
}

/// Reads until an error or the end, and never more than there is room for.
async fn read<M: ReadRow<DB>, DB: Backend>(
    mut reader: Box<Reader<'static, M, DB>>,
    batches: mpsc::Sender<Undecoded<M, DB>>,
) -> (Box<Reader<'static, M, DB>>, Option<Error>) {
    let error = loop {
        if reader.ended() {
            break None;
        }
        let Some(room) = room(&batches, &mut reader).await else { break None };
        match reader.next_undecoded().await {
            Some(Ok(batch)) => {
                if reader.ended() {
                    reader.release();
                }
                room.send(batch);
            }
            Some(Err(error)) => break Some(error),
            None => break None,
        }
    };
    reader.release();
    (reader, error)
}

/// Waits until there is room for a batch, or nobody is left who waits for one.
async fn room<'c, M: ReadRow<DB>, DB: Backend>(
    batches: &'c mpsc::Sender<Undecoded<M, DB>>,
    reader: &mut Reader<'static, M, DB>,
) -> Option<Permit<'c, Undecoded<M, DB>>> {
    for _ in 0..MOMENT {
        match batches.try_reserve() {
            Ok(room) => return Some(room),
            Err(TrySendError::Full(())) => yield_now().await,
            Err(TrySendError::Closed(())) => return None,
        }
    }
    // The caller may take its time, in which others can have the connection.
    reader.release();
    batches.reserve().await.ok()
}

/// How often a task gives way to others in the time that a caller needs which waits for a batch
/// already; giving the connection back and taking it again costs the server a ping each.
const MOMENT: usize = 100;
