// A column is read into one field.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
#[sqlx(rename_all = "lowercase")]
#[allow(non_snake_case)]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(rename = "id")]
    other: i64,
    aB: i64,
    ab: i64,
}

// Of different tables they are two.
#[derive(Chunked)]
#[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    name: String,
    #[chunked(column = "authors.name")]
    author: String,
    #[chunked(column = "authors.name")]
    again: String,
}

fn main() {}
