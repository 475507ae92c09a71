// What is unique in a joined table need not be among the joined rows.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
#[chunked(unique(shelf, author_id))]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    shelf: i64,
    #[chunked(column = "authors.id")]
    author_id: i64,
    #[chunked(column = "authors.name", unique)]
    author: String,
    #[chunked(column = "authors.email", primary_key)]
    email: String,
}

#[derive(Chunked)]
#[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
struct ByAuthor {
    id: i64,
    #[chunk_key]
    #[chunked(column = "authors.name")]
    author: String,
}

fn main() {}
