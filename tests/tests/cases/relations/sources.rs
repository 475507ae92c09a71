//! Related rows are read along with their batch, on the same source.

use futures_util::{FutureExt as _, TryStreamExt as _};
use sqlx_chunked::Chunked;

use super::{Author, BOOKS, Book, Shelf, create};
use crate::harness::TestDatabase;

tests! {
    connections_and_transactions,
    one_connection_is_enough,
    one_connection_is_enough_for_values_of_all_kinds,
    as_many_connections_as_iterations,
    ahead,
    giving_up_waiting_loses_nothing,
}

async fn connections_and_transactions(database: &TestDatabase) {
    create(database).await;
    let mut connection = database.pool().acquire().await.unwrap();
    let rows = Book::iter(&mut connection).batch_size(9);
    let rows = rows.with_one::<Author>(|book| book.author_id).try_collect::<Vec<_>>();
    assert_eq!(rows.await.unwrap().len(), 40);
    drop(connection);

    // All statements of the transaction see what it has written.
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

/// On SQLite, some are read without the driver and some are not, in every order.
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
                |shelf| shelf.id,
                |shelves| {
                    shelves.filter_sql(|q| {
                        q.push("shelves.id > ").push_bind(0_i64);
                    })
                },
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
