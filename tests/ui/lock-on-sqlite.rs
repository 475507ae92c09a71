//! SQLite has no locks on rows, but a transaction that alone may write.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "jobs")]
struct Job {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

fn lock(pool: &sqlx::SqlitePool) {
    let _ = Job::batch_iter(pool).for_update();
    let _ = Job::iter(pool).for_share();
    let _ = Job::iter(pool).for_no_key_update();
}

fn main() {}
