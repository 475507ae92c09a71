// `column` is the column's whole name.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "authors.name", rename = "author")]
    author: String,
    #[chunked(column = "authors.born")]
    #[sqlx(rename = "author_born")]
    born: i64,
}

fn main() {}
