// A column is compared with a value, which is neither NULL nor another column.
use sqlx::SqlitePool;
use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    author_id: i64,
    editor_id: Option<i64>,
    slug: Option<String>,
}

fn values(pool: &SqlitePool, editor: Option<i64>, slug: Option<&str>) {
    let _ = Entry::iter(pool).filter(|e| e.editor_id.eq(None::<i64>));
    let _ = Entry::iter(pool).filter(|e| e.editor_id.eq(editor));
    let _ = Entry::iter(pool).filter(|e| e.slug.eq(slug));
    let _ = Entry::iter(pool).filter(|e| e.author_id.eq(e.id));
}

fn main() {}
