//! Work that its caller drives as long as the caller waits, and that continues by itself afterwards.
//!
//! A caller may drop a pending `try_next()` and never come back to the iteration, which then has a
//! place in the queue of a pool, or a connection with half an answer in it. Nobody else can have
//! that connection while nobody polls. So a watcher checks from time to time whether the work could
//! go on but is not polled, and then polls it itself.

use std::{
    future::{Future, poll_fn},
    mem,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use tracing::Instrument as _;

use crate::task;

/// The interval at which the watcher looks, and so the time that work may wait for its caller.
const TICK: Duration = Duration::from_millis(10);

/// The number of looks without any work after which the watcher leaves.
const IDLE_TICKS: u32 = 100;

/// Work under way.
pub(crate) struct Driven<T: Send + 'static> {
    shared: Arc<Shared<T>>,
    /// True if the work continues after this is dropped; otherwise it is abandoned.
    goes_on: bool,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    wakers: Mutex<Wakers>,
    /// The number of times the work was polled.
    polls: AtomicU64,
    /// True if the work was woken since the last poll.
    woken: AtomicBool,
    /// What to do with an output that nobody takes for some time, if it must not wait longer.
    give_up: Option<(Duration, GiveUp<T>)>,
}

/// Gives an output up, and returns what is left of it.
type GiveUp<T> = fn(T) -> Pin<Box<dyn Future<Output = T> + Send>>;

enum State<T> {
    Working(Pin<Box<dyn Future<Output = T> + Send>>),
    Done(T),
    Taken,
}

#[derive(Default)]
struct Wakers {
    caller: Option<Waker>,
    watcher: Option<Waker>,
}

/// The place where a watcher finds the work of an iteration, one piece after the other.
pub(crate) struct Watched<T: Send + 'static>(Option<Arc<Mutex<Current<T>>>>);

struct Current<T> {
    work: Weak<Shared<T>>,
    /// True if the watcher has left.
    left: bool,
}

impl<T: Send + 'static> Watched<T> {
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    /// Has work watched, and starts a watcher if there is none.
    fn watch(&mut self, work: &Arc<Shared<T>>) {
        let work = Arc::downgrade(work);
        if let Some(current) = &self.0 {
            let mut current = lock(current);
            if !current.left {
                current.work = work;
                return;
            }
        }
        let current = Arc::new(Mutex::new(Current { work, left: false }));
        task::detached(watch(Arc::downgrade(&current)).in_current_span());
        self.0 = Some(current);
    }
}

impl<T: Send + 'static> Driven<T> {
    pub(crate) fn new(work: impl Future<Output = T> + Send + 'static, goes_on: bool) -> Self {
        Self::with(work, goes_on, None)
    }

    /// Creates work that goes on after this is dropped, and whose output is given up if nobody takes
    /// it in time.
    pub(crate) fn claimed(
        work: impl Future<Output = T> + Send + 'static,
        patience: Duration,
        give_up: GiveUp<T>,
    ) -> Self {
        Self::with(work, true, Some((patience, give_up)))
    }

    fn with(
        work: impl Future<Output = T> + Send + 'static,
        goes_on: bool,
        give_up: Option<(Duration, GiveUp<T>)>,
    ) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::new(State::Working(Box::pin(work))),
            wakers: Mutex::default(),
            polls: AtomicU64::new(0),
            woken: AtomicBool::new(false),
            give_up,
        });
        Self { shared, goes_on }
    }

    /// Polls the work. Its output is returned only once.
    pub(crate) fn poll(&mut self, watched: &mut Watched<T>, context: &mut Context<'_>) -> Poll<T> {
        lock(&self.shared.wakers).caller = Some(context.waker().clone());
        let is_new = self.shared.polls.load(Ordering::Relaxed) == 0;
        let mut state = match self.shared.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(state)) => state.into_inner(),
            // The watcher is polling right now, and wakes the caller when it is done.
            Err(TryLockError::WouldBlock) => return Poll::Pending,
        };
        self.shared.work(&mut state);
        match mem::replace(&mut *state, State::Taken) {
            State::Done(output) => Poll::Ready(output),
            other => {
                *state = other;
                drop(state);
                if is_new {
                    watched.watch(&self.shared);
                }
                Poll::Pending
            }
        }
    }
}

