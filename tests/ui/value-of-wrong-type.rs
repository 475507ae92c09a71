// A value in a predicate is of the field's type, or borrows to it, and is never NULL.
use sqlx::SqlitePool;
use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    headline: String,
    editor_id: Option<i64>,
}

fn predicates(pool: &SqlitePool) {
    let _ = Entry::iter(pool).filter(|e| e.id.eq("7"));
    let _ = Entry::iter(pool).filter(|e| e.headline.like(7));
    let _ = Entry::iter(pool).filter(|e| e.editor_id.eq(None));
}

fn main() {}
