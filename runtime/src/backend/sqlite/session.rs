//! A connection of the pool on a thread that may block, for one batch or several in a row.
//!
//! Handing a connection over, locking it and giving it back takes more switches between threads
//! than a batch has time for. So the thread waits a moment for the next batch to be requested. If
//! none is, it gives the connection back, whatever the caller does.

use std::{
    fmt,
    future::{Future as _, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{
        Arc,
        mpsc::{self, Receiver, SendError, Sender, TryRecvError},
    },
    task::Poll,
    thread,
    time::{Duration, Instant},
};

use sqlx::{Sqlite, SqlitePool, pool::PoolConnection};
use tokio::sync::oneshot;
use tracing::Span;

use super::{
    blocking,
    direct::{self, Prepared},
    handle::Locked,
};
use crate::{
    backend::{
        direct::{Direct, Sink},
        pool::{is_over, others_may_wait},
        statement::Statement,
    },
    task,
};

/// The time that a thread with a connection stays awake, in case the next batch is requested at
/// once: waking it can take as long as a caller that only looks at the rows.
const AWAKE: Duration = Duration::from_micros(250);

/// The time that the thread waits after that, unless others may wait for the connection.
const ASLEEP: Duration = Duration::from_millis(2);

/// A thread that has a connection, if the thread has not ended.
#[derive(Default)]
pub struct Session(Option<Sender<Job>>);

/// Reads a statement, and returns whether another one is likely to follow.
type Job = Box<dyn for<'c> FnOnce(&'c Locked<'_>, &mut Prepared<'c>) -> bool + Send>;

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// Reads a statement on a thread where a slow disk blocks nobody.
pub(super) async fn read<S: Sink<Sqlite>>(
    pool: &SqlitePool,
    session: &mut Session,
    statement: Statement<Sqlite>,
    sink: S,
) -> Result<Direct<S, Sqlite>, sqlx::Error> {
    let statement = Arc::new(statement);
    let read = loop {
        let (job, mut answer) = job(Arc::clone(&statement), sink.anew());
        let job = match &session.0 {
            Some(jobs) => jobs.send(job).err().map(|SendError(job)| job),
            None => Some(job),
        };
        let is_new = job.is_some();
        let mut insisting = None;
        if let Some(job) = job {
            let connection = pool.acquire().await?;
            let (sender, jobs) = mpsc::channel();
            let pool = pool.clone();
            let blocking = blocking::spawn(move || serve(&pool, connection, job, &jobs));
            session.0 = Some(sender);
            insisting = Some(Box::pin(blocking.insist()));
        }
        let answer = poll_fn(|context| {
            if let Poll::Ready(answer) = Pin::new(&mut answer).poll(context) {
                return Poll::Ready(answer);
            }
            if let Some(insist) = &mut insisting
                && insist.as_mut().poll(context).is_ready()
            {
                insisting = None;
            }
            Poll::Pending
        });
        match answer.await {
            Ok(Ok(read)) => break read,
            Ok(Err(panic)) => resume_unwind(panic),
            // The connection is unusable, which sqlx must report, or the runtime is shutting down.
            Err(_) if is_new => {
                session.0 = None;
                break None;
            }
            // The thread ended before it reached this job.
            Err(_) => session.0 = None,
        }
    };
    Ok(match read {
        Some(sink) => Direct::Read(sink),
        None => Direct::Refused(Arc::unwrap_or_clone(statement)),
    })
}

type Answer<S> = oneshot::Receiver<thread::Result<Option<S>>>;

fn job<S: Sink<Sqlite>>(statement: Arc<Statement<Sqlite>>, sink: S) -> (Job, Answer<S>) {
    let (reply, answer) = oneshot::channel();
    let span = Span::current();
    let job: Job = Box::new(move |connection, prepared| {
        let _span = span.enter();
        let read = || direct::read(connection, prepared, &statement, sink, || reply.is_closed());
        let read = catch_unwind(AssertUnwindSafe(read));
        let goes_on = matches!(&read, Ok(Some(sink)) if sink.is_followed());
        // The receiver may be gone.
        let _unsent = reply.send(read);
        goes_on
    });
    (job, answer)
}

fn serve(
    pool: &SqlitePool,
    mut connection: PoolConnection<Sqlite>,
    first: Job,
    jobs: &Receiver<Job>,
) {
    let started = Instant::now();
    let Ok(mut lock) = task::block_on(connection.lock_handle()) else { return };
    let locked = Locked::new(&mut lock);
    let mut prepared = Prepared::default();
    let mut job = first;
    while job(&locked, &mut prepared) && !is_over(pool, started) {
        job = match next(pool, jobs) {
            Some(job) => job,
            None => break,
        };
    }
}

/// Waits a moment for a job.
fn next(pool: &SqlitePool, jobs: &Receiver<Job>) -> Option<Job> {
    let since = Instant::now();
    while since.elapsed() < AWAKE {
        match jobs.try_recv() {
            Ok(job) => return Some(job),
            Err(TryRecvError::Empty) => thread::yield_now(),
            Err(TryRecvError::Disconnected) => return None,
        }
    }
    if others_may_wait(pool) {
        return None;
    }
    jobs.recv_timeout(ASLEEP).ok()
}
