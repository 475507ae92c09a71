//! Related rows: one statement for each relation and batch, and each row with its own.

pub(crate) mod by_key;
mod equality;
mod errors;
mod flights;
mod rows;
mod sources;
mod statements;

use sqlx::{AssertSqlSafe, FromRow};
use sqlx_chunked::Chunked;

use crate::{
    Db,
    dialect::{BIGINT, TEXT},
    harness::TestDatabase,
};

#[derive(Chunked, Clone, Debug, FromRow, PartialEq)]
#[chunked(table = "authors")]
struct Author {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    name: String,
}

#[derive(Chunked, Clone, Debug, FromRow, PartialEq)]
#[chunked(table = "books")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    author_id: i64,
    editor_id: Option<i64>,
    title: String,
}

#[derive(Chunked, Clone, Debug, PartialEq)]
#[chunked(table = "shelves")]
struct Shelf {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked, Clone, Debug, PartialEq)]
#[chunked(table = "shelf_books")]
struct ShelfBook {
    #[chunk_key]
    #[chunked(primary_key)]
    shelf_id: i64,
    #[chunk_key]
    #[chunked(primary_key)]
    position: i64,
    book_id: i64,
}

const AUTHORS: i64 = 7;

const BOOKS: i64 = 40;

/// Every author but the last has books, not in the order of their ids; editors are missing in two
/// ways.
async fn create(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE authors (id {BIGINT} NOT NULL PRIMARY KEY, name {TEXT} NOT NULL); \
             CREATE TABLE books (id {BIGINT} NOT NULL PRIMARY KEY, author_id {BIGINT} NOT NULL, \
               editor_id {BIGINT}, title {TEXT} NOT NULL); \
             CREATE TABLE shelves (id {BIGINT} NOT NULL PRIMARY KEY); \
             CREATE TABLE shelf_books (shelf_id {BIGINT} NOT NULL, position {BIGINT} NOT NULL, \
               book_id {BIGINT} NOT NULL, PRIMARY KEY (shelf_id, position))"
        ))
        .await;
    let authors = (1..=AUTHORS).map(|id| format!("({id}, 'author {id}')"));
    let books = (1..=BOOKS).map(|id| {
        let editor = if id % 3 == 0 { "NULL".to_owned() } else { (id % 10).to_string() };
        format!("({id}, {}, {editor}, 'title {}')", 1 + id * 5 % (AUTHORS - 1), id % 4)
    });
    let shelves = (1..=5).map(|id| format!("({id})"));
    let links = (1..=4_i64).flat_map(|shelf| {
        (0..shelf * 3).map(move |at| format!("({shelf}, {at}, {})", 1 + (at * 17 + shelf) % BOOKS))
    });
    for (table, rows) in [
        ("authors", authors.collect::<Vec<_>>()),
        ("books", books.collect()),
        ("shelves", shelves.collect()),
        ("shelf_books", links.collect()),
    ] {
        database.execute(format!("INSERT INTO {table} VALUES {}", rows.join(", "))).await;
    }
}

/// Returns what one plain query reads, without the library.
async fn all<T>(database: &TestDatabase, sql: &str) -> Vec<T>
where
    T: for<'r> FromRow<'r, <Db as sqlx::Database>::Row> + Send + Unpin,
{
    sqlx::query_as(AssertSqlSafe(sql)).fetch_all(database.pool()).await.unwrap()
}

async fn authors(database: &TestDatabase) -> Vec<Author> {
    all(database, "SELECT * FROM authors ORDER BY id").await
}

async fn books(database: &TestDatabase) -> Vec<Book> {
    all(database, "SELECT * FROM books ORDER BY id").await
}

fn by_id(authors: &[Author], id: i64) -> Option<Author> {
    authors.iter().find(|author| author.id == id).cloned()
}
