//! Counts the queries that one part of a program sends, by sqlx's log, which also has what
//! sqlx-chunked reads without sqlx.

use std::{
    fmt::Debug,
    sync::{
        Once,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use tracing::{Event, Level, Subscriber, field::Field};
use tracing_subscriber::{
    Layer, Registry,
    filter::Targets,
    layer::{Context, SubscriberExt as _},
    util::SubscriberInitExt as _,
};

/// The queries sent since the first [`Count`].
static SENT: AtomicU64 = AtomicU64::new(0);

/// Counts the queries of this process, from [`Count::start`] on.
#[derive(Debug)]
pub struct Count {
    before: u64,
}

impl Count {
    /// Starts to count.
    ///
    /// # Panics
    ///
    /// If the program has another global subscriber of `tracing`.
    #[must_use]
    pub fn start() -> Self {
        static SUBSCRIBER: Once = Once::new();
        SUBSCRIBER.call_once(|| {
            let queries = Targets::new().with_target("sqlx::query", Level::DEBUG);
            Registry::default().with(Counter.with_filter(queries)).init();
        });
        Self { before: SENT.load(Relaxed) }
    }

    /// Returns the number of queries since the start.
    #[must_use]
    pub fn sent(&self) -> u64 {
        SENT.load(Relaxed) - self.before
    }
}

struct Counter;

impl<S: Subscriber> Layer<S> for Counter {
    /// Counts only queries: a pool may open a connection at any time, which begins with a PRAGMA.
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut |field: &Field, value: &dyn Debug| {
            if field.name() == "summary" && format!("{value:?}").starts_with("\"SELECT ") {
                SENT.fetch_add(1, Relaxed);
            }
        });
    }
}
