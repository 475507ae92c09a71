//! Batches of the model alone are written: neither single rows nor rows with related ones.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "books")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    author_id: i64,
    title: String,
}

#[derive(Chunked)]
#[chunked(table = "authors")]
struct Author {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

fn write(pool: sqlx::SqlitePool) {
    let _ = Book::iter(&pool).update(|b| b.title.set("none"));
    let _ = Book::batch_iter(&pool)
        .with_one::<Author>(|b| b.author_id)
        .update(|b| b.title.set("none"));
    let _ = Book::iter(&pool).delete();
}

fn main() {}
