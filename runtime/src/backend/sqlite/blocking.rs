//! Runs a function that blocks its thread, in the caller's runtime or on its own thread.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    thread,
    time::Duration,
};

use tokio::{runtime::Handle, sync::oneshot};

use crate::task::sleep;

/// A function that blocks its thread, and that waits for a thread to run on. Dropping this drops the
/// function too, unless it has started.
pub(super) struct Blocking(Arc<Mutex<Option<Work>>>);

type Work = Box<dyn FnOnce() + Send>;

/// Runs a function that blocks its thread, in the runtime of the caller.
pub(super) fn spawn(work: impl FnOnce() + Send + 'static) -> Blocking {
    let blocking = Blocking(Arc::new(Mutex::new(Some(Box::new(work)))));
    if let Ok(runtime) = Handle::try_current() {
        let queued = Arc::clone(&blocking.0);
        let run = move || take(&queued).into_iter().for_each(|work| work());
        // The runtime panics if it needs a thread and cannot start one.
        if catch_unwind(AssertUnwindSafe(|| runtime.spawn_blocking(run))).is_ok() {
            return blocking;
        }
    }
    blocking.on_own_thread();
    blocking
}

/// Runs a function that blocks its thread, and returns its result; `None` if it panicked, or if no
/// thread could be started.
pub(super) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, result) = oneshot::channel();
    let blocking = spawn(move || {
        // The receiver may be gone.
        let _unsent = sender.send(work());
    });
    blocking.insist_until(result).await.ok()
}

impl Blocking {
    /// Waits for something that the work brings about, and insists on the work meanwhile.
    pub(super) async fn insist_until<T>(self, done: impl Future<Output = T>) -> T {
        let mut done = pin!(done);
        let mut insisting = Some(Box::pin(self.insist()));
        poll_fn(|context| {
            if let Poll::Ready(done) = done.as_mut().poll(context) {
                return Poll::Ready(done);
            }
            if let Some(insist) = &mut insisting
                && insist.as_mut().poll(context).is_ready()
            {
                insisting = None;
            }
            Poll::Pending
        })
        .await
    }

    /// Waits a moment for a thread of the runtime, and then starts a new one: all threads that the
    /// runtime has for this may be waiting for the caller.
    async fn insist(self) {
        const PATIENCE: Duration = Duration::from_millis(5);
        if lock(&self.0).is_none() {
            return;
        }
        sleep(PATIENCE).await;
        self.on_own_thread();
    }

    fn on_own_thread(&self) {
        let Some(work) = take(&self.0) else { return };
        let runtime = Handle::try_current().ok();
        let thread = thread::Builder::new().name("sqlx-chunked".to_owned());
        // If no thread can be started, the work is dropped, and whoever waits for it notices.
        let _thread = thread.spawn(move || {
            let _runtime = runtime.as_ref().map(Handle::enter);
            work();
        });
    }
}

impl Drop for Blocking {
    fn drop(&mut self) {
        drop(take(&self.0));
    }
}

fn take(work: &Mutex<Option<Work>>) -> Option<Work> {
    lock(work).take()
}

fn lock(work: &Mutex<Option<Work>>) -> MutexGuard<'_, Option<Work>> {
    work.lock().unwrap_or_else(PoisonError::into_inner)
}
