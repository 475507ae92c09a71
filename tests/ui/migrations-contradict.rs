//! What the last statement about a mark says otherwise is an error at the mark.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(
    table = "entries",
    unique(author_id, note),
    unique(author_id, slug),
    migrations = "migrations/slugs",
    dialect = "sqlite"
)]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    author_id: i64,
    #[chunked(unique)]
    slug: String,
    note: String,
    #[chunked(rename = "created_at")]
    created: i64,
}

/// Of this one nothing is wrong.
#[derive(Chunked)]
#[chunked(
    table = "entries",
    unique(author_id, slug),
    migrations = "migrations/slugs",
    dialect = "sqlite"
)]
struct Slug {
    #[chunk_key]
    author_id: i64,
    #[chunk_key]
    slug: String,
    note: Option<String>,
}

#[derive(Chunked)]
#[chunked(table = "new_entries", migrations = "migrations/slugs", dialect = "sqlite")]
struct NewEntry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "entrys", migrations = "migrations/slugs", dialect = "sqlite")]
struct Misspelled {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

fn main() {}
