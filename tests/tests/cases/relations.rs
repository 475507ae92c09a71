//! Related rows: one statement for each relation and batch, and each row with its own.

use std::sync::Arc;

use futures_util::{FutureExt as _, TryStreamExt as _};
use sqlx::{AssertSqlSafe, FromRow};
use sqlx_chunked::{Batch, Chunked, Cursor, Error, Page};
use sqlx_chunked_tests::statements::record;

use crate::{
    Db,
    dialect::{BIGINT, CASELESS, MOST_KEYS, TEXT},
    harness::TestDatabase,
};

tests! {
    one_for_each_row,
    none_where_there_is_none,
    many_in_the_order_of_their_key,
    many_as_they_are_asked_for,
    through_a_table_of_links,
    by_several_columns,
    several_side_by_side,
    by_the_rows_of_the_same_table,
    rows_are_shared_within_a_batch,
    one_statement_for_each_relation_and_batch,
    nothing_is_asked_for_null,
    more_keys_than_a_statement_takes,
    a_few_texts,
    limits_orders_and_filters,
    cursors_and_pages,
    connections_and_transactions,
    one_connection_is_enough,
    one_connection_is_enough_for_values_of_all_kinds,
    as_many_connections_as_iterations,
    failures_between_batch_and_related_rows,
    ahead,
    a_missing_row_is_an_error,
    a_missing_far_row_is_an_error,
    two_rows_with_one_key,
    rows_with_joined_columns,
    keys_that_the_database_calls_equal,
    children_that_the_database_calls_equal,
    one_key_in_many_spellings,
    the_collation_of_the_referenced_column_counts,
    equal_keys_without_a_row,
    giving_up_waiting_loses_nothing,
    too_late,
}

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

/// Every author has books but the last, and not in the order of their ids; editors are missing in
/// two ways.
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

/// What one plain query reads, without the library.
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

async fn one_for_each_row(database: &TestDatabase) {
    create(database).await;
    let authors = authors(database).await;
    let expected: Vec<_> = books(database)
        .await
        .into_iter()
        .map(|book| (by_id(&authors, book.author_id).unwrap(), book))
        .map(|(author, book)| (book, Arc::new(author)))
        .collect();
    for batch_size in 1..=41 {
        let rows = Book::iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_one::<Author>(|book| book.author_id);
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), expected);

        let batches = Book::batch_iter(database.pool()).batch_size(batch_size);
        let batches = batches.with_one::<Author>(|book| book.author_id);
        let batches: Vec<Batch<(Book, Arc<Author>)>> = batches.try_collect().await.unwrap();
        assert!(batches.iter().rev().skip(1).all(|batch| batch.len() == batch_size));
        assert_eq!(batches.into_iter().flatten().collect::<Vec<_>>(), expected);
    }
}

async fn none_where_there_is_none(database: &TestDatabase) {
    create(database).await;
    let authors = authors(database).await;
    let editor = |book: &Book| by_id(&authors, book.editor_id?).map(Arc::new);
    let expected: Vec<_> =
        books(database).await.into_iter().map(|book| (editor(&book), book)).collect();
    assert!(expected.iter().any(|(editor, book)| editor.is_none() && book.editor_id.is_some()));
    for batch_size in 1..=41 {
        let rows = Book::iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_optional::<Author>(|book| book.editor_id);
        let rows = rows.map_ok(|(book, editor)| (editor, book));
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), expected);
    }
}

async fn many_in_the_order_of_their_key(database: &TestDatabase) {
    create(database).await;
    let books = books(database).await;
    let own = |author: &Author| {
        books.iter().filter(|book| book.author_id == author.id).cloned().collect::<Vec<_>>()
    };
    let authors = authors(database).await.into_iter();
    let expected: Vec<_> = authors.map(|author| (author.clone(), own(&author))).collect();
    assert!(expected.last().unwrap().1.is_empty());
    for batch_size in 1..=8 {
        let rows = Author::iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_many::<Book>(|book| book.author_id);
        assert_eq!(rows.try_collect::<Vec<(Author, Vec<Book>)>>().await.unwrap(), expected);
    }
}

/// With a filter, and in an order that ties, which the chunk key then breaks.
async fn many_as_they_are_asked_for(database: &TestDatabase) {
    create(database).await;
    let books: Vec<Book> =
        all(database, "SELECT * FROM books WHERE id > 10 AND id <> 13 ORDER BY title DESC, id")
            .await;
    for batch_size in 1..=8 {
        let rows = Author::iter(database.pool()).batch_size(batch_size).with_many_as::<Book>(
            |books| {
                books
                    .filter(|book| book.id.gt(10))
                    .filter_sql(|q| {
                        q.push("books.id <> ").push_bind(13_i64);
                    })
                    .order_by(|book| book.title.desc())
            },
            |book| book.author_id,
        );
        let mut rows = rows.try_collect::<Vec<_>>().await.unwrap().into_iter();
        assert_eq!(rows.len(), 7);
        assert!(rows.all(|(author, of_author)| {
            books.iter().filter(|book| book.author_id == author.id).eq(&of_author)
        }));
    }
}

