//! Reading ahead: a task sends query after query, and the batches are decoded beside it, while the
//! caller works on those before.
//!
//! The next query needs no more of a batch than its last key. So the server is asked for more as
//! soon as the rows are there, and works while they are decoded.

use std::{
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::sync::{
    Semaphore,
    mpsc::{self, error::TrySendError},
};
use tracing::Instrument as _;

use crate::{
    backend::Backend,
    error::Error,
    read::{Expected, Fetched},
    reader::{Next, Reader},
    row::ReadRow,
    spawn::{self, Abandoned, Task},
};

/// Batches that are read before they are asked for, and the task that reads more.
pub(crate) struct Ahead<M, DB: Backend> {
    batches: mpsc::Receiver<Batch<M>>,
    state: State<M>,
    task: Task<(Box<Reader<'static, M, DB>>, Option<Error>)>,
}

/// A batch that was read, and is being decoded.
struct Batch<M> {
    decoded: Task<Result<Fetched<M>, Error>>,
    expected: Arc<Expected>,
}

enum State<M> {
    Waiting,
    Decoding(Batch<M>),
    /// A batch could not be decoded. The task is to come to an end, so that it can be read again.
    Failed(Error, Arc<Expected>),
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
        Self { batches: receiver, state: State::Waiting, task }
    }

    /// The next batch; once there is none, the reader and what it stopped at.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Fetched<M>, Stopped<M, DB>>> {
        loop {
            match &mut self.state {
                State::Waiting => {
                    if let Some(batch) = ready!(self.batches.poll_recv(context)) {
                        self.state = State::Decoding(batch);
                        continue;
                    }
                    return Poll::Ready(Err(
                        match ready!(Pin::new(&mut self.task).poll(context)) {
                            Ok((reader, error)) => Stopped::At(reader, error.map(Err)),
                            Err(Abandoned) => Stopped::Abandoned,
                        },
                    ));
                }
                State::Decoding(Batch { decoded, expected }) => {
                    let decoded = ready!(Pin::new(decoded).poll(context));
                    let expected = Arc::clone(expected);
                    self.state = State::Waiting;
                    match decoded {
                        Ok(Ok(batch)) => return Poll::Ready(Ok(batch)),
                        Ok(Err(error)) => {
                            self.batches.close();
                            self.state = State::Failed(error, expected);
                        }
                        Err(Abandoned) => return Poll::Ready(Err(Stopped::Abandoned)),
                    }
                }
                State::Failed(..) => {
                    let task = ready!(Pin::new(&mut self.task).poll(context));
                    let State::Failed(error, batch) = mem::replace(&mut self.state, State::Waiting)
                    else {
                        continue;
                    };
                    return Poll::Ready(Err(match task {
                        Ok((mut reader, _)) => {
                            reader.rewind(&batch);
                            Stopped::At(reader, Some(Err(error)))
                        }
                        Err(Abandoned) => Stopped::Abandoned,
                    }));
                }
            }
        }
    }
}

/// Reads until an error or the end, and never more than there is room for.
async fn read<M: ReadRow<DB>, DB: Backend>(
    mut reader: Box<Reader<'static, M, DB>>,
    batches: mpsc::Sender<Batch<M>>,
) -> (Box<Reader<'static, M, DB>>, Option<Error>) {
    let error = loop {
        let room = match batches.try_reserve() {
            Ok(room) => room,
            Err(TrySendError::Full(())) => {
                // The caller may take its time.
                reader.release();
                match batches.reserve().await {
                    Ok(room) => room,
                    Err(_) => break None,
                }
            }
            Err(TrySendError::Closed(())) => break None,
        };
        match reader.next_undecoded().await {
            Some(Ok(batch)) => {
                let expected = Arc::clone(&batch.expected);
                room.send(Batch { decoded: spawn::compute(|| batch.decode()), expected });
            }
            Some(Err(error)) => break Some(error),
            None => break None,
        }
    };
    reader.release();
    (reader, error)
}
