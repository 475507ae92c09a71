//! A connection on a thread that may block, for one batch or several in a row.
//!
//! Handing a connection over, locking it and giving it back takes more switches between threads
//! than a batch has time for. So the thread waits a moment for the next batch to be requested. If
//! none is, it gives the connection back, whatever the caller does.
//!
//! A connection of a pool goes back to the pool, and one that was passed by value to the place that
//! it was taken from: the driver can use it only there.

use std::{
    fmt, mem,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        mpsc::{self, Receiver, SendError, Sender, TryRecvError},
    },
    thread,
    time::{Duration, Instant},
};

use sqlx::{Connection as _, Sqlite, SqlitePool, error::BoxDynError};
use tracing::Level;

use super::{
    answers::{self, Answer, Answers, LastRows},
    blocking::{self, Blocking},
    buffer::Buffer,
    decoding::{Decoding, KeptRows, Missed},
    direct::{self, Prepared},
    handle::Locked,
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
    decoding: Decoding,
    /// Buffers for the next rows: to free memory of another thread, both may have to wait.
    spare: Vec<Buffer>,
}

/// The largest number of buffers that are kept, and of bytes in each of them.
const MOST_SPARE: usize = 8;
const MOST_SPARE_BYTES: usize = 1 << 20;

impl Session {
    /// Lets the thread end, and with it give back its connection.
    pub(super) fn end_loan(&mut self) {
        self.jobs = None;
    }

    /// Gives a job to the thread, or to a new one, which may have to be insisted on.
    async fn give(
        &mut self,
        job: Job,
        lender: &mut Lender<'_, Sqlite>,
    ) -> Result<Option<Blocking>, sqlx::Error> {
        let job = match &self.jobs {
            Some(jobs) => jobs.send(job).err().map(|SendError(job)| job),
            None => Some(job),
        };
        let Some(job) = job else { return Ok(None) };
        let lent = lend(lender).await?;
        let (sender, jobs) = mpsc::channel();
        let blocking = blocking::spawn(move || serve(lent, job, &jobs));
        self.jobs = Some(sender);
        Ok(Some(blocking))
    }

