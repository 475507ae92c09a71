//! Background work: on tokio if it is running, else on its own thread.
//!
//! sqlx runs on tokio, or on smol and similar runtimes. Connections of the latter work from any
//! thread, so nothing of those runtimes is needed here.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker, ready},
    thread::{self, Thread},
    time::Duration,
};

use tokio::{runtime::Handle, sync::oneshot};

/// Work in progress. Dropping this tells it to stop.
#[derive(Debug)]
pub(crate) struct Task<T>(oneshot::Receiver<thread::Result<T>>);

/// The work was abandoned because the runtime is shutting down.
#[derive(Debug)]
pub(crate) struct Abandoned;

impl<T> Future for Task<T> {
    type Output = Result<T, Abandoned>;

    /// Passes a panic of the work on to the caller.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(Pin::new(&mut self.0).poll(context)) {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(Abandoned),
        })
    }
}

/// Runs a future. It is dropped as soon as nobody waits for it any more.
pub(crate) fn future<F>(work: F) -> Task<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let (mut sender, receiver) = oneshot::channel();
    let work = async move {
        let output = {
            let mut work = pin!(work);
            poll_fn(|context| {
                if sender.poll_closed(context).is_ready() {
                    return Poll::Ready(None);
                }
                match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
                    Ok(Poll::Pending) => Poll::Pending,
                    Ok(Poll::Ready(output)) => Poll::Ready(Some(Ok(output))),
                    Err(panic) => Poll::Ready(Some(Err(panic))),
                }
            })
            .await
        };
        if let Some(output) = output {
            // The receiver may be gone.
            let _unsent = sender.send(output);
        }
    };
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(work);
    } else {
        thread::spawn(|| block_on(work));
    }
    Task(receiver)
}

/// Runs a future that nobody waits for.
pub(crate) fn detached(work: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(work);
    } else {
        thread::spawn(|| block_on(work));
    }
}

/// Runs a future to its end once it has begun, even if its caller stops waiting.
pub(crate) async fn to_end<T: 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    struct Rest<T: 'static>(Option<Pin<Box<dyn Future<Output = T> + Send>>>);

    impl<T> Drop for Rest<T> {
        fn drop(&mut self) {
            if let Some(work) = self.0.take() {
                detached(async { drop(work.await) });
            }
        }
    }

    let mut rest = Rest(Some(Box::pin(work)));
    poll_fn(|context| {
        let work = rest.0.as_mut().map(|work| work.as_mut().poll(context));
        let output = ready!(work.unwrap_or(Poll::Pending));
        rest.0 = None;
        Poll::Ready(output)
    })
    .await
}

/// Waits for some time. Outside tokio this blocks the thread.
pub(crate) async fn sleep(duration: Duration) {
    if Handle::try_current().is_ok() {
        tokio::time::sleep(duration).await;
    } else {
        thread::sleep(duration);
    }
}

/// Waits for a future, but no longer than this.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut over = pin!(async {
        if Handle::try_current().is_ok() {
            tokio::time::sleep(limit).await;
        } else {
            pause(limit).await;
        }
    });
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => over.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Waits for some time from the first poll on, whether the runtime has a timer or not.
pub(crate) async fn pause(duration: Duration) {
    let (sender, receiver) = oneshot::channel();
    let waits = thread::Builder::new().name("sqlx-chunked".to_owned()).spawn(move || {
        thread::sleep(duration);
        // The receiver may be gone.
        let _unsent: Result<(), ()> = sender.send(());
    });
    if waits.is_ok() {
        // An error also ends the wait.
        let _over = receiver.await;
    }
}

/// Waits for a future on this thread.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
