//! A row that was waited for is handed out as it is by then, or not at all, and no other row is lost:
//! wherever it stands in its batch.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Executor as _};
use sqlx_chunked::{Error, Open};

use super::{LEVELS, pool_at};
use crate::{
    cases::writes::{Task, create},
    harness::TestDatabase,
};

tests! { read_committed, repeatable_read, serializable }

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