async fn through_a_table_of_links(database: &TestDatabase) {
    create(database).await;
    let pairs: Vec<(i64, i64)> =
        all(database, "SELECT shelf_id, book_id FROM shelf_books ORDER BY shelf_id, position")
            .await;
    let backwards: Vec<(i64, i64)> = all(
        database,
        "SELECT shelf_id, book_id FROM shelf_books WHERE position > 0 \
         ORDER BY shelf_id, position DESC",
    )
    .await;
    for batch_size in 1..=6 {
        let shelves = || Shelf::iter(database.pool()).batch_size(batch_size);
        let rows = shelves()
            .with_many_through::<ShelfBook, Book>(|link| link.shelf_id, |link| link.book_id);
        let rows: Vec<(Shelf, Vec<Arc<Book>>)> = rows.try_collect().await.unwrap();
        assert_eq!(rows.len(), 5);
        assert_eq!(pairs_of(&rows), pairs);

        let rows = shelves().with_many_through_as::<ShelfBook, Book>(
            |links| links.filter(|link| link.position.gt(0)).order_by(|link| link.position.desc()),
            |link| link.shelf_id,
            |link| link.book_id,
        );
        let rows: Vec<(Shelf, Vec<Arc<Book>>)> = rows.try_collect().await.unwrap();
        assert_eq!(pairs_of(&rows), backwards);
    }
}

fn pairs_of(shelves: &[(Shelf, Vec<Arc<Book>>)]) -> Vec<(i64, i64)> {
    let of_shelf = |(shelf, books): &(Shelf, Vec<Arc<Book>>)| {
        books.iter().map(|book| (shelf.id, book.id)).collect::<Vec<_>>()
    };
    shelves.iter().flat_map(of_shelf).collect()
}

async fn by_several_columns(database: &TestDatabase) {
    #[derive(Chunked, Clone, Debug, FromRow, PartialEq)]
    #[chunked(table = "weather")]
    struct Weather {
        #[chunk_key]
        #[chunked(primary_key)]
        origin: String,
        #[chunk_key]
        #[chunked(primary_key)]
        hour: i64,
        wind: i64,
    }

    #[derive(Chunked, Clone, Debug, PartialEq)]
    #[chunked(table = "flights")]
    struct Flight {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        origin: String,
        hour: Option<i64>,
    }

    database
        .execute(format!(
            "CREATE TABLE weather (origin VARCHAR(9) NOT NULL, hour {BIGINT} NOT NULL, \
               wind {BIGINT} NOT NULL, PRIMARY KEY (origin, hour)); \
             CREATE TABLE flights (id {BIGINT} NOT NULL PRIMARY KEY, origin VARCHAR(9) NOT NULL, \
               hour {BIGINT}); \
             INSERT INTO weather VALUES ('EWR', 1, 10), ('EWR', 2, 20), ('JFK', 1, 30), \
               ('1', 12, 40), ('11', 2, 50); \
             INSERT INTO flights VALUES (1, 'JFK', 1), (2, 'EWR', 2), (3, 'JFK', 2), \
               (4, 'EWR', NULL), (5, 'EWR', 2), (6, '11', 2), (7, '1', 12), (8, 'EWR', 1)"
        ))
        .await;
    let wind = [30, 20, 0, 0, 20, 50, 40, 10];
    for batch_size in 1..=9 {
        let rows = Flight::iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_optional::<Weather>(|flight| (flight.origin, flight.hour));
        let rows = rows.map_ok(|(_, weather)| weather.map_or(0, |weather| weather.wind));
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), wind);

        let rows = Weather::iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_many::<Flight>(|flight| (flight.origin, flight.hour));
        let rows: Vec<_> = rows.try_collect().await.unwrap();
        let flights = rows.iter().map(|(weather, flights)| {
            (weather.wind, flights.iter().map(|flight| flight.id).collect::<Vec<_>>())
        });
        let mut flights: Vec<_> = flights.collect();
        flights.sort();
        let expected =
            [(10, vec![8]), (20, vec![2, 5]), (30, vec![1]), (40, vec![7]), (50, vec![6])];
        assert_eq!(flights, expected);
    }
}

