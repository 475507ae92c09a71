//! Tokens: the price that a paginated API pays for each page.

use std::hint::black_box;

use criterion::Criterion;
use futures_util::TryStreamExt;
use sqlx::SqlitePool;
use sqlx_chunked::Cursor;

use crate::table::{Entry, open};

pub(crate) fn benches(criterion: &mut Criterion) {
    let (runtime, pool) = open();
    let [by_id, by_headline] = runtime.block_on(cursors(&pool)).expect("the table can be read");
    for (name, cursor) in [("one number", by_id), ("text and number", by_headline)] {
        let token = cursor.to_string();
        criterion.bench_function(&format!("cursor to token, {name}"), |bencher| {
            bencher.iter(|| black_box(&cursor).to_string());
        });
        criterion.bench_function(&format!("token to cursor, {name}"), |bencher| {
            bencher.iter(|| black_box(&token).parse::<Cursor<Entry>>().expect("a token"));
        });
    }
}

async fn cursors(pool: &SqlitePool) -> Result<[Cursor<Entry>; 2], sqlx_chunked::Error> {
    let mut by_id = Entry::batch_iter(pool);
    let mut by_headline =
        Entry::batch_iter(pool).order_by(|entry| entry.headline.asc().then(entry.id.asc()));
    let batches = [by_id.try_next().await?, by_headline.try_next().await?];
    Ok(batches.map(|batch| batch.expect("a batch").cursor()))
}
