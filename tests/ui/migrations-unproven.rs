//! Where a statement was not understood, nothing is proven of the tables that it names.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "authors", migrations = "migrations/slugs", dialect = "sqlite")]
struct Author {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(unique)]
    email: String,
}

#[derive(Chunked)]
#[chunked(
    table = "busy",
    query = "SELECT author_id AS id FROM entries GROUP BY author_id",
    migrations = "migrations/slugs",
    dialect = "sqlite"
)]
struct Busy {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

fn main() {}