async fn several_side_by_side(database: &TestDatabase) {
    create(database).await;
    let mut batches = Author::batch_iter(database.pool())
        .batch_size(3)
        .with_many::<Book>(|book| book.author_id)
        .with_many_as::<Book>(|books| books.filter(|book| book.id.le(9)), |book| book.editor_id)
        .with_optional::<Shelf>(|author| author.id);
    let books = books(database).await;
    let mut seen = 0;
    while let Some(batch) = batches.try_next().await.unwrap() {
        let batch: Batch<(Author, Vec<Book>, Vec<Book>, Option<Arc<Shelf>>)> = batch;
        let _: Cursor<Author> = batch.cursor();
        for (author, written, edited, shelf) in batch {
            assert!(books.iter().filter(|book| book.author_id == author.id).eq(&written));
            let early = books.iter().filter(|book| book.id <= 9);
            assert!(early.filter(|book| book.editor_id == Some(author.id)).eq(&edited));
            assert_eq!(shelf.is_some(), author.id <= 5);
            seen += 1;
        }
    }
    assert_eq!(seen, AUTHORS);
}

async fn by_the_rows_of_the_same_table(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "employees")]
    #[expect(dead_code, reason = "the database reads `manager_id`")]
    struct Employee {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        manager_id: Option<i64>,
    }

    database
        .execute(format!(
            "CREATE TABLE employees (id {BIGINT} NOT NULL PRIMARY KEY, manager_id {BIGINT}); \
             INSERT INTO employees VALUES (1, NULL), (2, 1), (3, 1), (4, 3), (5, 5)"
        ))
        .await;
    for batch_size in 1..=6 {
        let rows = Employee::iter(database.pool()).batch_size(batch_size);
        let rows = rows
            .with_optional::<Employee>(|employee| employee.manager_id)
            .with_many::<Employee>(|employee| employee.manager_id);
        let rows = rows.map_ok(|(employee, manager, team)| {
            let team: Vec<_> = team.iter().map(|employee| employee.id).collect();
            (employee.id, manager.map(|manager| manager.id), team)
        });
        let expected = [
            (1, None, vec![2, 3]),
            (2, Some(1), vec![]),
            (3, Some(1), vec![4]),
            (4, Some(3), vec![]),
            (5, Some(5), vec![5]),
        ];
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), expected);
    }
}

async fn rows_are_shared_within_a_batch(database: &TestDatabase) {
    create(database).await;
    let batches = Book::batch_iter(database.pool()).batch_size(20);
    let batches = batches.with_one::<Author>(|book| book.author_id);
    let batches: Vec<_> = batches.try_collect().await.unwrap();
    for batch in &batches {
        for (book, author) in batch {
            let others = batch.iter().filter(|other| other.0.author_id == book.author_id);
            assert!(others.clone().all(|other| Arc::ptr_eq(&other.1, author)));
            assert_eq!(Arc::strong_count(author), others.count());
        }
    }
}

async fn one_statement_for_each_relation_and_batch(database: &TestDatabase) {
    create(database).await;
    for batch_size in [1, 7, 20, 40, 41] {
        let batches = usize::try_from(BOOKS).unwrap().div_ceil(batch_size);
        let rows = Book::iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_one::<Author>(|book| book.author_id);
        let (rows, statements) = record("authors", rows.try_collect::<Vec<_>>()).await;
        rows.unwrap();
        assert_eq!(statements.len(), batches, "batches of {batch_size}");
        // Each author once, however many books of a batch have it.
        assert!(statements.iter().all(|statement| statement.rows <= 6));
        let (rows, statements) = record(
            "books",
            Author::iter(database.pool())
                .with_many::<Book>(|book| book.author_id)
                .try_collect::<Vec<_>>(),
        )
        .await;
        rows.unwrap();
        assert_eq!(statements.len(), 1);
    }
    let shelves = Shelf::iter(database.pool());
    let shelves =
        shelves.with_many_through::<ShelfBook, Book>(|link| link.shelf_id, |link| link.book_id);
    let (rows, statements) = record("sh", shelves.try_collect::<Vec<_>>()).await;
    rows.unwrap();
    // Of the shelves, and of their links; the books are a third.
    assert_eq!(statements.len(), 2);
}

async fn nothing_is_asked_for_null(database: &TestDatabase) {
    create(database).await;
    let rows = Book::iter(database.pool()).filter(|book| book.editor_id.is_null());
    let rows = rows.with_optional::<Author>(|book| book.editor_id);
    let (rows, statements) = record("authors", rows.try_collect::<Vec<_>>()).await;
    assert_eq!(rows.unwrap().len(), 13);
    assert_eq!(statements, []);

    // Nor for what has no rows.
    let rows = Book::iter(database.pool()).filter(|book| book.id.lt(0));
    let rows = rows.with_one::<Author>(|book| book.author_id);
    let (rows, statements) = record("authors", rows.try_collect::<Vec<_>>()).await;
    assert_eq!(rows.unwrap(), []);
    assert_eq!(statements, []);
}

