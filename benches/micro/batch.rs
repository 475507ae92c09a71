//! What a batch costs, from the query to the structs.

use criterion::{Criterion, Throughput};
use futures_util::TryStreamExt;
use sqlx::query_as;
use tokio::runtime::Runtime;

use crate::table::{Entry, ROWS, pool};

const SQL: &str = "SELECT id, author_id, headline, score, editor_id FROM entries ORDER BY id";

pub(crate) fn benches(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let pool = runtime.block_on(pool()).expect("a database in memory");
    let mut group = criterion.benchmark_group("batch");
    group.throughput(Throughput::Elements(ROWS.into()));
    group.bench_function("batch_iter(&pool)", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(async || Entry::batch_iter(&pool).try_next().await.expect("a batch"));
    });
    group.bench_function("batch_iter(&pool).direct(false)", |bencher| {
        bencher.to_async(&runtime).iter(async || {
            Entry::batch_iter(&pool).direct(false).try_next().await.expect("a batch")
        });
    });
    group.bench_function("iter(&pool)", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(async || Entry::iter(&pool).try_for_each(async |_| Ok(())).await.expect("rows"));
    });
    group.bench_function("sqlx by hand, fetch_all", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(async || query_as::<_, Entry>(SQL).fetch_all(&pool).await.expect("rows"));
    });
    group.finish();
}