impl<T: Send + 'static> Drop for Driven<T> {
    fn drop(&mut self) {
        let has_panicked = self.shared.state.is_poisoned();
        // Drop the work now, rather than when the watcher lets go of it.
        let left = mem::replace(&mut *lock(&self.shared.state), State::Taken);
        // The watcher may be in the middle of it.
        self.shared.wake_all();
        if let State::Working(work) = left
            && self.goes_on
            && !has_panicked
            && self.shared.polls.load(Ordering::Relaxed) > 0
        {
            task::detached(async { drop(work.await) });
        }
    }
}

impl<T: Send + 'static> Shared<T> {
    fn work(self: &Arc<Self>, state: &mut State<T>) {
        let State::Working(work) = state else { return };
        self.polls.fetch_add(1, Ordering::Relaxed);
        self.woken.store(false, Ordering::Relaxed);
        let waker = Waker::from(Arc::clone(self));
        if let Poll::Ready(output) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
            *state = State::Done(output);
        }
    }

    fn wake_all(&self) {
        let Wakers { caller, watcher } = mem::take(&mut *lock(&self.wakers));
        for waker in [caller, watcher].into_iter().flatten() {
            waker.wake();
        }
    }
}

/// Tells whoever waits for the work that it can continue.
impl<T: Send + 'static> Wake for Shared<T> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
        self.wake_all();
    }
}

/// Watches the work of an iteration as long as the iteration exists.
async fn watch<T: Send + 'static>(current: Weak<Mutex<Current<T>>>) {
    let mut seen = 0;
    let mut idle = 0;
    loop {
        task::sleep(TICK).await;
        let Some(current) = current.upgrade() else { return };
        let work = {
            let mut current = lock(&current);
            let work = current.work.upgrade();
            idle = if work.is_some() { 0 } else { idle + 1 };
            if idle == IDLE_TICKS {
                current.left = true;
                return;
            }
            work
        };
        drop(current);
        let Some(work) = work else { continue };
        let polls = work.polls.load(Ordering::Relaxed);
        if work.woken.load(Ordering::Relaxed) && polls == seen {
            let give_up = work.give_up;
            let work = Arc::downgrade(&work);
            finish(&work).await;
            if let Some((patience, give_up)) = give_up {
                // A caller that is still there has been woken.
                task::sleep(patience).await;
                if is_given_up(&work, give_up) {
                    finish(&work).await;
                }
            }
        }
        seen = polls;
    }
}

/// Begins to give the output of work up, if it is still there.
fn is_given_up<T: Send + 'static>(work: &Weak<Shared<T>>, give_up: GiveUp<T>) -> bool {
    let Some(work) = work.upgrade() else { return false };
    let mut state = lock(&work.state);
    match mem::replace(&mut *state, State::Taken) {
        State::Done(output) => {
            *state = State::Working(give_up(output));
            true
        }
        other => {
            *state = other;
            false
        }
    }
}

/// Polls work to its end, in place of its caller.
async fn finish<T: Send + 'static>(work: &Weak<Shared<T>>) {
    poll_fn(|context| {
        let Some(work) = work.upgrade() else { return Poll::Ready(()) };
        lock(&work.wakers).watcher = Some(context.waker().clone());
        let mut state = lock(&work.state);
        // The caller meets the panic as well, and must be woken for that.
        let worked = catch_unwind(AssertUnwindSafe(|| work.work(&mut state)));
        if let Err(panic) = worked {
            drop(state);
            work.wake_all();
            resume_unwind(panic);
        }
        let is_over = !matches!(*state, State::Working(_));
        drop(state);
        if is_over {
            work.wake_all();
            return Poll::Ready(());
        }
        Poll::Pending
    })
    .await;
}

/// Locks a mutex, poisoned or not: whoever polls the work next meets its panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
