//! A value that is not of the field's type, and NULL for a column without NULLs.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    rank: i64,
    headline: String,
    slug: Option<String>,
}

fn write(pool: sqlx::SqlitePool) {
    let _ = Entry::batch_iter(&pool).update(|e| e.rank.set("first"));
    let _ = Entry::batch_iter(&pool).update(|e| e.headline.set_null());
    let _ = Entry::batch_iter(&pool).update(|e| e.slug.set(None::<String>));
}

fn main() {}
