// A foreign key refers to a model that says by which columns: its primary key, or the only unique
// ones.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "authors")]
struct Author {
    #[chunk_key]
    #[chunked(unique)]
    id: i64,
    #[chunked(unique)]
    email: String,
}

#[derive(Chunked)]
#[chunked(table = "books")]
struct Book {
    #[chunk_key]
    #[chunked(unique)]
    id: i64,
    author_id: i64,
}

struct NoModel;

fn main() {
    let pool = sqlx::SqlitePool::connect_lazy("sqlite:").unwrap();

    let _ = Book::iter(&pool).with_one::<Author>(|book| book.author_id);
    let _ = Author::iter(&pool).with_many::<Book>(|book| book.author_id);
    let _ = Book::iter(&pool).with_one::<NoModel>(|book| book.author_id);
    // Its only unique column will do.
    let _ = Author::iter(&pool).with_optional::<Book>(|author| author.id);
}
