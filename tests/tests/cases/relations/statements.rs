//! One statement for each relation and batch, or for each full list.

use futures_util::TryStreamExt as _;
use sqlx_chunked_tests::statements::record;

use super::{Author, BOOKS, Book, Shelf, ShelfBook, create};
use crate::{dialect::MOST_KEYS, harness::TestDatabase};

tests! {
    one_statement_for_each_relation_and_batch,
    nothing_is_asked_for_null,
    more_keys_than_a_statement_takes,
    a_few_texts,
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
        // Each author comes once, however many books of a batch have it.
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
    // One for the shelves, and one for their links; the books take a third.
    assert_eq!(statements.len(), 2);
}

async fn nothing_is_asked_for_null(database: &TestDatabase) {
    create(database).await;
    let rows = Book::iter(database.pool()).filter(|book| book.editor_id.is_null());
    let rows = rows.with_optional::<Author>(|book| book.editor_id);
    let (rows, statements) = record("authors", rows.try_collect::<Vec<_>>()).await;
    assert_eq!(rows.unwrap().len(), 13);
    assert_eq!(statements, []);

    // Nor if there are no rows.
    let rows = Book::iter(database.pool()).filter(|book| book.id.lt(0));
    let rows = rows.with_one::<Author>(|book| book.author_id);
    let (rows, statements) = record("authors", rows.try_collect::<Vec<_>>()).await;
    assert_eq!(rows.unwrap(), []);
    assert_eq!(statements, []);
}

/// A batch with more keys than any database accepts values in a statement.
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
    // Each key is asked for once.
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

/// For any number of keys, there is at most one statement for each power of two.
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
