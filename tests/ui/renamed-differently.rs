// A column has one name.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key, rename = "key")]
    #[sqlx(rename = "id")]
    id: i64,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).filter(|e| e.id.eq(1)).order_by(|e| e.id.desc());
    let _ = Entry::batch_iter(pool).batch_size(10);
}

fn main() {}
