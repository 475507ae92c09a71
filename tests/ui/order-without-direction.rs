// An order says of each column which way it goes.
use sqlx::SqlitePool;
use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    headline: String,
}

fn orders(pool: &SqlitePool) {
    let _ = Entry::iter(pool).order_by(|e| e.id);
    let _ = Entry::iter(pool).order_by(|e| (e.headline.asc(), e.id.asc()));
    let _ = Entry::iter(pool).order_by(|e| e.headline.asc().then(e.id));
}

fn main() {}
