//! Reading ahead changes when batches are read, and nothing else.

use sqlx_chunked_tests::Report as _;
use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::{FutureExt as _, TryStreamExt as _};
use sqlx_chunked_tests::statements::record;
use tokio::time::{sleep, timeout};

use crate::{
    dialect::NULLS_LAST,
    harness::{Entry, Order, TestDatabase},
};

tests! {
    every_row_once,
    from_every_source,
    no_further_than_asked_for,
    asking_often_reads_no_further,
    the_cursor_is_that_of_the_caller,
    an_error_keeps_its_place,
    giving_up_waiting_loses_nothing,
    a_panic_goes_on_in_the_caller,
    dropping_it_gives_the_connection_back,
    a_pool_that_is_closed,
    two_on_one_connection,
    backwards_from_a_cursor,
    a_page_is_one_statement,
    nothing_is_read_without_need,
}

const COUNT: i64 = 25;

async fn every_row_once(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool();
    let mut reversed = Entry::first(COUNT);
    reversed.reverse();
    for ahead in [1, 2, 3, 100, usize::MAX] {
        for batch_size in [1, 2, 5, 24, 25, 26] {
            let batches = || Entry::batch_iter(pool).batch_size(batch_size).read_ahead(ahead);
            let read: Vec<_> = batches().try_collect().await.unwrap();
            let sizes: Vec<_> = read.iter().map(|batch| batch.len()).collect();
            let all = Entry::first(COUNT);
            assert_eq!(sizes, all.chunks(batch_size).map(<[_]>::len).collect::<Vec<_>>());
            assert_eq!(read.into_iter().flatten().collect::<Vec<_>>(), all);

            let rows = || Entry::iter(pool).batch_size(batch_size).read_ahead(ahead);
            assert_eq!(rows().reverse().try_collect::<Vec<_>>().await.unwrap(), reversed);
            let first: Vec<_> = rows().limit(7).try_collect().await.unwrap();
            assert_eq!(first, Entry::first(7));
            let late: Vec<_> =
                rows().filter(|e| e.id.gt(20)).range(..=23).try_collect().await.unwrap();
            assert_eq!(late, all[20..23]);
        }
    }
}

/// The source is taken along if it can be; otherwise batches are read when they are asked for.
async fn from_every_source(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool();
    let all = Entry::first(COUNT);
    macro_rules! reads_all {
        ($($source:expr),+ $(,)?) => {$(
            let rows = Entry::iter($source).batch_size(4).read_ahead(2);
            assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), all, stringify!($source));
        )+};
    }
    let mut connection = database.connect().await;
    let mut pooled = pool.acquire().await.unwrap();
    let mut transaction = pool.begin().await.unwrap();
    reads_all! {
        pool,
        pool.clone(),
        &mut connection,
        &mut pooled,
        pool.acquire().await.unwrap(),
        &mut transaction,
        pool.begin().await.unwrap(),
    }
    transaction.commit().await.unwrap();
}

/// Waits until no more statements come, and counts them.
async fn no_further_than_asked_for(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    for (ahead, asked) in [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (3, 1), (3, 4), (4, 1)] {
        let (_, statements) = record("entries", async {
            let mut batches = Entry::batch_iter(database.pool()).batch_size(2).read_ahead(ahead);
            for _ in 0..asked {
                batches.try_next().await.unwrap().unwrap();
                // Far longer than these batches take; a test that is too quick finds no fault.
                sleep(Duration::from_millis(300)).await;
            }
            batches
        })
        .await;
        assert_eq!(statements.len(), asked + ahead, "{asked} were asked for, {ahead} are ahead");
    }
}

