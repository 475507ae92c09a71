// Columns that are not listed are all those of the table, and of no other.

use sqlx_chunked::Chunked;

#[derive(sqlx::FromRow)]
struct Rest {
    title: String,
}

#[derive(Chunked)]
#[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
struct Flattened {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "authors.name")]
    author: String,
    #[sqlx(flatten)]
    rest: Rest,
}

#[derive(Chunked)]
#[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
struct Late {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "authors.name")]
    #[sqlx(default)]
    author: String,
}

#[derive(Chunked, Default)]
#[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
#[sqlx(default)]
struct AllLate {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "authors.name")]
    author: String,
}

#[derive(Chunked)]
#[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
struct Skipped {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "authors.name", skip)]
    author: String,
}

fn main() {}
