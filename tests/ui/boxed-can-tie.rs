// Only an order that cannot tie can be boxed, and no range can be taken of it.
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
    let _ = Entry::iter(pool).order_by(|e| e.headline.asc().boxed());
    let _ = Entry::iter(pool).order_by(|e| e.id.asc().boxed()).range(1..);
}

fn main() {}
