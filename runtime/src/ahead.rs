//! Reading ahead: batches are read in a task of its own, while the caller works on others.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::sync::{Semaphore, mpsc};
use tracing::Instrument as _;

use crate::{
    backend::Backend,
    read::Fetched,
    reader::{Next, Reader},
    row::ReadRow,
    spawn::{self, Task},
};

/// Batches that were read before they were asked for, and the task that reads more.
pub(crate) struct Ahead<M, DB: Backend> {
    batches: mpsc::Receiver<Fetched<M>>,
    task: Task<(Box<Reader<'static, M, DB>>, Next<M>)>,
}

impl<M: ReadRow<DB>, DB: Backend> Ahead<M, DB> {
    /// Starts to read up to `batches` batches ahead.
    pub(crate) fn start(reader: Box<Reader<'static, M, DB>>, batches: usize) -> Self {
        let (sender, receiver) = mpsc::channel(batches.min(Semaphore::MAX_PERMITS));
        let task = read(reader, sender).in_current_span();
        Self { batches: receiver, task: spawn::future(task) }
    }

    /// The next batch; once there is none, the reader and what it stopped at.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Fetched<M>, Stopped<M, DB>>> {
        if let Some(batch) = ready!(self.batches.poll_recv(context)) {
            return Poll::Ready(Ok(batch));
        }
        Poll::Ready(Err(match ready!(Pin::new(&mut self.task).poll(context)) {
            Ok((reader, next)) => Stopped::At(reader, next),
            Err(spawn::Abandoned) => Stopped::Abandoned,
        }))
    }
}

/// How reading ahead came to an end.
pub(crate) enum Stopped<M, DB: Backend> {
    /// At an error, or behind the last batch.
    At(Box<Reader<'static, M, DB>>, Next<M>),
    /// In the middle: the runtime is shutting down.
    Abandoned,
}

/// Reads until an error or the end, and never more than there is room for.
async fn read<M: ReadRow<DB>, DB: Backend>(
    mut reader: Box<Reader<'static, M, DB>>,
    batches: mpsc::Sender<Fetched<M>>,
) -> (Box<Reader<'static, M, DB>>, Next<M>) {
    loop {
        // Nobody is left who waits for batches: nor for what is returned here.
        let Ok(room) = batches.reserve().await else { return (reader, None) };
        match reader.next().await {
            Some(Ok(batch)) => room.send(batch),
            stop => return (reader, stop),
        }
    }
}
