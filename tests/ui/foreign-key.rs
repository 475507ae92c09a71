// A foreign key has the type of the primary key that it refers to, and is a column of the model
// that it is asked of.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "authors")]
struct Author {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    name: String,
}

#[derive(Chunked)]
#[chunked(table = "weather")]
struct Weather {
    #[chunk_key]
    #[chunked(primary_key)]
    origin: String,
    #[chunk_key]
    #[chunked(primary_key)]
    hour: i64,
}

#[derive(Chunked)]
#[chunked(table = "books")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    author_id: i64,
    editor_id: Option<i64>,
    page_count: i32,
    origin: String,
}

fn main() {
    let pool = sqlx::SqlitePool::connect_lazy("sqlite:").unwrap();

    let _ = Book::iter(&pool).with_one::<Author>(|book| book.page_count);
    let _ = Book::iter(&pool).with_one::<Author>(|book| book.origin);
    let _ = Book::iter(&pool).with_one::<Author>(|book| book.editor_id);
    let _ = Book::iter(&pool).with_one::<Author>(|book| book.authr_id);
    let _ = Book::iter(&pool).with_one::<Author>(|book| 7);
    let _ = Book::iter(&pool).with_optional::<Weather>(|book| book.origin);
    let _ = Book::iter(&pool).with_optional::<Weather>(|book| (book.author_id, book.origin));
    let _ = Author::batch_iter(&pool).with_many::<Book>(|book| book.page_count);
    let _ = Author::batch_iter(&pool).with_many::<Book>(|author| author.name);
}
