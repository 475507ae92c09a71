// JSON has no order.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    #[sqlx(json)]
    id: i64,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).order_by(|e| e.id.desc());
    let _ = Entry::batch_iter(pool).batch_size(10);
}

fn main() {}
