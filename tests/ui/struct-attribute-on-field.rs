// What is said of the struct is not said on a field.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key, table = "entries")]
    id: i64,
    #[chunked(schema = "public")]
    #[sqlx(rename_all = "camelCase")]
    created: i64,
    #[chunked(unique(created, author))]
    author: i64,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).filter(|e| e.id.eq(1)).order_by(|e| e.id.desc());
    let _ = Entry::batch_iter(pool).batch_size(10);
}

fn main() {}