/// A caller that gives up waiting has asked for one batch, however often it does.
async fn asking_often_reads_no_further(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    for ahead in 1..=4 {
        let mut batches = Entry::batch_iter(database.pool()).batch_size(2).read_ahead(ahead);
        let mut rows = Vec::new();
        let (asked, statements) = record("entries", async {
            let (mut received, mut waits) = (0, false);
            for _ in 0..3 {
                match batches.try_next().now_or_never() {
                    Some(batch) => {
                        rows.extend(batch.unwrap().unwrap());
                        (received, waits) = (received + 1, false);
                    }
                    None => waits = true,
                }
            }
            sleep(Duration::from_millis(300)).await;
            received + usize::from(waits)
        })
        .await;
        assert_eq!(statements.len(), asked + ahead, "{asked} were asked for, {ahead} are ahead");
        let rest: Vec<_> = batches.try_collect().await.unwrap();
        rows.extend(rest.into_iter().flatten());
        assert_eq!(rows, Entry::first(COUNT));
    }
}

async fn the_cursor_is_that_of_the_caller(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool();
    for taken in 1..=COUNT {
        let mut rows = Entry::iter(pool).batch_size(3).read_ahead(3);
        assert_eq!(rows.cursor(), None);
        let mut ids = Vec::new();
        for _ in 0..taken {
            ids.push(rows.try_next().await.unwrap().unwrap().id);
        }
        let cursor = rows.cursor().unwrap();
        drop(rows);
        let rest = Entry::iter(pool).batch_size(4).read_ahead(1).after(cursor);
        ids.extend(rest.map_ok(|row| row.id).try_collect::<Vec<_>>().await.unwrap());
        assert_eq!(ids, (1..=COUNT).collect::<Vec<_>>());
    }
}

/// The batches before it are handed out first; after it, the same batch is tried again.
async fn an_error_keeps_its_place(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    for batch_size in [1, 2, 5] {
        let rows = Entry::iter(database.pool()).batch_size(batch_size).read_ahead(2);
        let mut rows = rows.filter_sql(|q| {
            q.push("EXISTS (SELECT 1 FROM late)");
        });
        database.execute("CREATE TABLE late (n INTEGER)").await;
        database.execute("INSERT INTO late VALUES (1)").await;
        // Few enough that not all are read ahead.
        let mut ids = Vec::new();
        for _ in 0..5 {
            ids.push(rows.try_next().await.unwrap().unwrap().id);
        }
        database.execute("DROP TABLE late").await;
        let mut errors = 0;
        loop {
            match rows.try_next().await {
                Ok(Some(row)) => ids.push(row.id),
                Ok(None) => break,
                Err(error) => {
                    assert!(error.report().contains("cannot read `Entry`"), "{error}");
                    errors += 1;
                    if errors == 3 {
                        database.execute("CREATE TABLE late (n INTEGER)").await;
                        database.execute("INSERT INTO late VALUES (1)").await;
                    }
                }
            }
        }
        assert_eq!(errors, 3, "one for each time that it was polled");
        assert_eq!(ids, (1..=COUNT).collect::<Vec<_>>(), "batches of {batch_size}");
        database.execute("DROP TABLE late").await;
    }
}

async fn giving_up_waiting_loses_nothing(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    for ahead in 1..=3 {
        let mut rows = Entry::iter(database.pool()).batch_size(2).read_ahead(ahead);
        let mut read = Vec::new();
        loop {
            match rows.try_next().now_or_never() {
                Some(row) => match row.unwrap() {
                    Some(row) => read.push(row),
                    None => break,
                },
                None => sleep(Duration::from_millis(1)).await,
            }
        }
        assert_eq!(read, Entry::first(COUNT));
    }
}

async fn a_panic_goes_on_in_the_caller(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let mut calls = 0;
    let mut rows = Entry::iter(database.pool()).batch_size(5).read_ahead(2).filter_sql(move |q| {
        calls += 1;
        assert!(calls < 4, "the fourth call");
        q.push("1 = 1");
    });
    let mut read = Vec::new();
    let panic = loop {
        match AssertUnwindSafe(rows.try_next()).catch_unwind().await {
            Ok(row) => read.push(row.unwrap().unwrap()),
            Err(panic) => break panic,
        }
    };
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"the fourth call"));
    // Rows that were read but not decoded may have gone with the task. The first statement of a
    // database that sorts NULLs last has the condition twice.
    let most: i64 = if NULLS_LAST == Order::Ascending { 10 } else { 15 };
    let count = i64::try_from(read.len()).unwrap();
    assert!((most - 5..=most).contains(&count), "{count} rows");
    assert_eq!(read, Entry::first(count));
    // Not all rows were handed out, and it never says so.
    assert!(rows.try_next().await.is_err());
}

