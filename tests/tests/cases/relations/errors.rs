//! Failures with related rows: nothing is lost or repeated.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Chunked, Error};
use sqlx_chunked_tests::Report as _;

use super::{Author, BOOKS, Book, Shelf, ShelfBook, create};
use crate::harness::TestDatabase;

tests! {
    failures_between_batch_and_related_rows,
    a_missing_row_is_an_error,
    a_missing_far_row_is_an_error,
    two_rows_with_one_key,
    too_late,
}

/// After a failure, the same is asked for again, and everything continues from there.
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
                        assert!(error.report().contains("`Author`"), "{error}");
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
                        error.report(),
                        "`Book` refers to a row of `Author` by `author_id` = 4, but table \
                         `authors` has none; if it may be missing, use `with_optional`, or leave \
                         such rows out by a filter"
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
        Error::Missing { model: "ShelfBook", related: "Book", ref table, ref key }
            if table == "books" && key == "`book_id` = 999"
    ));
}

/// The mark says that a column is unique, but in the table it is not.
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
