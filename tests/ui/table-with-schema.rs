// A table is one name.
use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "blog.entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "pages", schema = "blog", query = "SELECT id FROM entries;")]
struct Page {
    #[chunk_key]
    #[chunked(unique)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "visits", query = "entries")]
struct Visit {
    #[chunk_key]
    #[chunked(unique)]
    id: i64,
}

fn main() {}
