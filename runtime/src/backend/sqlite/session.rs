//! A connection on a thread that may block, for one batch or several in a row.
//!
//! Handing a connection over, locking it and giving it back takes more switches between threads
//! than a batch has time for. So the thread waits a moment for the next batch to be requested. If
//! none is, it gives the connection back, whatever the caller does.
//!
//! A connection of a pool goes back to the pool, and one that was passed by value to the place that
//! it was taken from: the driver can use it only there.

use std::{
    cell::RefCell,
    fmt,
    future::{Future as _, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, SendError, Sender, TryRecvError},
    },
    task::Poll,
    thread,
    time::{Duration, Instant},
};

use sqlx::{Connection as _, Sqlite, SqlitePool, error::BoxDynError};
use tokio::sync::oneshot;
use tracing::Span;

use super::{
    blocking,
    direct::{self, Prepared},
    handle::Locked,
    seen::Seen,
};
use crate::{
    backend::{
        direct::{Direct, Sink, log_driver_route},
        owned::{Lender, Loan},
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

/// What an iteration keeps from one statement to the next.
#[derive(Default)]
pub struct Session {
    /// A thread that has a connection, if the thread has not ended.
    jobs: Option<Sender<Job>>,
    seen: Arc<Mutex<RefCell<Seen>>>,
}

impl Session {
    /// Lets the thread end, and with it give back its connection.
    pub(super) fn end_loan(&mut self) {
        self.jobs = None;
    }
}

/// Reads a statement, and returns whether another one is likely to follow.
type Job = Box<dyn for<'c> FnOnce(&'c Locked<'_>, &mut Prepared<'c>) -> bool + Send>;

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// Reads a statement on a thread where a slow disk blocks nobody.
pub(super) async fn read<S: Sink<Sqlite>>(
    mut lender: Lender<'_, Sqlite>,
    session: &mut Session,
    statement: Statement<Sqlite>,
    sink: S,
) -> Result<Direct<S, Sqlite>, sqlx::Error> {
    let statement = Arc::new(statement);
    let read = loop {
        let (job, mut answer) = job(Arc::clone(&statement), sink.anew(), Arc::clone(&session.seen));
        let job = match &session.jobs {
            Some(jobs) => jobs.send(job).err().map(|SendError(job)| job),
            None => Some(job),
        };
        let is_new = job.is_some();
        let mut insisting = None;
        if let Some(job) = job {
            let lent = lend(&mut lender).await?;
            let (sender, jobs) = mpsc::channel();
            let blocking = blocking::spawn(move || serve(lent, job, &jobs));
            session.jobs = Some(sender);
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
            Ok(Ok(read)) => break read?,
            Ok(Err(panic)) => resume_unwind(panic),
            // The connection is unusable, which sqlx must report, or the runtime is shutting down.
            Err(_) if is_new => {
                session.jobs = None;
                break None;
            }
            // The thread ended before it reached this job.
            Err(_) => session.jobs = None,
        }
    };
    Ok(match read {
        Some(sink) => Direct::Read(sink),
        None => Direct::Refused(Arc::unwrap_or_clone(statement)),
    })
}

/// A connection, and the pool that may want it back.
struct Lent {
    loan: Loan<Sqlite>,
    pool: Option<SqlitePool>,
}

async fn lend(lender: &mut Lender<'_, Sqlite>) -> Result<Lent, sqlx::Error> {
    match lender {
        Lender::Pool(pool) => {
            let loan = Loan::of_pool(pool.acquire().await?);
            Ok(Lent { loan, pool: Some(pool.clone()) })
        }
        Lender::Owned(owned) => {
            // Locking a connection again before sqlx's worker has noticed the unlock can deadlock. A
            // ping waits for the worker; a pool sends one for each connection that it gets back.
            owned.here().await?.ping().await?;
            let loan = owned.lend().ok_or(sqlx::Error::WorkerCrashed)?;
            Ok(Lent { loan, pool: None })
        }
    }
}

type Answer<S> = oneshot::Receiver<thread::Result<Result<Option<S>, sqlx::Error>>>;

fn job<S: Sink<Sqlite>>(
    statement: Arc<Statement<Sqlite>>,
    sink: S,
    seen: Arc<Mutex<RefCell<Seen>>>,
) -> (Job, Answer<S>) {
    let (reply, answer) = oneshot::channel();
    let span = Span::current();
    let job: Job = Box::new(move |connection, prepared| {
        let _span = span.enter();
        let read = || {
            let seen = &seen.lock().unwrap_or_else(PoisonError::into_inner);
            let is_abandoned = || reply.is_closed();
            direct::read(connection, prepared, seen, &statement, &sink, is_abandoned)
                .inspect_err(|reason| {
                    if !reply.is_closed() {
                        log_driver_route(Causes(reason));
                    }
                })
                .ok()
        };
        let read = catch_unwind(AssertUnwindSafe(|| in_one_transaction(connection, read)));
        let goes_on = matches!(&read, Ok(Ok(Some(sink))) if sink.is_followed());
        // The receiver may be gone.
        let _unsent = reply.send(read);
        goes_on
    });
    (job, answer)
}

/// Reads, and reports an error if what failed has ended the transaction: sqlx must not read the rest
/// outside of it.
pub(super) fn in_one_transaction<S>(
    connection: &Locked<'_>,
    read: impl FnOnce() -> Option<S>,
) -> Result<Option<S>, sqlx::Error> {
    let was_in_transaction = connection.is_in_transaction();
    let read = read();
    if read.is_none() && was_in_transaction && !connection.is_in_transaction() {
        let reason = connection.last_error();
        return Err(sqlx::Error::Protocol(format!("the transaction was rolled back: {reason}")));
    }
    Ok(read)
}

/// An error with its causes, in one line.
struct Causes<'e>(&'e BoxDynError);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

fn serve(lent: Lent, first: Job, jobs: &Receiver<Job>) {
    let Lent { mut loan, pool } = lent;
    let pool = pool.as_ref();
    let started = Instant::now();
    let Some(connection) = loan.connection() else { return };
    let Ok(mut lock) = task::block_on(connection.lock_handle()) else { return };
    let locked = Locked::new(&mut lock);
    let mut prepared = Prepared::default();
    let mut job = first;
    while job(&locked, &mut prepared) && !pool.is_some_and(|pool| is_over(pool, started)) {
        job = match next(pool, jobs) {
            Some(job) => job,
            None => break,
        };
    }
}

/// Waits a moment for a job.
fn next(pool: Option<&SqlitePool>, jobs: &Receiver<Job>) -> Option<Job> {
    let since = Instant::now();
    while since.elapsed() < AWAKE {
        match jobs.try_recv() {
            Ok(job) => return Some(job),
            Err(TryRecvError::Empty) => thread::yield_now(),
            Err(TryRecvError::Disconnected) => return None,
        }
    }
    if pool.is_some_and(others_may_wait) {
        return None;
    }
    jobs.recv_timeout(ASLEEP).ok()
}
