// The derive generates `iter` and `batch_iter`, so that a method of the same name is one too many.
use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

impl Entry {
    fn iter(&self) -> std::slice::Iter<'_, i64> {
        std::slice::from_ref(&self.id).iter()
    }
}

fn main() {}
