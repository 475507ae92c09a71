//! Every source that queries can run on, and the promises of each.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{Stream, TryStreamExt as _};
use sqlx::{Connection as _, Pool, pool::PoolOptions};
use sqlx_chunked::{Chunked, Error, Source};

use crate::{
    Db,
    harness::{Entry, TestDatabase},
};

tests! {
    each_reads_all,
    owned_ones_can_be_spawned,
    pool_is_free_between_rows,
    pool_calls_its_hooks,
    pool_without_a_free_connection,
    connection_is_given_back,
    transaction_sees_its_own_rows,
    owned_transaction_is_rolled_back,
    generic_code,
}

async fn each_reads_all(database: &TestDatabase) {
    async fn read<'s>(source: impl Source<'s, Database = Db> + 's) -> Vec<Entry> {
        Entry::iter(source).batch_size(2).try_collect().await.unwrap()
    }
    database.create_entries(5).await;
    let pool = database.pool();
    let mut connection = database.connect().await;
    let mut pooled = pool.acquire().await.unwrap();
    let mut transaction = pool.begin().await.unwrap();

    assert_eq!(read(pool).await, Entry::first(5));
    assert_eq!(read(pool.clone()).await, Entry::first(5));
    assert_eq!(read(&mut connection).await, Entry::first(5));
    assert_eq!(read(&mut pooled).await, Entry::first(5));
    assert_eq!(read(&mut *pooled).await, Entry::first(5));
    assert_eq!(read(pooled).await, Entry::first(5));
    assert_eq!(read(&mut transaction).await, Entry::first(5));
    assert_eq!(read(&mut *transaction).await, Entry::first(5));
    assert_eq!(read(transaction).await, Entry::first(5));

    // A transaction that borrows its connection, and one within it.
    let mut transaction = connection.begin().await.unwrap();
    assert_eq!(read(&mut transaction).await, Entry::first(5));
    let mut savepoint = transaction.begin().await.unwrap();
    assert_eq!(read(&mut savepoint).await, Entry::first(5));
}

/// From an owned source, and from a pool by reference, the iterator borrows nothing.
async fn owned_ones_can_be_spawned(database: &TestDatabase) {
    fn is_free<S: Stream<Item = Result<Entry, Error>> + Send + Unpin + 'static>(stream: S) -> S {
        stream
    }
    fn is_send<S: Send + Unpin>(_: S) {}

    database.create_entries(5).await;
    let pool = database.pool();
    let sources = [
        is_free(Entry::iter(pool)),
        is_free(Entry::iter(&pool.clone())),
        is_free(Entry::iter(pool.clone())),
        is_free(Entry::iter(pool.acquire().await.unwrap())),
        is_free(Entry::iter(pool.begin().await.unwrap())),
    ];
    for rows in sources {
        let rows = tokio::spawn(rows.batch_size(2).try_collect::<Vec<_>>()).await.unwrap();
        assert_eq!(rows.unwrap(), Entry::first(5));
    }

    is_send(Entry::batch_iter(pool));
    is_send(Entry::batch_iter(&mut database.connect().await));
    is_send(Entry::batch_iter(&mut pool.begin().await.unwrap()));
}

/// With a single connection, the caller can use it while it holds rows.
async fn pool_is_free_between_rows(database: &TestDatabase) {
    database.create_entries(7).await;
    let pool = database.pool_of(1);
    let change = async |entry: &Entry| {
        sqlx::query("UPDATE entries SET headline = 'read' WHERE headline = 'entry 1'")
            .execute(&pool)
            .await
            .unwrap();
        assert!(entry.id > 0);
    };

    let mut batches = Entry::batch_iter(&pool).batch_size(3);
    while let Some(batch) = batches.try_next().await.unwrap() {
        change(&batch[0]).await;
    }
    let mut rows = Entry::iter(&pool).batch_size(3);
    let mut others = Entry::iter(&pool).batch_size(2);
    while let Some(row) = rows.try_next().await.unwrap() {
        change(&row).await;
        others.try_next().await.unwrap();
    }
    pool.close().await;
}

