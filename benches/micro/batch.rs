//! The cost of a first batch, from the connection to the structs, which are dropped at the end.

use criterion::{Criterion, Throughput};
use futures_util::TryStreamExt;
use sqlx::query_as;

use crate::table::{DIRECT_OR_NOT, Entry, ROWS, open};

const SQL: &str = "SELECT id, author_id, headline, score, editor_id FROM entries ORDER BY id";

const LENGTH: usize = ROWS as usize;

pub(crate) fn benches(criterion: &mut Criterion) {
    let (runtime, pool) = open();
    let mut group = criterion.benchmark_group("batch");
    group.throughput(Throughput::Elements(ROWS.into()));
    for (name, direct) in DIRECT_OR_NOT {
        group.bench_function(format!("batch_iter(&pool){name}"), |bencher| {
            bencher.to_async(&runtime).iter(async || {
                let batch = Entry::batch_iter(&pool).direct(direct).try_next().await;
                assert_eq!(batch.expect("an answer").map(|batch| batch.len()), Some(LENGTH));
            });
        });
    }
    group.bench_function("iter(&pool)", |bencher| {
        bencher.to_async(&runtime).iter(async || {
            let count = Entry::iter(&pool).try_fold(0, async |count, _| Ok(count + 1)).await;
            assert_eq!(count.expect("an answer"), LENGTH);
        });
    });
    group.bench_function("sqlx by hand, fetch_all", |bencher| {
        bencher.to_async(&runtime).iter(async || {
            let entries = query_as::<_, Entry>(SQL).fetch_all(&pool).await;
            assert_eq!(entries.expect("an answer").len(), LENGTH);
        });
    });
    group.finish();
}
