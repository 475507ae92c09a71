//! The cost of a query, however many rows it reads: one row, from the middle of the table. The pool
//! has one connection, so the cost includes getting it back in order.

use criterion::Criterion;
use futures_util::TryStreamExt;
use sqlx::query_as;

use crate::table::{DIRECT_OR_NOT, Entry, ROWS, open};

/// Written by hand, as the library would send it.
const SQL: &str = "SELECT id, author_id, headline, score, editor_id FROM entries
                   WHERE id >= ? AND editor_id IS NULL ORDER BY id LIMIT ?";

pub(crate) fn benches(criterion: &mut Criterion) {
    let (runtime, pool) = open();
    let middle = i64::from(ROWS / 2);
    let mut group = criterion.benchmark_group("query of one row");
    for (name, direct) in DIRECT_OR_NOT {
        group.bench_function(format!("iter(&pool){name}"), |bencher| {
            bencher.to_async(&runtime).iter(async || {
                let mut entries = Entry::iter(&pool)
                    .range(middle..)
                    .filter(|entry| entry.editor_id.is_null())
                    .limit(1)
                    .direct(direct);
                entries.try_next().await.expect("an answer").expect("a row")
            });
        });
    }
    group.bench_function("sqlx by hand", |bencher| {
        bencher.to_async(&runtime).iter(async || {
            query_as::<_, Entry>(SQL).bind(middle).bind(1).fetch_one(&pool).await.expect("a row")
        });
    });
    group.finish();
}
