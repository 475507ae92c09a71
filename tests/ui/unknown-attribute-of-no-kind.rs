// A word that is like no other gives the list of those that are known.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(name = "entries")]
#[sqlx(color = 1)]
struct Entry {
    #[chunk_key]
    #[chunked(the_key)]
    id: i64,
    #[sqlx(text)]
    text: String,
}

// What uses the model gives no errors of its own.
fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool).filter(|e| e.id.eq(1)).order_by(|e| e.id.desc());
    let _ = Entry::batch_iter(pool).batch_size(10);
}

fn main() {}
