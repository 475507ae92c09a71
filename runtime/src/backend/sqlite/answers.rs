//! What a thread sends while it reads a statement: rows in portions, and the end.

use std::{
    future::poll_fn,
    mem,
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use sqlx::error::BoxDynError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{buffer::Buffer, direct::Portions};

/// Creates both ends, and gives the thread some buffers to fill.
pub(super) fn channel(spare: Vec<Buffer>) -> (Caller, Answers) {
    let (answers, channel) = unbounded_channel();
    let is_stopped = Arc::default();
    let caller = Caller { answers, is_stopped: Arc::clone(&is_stopped), spare };
    (caller, Answers { channel, is_stopped })
}

/// What a job sends.
pub(super) enum Answer {
    /// Rows, and more will follow.
    Rows(Buffer),
    End(End),
}

/// The end of what a statement returns.
pub(super) struct LastRows {
    pub(super) rows: Buffer,
    /// The time that the statement took.
    pub(super) elapsed: Duration,
    /// The buffers that were not needed.
    pub(super) spare: Vec<Buffer>,
}

/// The end of a statement: the last rows, or what was unexpected; an error, if that has ended the
/// transaction; or a panic.
type End = thread::Result<Result<Result<LastRows, BoxDynError>, sqlx::Error>>;

/// What a job sends, and the way to stop it.
pub(super) struct Answers {
    channel: UnboundedReceiver<Answer>,
    is_stopped: Arc<AtomicBool>,
}

impl Answers {
    pub(super) async fn next(&mut self) -> Option<Answer> {
        poll_fn(|context| self.channel.poll_recv(context)).await
    }

    /// Stops the job, and waits for its end: until then it has the connection, and may find that the
    /// transaction is over.
    pub(super) async fn stop(&mut self) -> Result<(), sqlx::Error> {
        self.is_stopped.store(true, Relaxed);
        while let Some(answer) = self.next().await {
            match answer {
                Answer::Rows(_) => {}
                Answer::End(Ok(end)) => return end.map(drop),
                Answer::End(Err(panic)) => resume_unwind(panic),
            }
        }
        Ok(())
    }
}

/// The caller that waits for rows.
pub(super) struct Caller {
    answers: UnboundedSender<Answer>,
    is_stopped: Arc<AtomicBool>,
    spare: Vec<Buffer>,
}

impl Caller {
    /// Returns the last rows as the end of a statement.
    pub(super) fn last(&mut self, rows: Buffer, elapsed: Duration) -> LastRows {
        LastRows { rows, elapsed, spare: mem::take(&mut self.spare) }
    }

    /// Sends the end.
    pub(super) fn end(self, end: End) {
        // The receiver may be gone.
        let _unsent = self.answers.send(Answer::End(end));
    }
}

impl Portions for Caller {
    fn room(&mut self) -> Buffer {
        self.spare.pop().unwrap_or_default()
    }

    fn send(&mut self, rows: Buffer) {
        // The receiver may be gone, which is noticed at the next row.
        let _unsent = self.answers.send(Answer::Rows(rows));
    }

    fn is_abandoned(&self) -> bool {
        self.is_stopped.load(Relaxed) || self.answers.is_closed()
    }
}
