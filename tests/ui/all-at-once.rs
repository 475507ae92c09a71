// Every mistake is told at once, and each one once.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(tabel = "entries", unique(a, z))]
struct Entry {
    #[chunk_key]
    a: Option<i64>,
    #[chunked(unique, uniqe)]
    b: i64,
    #[chunked(table = "x")]
    c: &'static str,
    #[sqlx(rename = "a")]
    d: i64,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).filter(|e| e.b.eq(1)).order_by(|e| e.b.desc());
    let _ = Entry::batch_iter(pool).batch_size(10);
}

fn main() {}
