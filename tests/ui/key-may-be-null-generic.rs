// An `Option` of a parameter is an `Option`.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry<K> {
    #[chunk_key]
    #[chunked(unique)]
    id: Option<K>,
}

fn main() {}
