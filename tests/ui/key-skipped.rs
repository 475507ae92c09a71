// A key is read from a column.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key, skip)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Other {
    #[chunk_key]
    #[chunked(unique)]
    #[sqlx(skip)]
    id: i64,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).filter(|e| e.id.eq(1)).order_by(|e| e.id.desc());
    let _ = Entry::batch_iter(pool).batch_size(10);
}

fn main() {}
