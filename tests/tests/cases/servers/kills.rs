//! Sessions are ended at random moments while several iterations read from a pool: a caller that
//! polls again after an error gets every row, and none twice.

use std::{cell::Cell, fmt::Debug, time::Duration};

use futures_util::{TryStream, TryStreamExt as _, future::join_all};
use sqlx::{Pool, pool::PoolOptions};
use sqlx_chunked::Error;

use super::sessions::{self, Sessions};
use crate::{
    Db,
    harness::{Entry, Random, TestDatabase},
    server,
};

tests! { at_random_moments, a_connection_stays_broken, a_transaction_stays_broken }

const KILLS: usize = 60;
const READERS: usize = 4;
const COUNT: i64 = 300;

async fn at_random_moments(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    // Large enough that the server sends a batch in several pieces.
    database.execute("UPDATE entries SET headline = repeat('x', 200)").await;
    let (sessions, options) = Sessions::of(PoolOptions::new());
    // Fewer connections than iterations, which get another one for each batch.
    let pool: Pool<Db> = options.max_connections(3).connect_with(database.options()).await.unwrap();

    let killing = Cell::new(true);
    let killer = async {
        let mut random = Random::new();
        // A session that was hit is replaced, but some are hit twice.
        while sessions.count() < KILLS {
            tokio::time::sleep(Duration::from_micros(random.below(20_000))).await;
            let but = usize::try_from(random.below(3)).unwrap();
            sessions::kill(database, &sessions.newest(but).unwrap_or_default()).await;
        }
        killing.set(false);
    };
    let readers = join_all((0..READERS).map(|reader| {
        let (pool, killing) = (&pool, &killing);
        async move {
            let mut errors = 0;
            for round in 0.. {
                if !killing.get() {
                    break;
                }
                errors += read_all(pool, reader, round).await;
            }
            errors
        }
    }));
    let ((), errors) = tokio::join!(killer, readers);
    println!("{} sessions, {} errors", sessions.count(), errors.iter().sum::<usize>());
    pool.close().await;
}

/// Reads all entries in another way each time, and returns how many errors there were.
async fn read_all(pool: &Pool<Db>, reader: usize, round: usize) -> usize {
    let batch_size = [7, 30, 100, 299, 300][(reader + round) % 5];
    let persistent = !round.is_multiple_of(3);
    let slowly = !round.is_multiple_of(4);
    let rows = Entry::iter(pool).batch_size(batch_size).persistent(persistent);
    let batches = Entry::batch_iter(pool).batch_size(batch_size).persistent(persistent);
    match (round.is_multiple_of(2), slowly) {
        (true, true) => read(rows.filter_sql(|q| _ = q.push(server::SLOWLY)).map_ok(|e| [e])).await,
        (true, false) => read(rows.map_ok(|entry| [entry])).await,
        (false, true) => read(batches.filter_sql(|q| _ = q.push(server::SLOWLY))).await,
        (false, false) => read(batches).await,
    }
}

/// Polls again after every error, and checks that all entries came.
async fn read<S>(mut entries: S) -> usize
where
    S: TryStream<Ok: IntoIterator<Item = Entry>, Error = Error> + Unpin,
{
    let mut ids = Vec::new();
    let mut errors = 0;
    loop {
        match entries.try_next().await {
            Ok(Some(read)) => ids.extend(read.into_iter().map(|entry| entry.id)),
            Ok(None) => break,
            Err(Error::Query { .. }) => errors += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(ids, (1..=COUNT).collect::<Vec<_>>());
    errors
}

/// An error that repeats keeps a program from believing that the rest of the table was read.
async fn errors_repeat<S>(entries: &mut S)
where
    S: TryStream<Ok: Debug, Error = Error> + Unpin,
{
    for _ in 0..3 {
        let error = entries.try_next().await.unwrap_err();
        assert!(matches!(error, Error::Query { .. }), "{error}");
    }
}

async fn a_connection_stays_broken(database: &TestDatabase) {
    database.create_entries(9).await;
    for persistent in [true, false] {
        let mut connection = database.connect().await;
        let session: String =
            sqlx::query_scalar(server::OWN_SESSION).fetch_one(&mut connection).await.unwrap();
        let mut rows = Entry::iter(&mut connection).batch_size(2).persistent(persistent);
        assert_eq!(rows.try_next().await.unwrap(), Some(Entry::new(1)));
        sessions::kill_and_wait(database, &session).await;
        assert_eq!(rows.try_next().await.unwrap(), Some(Entry::new(2)), "of the same batch");
        errors_repeat(&mut rows).await;
    }
}

async fn a_transaction_stays_broken(database: &TestDatabase) {
    database.create_entries(9).await;
    for persistent in [true, false] {
        let mut transaction = database.pool().begin().await.unwrap();
        let session: String =
            sqlx::query_scalar(server::OWN_SESSION).fetch_one(&mut *transaction).await.unwrap();
        let mut batches = Entry::batch_iter(&mut transaction).batch_size(2).persistent(persistent);
        assert_eq!(*batches.try_next().await.unwrap().unwrap(), Entry::first(2));
        sessions::kill_and_wait(database, &session).await;
        errors_repeat(&mut batches).await;
    }
}
