// The key of a public model is public, since `range` takes it.

pub mod entries {
    #[derive(sqlx::Type)]
    #[sqlx(transparent)]
    struct Id(i64);

    #[derive(sqlx_chunked::Chunked)]
    #[chunked(table = "entries")]
    pub struct Entry {
        #[chunk_key]
        #[chunked(primary_key)]
        id: Id,
    }
}

fn main() {}
