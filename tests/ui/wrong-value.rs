// A value is of the kind that its word takes.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = 5, schema = public, crate = "other::path", unique = "a")]
#[chunked(unique("a", "b"))]
#[sqlx(rename_all = "camel_case", default = true)]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key = true)]
    id: i64,
    #[chunked(rename = column, unique = "yes")]
    a: i64,
    #[sqlx(json(null))]
    #[chunked(skip = false)]
    b: i64,
    #[sqlx(try_from = "not a type")]
    c: i64,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).filter(|e| e.id.eq(1)).order_by(|e| e.a.desc());
    let _ = Entry::batch_iter(pool).batch_size(10);
}

fn main() {}
