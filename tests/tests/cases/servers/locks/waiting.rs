//! A row that was waited for is handed out as it is by then, or not at all, and no other row is lost:
//! wherever it stands in its batch.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Executor as _};
use sqlx_chunked::{Chunked, Error, Open};

use super::{LEVELS, pool_at};
use crate::{
    cases::writes::{Task, create},
    harness::TestDatabase,
};

tests! { read_committed, repeatable_read, serializable, joined }

/// What becomes of the row while it is waited for, and whether it is handed out then.
const CHANGES: [(&str, bool); 5] = [
    ("UPDATE tasks SET id = 99, note = 'ready' WHERE id = {}", false),
    ("UPDATE tasks SET id = -99 WHERE id = {}", false),
    ("DELETE FROM tasks WHERE id = {}", false),
    ("UPDATE tasks SET tag = 'done' WHERE id = {}", false),
    ("UPDATE tasks SET note = 'new' WHERE id = {}", true),
];

const ROWS: i64 = 12;

async fn walk(database: &TestDatabase, level: &str) {
    create(database, 0).await;
    let pool = pool_at(database, level).await;
    let mut other = database.connect().await;
    let mut done_again = 0;
    for (change, stays) in CHANGES {
        // First, in the middle, and last in a batch of 4; at the end of the table.
        for id in [5, 6, 8, ROWS] {
            database.execute("DELETE FROM tasks").await;
            crate::cases::writes::fill(database, ROWS).await;
            database.execute("UPDATE tasks SET tag = 'ready', note = 'old'").await;
            (&mut other).execute("BEGIN").await.unwrap();
            (&mut other)
                .execute(AssertSqlSafe(change.replace("{}", &id.to_string())))
                .await
                .unwrap();
            let mut batches = Task::batch_iter(&pool)
                .filter(|t| t.tag.eq("ready"))
                .batch_size(4)
                .for_update()
                .transactional();
            let mut read = Vec::new();
            let reading = async {
                loop {
                    match batches.try_next().await {
                        Ok(Some(Open { batch, transaction, .. })) => {
                            transaction.commit().await.unwrap();
                            read.extend(batch.into_iter().map(|task| (task.id, task.note)));
                        }
                        Ok(None) => break,
                        Err(Error::Query { hint: Some(hint), .. }) => {
                            assert!(hint.contains("changed the same rows"), "{hint}");
                            done_again += 1;
                        }
                        Err(error) => panic!("{error:?}"),
                    }
                }
            };
            let committing = async {
                tokio::time::sleep(Duration::from_millis(40)).await;
                (&mut other).execute("COMMIT").await.unwrap();
            };
            tokio::join!(reading, committing);
            let note = |one: i64| Some(if one == id { "new" } else { "old" }.to_owned());
            let expected: Vec<_> =
                (1..=ROWS).filter(|one| stays || *one != id).map(|one| (one, note(one))).collect();
            // A row that moved to where the iteration had not been may be read there.
            read.retain(|(id, _)| id.abs() != 99);
            assert_eq!(read, expected, "{level}: {change}, row {id}");
        }
    }
    println!("{level}: {done_again} batches were done again");
    pool.close().await;
}

async fn read_committed(database: &TestDatabase) {
    walk(database, LEVELS[0]).await;
}

async fn repeatable_read(database: &TestDatabase) {
    walk(database, LEVELS[1]).await;
}

async fn serializable(database: &TestDatabase) {
    walk(database, LEVELS[2]).await;
}

/// Tasks with another one, which they have for certain, or may have.
macro_rules! joined {
    ($($name:ident, $join:literal;)+) => {$(
        #[derive(Chunked, Debug)]
        #[chunked(table = "tasks", join = $join)]
        struct $name {
            #[chunk_key]
            #[chunked(primary_key)]
            id: i64,
            #[chunked(column = "other.note")]
            note: Option<String>,
        }

        impl $name {
            async fn read(pool: &sqlx::Pool<crate::Db>, batch_size: usize) -> Vec<(i64, Option<String>)> {
                let mut batches = Self::batch_iter(pool)
                    .filter_sql(|q| {
                        q.push("other.hits = 0");
                    })
                    .batch_size(batch_size)
                    .for_update()
                    .transactional();
                let mut read = Vec::new();
                while let Some(Open { batch, transaction, .. }) = batches.try_next().await.unwrap() {
                    transaction.commit().await.unwrap();
                    read.extend(batch.into_iter().map(|row| (row.id, row.note)));
                }
                read
            }
        }
    )+};
}

joined! {
    Inner, "JOIN tasks other ON other.id = tasks.a";
    Left, "LEFT JOIN tasks other ON other.id = tasks.a";
}

/// A row that refers to another one by then, which was there before or not, comes with that one.
async fn joined(database: &TestDatabase) {
    create(database, 0).await;
    let pool = pool_at(database, LEVELS[0]).await;
    let mut other = database.connect().await;
    let insert = "INSERT INTO tasks VALUES (-3, -1, -3, NULL, '', 0, 'three')";
    for first in ["UPDATE tasks SET hits = hits WHERE id = -2", insert] {
        for (id, batch_size, inner) in
            [(1, 4, true), (3, 4, true), (4, 4, false), (3, 12, false), (12, 5, true)]
        {
            database.execute("DELETE FROM tasks").await;
            crate::cases::writes::fill(database, ROWS).await;
            database.execute("UPDATE tasks SET a = -1").await;
            database
                .execute(
                    "INSERT INTO tasks VALUES (-1, -1, -1, NULL, '', 0, 'one'), \
                     (-2, -1, -2, NULL, '', 0, 'two')",
                )
                .await;
            let (new, note) = if first == insert { (-3, "three") } else { (-2, "two") };
            (&mut other).execute("BEGIN").await.unwrap();
            (&mut other).execute(first).await.unwrap();
            let change = format!("UPDATE tasks SET a = {new} WHERE id = {id}");
            (&mut other).execute(AssertSqlSafe(change)).await.unwrap();
            let reading = async {
                if inner {
                    Inner::read(&pool, batch_size).await
                } else {
                    Left::read(&pool, batch_size).await
                }
            };
            let committing = async {
                tokio::time::sleep(Duration::from_millis(40)).await;
                (&mut other).execute("COMMIT").await.unwrap();
            };
            let (mut read, ()) = tokio::join!(reading, committing);
            read.retain(|(id, _)| *id > 0);
            let note = |one: i64| Some(if one == id { note } else { "one" }.to_owned());
            let expected: Vec<_> = (1..=ROWS).map(|one| (one, note(one))).collect();
            assert_eq!(read, expected, "{first}, row {id}, inner {inner}");
        }
    }
    pool.close().await;
}
