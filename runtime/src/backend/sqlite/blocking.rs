//! Runs a function that blocks its thread, in the caller's runtime or on its own thread.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use tokio::runtime::Handle;

use crate::task::sleep;

/// A function that blocks its thread, and that waits for a thread to run on.
pub(super) struct Blocking(Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>);

/// Runs a function that blocks its thread, in the runtime of the caller.
pub(super) fn spawn(work: impl FnOnce() + Send + 'static) -> Blocking {
    let blocking = Blocking(Arc::new(Mutex::new(Some(Box::new(work)))));
    if let Ok(runtime) = Handle::try_current() {
        let queued = Blocking(Arc::clone(&blocking.0));
        runtime.spawn_blocking(move || queued.take().into_iter().for_each(|work| work()));
    } else {
        blocking.on_own_thread();
    }
    blocking
}

impl Blocking {
    fn take(&self) -> Option<Box<dyn FnOnce() + Send>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Waits a moment for a thread of the runtime, and then starts a new one: all threads that the
    /// runtime has for this may be waiting for the caller.
    pub(super) async fn insist(self) {
        const PATIENCE: Duration = Duration::from_millis(5);
        sleep(PATIENCE).await;
        self.on_own_thread();
    }

    fn on_own_thread(&self) {
        let Some(work) = self.take() else { return };
        let runtime = Handle::try_current().ok();
        let thread = thread::Builder::new().name("sqlx-chunked".to_owned());
        // If no thread can be started, the work is dropped, and whoever waits for it notices.
        let _thread = thread.spawn(move || {
            let _runtime = runtime.as_ref().map(Handle::enter);
            work();
        });
    }
}
