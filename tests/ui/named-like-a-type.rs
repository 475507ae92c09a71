// A type is taken for NOT NULL by its name, but never wrongly: an alias of `Option` is found.

use sqlx_chunked::Chunked;

type String = Option<std::string::String>;
type Uuid = Option<uuid::Uuid>;
type DateTime<Zone> = Option<chrono::DateTime<Zone>>;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(unique)]
    id: i64,
    #[chunked(unique)]
    headline: String,
    token: Uuid,
    created: DateTime<chrono::Utc>,
}

mod keys {
    type Uuid = Option<uuid::Uuid>;

    #[derive(sqlx_chunked::Chunked)]
    #[chunked(table = "entries")]
    struct Entry {
        #[chunk_key]
        #[chunked(unique)]
        id: Uuid,
    }
}

fn main() {}