async fn dropping_it_gives_the_connection_back(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool_of(1);
    for polled in 0..20_u32 {
        let mut rows = Entry::iter(&pool).batch_size(1).read_ahead(2);
        for _ in 0..polled % 5 {
            let _pending = rows.try_next().now_or_never();
            tokio::task::yield_now().await;
        }
        drop(rows);
        let rows = Entry::iter(&pool).batch_size(10).try_collect::<Vec<_>>();
        assert_eq!(rows.await.unwrap(), Entry::first(COUNT));
    }
    // Fails if the connection is never given back.
    timeout(Duration::from_secs(10), pool.close()).await.unwrap();
}

async fn a_page_is_one_statement(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let page = Entry::batch_iter(database.pool()).batch_size(5).read_ahead(3).page();
    let (page, statements) = record("entries", async {
        let page = page.await;
        sleep(Duration::from_millis(50)).await;
        page
    })
    .await;
    assert_eq!(page.unwrap().rows, Entry::first(5));
    assert_eq!(statements.len(), 1);
}

async fn nothing_is_read_without_need(database: &TestDatabase) {
    database.create_entries(6).await;
    for (limit, needed) in [(0, 0), (1, 1), (2, 1), (3, 2), (6, 3), (7, 3)] {
        let rows = Entry::iter(database.pool()).batch_size(2).read_ahead(2).limit(limit);
        let (rows, statements) = record("entries", rows.try_collect::<Vec<_>>()).await;
        assert_eq!(rows.unwrap().len() as u64, limit.min(6));
        assert_eq!(statements.len(), needed, "limit {limit}");
    }
    let none = Entry::iter(database.pool()).batch_size(0).read_ahead(2).try_next().await;
    assert!(none.unwrap_err().report().contains("batch size"));
}

/// A pool is closed at once, however busy the iteration is; the iteration gets an error.
async fn a_pool_that_is_closed(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    for ahead in 0..=2 {
        let pool = database.pool_of(4);
        let mut rows = Entry::iter(&pool).batch_size(1).read_ahead(ahead);
        rows.try_next().await.unwrap().unwrap();
        let close = pool.close();
        let read = async {
            loop {
                match rows.try_next().await {
                    Ok(Some(_)) => {}
                    Ok(None) => break None,
                    Err(error) => break Some(error.report()),
                }
            }
        };
        let both = futures_util::future::join(close, read);
        let ((), error) = timeout(Duration::from_secs(10), both).await.unwrap();
        assert!(error.unwrap().contains("closed"));
    }
}

/// Neither keeps the only connection from the other.
async fn two_on_one_connection(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool_of(1);
    for ahead in 0..=2 {
        let rows = || Entry::iter(&pool).batch_size(1).read_ahead(ahead);
        let (one, other) = (rows().try_collect::<Vec<_>>(), rows().try_collect::<Vec<_>>());
        let (one, other) = futures_util::future::try_join(one, other).await.unwrap();
        assert_eq!(one, Entry::first(COUNT));
        assert_eq!(other, Entry::first(COUNT));
    }
    pool.close().await;
}

async fn backwards_from_a_cursor(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool();
    for before in [1, 2, 7, 25] {
        let mut rows = Entry::iter(pool);
        for _ in 0..before {
            rows.try_next().await.unwrap();
        }
        let cursor = rows.cursor().unwrap();
        let back = Entry::iter(pool).batch_size(3).read_ahead(2).before(cursor);
        let mut back: Vec<_> = back.try_collect().await.unwrap();
        back.reverse();
        assert_eq!(back, Entry::first(before - 1));
    }
}
