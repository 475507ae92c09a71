// A model in generic code is read from a database only if it says so.
use futures_util::TryStreamExt as _;
use sqlx::{Sqlite, SqlitePool};
use sqlx_chunked::{Chunked, ReadRow};

async fn any<M: Chunked>(pool: &SqlitePool) {
    let mut rows = M::iter(pool);
    let _ = rows.try_next().await;
}

async fn readable<M: ReadRow<Sqlite>>(pool: &SqlitePool) {
    let mut rows = M::iter(pool);
    let _ = rows.try_next().await;
}

async fn no_model(pool: &SqlitePool) {
    struct Entry;
    let _ = <Entry as Chunked>::iter(pool);
}

fn main() {}
