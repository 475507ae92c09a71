// A relation names the model that it loads, and there are at most eight.
use sqlx::SqlitePool;
use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "authors")]
struct Author {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "books")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    author_id: i64,
}

fn relations(pool: &SqlitePool) {
    let _ = Book::iter(pool).with_one(|b| b.author_id);
    let _ = Book::iter(pool)
        .with_one::<Author>(|b| b.author_id)
        .with_one::<Author>(|b| b.author_id)
        .with_one::<Author>(|b| b.author_id)
        .with_one::<Author>(|b| b.author_id)
        .with_one::<Author>(|b| b.author_id)
        .with_one::<Author>(|b| b.author_id)
        .with_one::<Author>(|b| b.author_id)
        .with_one::<Author>(|b| b.author_id)
        .with_one::<Author>(|b| b.author_id);
}

fn main() {}
