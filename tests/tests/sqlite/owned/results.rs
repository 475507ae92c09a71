//! What is read, on which route, and what the connection and the transaction are to it.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt as _, TryStreamExt as _};
use sqlx::{Connection as _, Sqlite, SqlitePool};
use sqlx_chunked::{Chunked, Source};
use sqlx_chunked_tests::Report as _;
use tokio::time::sleep;

use super::{ByDriver, COUNT, Passed, acquire, begin, pool_of_one};
use crate::harness::{Entry, TestDatabase};

tests! {
    the_route_is_taken,
    counts_and_pages,
    between_statements_of_the_driver,
    what_the_connection_has,
    a_transaction_is_one,
    an_interrupted_transaction,
    a_panic,
}

/// Longer than the thread keeps the connection.
const LONG: Duration = Duration::from_millis(10);

/// Counts the statements that sqlx has prepared on the connection of a pool, and forgets them.
async fn prepared(pool: &SqlitePool) -> usize {
    let mut connection = acquire(pool).await;
    let prepared = connection.cached_statements_size();
    connection.clear_cached_statements().await.unwrap();
    prepared
}

async fn the_route_is_taken(database: &TestDatabase) {
    database.create_entries(7).await;
    let pool = pool_of_one(database).await;
    for passed in Passed::ALL {
        for batch_size in 1..=8 {
            for direct in [true, false] {
                for ahead in [0, 2] {
                    let rows = passed.entries(&pool).await.batch_size(batch_size);
                    let rows = rows.read_ahead(ahead).direct(direct).try_collect::<Vec<_>>();
                    assert_eq!(rows.await.unwrap(), Entry::first(7));
                    let prepared = prepared(&pool).await;
                    assert_eq!(prepared == 0, direct, "{passed:?}, {batch_size}, ahead {ahead}");
                }
            }
        }
    }
    // Related rows too.
    for passed in Passed::ALL {
        let rows = passed.entries(&pool).await.batch_size(2).with_one::<Entry>(|entry| entry.id);
        let rows = rows.with_many::<Entry>(|other| other.id).try_collect::<Vec<_>>();
        assert_eq!(rows.await.unwrap().len(), 7);
        assert_eq!(prepared(&pool).await, 0, "{passed:?}");
    }
    // A borrowed one is read by the driver.
    let mut connection = acquire(&pool).await;
    assert_eq!(Entry::iter(&mut connection).try_collect::<Vec<_>>().await.unwrap().len(), 7);
    drop(connection);
    assert_ne!(prepared(&pool).await, 0);
    pool.close().await;
}

async fn counts_and_pages(database: &TestDatabase) {
    database.create_entries(7).await;
    let pool = pool_of_one(database).await;
    for passed in Passed::ALL {
        assert_eq!(passed.entries(&pool).await.limit(6).count().await.unwrap(), 6);
        assert_eq!(passed.entries(&pool).await.up_to_now().count().await.unwrap(), 7);
        let rows = passed.entries(&pool).await.batch_size(2).up_to_now();
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), Entry::first(7));
        prepared(&pool).await;
        let mut cursor = None;
        for page in [0..3, 3..6, 6..7] {
            let batches = match passed {
                Passed::Connection => Entry::batch_iter(acquire(&pool).await),
                Passed::Transaction => Entry::batch_iter(begin(&pool).await),
            };
            let read = batches.batch_size(3).resume(cursor).page().await.unwrap();
            assert_eq!(read.rows, Entry::first(7)[page]);
            cursor = read.next;
        }
        assert!(cursor.is_none());
        assert_eq!(prepared(&pool).await, 0, "{passed:?}");
    }
    pool.close().await;
}

/// The connection goes back and forth, several times for each batch.
async fn between_statements_of_the_driver(database: &TestDatabase) {
    async fn read<'s>(source: impl Source<'s, Database = Sqlite>, batch_size: usize, ahead: usize) {
        let rows = Entry::iter(source)
            .batch_size(batch_size)
            .read_ahead(ahead)
            .with_one::<ByDriver>(|entry| entry.id)
            .with_one::<Entry>(|entry| entry.id)
            .with_many::<Entry>(|other| other.id);
        let rows: Vec<_> = rows.try_collect().await.unwrap();
        let ids = rows.iter().map(|(entry, by_driver, one, many)| {
            assert_eq!(entry, &**one);
            assert_eq!(many, std::slice::from_ref(entry));
            assert_eq!(by_driver.headline.0, entry.headline);
            (entry.id, by_driver.id)
        });
        assert!(ids.eq((1..=300).map(|id| (id, id))));
    }
    database.create_entries(300).await;
    let pool = pool_of_one(database).await;
    for batch_size in [1, 2, 3, 299, 300, 301] {
        for ahead in [0, 2] {
            read(acquire(&pool).await, batch_size, ahead).await;
            read(begin(&pool).await, batch_size, ahead).await;
        }
    }
    pool.close().await;
}

