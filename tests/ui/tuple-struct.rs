// A column needs a field's name.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry(i64, String);

fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).batch_size(10);
}

fn main() {}
