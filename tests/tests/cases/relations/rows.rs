//! The rows related to a row: the same as plain queries find in the database.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use sqlx::FromRow;
use sqlx_chunked::{Batch, Chunked, Cursor, Error, Page};

use super::{AUTHORS, Author, BOOKS, Book, Shelf, ShelfBook, all, authors, books, by_id, create};
use crate::{dialect::BIGINT, harness::TestDatabase};

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
    rows_with_joined_columns,
    limits_orders_and_filters,
    cursors_and_pages,
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
            |book| book.author_id,
            |books| {
                books
                    .filter(|book| book.id.gt(10))
                    .filter_sql(|q| {
                        q.push("books.id <> ").push_bind(13_i64);
                    })
                    .order_by(|book| book.title.desc())
            },
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
            |link| link.shelf_id,
            |link| link.book_id,
            |links| links.filter(|link| link.position.gt(0)).order_by(|link| link.position.desc()),
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
        .with_many_as::<Book>(|book| book.editor_id, |books| books.filter(|book| book.id.le(9)))
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

    /// Comes once for each shelf that it stands on.
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

    // Rows that a join multiplies are found here, too.
    let rows = Author::iter(database.pool()).with_many::<Shelved>(|book| book.author_id);
    let error = rows.try_collect::<Vec<_>>().await.unwrap_err();
    assert!(matches!(error, Error::DuplicateKey { model: "Shelved", .. }), "{error}");
    let rows = Book::iter(database.pool()).with_one::<Shelved>(|book| book.id);
    let error = rows.try_collect::<Vec<_>>().await.unwrap_err();
    assert!(matches!(error, Error::DuplicateKey { .. } | Error::Missing { .. }), "{error}");
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

    // A cursor of an iteration with relations is a cursor of the model.
    let mut rows = Book::iter(database.pool()).with_optional::<Author>(|book| book.editor_id);
    for _ in 0..17 {
        rows.try_next().await.unwrap();
    }
    let cursor: Cursor<Book> = rows.cursor().unwrap().to_string().parse().unwrap();
    let rest = Book::iter(database.pool()).after(cursor).try_collect::<Vec<_>>().await.unwrap();
    assert!(rest.iter().map(|book| book.id).eq(18..=BOOKS));

    // Backwards, batches still have their rows in the order that was asked for.
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
