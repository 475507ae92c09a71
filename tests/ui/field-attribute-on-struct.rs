// What is said of a field is not said on the struct.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries", primary_key, unique, skip)]
#[sqlx(json, flatten)]
#[chunk_key]
struct Entry {
    #[chunk_key]
    id: i64,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).filter(|e| e.id.eq(1)).order_by(|e| e.id.desc());
    let _ = Entry::batch_iter(pool).batch_size(10);
}

fn main() {}
