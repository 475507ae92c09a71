//! The plans that the library's statements were executed by, as the server itself reports them.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use futures_util::{FutureExt as _, TryStreamExt as _, future::BoxFuture};
use sqlx::{PgPool, postgres::PgPoolOptions, types::JsonValue};
use sqlx_chunked::Batch;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    instrument::WithSubscriber as _,
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt as _},
};

use crate::{
    cases::{
        plans::{self, BATCH, Batches, Cost, Reading, SHAPES, TIES},
        skewed,
    },
    harness::TestDatabase,
    servers,
};

tests! { batches_cost_the_same_everywhere, related_rows_are_searched, skewed_data, writes, parts, locks }

/// Makes the server send the plan of every statement that reads the table, with what each step did,
/// along with the statement's result.
const EXPLAIN: &str = "LOAD 'auto_explain'; \
     SET auto_explain.log_level = notice; SET auto_explain.log_min_duration = 0; \
     SET auto_explain.log_analyze = on; SET auto_explain.log_buffers = on; \
     SET auto_explain.log_timing = off; SET auto_explain.log_format = json";

async fn batches_cost_the_same_everywhere(database: &TestDatabase) {
    plans::create(database).await;
    database.execute("VACUUM ANALYZE readings").await;
    for shape in SHAPES {
        let pool = explaining(database).await;
        // A batch and the row after it, from each of at most three places in the index.
        let mut entries = 3 * (BATCH + 1) * if shape.is_filtered() { 2 } else { 1 };
        if shape.is_interrupted() {
            entries += TIES;
        }
        // Each entry may point to another page of the table. Further reads are pages of the index,
        // from where it is entered to where the batch begins. If a range does not fit mixed
        // directions, the index is entered at the nearer end, by the first column only.
        let index = if shape.is_interrupted() { 125 } else { 25 };
        plans::check(shape, &pool, next, &[entries, entries + index, index]).await;
        pool.close().await;
    }
}

async fn related_rows_are_searched(database: &TestDatabase) {
    plans::create(database).await;
    database.execute("VACUUM ANALYZE readings").await;
    let pool = explaining(database).await;
    // And an entry to tell that there is no NULL in the second column.
    plans::check_related(&pool, cost_of, &[2 * (BATCH + 1) + 1]).await;
    pool.close().await;
}

async fn skewed_data(database: &TestDatabase) {
    skewed::create(database).await;
    database.execute("VACUUM ANALYZE skewed_readings").await;
    let pool = explaining(database).await;
    skewed::check(&pool, cost_of, 3 * (skewed::BATCH + 1) + 200, 5_000).await;
    pool.close().await;
}

async fn writes(database: &TestDatabase) {
    skewed::create(database).await;
    database.execute("VACUUM ANALYZE skewed_readings").await;
    let pool = explaining(database).await;
    // The rows of a batch, found once to see where it ends and once to write them.
    skewed::check_writes(&pool, cost_of, 6 * (skewed::BATCH + 1)).await;
    pool.close().await;
}

async fn parts(database: &TestDatabase) {
    skewed::create(database).await;
    database.execute("VACUUM ANALYZE skewed_readings").await;
    let pool = explaining(database).await;
    // Each entry of the index is passed once in the walk, and at most once more for the ends. Where a
    // batch goes on to the next tie, the rest of a tie of 1,000 rows is sorted if the planner expects few:
    // it takes two columns that go together for independent ones.
    skewed::check_parts(&pool, cost_of, 200_000, 10 * (skewed::BATCH + 1)).await;
    pool.close().await;
}

async fn locks(database: &TestDatabase) {
    skewed::create(database).await;
    database.execute("VACUUM ANALYZE skewed_readings").await;
    let pool = explaining(database).await;
    // The keys of a batch, and a look-up for each of its rows.
    servers::locks::plans::check(&pool, cost_of, &[3 * (skewed::BATCH + 1) + 200]).await;
    pool.close().await;
}

/// One connection, on which the same statement is executed again and again: the server may switch
/// to a plan for any parameters.
async fn explaining(database: &TestDatabase) -> PgPool {
    let options = PgPoolOptions::new().max_connections(1).after_connect(|connection, _| {
        Box::pin(async {
            sqlx::raw_sql(EXPLAIN).execute(connection).await?;
            Ok(())
        })
    });
    options.connect_with(database.options()).await.unwrap()
}

/// Reads the next batch, and returns what its plan did.
async fn next(pool: &PgPool, batches: &mut Batches) -> (Option<Batch<Reading>>, Cost) {
    let mut batch = None;
    let read = async { batch = batches.try_next().await.unwrap() };
    let cost = cost_of(pool, read.boxed()).await;
    (batch, cost)
}

async fn cost_of(_: &PgPool, work: BoxFuture<'_, ()>) -> Cost {
    let plans = Plans::default();
    work.with_subscriber(Registry::default().with(plans.clone())).await;
    let (mut entries, mut buffers) = (0, 0);
    for plan in plans.0.lock().unwrap().drain(..) {
        let plan: JsonValue = plan[plan.find('{').unwrap()..].parse().unwrap();
        let plan = &plan["Plan"];
        entries += read(plan);
        buffers += count(plan, "Shared Hit Blocks") + count(plan, "Shared Read Blocks");
    }
    let further = buffers.saturating_sub(entries);
    vec![("entries", entries), ("buffers", buffers), ("further buffers", further)]
}

/// Counts the rows that a plan read, including those that it did not use.
fn read(plan: &JsonValue) -> u64 {
    // The other kinds of nodes get their rows from these.
    let kind = plan["Node Type"].as_str().unwrap();
    let counts = match kind {
        "Index Scan" | "Index Only Scan" | "Bitmap Heap Scan" | "Seq Scan" => {
            &["Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"][..]
        }
        _ => &[],
    };
    let rows: u64 = counts.iter().map(|name| count(plan, name)).sum();
    let nodes = plan["Plans"].as_array().into_iter().flatten();
    rows * count(plan, "Actual Loops") + nodes.map(read).sum::<u64>()
}

fn count(plan: &JsonValue, name: &str) -> u64 {
    plan[name].as_u64().unwrap_or(0)
}

/// The plans that the server sent, from sqlx's log.
#[derive(Clone, Default)]
struct Plans(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Plans {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == "sqlx::postgres::notice"
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut &*self);
    }
}

impl Visit for &Plans {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" && value.contains("readings") {
            self.0.lock().unwrap().push(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
