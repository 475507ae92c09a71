// `column` says which table the column is in: a joined one.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "books", schema = "library")]
#[chunked(join = "JOIN authors ON authors.id = books.author_id")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "name")]
    a: String,
    #[chunked(column = "")]
    b: String,
    #[chunked(column = "authors.")]
    c: String,
    #[chunked(column = "authors..name")]
    d: String,
    #[chunked(column = "books.title")]
    title: String,
    #[chunked(column = "library.books.subtitle")]
    e: String,
}

fn main() {}
