// A column of another table needs the table to be joined.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "books")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "library.authors.name")]
    author: String,
    #[chunked(column = "publishers.name")]
    publisher: String,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Book::iter(pool).filter(|b| b.author.eq("Ann")).order_by(|b| b.id.desc());
    let _ = Book::batch_iter(pool).batch_size(10);
}

fn main() {}
