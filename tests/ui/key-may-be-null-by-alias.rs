// An alias of `Option` is an `Option`.

use sqlx_chunked::Chunked;

type Maybe<T> = Option<T>;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(unique)]
    id: Maybe<i64>,
}

fn main() {}
