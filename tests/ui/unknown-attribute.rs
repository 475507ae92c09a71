// A misspelt word is not ignored, and taken for what it was meant to be.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(tabel = "entries", shema = "public")]
#[sqlx(rename_al = "camelCase")]
struct Entry {
    #[chunk_key]
    #[chunked(primery_key)]
    id: i64,
    #[chunked(uniqe)]
    created: i64,
    #[sqlx(falten)]
    author: Author,
}

#[derive(sqlx::FromRow)]
struct Author {
    name: String,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).order_by(|e| e.created.desc());
}

fn main() {}
