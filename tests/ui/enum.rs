// A row is read into a struct.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
enum Entry {
    One,
    Two,
}

fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).batch_size(10);
}

fn main() {}
