//! Pauses after errors: a program that skips errors must not flood a database.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use crate::task;

/// The errors in a row, and the pause before the next try because of them.
pub(crate) struct Pauses {
    failures: u32,
    pause: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Pauses {
    pub(crate) const fn new() -> Self {
        Self { failures: 0, pause: None }
    }

    /// Polls until the next try may begin.
    pub(crate) fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        Poll::Ready(())
    }

    /// Takes note of how a try ended.
    pub(crate) fn note(&mut self, failed: bool) {
        self.failures = if failed { self.failures + 1 } else { 0 };
        self.pause = pause_after(self.failures).map(|pause| Box::pin(task::pause(pause)) as _);
    }
}

/// Returns how long to wait after a number of errors in a row: not after one, then 50 ms, doubling
/// up to 5 s.
fn pause_after(failures: u32) -> Option<Duration> {
    const FIRST: Duration = Duration::from_millis(50);
    const LONGEST: Duration = Duration::from_secs(5);
    let doublings = failures.checked_sub(2)?;
    Some(FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST))
}
