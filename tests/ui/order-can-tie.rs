// An order that contains neither a unique NOT NULL column nor a whole declared set can tie.
use sqlx::SqlitePool;
use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries", unique(author_id, number))]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    author_id: i64,
    number: i64,
    headline: String,
    #[chunked(unique)]
    slug: Option<String>,
}

fn orders(pool: &SqlitePool) {
    let _ = Entry::iter(pool).order_by(|e| e.headline.asc());
    let _ = Entry::iter(pool).order_by(|e| e.slug.desc());
    let _ = Entry::iter(pool).order_by(|e| e.number.asc().then(e.headline.asc()));
}

fn main() {}
