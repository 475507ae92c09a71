//! Polls that are given up, iterations that are dropped, and pauses, at all moments.

use std::time::{Duration, Instant};

use futures_util::{FutureExt as _, TryStreamExt as _, future::try_join_all};
use sqlx::sqlite::SqlitePoolOptions;
use tokio::{
    task::yield_now,
    time::{sleep, timeout},
};

use super::{ByDriver, COUNT, Passed, acquire, begin, pool_of_one, soon};
use crate::harness::{Entry, TestDatabase};

tests! {
    given_up_at_random_moments,
    given_up_after_random_times,
    dropped_at_random_moments,
    dropped_while_all_threads_are_taken,
    pauses_as_long_as_the_thread_waits,
    pauses_of_many_at_once,
}

/// Returns numbers that are spread over all of `u64`, and the same in every run.
fn numbers() -> impl FnMut(u64) -> u64 {
    let mut state = 1_u64;
    move |below| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// Every pending poll is dropped after a random number of polls.
async fn given_up_at_random_moments(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = pool_of_one(database).await;
    let mut number = numbers();
    let mut given_up = 0;
    while given_up < 5_000 {
        let passed = Passed::ALL[usize::from(number(2) == 1)];
        let batch_size = usize::try_from(1 + number(9)).unwrap();
        let ahead = usize::from(number(4) == 0);
        let rows = passed.entries(&pool).await.batch_size(batch_size).read_ahead(ahead);
        let mut rows = rows.with_one::<ByDriver>(|entry| entry.id);
        let mut read = Vec::new();
        loop {
            match rows.try_next().now_or_never() {
                Some(row) => match row.unwrap() {
                    Some((row, _)) => read.push(row),
                    None => break,
                },
                None => given_up += 1,
            }
            match number(20) {
                0 => sleep(Duration::from_micros(number(3_000))).await,
                1..10 => yield_now().await,
                _ => {}
            }
        }
        assert_eq!(read, Entry::first(COUNT));
    }
    pool.close().await;
}

/// Every `try_next()` has a random time, in which it may or may not complete.
async fn given_up_after_random_times(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = pool_of_one(database).await;
    let mut number = numbers();
    let mut given_up = 0;
    for round in 0..200 {
        let passed = Passed::ALL[round % 2];
        let mut rows = passed.entries(&pool).await.batch_size(1 + round % 7);
        let mut read = Vec::new();
        loop {
            let time = Duration::from_micros(number(400));
            match timeout(time, rows.try_next()).await {
                Ok(Ok(Some(row))) => read.push(row),
                Ok(Ok(None)) => break,
                Ok(Err(error)) => panic!("{error}"),
                Err(_) => given_up += 1,
            }
        }
        assert_eq!(read, Entry::first(COUNT));
    }
    println!("given up {given_up} times");
    pool.close().await;
}

/// Wherever it was, the pool has the connection again, and the transaction is rolled back.
async fn dropped_at_random_moments(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = pool_of_one(database).await;
    let mut number = numbers();
    for round in 0..1_000 {
        let rows = if round % 2 == 0 {
            Entry::iter(acquire(&pool).await)
        } else {
            let mut transaction = begin(&pool).await;
            let insert = "INSERT INTO entries VALUES (-1, 'never there')";
            sqlx::query(insert).execute(&mut *transaction).await.unwrap();
            Entry::iter(transaction)
        };
        let mut rows = rows.batch_size(3).read_ahead(round % 3);
        for _ in 0..number(30) {
            let _row = rows.try_next().now_or_never();
            if number(3) == 0 {
                yield_now().await;
            }
        }
        if number(10) == 0 {
            sleep(Duration::from_micros(number(3_000))).await;
        }
        drop(rows);
        let rows = Entry::iter(acquire(&pool).await).try_collect::<Vec<_>>();
        assert_eq!(soon(rows).await.unwrap(), Entry::first(COUNT));
    }
    pool.close().await;
}

/// A read ahead that waits for a thread, of which the runtime has just one.
async fn dropped_while_all_threads_are_taken(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = pool_of_one(database).await;
    let options = pool.connect_options().as_ref().clone();
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (free, taken) = std::sync::mpsc::channel::<()>();
        runtime.spawn_blocking(move || taken.recv());
        runtime.block_on(async {
            let pool = SqlitePoolOptions::new().max_connections(1);
            let pool = pool.connect_with(options).await.unwrap();
            for ahead in [0, 1] {
                for passed in Passed::ALL {
                    let mut rows = passed.entries(&pool).await.batch_size(2).read_ahead(ahead);
                    assert!(rows.try_next().now_or_never().is_none());
                    yield_now().await;
                    drop(rows);
                    acquire(&pool).await;
                    let rows = passed.entries(&pool).await.batch_size(2).read_ahead(ahead);
                    let rows = soon(rows.try_collect::<Vec<_>>()).await.unwrap();
                    assert_eq!(rows, Entry::first(COUNT));
                }
            }
            drop(free);
            pool.close().await;
        });
    };
    tokio::task::spawn_blocking(work).await.unwrap();
    pool.close().await;
}

/// The next batch is asked for just when the thread gives the connection back.
async fn pauses_as_long_as_the_thread_waits(database: &TestDatabase) {
    database.create_entries(300).await;
    let pool = pool_of_one(database).await;
    let mut number = numbers();
    for passed in Passed::ALL {
        let mut rows = passed.entries(&pool).await.batch_size(1);
        let mut read = Vec::new();
        while let Some(row) = soon(rows.try_next()).await.unwrap() {
            read.push(row);
            let since = Instant::now();
            let pause = Duration::from_micros(2_000 + number(500));
            while since.elapsed() < pause {
                yield_now().await;
            }
        }
        assert_eq!(read, Entry::first(300));
    }
    pool.close().await;
}

async fn pauses_of_many_at_once(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool_of(20);
    for _ in 0..5 {
        let walks = (1..=20).map(async |micros| {
            let mut rows = Entry::iter(acquire(&pool).await).batch_size(1);
            let mut read = Vec::new();
            while let Some(row) = rows.try_next().await? {
                read.push(row);
                sleep(Duration::from_micros(micros * 250)).await;
            }
            assert_eq!(read, Entry::first(COUNT));
            Ok::<_, sqlx_chunked::Error>(())
        });
        soon(try_join_all(walks)).await.unwrap();
    }
    pool.close().await;
}
