// `join` is the SQL of a join.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "books", join = "")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "authors.name")]
    author: String,
}

#[derive(Chunked)]
#[chunked(table = "books", join = "authors ON authors.id = books.author_id")]
struct WithoutTheWord {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

fn main() {}
