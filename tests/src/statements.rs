//! The statements that were sent to the database, according to sqlx's own log; the library is not
//! asked about itself.

use std::{fmt::Debug, future::Future, sync::Once};

use tracing::{
    Event, Instrument as _, Metadata, Subscriber,
    field::{Field, Visit},
    subscriber::{self, Interest},
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt as _},
    registry::LookupSpan,
};

/// A statement that was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// Its text.
    pub sql: String,
    /// The number of rows it returned.
    pub rows: u64,
}

/// Awaits a future, and returns the statements on a table sent in that time, in order.
///
/// # Panics
///
/// If the program has another global subscriber of `tracing`.
pub async fn record<F: Future>(table: &str, future: F) -> (F::Output, Vec<Statement>) {
    static SUBSCRIBER: Once = Once::new();
    // It has to be global: SQLite's statements are logged by a thread that sqlx starts.
    SUBSCRIBER.call_once(|| {
        subscriber::set_global_default(Registry::default().with(Recorder))
            .expect("no other subscriber");
    });
    let span = tracing::info_span!("record");
    let output = future.instrument(span.clone()).await;
    let recorded = span.with_subscriber(|(id, dispatch)| {
        let span = dispatch.downcast_ref::<Registry>()?.span(id)?;
        span.extensions_mut().remove::<Recorded>()
    });
    let mut statements = recorded.flatten().unwrap_or_default().0;
    statements.retain(|statement| statement.sql.contains(table));
    (output, statements)
}

/// Keeps the statements of a span with the span, which sqlx takes along to SQLite's thread.
struct Recorder;

#[derive(Default)]
struct Recorded(Vec<Statement>);

impl<S> Layer<S> for Recorder
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    /// Only in a recorded span: everywhere else, writing the log would take longer than the
    /// statement itself.
    fn enabled(&self, metadata: &Metadata<'_>, context: Context<'_, S>) -> bool {
        let ours = metadata.is_span() && metadata.target() == module_path!();
        ours || metadata.target() == "sqlx::query" && context.lookup_current().is_some()
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(span) = context.event_span(event) else { return };
        let mut statement = Statement::default();
        event.record(&mut statement);
        let mut extensions = span.extensions_mut();
        if let Some(recorded) = extensions.get_mut::<Recorded>() {
            recorded.0.push(statement);
        } else {
            extensions.insert(Recorded(vec![statement]));
        }
    }
}

impl Visit for Statement {
    /// sqlx logs the full text only if its summary is shorter.
    fn record_str(&mut self, field: &Field, value: &str) {
        let value = value.trim();
        let full = field.name() == "db.statement" && !value.is_empty();
        if full || field.name() == "summary" && self.sql.is_empty() {
            value.clone_into(&mut self.sql);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "rows_returned" {
            self.rows = value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