/// A batch with more keys than any database takes values in a statement.
async fn more_keys_than_a_statement_takes(database: &TestDatabase) {
    const COUNT: i64 = 70_000;
    create(database).await;
    database.execute("DELETE FROM books; DELETE FROM authors").await;
    let digits = "(SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 \
                  UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
    let id = "(1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d)";
    let numbers =
        format!("{digits} a, {digits} b, {digits} c, {digits} e, {digits} f WHERE {id} <= {COUNT}");
    database
        .execute(format!(
            "INSERT INTO authors SELECT {id}, 'x' FROM {numbers}; \
             INSERT INTO books SELECT {id}, {COUNT} + 1 - {id}, NULL, 'x' FROM {numbers}"
        ))
        .await;
    let count = usize::try_from(COUNT).unwrap();
    let needed = count.div_ceil(MOST_KEYS);

    let rows = Book::iter(database.pool()).batch_size(count);
    let rows = rows.with_one::<Author>(|book| book.author_id);
    let (rows, statements) = record("authors", rows.try_collect::<Vec<_>>()).await;
    let rows = rows.unwrap();
    assert_eq!(rows.len(), count);
    assert!(rows.iter().all(|(book, author)| book.author_id == author.id));
    assert_eq!(statements.len(), needed);
    // Keys are asked for once each.
    assert_eq!(statements.iter().map(|statement| statement.rows).sum::<u64>(), 70_000);

    let rows = Author::iter(database.pool()).batch_size(count);
    let rows = rows.with_many::<Book>(|book| book.author_id);
    let (rows, statements) = record("books", rows.try_collect::<Vec<_>>()).await;
    let rows = rows.unwrap();
    assert_eq!(rows.len(), count);
    assert!(
        rows.iter()
            .all(|(author, books)| { matches!(&books[..], [book] if book.author_id == author.id) })
    );
    assert_eq!(statements.len(), needed);
}

/// As many keys as it may be, there is a statement for each power of two at most.
async fn a_few_texts(database: &TestDatabase) {
    create(database).await;
    let mut texts = Vec::new();
    for batch_size in 1..=40 {
        let rows = Book::iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_optional::<Author>(|book| book.id);
        let (rows, statements) = record("authors", rows.try_collect::<Vec<_>>()).await;
        rows.unwrap();
        texts.extend(statements.into_iter().map(|statement| statement.sql));
    }
    texts.sort();
    texts.dedup();
    // For 1, 2, 4, 8, 16, 32 and 64 keys.
    assert!(texts.len() <= 7, "{texts:#?}");
}

async fn limits_orders_and_filters(database: &TestDatabase) {
    create(database).await;
    let expected: Vec<Book> = all(
        database,
        "SELECT * FROM books WHERE author_id <> 3 AND id BETWEEN 5 AND 35 \
         ORDER BY title DESC, id",
    )
    .await;
    for batch_size in [1, 2, 5, 50] {
        for limit in [0, 1, 6, 50] {
            let rows = Book::iter(database.pool())
                .batch_size(batch_size)
                .with_one::<Author>(|book| book.author_id)
                .filter(|book| book.author_id.ne(3))
                .range(5..=35)
                .order_by(|book| book.title.desc().then(book.id.asc()))
                .limit(limit);
            let rows: Vec<_> = rows.try_collect().await.unwrap();
            assert!(rows.iter().all(|(book, author)| book.author_id == author.id));
            let limit = usize::try_from(limit).unwrap();
            assert!(rows.iter().map(|(book, _)| book).eq(expected.iter().take(limit)));
        }
    }
}

