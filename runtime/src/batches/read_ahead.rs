//! Reading ahead: a task sends query after query while the caller works on earlier batches.
//!
//! The next query needs only the last key of a batch. So it is sent first, and the rows are decoded
//! while the server works on it.

use std::{
    future::{Future, poll_fn},
    mem,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{
    sync::{
        Semaphore, SemaphorePermit, TryAcquireError,
        mpsc::{self, UnboundedReceiver, UnboundedSender},
    },
    task::yield_now,
};
use tracing::Instrument as _;

use super::{
    loaded::{Loaded, Next},
    raw_batch::RawBatch,
    reader::BatchReader,
};
use crate::{
    backend::{Backend, value::RawValue},
    error::Error,
    fetch::request::Expected,
    position::keys::Keys,
    related::item::Item,
    task::{self, Abandoned, Task},
};

/// Batches that are read before they are asked for, and the task that reads more.
pub(crate) struct ReadAhead<T: Item, DB: Backend> {
    batches: UnboundedReceiver<Loaded<T>>,
    /// A permit for each batch that may still be read.
    room: Arc<Semaphore>,
    /// True from when the caller asks for a batch until it gets one, even if it stops waiting.
    asked: bool,
    task: Task<(Box<BatchReader<'static, T, DB>>, Option<Error>)>,
}

/// Takes the room away: the task may be at work on another thread, and must not send a query that
/// nobody waits for.
impl<T: Item, DB: Backend> Drop for ReadAhead<T, DB> {
    fn drop(&mut self) {
        self.room.close();
    }
}

/// The reasons why reading ahead stops.
pub(crate) enum Stopped<T: Item, DB: Backend> {
    /// At an error, or after the last batch.
    At(Box<BatchReader<'static, T, DB>>, Next<T>),
    /// In the middle: the runtime is shutting down.
    Abandoned,
}

impl<T: Item, DB: Backend> ReadAhead<T, DB> {
    /// Starts to read up to `batches` batches ahead.
    pub(crate) fn start(reader: Box<BatchReader<'static, T, DB>>, batches: usize) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        // `poll_next` adds one more, which must still fit.
        let room = Arc::new(Semaphore::new(batches.min(Semaphore::MAX_PERMITS - 1)));
        let task = task::future(read(reader, Arc::clone(&room), sender).in_current_span());
        Self { batches: receiver, room, asked: false, task }
    }

    /// Polls for the next batch; after the last one, for the reader and the error it stopped at, if
    /// any.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Loaded<T>, Stopped<T, DB>>> {
        if !mem::replace(&mut self.asked, true) {
            self.room.add_permits(1);
        }
        if let Some(batch) = ready!(self.batches.poll_recv(context)) {
            self.asked = false;
            return Poll::Ready(Ok(batch));
        }
        Poll::Ready(Err(match ready!(Pin::new(&mut self.task).poll(context)) {
            Ok((reader, error)) => Stopped::At(reader, error.map(Err)),
            Err(Abandoned) => Stopped::Abandoned,
        }))
    }
}

/// Reads until an error or the end, and never more than there is room for.
async fn read<T: Item, DB: Backend>(
    mut reader: Box<BatchReader<'static, T, DB>>,
    room: Arc<Semaphore>,
    batches: UnboundedSender<Loaded<T>>,
) -> (Box<BatchReader<'static, T, DB>>, Option<Error>) {
    let mut held: Option<Held<'_, T, DB>> = None;
    let error = loop {
        let permit = match &held {
            _ if reader.seeker.ended() => None,
            None => permit(&room, &mut reader).await,
            Some(_) => room.try_acquire().ok(),
        };
        let (handed_over, next) = if let Some(permit) = permit {
            let mut reading = pin!(reader.next_raw());
            let sent = poll_fn(|context| Poll::Ready(reading.as_mut().poll(context))).await;
            let handed_over = hand_over(held.take(), &batches);
            // Read to the end, whatever was wrong with the previous batch: the connection must be
            // sound afterwards.
            let next = match sent {
                Poll::Ready(next) => next,
                Poll::Pending => reading.await,
            };
            (handed_over, next.map(|next| next.map(|batch| (permit, batch))))
        } else {
            let Some(batch) = held.take() else { break None };
            if reader.seeker.ended() {
                reader.release();
            }
            (hand_over(Some(batch), &batches), Ok(None))
        };
        match handed_over {
            Ok(None) => {}
            Ok(Some(HandedOver { keys, short: None })) => reader.seeker.hand_out(&keys),
            Ok(Some(HandedOver { keys, short: Some(Short { expected, rows, extra }) })) => {
                reader.seeker.go_on_after(&expected, rows, &keys, &extra);
                reader.seeker.hand_out(&keys);
                continue;
            }
            Err((error, batch)) => {
                reader.seeker.rewind(&batch);
                break Some(error);
            }
        }
        held = match next {
            Ok(next) => next,
            Err(error) => break Some(error),
        };
        if let Some((_, batch)) = &held {
            let expected = Arc::clone(&batch.expected);
            let checked = match reader.doubt_raw(batch) {
                Ok(Some(doubt)) => reader.settle(doubt).await,
                doubt => doubt.map(|_| ()),
            };
            if let Err(error) = checked {
                reader.seeker.rewind(&expected);
                break Some(error);
            }
        }
    };
    reader.release();
    (reader, error)
}

/// A batch that was read but not decoded, and the permit that it was read with.
type Held<'r, T, DB> = (SemaphorePermit<'r>, RawBatch<T, DB>);

/// Decodes a batch and hands it over to the caller, or returns the error and the batch that it is
/// about.
fn hand_over<T: Item, DB: Backend>(
    held: Option<Held<'_, T, DB>>,
    batches: &UnboundedSender<Loaded<T>>,
) -> Result<Option<HandedOver>, (Error, Arc<Expected>)> {
    let Some((permit, batch)) = held else { return Ok(None) };
    let expected = Arc::clone(&batch.expected);
    let batch = match batch.decode() {
        Ok(batch) => batch,
        Err(error) => return Err((error, expected)),
    };
    let keys = Arc::clone(&batch.keys);
    let extra = batch.extra.clone().filter(|_| batch.is_short);
    let rows = batch.rows.len();
    permit.forget();
    // If the caller is gone, this task is dropped at its next poll.
    let _unsent = batches.send(batch);
    Ok(Some(HandedOver { keys, short: extra.map(|extra| Short { expected, rows, extra }) }))
}

/// A batch that was sent to the caller.
struct HandedOver {
    keys: Arc<Keys>,
    short: Option<Short>,
}

/// A batch that ends before a row that does not decode.
struct Short {
    expected: Arc<Expected>,
    rows: usize,
    /// The key of that row.
    extra: Vec<RawValue>,
}

/// Waits until there is room for a batch, or the caller is gone.
async fn permit<'r, T: Item, DB: Backend>(
    room: &'r Semaphore,
    reader: &mut BatchReader<'static, T, DB>,
) -> Option<SemaphorePermit<'r>> {
    for _ in 0..YIELDS {
        match room.try_acquire() {
            Ok(permit) => return Some(permit),
            Err(TryAcquireError::NoPermits) => yield_now().await,
            Err(TryAcquireError::Closed) => return None,
        }
    }
    // The caller may take its time; meanwhile others can have the connection.
    reader.release();
    room.acquire().await.ok()
}

/// The number of yields before the connection is given back. A caller that is soon done with its batch
/// asks for the next one before that, and giving back and taking again costs the server a ping each.
const YIELDS: usize = 100;
