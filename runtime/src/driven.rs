//! Work that its caller drives as long as it waits, and that goes on by itself when it stops waiting.
//!
//! A caller may drop a pending `try_next()` and never come back to the iteration, which then has a
//! place in the queue of a pool, or a connection with half an answer in it. Nobody else could have
//! that connection as long as nobody polls. So a watcher looks from time to time whether the work
//! could go on and is not polled, and then polls it itself.

use std::{
    future::{Future, poll_fn},
    mem,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use tracing::Instrument as _;

use crate::spawn;

/// How often the watcher looks, and so how long work may wait for its caller.
const TICK: Duration = Duration::from_millis(10);

/// After how many looks without any work the watcher leaves.
const IDLE_TICKS: u32 = 100;

/// Work under way. It is abandoned when this is dropped.
pub(crate) struct Driven<T: Send + 'static>(Arc<Shared<T>>);

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
pub(crate) struct Watched<T: Send + 'static>(Option<Arc<Mutex<Weak<Shared<T>>>>>);

impl<T: Send + 'static> Watched<T> {
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    /// Has work watched, if it is the first that is pending by a watcher that starts now.
    fn watch(&mut self, work: &Arc<Shared<T>>) {
        // The watcher has the other reference.
        if let Some(place) = self.0.as_ref().filter(|place| Arc::weak_count(place) > 0) {
            *lock(place) = Arc::downgrade(work);
            return;
        }
        let place = Arc::new(Mutex::new(Arc::downgrade(work)));
        spawn::detached(watch(Arc::downgrade(&place)).in_current_span());
        self.0 = Some(place);
    }
}

impl<T: Send + 'static> Driven<T> {
    pub(crate) fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State::Working(Box::pin(work))),
            wakers: Mutex::default(),
            polls: AtomicU64::new(0),
            woken: AtomicBool::new(false),
        }))
    }

    /// Polls the work; once it is done, for its output, which is there once.
    pub(crate) fn poll(&mut self, watched: &mut Watched<T>, context: &mut Context<'_>) -> Poll<T> {
        lock(&self.0.wakers).caller = Some(context.waker().clone());
        let is_new = self.0.polls.load(Ordering::Relaxed) == 0;
        let mut state = match self.0.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(state)) => state.into_inner(),
            // The watcher polls just now, and wakes the caller when it is through.
            Err(TryLockError::WouldBlock) => return Poll::Pending,
        };
        self.0.work(&mut state);
        match mem::replace(&mut *state, State::Taken) {
            State::Done(output) => Poll::Ready(output),
            other => {
                *state = other;
                drop(state);
                if is_new {
                    watched.watch(&self.0);
                }
                Poll::Pending
            }
        }
    }
}

impl<T: Send + 'static> Drop for Driven<T> {
    fn drop(&mut self) {
        // Now, and not when the watcher lets go of it.
        let left = mem::replace(&mut *lock(&self.0.state), State::Taken);
        drop(left);
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
async fn watch<T: Send + 'static>(place: Weak<Mutex<Weak<Shared<T>>>>) {
    let mut seen = 0;
    let mut idle = 0;
    while idle < IDLE_TICKS {
        spawn::sleep(TICK).await;
        let Some(place) = place.upgrade() else { return };
        let work = lock(&place).upgrade();
        drop(place);
        let Some(work) = work else {
            idle += 1;
            continue;
        };
        idle = 0;
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
        work.work(&mut state);
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