async fn cursors_and_pages(database: &TestDatabase) {
    create(database).await;
    let pages = |after: Option<Cursor<Book>>| {
        let pages = Book::batch_iter(database.pool()).batch_size(7);
        let pages = pages.with_one::<Author>(|book| book.author_id);
        match after {
            Some(cursor) => pages.after(cursor),
            None => pages,
        }
    };
    let mut ids = Vec::new();
    let mut cursor = None;
    loop {
        let page: Page<(Book, Arc<Author>)> = pages(cursor).page().await.unwrap();
        assert!(page.rows.iter().all(|(book, author)| book.author_id == author.id));
        ids.extend(page.rows.iter().map(|(book, _)| book.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert!(ids.into_iter().eq(1..=BOOKS));

    // A cursor of an iteration with relations is one of the model.
    let mut rows = Book::iter(database.pool()).with_optional::<Author>(|book| book.editor_id);
    for _ in 0..17 {
        rows.try_next().await.unwrap();
    }
    let cursor: Cursor<Book> = rows.cursor().unwrap().to_string().parse().unwrap();
    let rest = Book::iter(database.pool()).after(cursor).try_collect::<Vec<_>>().await.unwrap();
    assert!(rest.iter().map(|book| book.id).eq(18..=BOOKS));

    // Backwards, batches have their rows in the order that was asked for.
    let mut rows = Book::batch_iter(database.pool()).batch_size(10);
    rows.try_next().await.unwrap();
    let back = Book::batch_iter(database.pool())
        .before(rows.cursor().unwrap())
        .batch_size(4)
        .with_one::<Author>(|book| book.author_id);
    let back: Vec<_> = back.try_collect().await.unwrap();
    let ids = back.iter().map(|batch| batch.iter().map(|(book, _)| book.id).collect::<Vec<_>>());
    assert_eq!(ids.collect::<Vec<_>>(), [vec![6, 7, 8, 9], vec![2, 3, 4, 5], vec![1]]);
    assert!(back.iter().flatten().all(|(book, author)| book.author_id == author.id));
}

async fn connections_and_transactions(database: &TestDatabase) {
    create(database).await;
    let mut connection = database.pool().acquire().await.unwrap();
    let rows = Book::iter(&mut connection).batch_size(9);
    let rows = rows.with_one::<Author>(|book| book.author_id).try_collect::<Vec<_>>();
    assert_eq!(rows.await.unwrap().len(), 40);
    drop(connection);

    // What the transaction has written is seen by all of its statements.
    let mut transaction = database.pool().begin().await.unwrap();
    sqlx::query("UPDATE authors SET name = 'new'").execute(&mut *transaction).await.unwrap();
    let rows = Book::iter(&mut transaction).batch_size(9).persistent(false);
    let rows = rows.with_one::<Author>(|book| book.author_id).try_collect::<Vec<_>>();
    let rows = rows.await.unwrap();
    assert!(rows.len() == 40 && rows.iter().all(|(_, author)| author.name == "new"));
    let rows = Book::iter(transaction).batch_size(9).read_ahead(2);
    let rows = rows.with_one::<Author>(|book| book.author_id).try_collect::<Vec<_>>();
    assert!(rows.await.unwrap().iter().all(|(_, author)| author.name == "new"));
}

/// The related rows are read on the connection of their batch.
async fn one_connection_is_enough(database: &TestDatabase) {
    create(database).await;
    let pool = database.pool_of(1);
    for ahead in 0..=2 {
        for persistent in [true, false] {
            let mut rows = Book::iter(&pool)
                .batch_size(3)
                .read_ahead(ahead)
                .persistent(persistent)
                .with_one::<Author>(|book| book.author_id)
                .with_optional::<Author>(|book| book.editor_id);
            let mut seen = 0;
            while let Some((book, author, _)) = rows.try_next().await.unwrap() {
                assert_eq!(book.author_id, author.id);
                seen += 1;
            }
            assert_eq!(seen, BOOKS);
        }
    }
    pool.close().await;
}

/// Some are read without the driver on SQLite, and some are not, in every order.
async fn one_connection_is_enough_for_values_of_all_kinds(database: &TestDatabase) {
    /// sqlx alone reads such a field.
    #[derive(Chunked, Debug)]
    #[chunked(table = "authors")]
    #[expect(dead_code, reason = "only the id is compared")]
    struct Boxed {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        name: Box<str>,
    }

    create(database).await;
    let pool = database.pool_of(1);
    for ahead in 0..=1 {
        let rows = Book::iter(&pool)
            .batch_size(7)
            .read_ahead(ahead)
            .filter_sql(|q| {
                q.push("books.id > ").push_bind(0_i64);
            })
            .with_one::<Author>(|book| book.author_id)
            .with_one::<Boxed>(|book| book.author_id)
            .with_optional::<Author>(|book| book.editor_id)
            .with_many_as::<Shelf>(
                |shelves| {
                    shelves.filter_sql(|q| {
                        q.push("shelves.id > ").push_bind(0_i64);
                    })
                },
                |shelf| shelf.id,
            )
            .with_many::<Shelf>(|shelf| shelf.id);
        let rows = rows.try_collect::<Vec<_>>().await.unwrap();
        assert_eq!(rows.len(), 40);
        for (book, author, boxed, editor, filtered, shelves) in rows {
            assert_eq!((book.author_id, book.author_id), (author.id, boxed.id));
            assert!(editor.is_none_or(|editor| Some(editor.id) == book.editor_id));
            assert_eq!(shelves.len(), usize::from(book.id <= 5));
            assert_eq!(filtered, shelves);
        }
        let rows = Boxed::iter(&pool).batch_size(2).read_ahead(ahead);
        let rows = rows.with_many::<Book>(|book| book.author_id).with_many::<Book>(|book| book.id);
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap().len(), 7);
    }
    pool.close().await;
}

async fn as_many_connections_as_iterations(database: &TestDatabase) {
    create(database).await;
    let pool = database.pool_of(3);
    let iterations = (0..8_u64).map(|n| {
        let rows = Book::iter(&pool).batch_size(3).limit(30 + n).filter_sql(|q| {
            q.push("books.id > ").push_bind(0_i64);
        });
        rows.with_one::<Author>(|book| book.author_id).try_collect::<Vec<_>>()
    });
    let iterations: Vec<_> = iterations.map(tokio::spawn).collect();
    for (n, rows) in iterations.into_iter().enumerate() {
        assert_eq!(rows.await.unwrap().unwrap().len(), 30 + n);
    }
    pool.close().await;
}

/// What failed once is asked for again, and all goes on from there.
async fn failures_between_batch_and_related_rows(database: &TestDatabase) {
    create(database).await;
    for connections in [1, 3] {
        for ahead in 0..=2 {
            let pool = database.pool_of(connections);
            let mut rows = Book::iter(&pool)
                .batch_size(4)
                .read_ahead(ahead)
                .with_one::<Author>(|book| book.author_id)
                .with_many::<ShelfBook>(|link| link.book_id);
            let mut ids = Vec::new();
            let mut errors = 0;
            loop {
                match rows.try_next().await {
                    Ok(Some((book, author, _))) => {
                        assert_eq!(book.author_id, author.id);
                        ids.push(book.id);
                        if book.id == 10 {
                            database.execute("ALTER TABLE authors RENAME TO hidden").await;
                        }
                    }
                    Ok(None) => break,
                    Err(error) => {
                        assert!(error.to_string().contains("`Author`"), "{error}");
                        errors += 1;
                        if errors == 2 {
                            database.execute("ALTER TABLE hidden RENAME TO authors").await;
                        }
                        assert!(errors <= 2, "{error}");
                    }
                }
            }
            assert!(ids.into_iter().eq(1..=BOOKS));
            assert_eq!(errors, 2);
            pool.close().await;
        }
    }
}

async fn ahead(database: &TestDatabase) {
    create(database).await;
    for ahead in 1..=3 {
        for batch_size in [1, 2, 7, 40] {
            let rows = Author::iter(database.pool())
                .batch_size(batch_size)
                .with_many::<Book>(|book| book.author_id);
            let rows = rows.try_collect::<Vec<_>>().await.unwrap();
            let read_ahead = Author::iter(database.pool())
                .batch_size(batch_size)
                .read_ahead(ahead)
                .with_many::<Book>(|book| book.author_id);
            assert_eq!(read_ahead.try_collect::<Vec<_>>().await.unwrap(), rows);
        }
    }
}

async fn a_missing_row_is_an_error(database: &TestDatabase) {
    create(database).await;
    database.execute("DELETE FROM authors WHERE id = 4").await;
    for ahead in 0..=2 {
        let mut rows = Book::iter(database.pool())
            .batch_size(2)
            .read_ahead(ahead)
            .with_one::<Author>(|book| book.author_id);
        let mut ids = Vec::new();
        let mut errors = 0;
        loop {
            match rows.try_next().await {
                Ok(Some((book, author))) => {
                    assert_eq!(book.author_id, author.id);
                    ids.push(book.id);
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(
                        error.to_string(),
                        "`Book` refers to a row of `Author` by `author_id` = 4, but table \
                         `authors` has none; where it may be missing, use `with_optional`, or leave \
                         it out by a filter"
                    );
                    errors += 1;
                    // The same batch is read again, and nothing is lost or repeated.
                    if errors == 2 {
                        database.execute("INSERT INTO authors VALUES (4, 'late')").await;
                    }
                }
            }
        }
        assert!(ids.into_iter().eq(1..=BOOKS));
        assert_eq!(errors, 2);
        database.execute("DELETE FROM authors WHERE id = 4").await;
    }
}

async fn a_missing_far_row_is_an_error(database: &TestDatabase) {
    create(database).await;
    database.execute("UPDATE shelf_books SET book_id = 999 WHERE shelf_id = 2").await;
    let rows = Shelf::iter(database.pool())
        .with_many_through::<ShelfBook, Book>(|link| link.shelf_id, |link| link.book_id);
    let error = rows.try_collect::<Vec<_>>().await.unwrap_err();
    assert!(matches!(
        error,
        Error::Missing { model: "ShelfBook", related: "Book", table: "books", ref key }
            if key == "`book_id` = 999"
    ));
}

/// The mark says that a column is unique, and the table does not.
async fn two_rows_with_one_key(database: &TestDatabase) {
    #[derive(Chunked, Debug)]
    #[chunked(table = "books")]
    #[expect(dead_code, reason = "it is never read")]
    struct ByTitle {
        #[chunk_key]
        #[chunked(primary_key)]
        author_id: i64,
        id: i64,
    }

    create(database).await;
    let rows = Shelf::iter(database.pool()).with_optional::<ByTitle>(|shelf| shelf.id);
    let error = rows.try_collect::<Vec<_>>().await.unwrap_err();
    assert!(matches!(&error, Error::DuplicateKey { model: "ByTitle", .. }), "{error}: {error:?}");

    let rows = ByTitle::iter(database.pool()).order_by(|row| row.author_id.asc());
    let rows = rows.with_many::<ShelfBook>(|link| link.book_id);
    assert!(matches!(rows.try_collect::<Vec<_>>().await, Err(Error::DuplicateKey { .. })));
}

async fn rows_with_joined_columns(database: &TestDatabase) {
    #[derive(Chunked, Debug)]
    #[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
    struct Signed {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        author_id: i64,
        #[chunked(column = "authors.name")]
        author: String,
    }

    /// Once for each shelf that it stands on.
    #[derive(Chunked, Debug)]
    #[chunked(table = "books", join = "JOIN shelf_books ON shelf_books.book_id = books.id")]
    #[expect(dead_code, reason = "it is never read")]
    struct Shelved {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        author_id: i64,
        #[chunked(column = "shelf_books.position")]
        position: i64,
    }

    create(database).await;
    let rows = Author::iter(database.pool()).batch_size(3);
    let rows = rows.with_many::<Signed>(|book| book.author_id);
    let rows: Vec<_> = rows.try_collect().await.unwrap();
    assert_eq!(rows.iter().flat_map(|(_, books)| books).count(), 40);
    assert!(rows.iter().all(|(author, books)| {
        books.iter().all(|book| (book.author_id, &book.author) == (author.id, &author.name))
    }));
    let rows = ShelfBook::iter(database.pool()).with_one::<Signed>(|link| link.book_id);
    let rows: Vec<_> = rows.try_collect().await.unwrap();
    assert!(rows.iter().all(|(link, book)| link.book_id == book.id));

    // What a join multiplies is found out here, too.
    let rows = Author::iter(database.pool()).with_many::<Shelved>(|book| book.author_id);
    let error = rows.try_collect::<Vec<_>>().await.unwrap_err();
    assert!(matches!(error, Error::DuplicateKey { model: "Shelved", .. }), "{error}");
    let rows = Book::iter(database.pool()).with_one::<Shelved>(|book| book.id);
    let error = rows.try_collect::<Vec<_>>().await.unwrap_err();
    assert!(matches!(error, Error::DuplicateKey { .. } | Error::Missing { .. }), "{error}");
}

#[derive(Chunked, Clone, Debug, PartialEq)]
#[chunked(table = "tags")]
struct Tag {
    #[chunk_key]
    #[chunked(primary_key)]
    name: String,
    n: i64,
}

#[derive(Chunked, Clone, Debug, PartialEq)]
#[chunked(table = "posts")]
struct Post {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    tag: String,
}

async fn create_tags(database: &TestDatabase) {
    // PostgreSQL needs the collation; the others have one.
    if let Some(setup) = CASELESS.1 {
        database.execute(setup).await;
    }
    database
        .execute(format!(
            "CREATE TABLE tags (name {text} NOT NULL PRIMARY KEY, n {BIGINT} NOT NULL); \
             CREATE TABLE posts (id {BIGINT} NOT NULL PRIMARY KEY, tag {text} NOT NULL); \
             INSERT INTO tags VALUES ('Rust', 1), ('sql', 2), ('Empty', 3); \
             INSERT INTO posts VALUES (1, 'rust'), (2, 'SQL'), (3, 'Rust'), (4, 'RUST'), \
               (5, 'sql'), (6, 'rUST'), (7, 'RUST')",
            text = CASELESS.0,
        ))
        .await;
}

async fn keys_that_the_database_calls_equal(database: &TestDatabase) {
    create_tags(database).await;
    for batch_size in 1..=8 {
        let batches = Post::batch_iter(database.pool()).batch_size(batch_size);
        let batches = batches.with_one::<Tag>(|post| post.tag);
        let batches: Vec<_> = batches.try_collect().await.unwrap();
        let found = batches.iter().flatten().map(|(_, tag)| tag.n);
        assert_eq!(found.collect::<Vec<_>>(), [1, 2, 1, 1, 2, 1, 1], "batches of {batch_size}");
        // Spelled otherwise, it is still the same row.
        for batch in &batches {
            for (_, tag) in batch {
                let same = batch.iter().filter(|(_, other)| other.n == tag.n);
                assert!(same.clone().all(|(_, other)| Arc::ptr_eq(other, tag)));
            }
        }
    }
}

async fn children_that_the_database_calls_equal(database: &TestDatabase) {
    create_tags(database).await;
    for batch_size in 1..=4 {
        let rows = Tag::iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_many::<Post>(|post| post.tag);
        let mut rows: Vec<_> = rows.try_collect().await.unwrap();
        rows.sort_by_key(|(tag, _)| tag.n);
        let found = rows.iter().map(|(_, posts)| posts.iter().map(|post| post.id).collect());
        let expected: [Vec<i64>; 3] = [vec![1, 3, 4, 6, 7], vec![2, 5], vec![]];
        assert_eq!(found.collect::<Vec<Vec<i64>>>(), expected);
    }
}

async fn one_key_in_many_spellings(database: &TestDatabase) {
    create_tags(database).await;
    database.execute("DELETE FROM posts; INSERT INTO tags VALUES ('abcdefghij', 7)").await;
    let spelled = |n: i64| {
        let letters = "abcdefghij".chars().enumerate();
        letters
            .map(|(at, c)| if n >> at & 1 == 1 { c.to_ascii_uppercase() } else { c })
            .collect::<String>()
    };
    let rows: Vec<_> = (0..1_000).map(|n| format!("({n}, '{}')", spelled(n))).collect();
    database.execute(format!("INSERT INTO posts VALUES {}", rows.join(", "))).await;
    let rows = Post::iter(database.pool()).with_one::<Tag>(|post| post.tag);
    let (rows, statements) = record("tags", rows.try_collect::<Vec<_>>()).await;
    let rows = rows.unwrap();
    assert!(rows.len() == 1_000 && rows.iter().all(|(_, tag)| Arc::ptr_eq(tag, &rows[0].1)));
    // MySQL is asked again in parts of 256.
    assert!(statements.len() <= 5, "{} statements", statements.len());

    let rows = Tag::iter(database.pool()).with_many::<Post>(|post| post.tag);
    let rows = rows.try_collect::<Vec<_>>().await.unwrap();
    let posts = rows.into_iter().find(|(tag, _)| tag.n == 7).unwrap().1;
    assert!(posts.iter().map(|post| post.id).eq(0..1_000));
}

/// As for a constraint in the database, which MySQL has only between equal collations.
async fn the_collation_of_the_referenced_column_counts(database: &TestDatabase) {
    if let Some(setup) = CASELESS.1 {
        database.execute(setup).await;
    }
    let [caseless, exact] = [CASELESS.0, TEXT];
    database
        .execute(format!(
            "CREATE TABLE tags (name {caseless} NOT NULL PRIMARY KEY, n {BIGINT} NOT NULL); \
             CREATE TABLE posts (id {BIGINT} NOT NULL PRIMARY KEY, tag {exact} NOT NULL); \
             INSERT INTO tags VALUES ('Anne', 1), ('Bob', 2); \
             INSERT INTO posts VALUES (1, 'ANNE'), (2, 'Anne'), (3, 'bob'), (4, 'anne')"
        ))
        .await;
    let pairs: Vec<(i64, i64)> = all(
        database,
        "SELECT tags.n, posts.id FROM tags JOIN posts ON tags.name = posts.tag \
         ORDER BY tags.n, posts.id",
    )
    .await;
    assert_eq!(pairs, [(1, 1), (1, 2), (1, 4), (2, 3)]);
    for batch_size in 1..=3 {
        let rows = Tag::iter(database.pool()).order_by(|tag| tag.name.asc()).batch_size(batch_size);
        let rows = rows.with_many::<Post>(|post| post.tag).try_collect::<Vec<_>>().await.unwrap();
        let found = rows.iter().flat_map(|(tag, posts)| posts.iter().map(|post| (tag.n, post.id)));
        assert!(found.eq(pairs.iter().copied()), "batches of {batch_size}: {rows:?}");
        let rows = Post::iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_one::<Tag>(|post| post.tag).try_collect::<Vec<_>>().await.unwrap();
        assert!(rows.iter().map(|(_, tag)| tag.n).eq([1, 1, 2, 1]));
    }
}

async fn equal_keys_without_a_row(database: &TestDatabase) {
    create_tags(database).await;
    database.execute("DELETE FROM tags WHERE n = 1").await;
    let rows = Post::iter(database.pool()).with_optional::<Tag>(|post| post.tag);
    let (rows, statements) = record("tags", rows.try_collect::<Vec<_>>()).await;
    let found = rows.unwrap().into_iter().map(|(_, tag)| tag.map_or(0, |tag| tag.n));
    assert_eq!(found.collect::<Vec<_>>(), [0, 2, 0, 0, 2, 0, 0]);
    assert!(statements.len() <= 3, "{statements:#?}");
}

async fn giving_up_waiting_loses_nothing(database: &TestDatabase) {
    create(database).await;
    for ahead in 0..=1 {
        let mut rows = Book::iter(database.pool())
            .batch_size(3)
            .read_ahead(ahead)
            .with_one::<Author>(|book| book.author_id)
            .with_optional::<Author>(|book| book.editor_id);
        let mut ids = Vec::new();
        loop {
            match rows.try_next().now_or_never() {
                Some(row) => match row.unwrap() {
                    Some((book, author, _)) => {
                        assert_eq!(book.author_id, author.id);
                        ids.push(book.id);
                    }
                    None => break,
                },
                None => tokio::time::sleep(std::time::Duration::from_micros(200)).await,
            }
        }
        assert!(ids.into_iter().eq(1..=BOOKS));
    }
}

async fn too_late(database: &TestDatabase) {
    create(database).await;
    let mut rows = Book::iter(database.pool());
    rows.try_next().await.unwrap();
    let mut rows = rows.with_one::<Author>(|book| book.author_id);
    for _ in 0..2 {
        let error = rows.try_next().await.unwrap_err();
        assert!(matches!(error, Error::Started { model: "Book", method: "with_one" }), "{error}");
    }
}
