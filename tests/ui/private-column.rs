// A column is as private as its field.

mod entries {
    #[derive(sqlx_chunked::Chunked)]
    #[chunked(table = "entries")]
    pub struct Entry {
        #[chunk_key]
        #[chunked(primary_key)]
        pub id: i64,
        secret: i64,
    }
}

fn read(pool: &sqlx::SqlitePool) {
    let _ = entries::Entry::iter(pool).filter(|e| e.secret.eq(1));
    let _ = entries::Entry::iter(pool).filter(|e| e.ids.eq(1));
}

fn main() {}
