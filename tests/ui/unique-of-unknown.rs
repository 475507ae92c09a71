// `unique(…)` names fields of the struct.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries", unique(athor, created))]
#[chunked(unique(author, written_at))]
#[chunked(unique(author, something))]
struct Entry {
    #[chunk_key]
    author: i64,
    #[chunk_key]
    created: i64,
    #[chunked(rename = "written_at")]
    written: i64,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).filter(|e| e.author.eq(1));
    let _ = Entry::batch_iter(pool).batch_size(10);
}

fn main() {}
