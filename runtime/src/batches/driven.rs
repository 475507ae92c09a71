//! Work that its caller drives as long as it waits, and that goes on by itself when it stops waiting.
//!
//! A caller may drop a pending `try_next()` and never come back to the iteration, which then has a
//! place in the queue of a pool, or a connection with half an answer in it. Nobody else could have
//! that connection as long as nobody polls. So a watcher looks from time to time whether the work
//! could go on and is not polled, and then polls it itself.

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

/// How often the watcher looks, and so how long work may wait for its caller.
const TICK: Duration = Duration::from_millis(10);

/// After how many looks without any work the watcher leaves.
const IDLE_TICKS: u32 = 100;

/// Work under way.
pub(crate) struct Driven<T: Send + 'static> {
    shared: Arc<Shared<T>>,
    /// Whether it goes on when this is dropped, or is abandoned.
    goes_on: bool,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    wakers: Mutex<Wakers>,
    /// How often the work was polled.
    polls: AtomicU64,
    /// Whether the work could go on since then.
    woken: AtomicBool,
}

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

/// Where a watcher finds the work of an iteration, one after the other.
pub(crate) struct Watched<T: Send + 'static>(Option<Arc<Mutex<Current<T>>>>);

struct Current<T> {
    work: Weak<Shared<T>>,
    /// Whether the watcher has left.
    left: bool,
}

impl<T: Send + 'static> Watched<T> {
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    /// Has work watched, by a watcher that starts now if there is none.
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
        let shared = Arc::new(Shared {
            state: Mutex::new(State::Working(Box::pin(work))),
            wakers: Mutex::default(),
            polls: AtomicU64::new(0),
            woken: AtomicBool::new(false),
        });
        Self { shared, goes_on }
    }

    /// Polls the work; once it is done, for its output, which is there once.
    pub(crate) fn poll(&mut self, watched: &mut Watched<T>, context: &mut Context<'_>) -> Poll<T> {
        lock(&self.shared.wakers).caller = Some(context.waker().clone());
        let is_new = self.shared.polls.load(Ordering::Relaxed) == 0;
        let mut state = match self.shared.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(state)) => state.into_inner(),
            // The watcher polls just now, and wakes the caller when it is through.
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
        // Now, and not when the watcher lets go of it.
        let left = mem::replace(&mut *lock(&self.shared.state), State::Taken);
        if let State::Working(work) = left
            && self.goes_on
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

/// The work can go on: whoever waits for it is told.
impl<T: Send + 'static> Wake for Shared<T> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
        self.wake_all();
    }
}

/// Looks after the work of an iteration as long as there is one.
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
            finish(Arc::downgrade(&work)).await;
        }
        seen = polls;
    }
}

/// Polls work to its end, in place of its caller.
async fn finish<T: Send + 'static>(work: Weak<Shared<T>>) {
    poll_fn(|context| {
        let Some(work) = work.upgrade() else { return Poll::Ready(()) };
        lock(&work.wakers).watcher = Some(context.waker().clone());
        let mut state = lock(&work.state);
        // A panic is met once more by the caller, who has to be told to come.
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

/// A panic of the work is met by whoever polls it next.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
