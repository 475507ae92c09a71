// A word is given once.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries", table = "articles")]
#[chunked(schema = "a")]
#[chunked(schema = "b")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key, primary_key)]
    #[chunk_key]
    #[sqlx(rename = "x")]
    #[sqlx(rename = "y")]
    id: i64,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).filter(|e| e.id.eq(1)).order_by(|e| e.id.desc());
    let _ = Entry::batch_iter(pool).batch_size(10);
}

fn main() {}
