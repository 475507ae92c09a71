//! What a query costs however many rows it reads: one row, from the middle of the table.

use criterion::Criterion;
use futures_util::TryStreamExt;
use sqlx::query_as;
use tokio::runtime::Runtime;

use crate::table::{Entry, ROWS, pool};

/// By hand, as the library would send it.
const SQL: &str = "SELECT id, author_id, headline, score, editor_id FROM entries
                   WHERE id >= ? AND editor_id IS NULL ORDER BY id LIMIT ?";

pub(crate) fn benches(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let pool = runtime.block_on(pool()).expect("a database in memory");
    let middle = i64::from(ROWS / 2);
    let mut group = criterion.benchmark_group("query of one row");
    group.bench_function("iter(&pool)", |bencher| {
        bencher.to_async(&runtime).iter(async || {
            let mut entries = Entry::iter(&pool)
                .range(middle..)
                .filter(|entry| entry.editor_id.is_null())
                .limit(1);
            entries.try_next().await.expect("a row")
        });
    });
    group.bench_function("iter(&pool).direct(false)", |bencher| {
        bencher.to_async(&runtime).iter(async || {
            let mut entries = Entry::iter(&pool)
                .range(middle..)
                .filter(|entry| entry.editor_id.is_null())
                .limit(1)
                .direct(false);
            entries.try_next().await.expect("a row")
        });
    });
    group.bench_function("sqlx by hand", |bencher| {
        bencher.to_async(&runtime).iter(async || {
            query_as::<_, Entry>(SQL).bind(middle).bind(1).fetch_one(&pool).await.expect("a row")
        });
    });
    group.finish();
}
