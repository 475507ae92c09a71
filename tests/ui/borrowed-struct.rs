// There is no row left to borrow from.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry<'a, T: Clone + 'a> {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    headline: &'a str,
    other: T,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::<i64>::iter(pool).filter(|e| e.id.eq(1)).order_by(|e| e.id.desc());
}

fn main() {}
