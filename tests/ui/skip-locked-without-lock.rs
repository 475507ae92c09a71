//! What happens to rows that others have locked matters only to a lock.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "jobs")]
struct Job {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

fn skip(pool: &sqlx::PgPool) {
    let _ = Job::batch_iter(pool).skip_locked();
    let _ = Job::batch_iter(pool).transactional().no_wait();
}

fn lock_keys(pool: &sqlx::MySqlPool) {
    let _ = Job::batch_iter(pool).for_key_share();
}

fn write(pool: &sqlx::PgPool) {
    let _ = Job::batch_iter(pool).for_update().delete();
}

fn main() {}