/// A hook may set a tenant or a role: no query may run before it.
async fn pool_calls_its_hooks(database: &TestDatabase) {
    database.create_entries(5).await;
    let acquired = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&acquired);
    let options = PoolOptions::new().max_connections(1).before_acquire(move |_, _| {
        count.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(true) })
    });
    let pool: Pool<Db> = options.connect_with(database.options()).await.unwrap();
    let mut batches = Entry::batch_iter(&pool).batch_size(2);
    for batch in 1..=3 {
        assert!(batches.try_next().await.unwrap().is_some());
        assert_eq!(acquired.load(Ordering::Relaxed), batch);
        // The caller works on the batch.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    pool.close().await;
}

/// Waiting in vain is an error; after it, the iteration continues.
async fn pool_without_a_free_connection(database: &TestDatabase) {
    database.create_entries(5).await;
    let options = PoolOptions::new().max_connections(1).acquire_timeout(Duration::from_millis(50));
    let pool: Pool<Db> = options.connect_with(database.options()).await.unwrap();
    let mut rows = Entry::iter(&pool).batch_size(2);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let taken = pool.acquire().await.unwrap();
        let error = rows.try_next().await.unwrap_err();
        assert!(matches!(error, Error::Query { source: sqlx::Error::PoolTimedOut, .. }), "{error}");
        drop(taken);
        // Both rows of a batch; the last batch has one.
        seen.extend(rows.try_next().await.unwrap());
        if seen.len() < 5 {
            seen.extend(rows.try_next().await.unwrap());
        }
    }
    assert_eq!(seen, Entry::first(5));
    pool.close().await;
}

async fn connection_is_given_back(database: &TestDatabase) {
    database.create_entries(5).await;
    let pool = database.pool_of(1);
    let mut rows = Entry::iter(pool.acquire().await.unwrap()).batch_size(2);
    rows.try_next().await.unwrap();
    assert!(pool.try_acquire().is_none(), "all queries run on that one connection");
    drop(rows);
    pool.acquire().await.unwrap();
    pool.close().await;
}

async fn transaction_sees_its_own_rows(database: &TestDatabase) {
    database.create_entries(3).await;
    let mut transaction = database.pool().begin().await.unwrap();
    sqlx::query("INSERT INTO entries VALUES (4, 'entry 4')")
        .execute(&mut *transaction)
        .await
        .unwrap();
    let mut rows = Entry::iter(&mut transaction).batch_size(1);
    rows.try_next().await.unwrap();
    let rest: Vec<_> = rows.try_collect().await.unwrap();
    assert_eq!(rest, Entry::first(4)[1..]);

    let outside: Vec<_> = Entry::iter(database.pool()).try_collect().await.unwrap();
    assert_eq!(outside, Entry::first(3));

    sqlx::query("INSERT INTO entries VALUES (5, 'entry 5')")
        .execute(&mut *transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let after: Vec<_> = Entry::iter(database.pool()).try_collect().await.unwrap();
    assert_eq!(after, Entry::first(5));
}

/// The iterator owns the transaction, so nobody is left to commit it.
async fn owned_transaction_is_rolled_back(database: &TestDatabase) {
    database.create_entries(3).await;
    let mut transaction = database.pool().begin().await.unwrap();
    sqlx::query("INSERT INTO entries VALUES (4, 'entry 4')")
        .execute(&mut *transaction)
        .await
        .unwrap();
    let rows: Vec<_> = Entry::iter(transaction).batch_size(1).try_collect().await.unwrap();
    assert_eq!(rows, Entry::first(4));
    let rows: Vec<_> = Entry::iter(database.pool()).try_collect().await.unwrap();
    assert_eq!(rows, Entry::first(3));
}

/// By the trait, for any model.
async fn generic_code(database: &TestDatabase) {
    async fn count<'s, M, S>(source: S) -> usize
    where
        M: sqlx_chunked::ReadRow<S::Database>,
        S: Source<'s>,
    {
        <M as Chunked>::iter(source).batch_size(2).try_collect::<Vec<_>>().await.unwrap().len()
    }
    database.create_entries(5).await;
    assert_eq!(count::<Entry, _>(database.pool()).await, 5);
    assert_eq!(count::<Entry, _>(&mut database.connect().await).await, 5);
}
