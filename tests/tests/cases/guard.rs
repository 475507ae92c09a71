//! If a database sorts by one rule and compares by another, the row that would be lost is noticed:
//! it was seen after the last batch.

use std::{
    collections::BTreeSet,
    env,
    sync::atomic::{AtomicBool, Ordering},
};

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;
use sqlx_chunked::{Cursor, Error, Page};

use crate::{
    dialect::TIED_TEXTS,
    harness::{Entry, Keyed, TestDatabase},
};

tests! {
    texts_that_tie_by_their_collation,
    on_pages,
    read_ahead,
    the_extra_row_is_written,
    no_false_alarm,
}

/// Creates texts that a unique index lets in although their collation calls them equal. Returns
/// false if the database has no such thing.
async fn tied(database: &TestDatabase) -> bool {
    let Some(setup) = TIED_TEXTS else { return false };
    database.execute(setup).await;
    let texts = ["A", "a", "b", "C", "c", "d", "E", "e", "f", "G", "H", "h"];
    let rows: Vec<_> =
        texts.iter().enumerate().map(|(n, text)| format!("('{text}', {n})")).collect();
    database.execute(format!("INSERT INTO walk VALUES {}", rows.join(", "))).await;
    true
}

/// Either all rows come, since no batch ended between two that tie, or an error names both.
fn check(read: &Result<Vec<i64>, Error>, batch_size: usize) -> bool {
    match read {
        Ok(rows) => {
            let different: BTreeSet<_> = rows.iter().collect();
            assert_eq!((rows.len(), different.len()), (12, 12), "batches of {batch_size}");
            true
        }
        Err(Error::Order { position, row, .. }) => {
            assert_eq!(position.to_lowercase(), row.to_lowercase());
            assert_ne!(position, row);
            false
        }
        Err(error) => panic!("{error}, batches of {batch_size}"),
    }
}

async fn texts_that_tie_by_their_collation(database: &TestDatabase) {
    if !tied(database).await {
        return;
    }
    let mut whole = 0;
    for batch_size in 1..=13 {
        for reverse in [false, true] {
            let rows = Keyed::<String>::iter(database.pool()).batch_size(batch_size);
            let rows = if reverse { rows.reverse() } else { rows };
            let read = rows.map_ok(|row| row.n).try_collect().await;
            whole += usize::from(check(&read, batch_size));
        }
    }
    assert!((2..20).contains(&whole), "{whole}");
}

async fn on_pages(database: &TestDatabase) {
    if !tied(database).await {
        return;
    }
    for size in 1..=13 {
        let rows = || Keyed::<String>::batch_iter(database.pool()).batch_size(size);
        let pages = async || {
            let mut read = Vec::new();
            let mut page: Page<Keyed<String>> = rows().page().await?;
            loop {
                read.extend(page.rows.iter().map(|row| row.n));
                let Some(next) = page.next else { return Ok(read) };
                let next: Cursor<_> = next.to_string().parse().unwrap();
                page = rows().after(next).page().await?;
            }
        };
        check(&pages().await, size);
    }
}

async fn read_ahead(database: &TestDatabase) {
    if !tied(database).await {
        return;
    }
    for batch_size in 1..=13 {
        let rows = Keyed::<String>::iter(database.pool()).batch_size(batch_size).read_ahead(2);
        check(&rows.map_ok(|row| row.n).try_collect().await, batch_size);
    }
}

/// The row that was seen after a batch is deleted, and others are inserted before it: no alarm, and
/// an extra statement if it is gone.
async fn the_extra_row_is_written(database: &TestDatabase) {
    database.create_entries(0).await;
    for (delete, insert) in [(true, false), (false, true), (true, true)] {
        for batch_size in 1..=4 {
            database.execute("DELETE FROM entries").await;
            database.insert_entries((1..=9).map(|n| n * 10)).await;
            let mut batches = Entry::batch_iter(database.pool()).batch_size(batch_size);
            let last = batches.try_next().await.unwrap().unwrap().last().unwrap().id;
            if delete {
                database.execute(format!("DELETE FROM entries WHERE id = {}", last + 10)).await;
            }
            if insert {
                database.insert_entries([last + 1, last + 2]).await;
            }
            let rest: Vec<_> = batches.try_collect().await.unwrap();
            let rest: Vec<_> = rest.into_iter().flatten().map(|entry| entry.id).collect();
            let sql = format!("SELECT id FROM entries WHERE id > {last} ORDER BY id");
            let expected: Vec<i64> =
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(database.pool()).await.unwrap();
            assert_eq!(rest, expected);
        }
    }
}

/// Writers on other connections insert, delete and move rows without a pause: never an error. Reads
/// as many batches as `GUARD_BATCHES` says, or 2,000.
async fn no_false_alarm(database: &TestDatabase) {
    let batches: usize =
        env::var("GUARD_BATCHES").map_or(2_000, |batches| batches.parse().unwrap());
    database.create_entries(300).await;
    let done = AtomicBool::new(false);
    let read = async {
        let mut read = 0;
        let mut size = 0;
        while read < batches {
            size = size % 7 + 1;
            let rows = Entry::batch_iter(database.pool()).batch_size(size);
            let mut rows = if size % 2 == 0 { rows.reverse() } else { rows };
            while rows.try_next().await.unwrap().is_some() {
                read += 1;
            }
        }
        done.store(true, Ordering::Relaxed);
    };
    let write = async {
        let mut seed = 7_u64;
        let mut random = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        while !done.load(Ordering::Relaxed) {
            let (one, other) = (random(600), random(600));
            let sql = match random(3) {
                0 => format!("DELETE FROM entries WHERE id BETWEEN {one} AND {one} + 3"),
                1 => format!(
                    "UPDATE entries SET id = {other} WHERE id = {one} AND {other} NOT IN \
                     (SELECT id FROM (SELECT id FROM entries) AS others)"
                ),
                _ => format!(
                    "INSERT INTO entries SELECT {other}, 'new' FROM (SELECT COUNT(*) AS n FROM \
                     entries WHERE id = {other}) AS there WHERE n = 0"
                ),
            };
            // It may collide with another statement.
            let _in_vain = sqlx::raw_sql(AssertSqlSafe(sql)).execute(database.pool()).await;
        }
    };
    tokio::join!(read, write);
}