/// Settings, attached databases and temporary tables are those of the connection.
async fn what_the_connection_has(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = pool_of_one(database).await;
    let setup = "ATTACH ':memory:' AS other; \
                 CREATE TABLE other.entries (id INTEGER PRIMARY KEY, headline TEXT NOT NULL); \
                 INSERT INTO other.entries VALUES (1, 'entry 1'), (2, 'ENTRY 2'), (3, 'entry 3'); \
                 CREATE TEMP TABLE entries AS SELECT * FROM other.entries; \
                 PRAGMA case_sensitive_like = true";
    sqlx::raw_sql(setup).execute(&pool).await.unwrap();
    for passed in Passed::ALL {
        for schema in ["other", "temp", "main"] {
            let rows = passed.entries(&pool).await.schema(schema).batch_size(1).filter_sql(|q| {
                q.push("headline LIKE 'entry%'");
            });
            let ids: Vec<_> = rows.map_ok(|row| row.id).try_collect().await.unwrap();
            let expected = if schema == "main" { (1..=COUNT).collect() } else { vec![1, 3] };
            assert_eq!(ids, expected, "{passed:?} of {schema}");
        }
        let rows: Vec<_> = passed.entries(&pool).await.try_collect().await.unwrap();
        assert_eq!(rows[1].headline, "ENTRY 2", "the temporary table hides the other");
    }
    assert_eq!(prepared(&pool).await, 0);
    pool.close().await;
}

/// It sees its own rows and one snapshot, however long the caller works on a batch.
async fn a_transaction_is_one(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = pool_of_one(database).await;
    for pause in [Duration::ZERO, LONG] {
        let mut transaction = begin(&pool).await;
        for sql in ["INSERT INTO entries VALUES (0, 'entry 0')", "DELETE FROM entries WHERE id = 9"]
        {
            sqlx::query(sql).execute(&mut *transaction).await.unwrap();
        }
        let mut rows = Entry::iter(transaction).batch_size(2);
        let mut ids = Vec::new();
        while let Some(row) = rows.try_next().await.unwrap() {
            ids.push(row.id);
            sleep(pause).await;
        }
        assert!(ids.into_iter().eq((0..=COUNT).filter(|id| *id != 9)));

        let mut rows = Entry::iter(begin(&pool).await).batch_size(2);
        let first = rows.try_next().await.unwrap();
        database.execute("DELETE FROM entries WHERE id > 10").await;
        sleep(pause).await;
        let rest: Vec<_> = rows.try_collect().await.unwrap();
        assert!(first.into_iter().chain(rest).eq(Entry::first(COUNT)));
        database.insert_entries(11..=COUNT).await;
    }
    // All of them were rolled back.
    let rows = Entry::iter(database.pool()).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(rows, Entry::first(COUNT));
    pool.close().await;
}

/// The program's own hook stops every query: the driver reports it, and after it lets them pass, the
/// iteration continues in the same transaction.
async fn an_interrupted_transaction(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = pool_of_one(database).await;
    let goes_on = Arc::new(AtomicBool::new(true));
    let hook = Arc::clone(&goes_on);
    let mut transaction = begin(&pool).await;
    transaction
        .lock_handle()
        .await
        .unwrap()
        .set_progress_handler(1, move || hook.load(Ordering::Relaxed));
    let insert = "INSERT INTO entries VALUES (0, 'entry 0')";
    sqlx::query(insert).execute(&mut *transaction).await.unwrap();
    let mut rows = Entry::iter(transaction).batch_size(10);
    let mut read = Vec::new();
    for _ in 0..10 {
        read.push(rows.try_next().await.unwrap().unwrap().id);
    }
    goes_on.store(false, Ordering::Relaxed);
    for _ in 0..2 {
        let error = rows.try_next().await.unwrap_err().report();
        assert!(error.contains("interrupted"), "{error}");
    }
    goes_on.store(true, Ordering::Relaxed);
    read.extend(rows.map_ok(|row| row.id).try_collect::<Vec<_>>().await.unwrap());
    assert!(read.into_iter().eq(0..=COUNT));
    pool.close().await;
}

/// One of its values panics, as some types do.
#[derive(Debug, PartialEq)]
struct Careful;

impl TryFrom<String> for Careful {
    type Error = String;

    fn try_from(headline: String) -> Result<Self, Self::Error> {
        assert_ne!(headline, "entry 13", "not this one");
        Ok(Self)
    }
}

#[derive(Chunked, Debug, PartialEq)]
#[chunked(table = "entries")]
struct Row {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[sqlx(try_from = "String")]
    headline: Careful,
}

/// After it the connection is back in its pool, and no transaction is left open.
async fn a_panic(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = pool_of_one(database).await;
    for passed in Passed::ALL {
        let mut rows = match passed {
            Passed::Connection => Row::iter(acquire(&pool).await).batch_size(10),
            Passed::Transaction => Row::iter(begin(&pool).await).batch_size(10),
        };
        let mut ids = Vec::new();
        let error = loop {
            match rows.try_next().await {
                Ok(row) => ids.push(row.unwrap().id),
                Err(error) => break error.report(),
            }
        };
        assert!(ids.into_iter().eq(1..=12));
        assert!(error.contains("not this one"), "{error}");
        drop(rows);

        let mut statements = 0;
        let mut rows = passed.entries(&pool).await.batch_size(10).filter_sql(move |q| {
            statements += 1;
            assert!(statements < 3, "no third statement");
            q.push("1 = 1");
        });
        let read = AssertUnwindSafe(async { while rows.try_next().await.unwrap().is_some() {} });
        read.catch_unwind().await.unwrap_err();
        let error = rows.try_next().await.unwrap_err().report();
        assert!(error.contains("panicked"), "{error}");
        drop(rows);
        assert_eq!(Entry::iter(acquire(&pool).await).count().await.unwrap(), 25);
        sqlx::query("UPDATE entries SET headline = headline").execute(&pool).await.unwrap();
    }
    pool.close().await;
}