    /// Keeps a buffer whose rows are not needed any more.
    fn reuse(&mut self, mut rows: Buffer) {
        if self.spare.len() < MOST_SPARE && rows.capacity() <= MOST_SPARE_BYTES {
            rows.clear();
            self.spare.push(rows);
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// Reads a statement, and returns whether another one may follow.
type Job = Box<dyn for<'c> FnOnce(&'c Locked<'_>, &mut Prepared<'c>) -> bool + Send>;

/// Reads a statement on a thread where a slow disk blocks nobody, and decodes its rows meanwhile.
pub(super) async fn read<S: Sink<Sqlite>>(
    mut lender: Lender<'_, Sqlite>,
    session: &mut Session,
    statement: Statement<Sqlite>,
    sink: S,
) -> Result<Direct<S, Sqlite>, sqlx::Error> {
    let statement = Arc::new(statement);
    let read = loop {
        let (job, answers) = job(Arc::clone(&statement), mem::take(&mut session.spare));
        let blocking = session.give(job, &mut lender).await?;
        let is_new = blocking.is_some();
        let receiving = receive(answers, session, &statement.sql, sink.anew());
        let received = match blocking {
            Some(blocking) => blocking.insist_until(receiving).await?,
            None => receiving.await?,
        };
        match received {
            Received::All(sink) => break Some(sink),
            // Now it is known that the rows must be kept.
            Received::Missed => {}
            Received::Unexpected(reason) => {
                log_driver_route(Causes(&reason));
                break None;
            }
            // The connection is unusable, which sqlx must report, or the runtime is shutting down.
            Received::Nothing if is_new => break None,
            // The thread ended before it reached this job.
            Received::Nothing => session.jobs = None,
        }
    };
    if !read.as_ref().is_some_and(Sink::is_followed) {
        session.jobs = None;
    }
    Ok(match read {
        Some(sink) => Direct::Read(sink),
        None => Direct::Refused(Arc::unwrap_or_clone(statement)),
    })
}

/// What came of a job.
enum Received<S> {
    All(S),
    /// Rows with a value that was not seen before.
    Missed,
    /// sqlx must read the rows, or report why it does not.
    Unexpected(BoxDynError),
    /// The thread ended.
    Nothing,
}

/// Receives the rows of a statement, and decodes them as they arrive.
async fn receive<S: Sink<Sqlite>>(
    mut answers: Answers,
    session: &mut Session,
    sql: &str,
    sink: S,
) -> Result<Received<S>, sqlx::Error> {
    let received = decode(&mut answers, session, sql, sink).await?;
    if !matches!(received, Received::All(_)) {
        answers.stop().await?;
    }
    Ok(received)
}

async fn decode<S: Sink<Sqlite>>(
    answers: &mut Answers,
    session: &mut Session,
    sql: &str,
    mut sink: S,
) -> Result<Received<S>, sqlx::Error> {
    let mut count = 0;
    let mut kept = session.decoding.keeps_rows(sql).then(KeptRows::default);
    loop {
        let (rows, elapsed) = match answers.next().await {
            Some(Answer::Rows(rows)) => (rows, None),
            Some(Answer::End(Ok(end))) => match end? {
                Ok(LastRows { rows, elapsed, spare }) => {
                    session.spare.extend(spare);
                    (rows, Some(elapsed))
                }
                Err(reason) => return Ok(Received::Unexpected(reason)),
            },
            Some(Answer::End(Err(panic))) => resume_unwind(panic),
            None => return Ok(Received::Nothing),
        };
        count += rows.len();
        if let Some(kept) = &mut kept {
            if let Err(reason) = kept.keep(rows) {
                return Ok(Received::Unexpected(reason.into()));
            }
        } else {
            match session.decoding.decode(sql, &rows, &mut sink) {
                Ok(Ok(())) => session.reuse(rows),
                Ok(Err(Missed)) => return Ok(Received::Missed),
                Err(reason) => return Ok(Received::Unexpected(reason)),
            }
        }
        let Some(elapsed) = elapsed else { continue };
        if let Some(kept) = kept {
            match session.decoding.learn_and_decode(sql, kept, sink).await {
                Ok(decoded) => sink = decoded,
                Err(reason) => return Ok(Received::Unexpected(reason)),
            }
        }
        log(sql, count, elapsed);
        return Ok(Received::All(sink));
    }
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

fn job(statement: Arc<Statement<Sqlite>>, spare: Vec<Buffer>) -> (Job, Answers) {
    let (mut caller, answers) = answers::channel(spare);
    let job: Job = Box::new(move |connection, prepared| {
        let started = Instant::now();
        let mut read = || {
            let rows = direct::read(connection, prepared, &statement, &mut caller)?;
            Ok(caller.last(rows, started.elapsed()))
        };
        let end = catch_unwind(AssertUnwindSafe(|| in_one_transaction(connection, &mut read)));
        let goes_on = matches!(&end, Ok(Ok(Ok(_))));
        caller.end(end);
        goes_on
    });
    (job, answers)
}

/// Reads, and reports an error if what failed has ended the transaction: sqlx must not read the rest
/// outside of it.
pub(super) fn in_one_transaction<T, E>(
    connection: &Locked<'_>,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<Result<T, E>, sqlx::Error> {
    let was_in_transaction = connection.is_in_transaction();
    let read = read();
    if read.is_err() && was_in_transaction && !connection.is_in_transaction() {
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

/// Logs a statement as sqlx does by default; the settings of the connection are not known here.
fn log(sql: &str, rows: usize, elapsed: Duration) {
    tracing::event!(
        target: "sqlx::query",
        Level::DEBUG,
        summary = format!("{} …", sql.split_whitespace().take(4).collect::<Vec<_>>().join(" ")),
        db.statement = format!("\n\n{sql}\n"),
        rows_affected = 0_u64,
        rows_returned = rows,
        ?elapsed,
        elapsed_secs = elapsed.as_secs_f64(),
    );
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
