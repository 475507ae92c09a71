//! Migrations that cannot be read prove nothing.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries", migrations = "migrations/slugs")]
struct OfAnyDatabase {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "entries", migrations = "migrations/slugs", dialect = "postgre")]
struct OfNoDatabase {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "entries", dialect = "sqlite")]
struct OfNoMigrations {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "entries", migrations = "migration", dialect = "sqlite")]
struct OfNoDirectory {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "entries", migrations = "migrations/twice", dialect = "sqlite")]
struct OfOneVersionTwice {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "entries", migrations = "migrations/unnumbered", dialect = "sqlite")]
struct OfNoVersion {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

fn main() {}
