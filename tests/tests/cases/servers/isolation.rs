//! Others write between the two statements of a batch, at every isolation level: every row is written
//! once, `rows_affected` counts what was written, and nothing of the others is lost.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Pool, pool::PoolOptions};
use sqlx_chunked::Error;

use super::others;
use crate::{
    Db,
    cases::writes::{Task, fill, ids},
    dialect::ISOLATION,
    harness::TestDatabase,
};

tests! { read_committed, repeatable_read, serializable }

/// Returns a pool whose sessions have an isolation level.
pub(super) async fn pool_at(database: &TestDatabase, level: &str) -> Pool<Db> {
    let set = format!("{ISOLATION} {level}");
    let options =
        PoolOptions::<Db>::new().max_connections(4).after_connect(move |connection, _| {
            let set = set.clone();
            Box::pin(async move {
                sqlx::query(AssertSqlSafe(set)).execute(connection).await.map(|_| ())
            })
        });
    options.connect_with(database.options()).await.unwrap()
}

/// What others write: a row in the range of the batch, and another column of a row in it.
const OTHERS: [&str; 2] = [
    "INSERT INTO tasks VALUES (2, 9, 9, NULL, '', 0, NULL)",
    "UPDATE tasks SET b = -5 WHERE id = 3",
];

/// Returns whether the row that came in between was written.
async fn walk(database: &TestDatabase, level: &str) -> bool {
    let mut is_seen = false;
    for other in OTHERS {
        database.execute("DROP TABLE IF EXISTS tasks").await;
        create(database).await;
        database.execute("DELETE FROM tasks WHERE id = 2").await;
        let pool = pool_at(database, level).await;
        let calls = Arc::new(AtomicU32::new(0));
        let done = Arc::new(AtomicU32::new(0));
        let (counted, noted) = (Arc::clone(&calls), Arc::clone(&done));
        let options = database.options();
        let mut writes = Task::batch_iter(&pool)
            .batch_size(4)
            // Called before each statement is sent, and then it has been told where the batch ends.
            .filter_sql(move |q| {
                let is_write = q.sql().as_str().starts_with("UPDATE");
                if is_write
                    && counted.fetch_add(1, Ordering::Relaxed) == 0
                    && others::execute(&options, other)
                {
                    noted.store(1, Ordering::Relaxed);
                }
                q.push("1 = 1");
            })
            .update(|t| {
                t.hits.set_sql(|q| {
                    q.push("hits + 1");
                })
            });
        let (mut rows, mut failed) = (0, 0);
        loop {
            match writes.try_next().await {
                Ok(Some(written)) => rows += written.rows_affected(),
                Ok(None) => break,
                Err(Error::Write { hint: Some(_), .. }) if failed == 0 => failed += 1,
                Err(error) => panic!("{error:?} at {level}"),
            }
        }
        let is_done = done.load(Ordering::Relaxed) == 1;
        println!("{level}: `{other}` done: {is_done}, batches done again: {failed}");
        let hit = ids(database, "WHERE hits = 1 ORDER BY id").await;
        assert_eq!(rows, hit.len() as u64, "{level}: {other}");
        assert_eq!(ids(database, "WHERE hits > 1").await.len(), 0);
        let mut expected: Vec<_> = (1..=11).filter(|id| *id != 2).collect();
        if hit.contains(&2) {
            expected.insert(1, 2);
            is_seen = true;
        }
        assert_eq!(hit, expected, "{level}: {other}");
        let changed = ids(database, "WHERE b = -5").await;
        assert_eq!(changed.len(), usize::from(is_done && other == OTHERS[1]));
        pool.close().await;
    }
    is_seen
}

async fn create(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE tasks (id BIGINT NOT NULL PRIMARY KEY, a BIGINT NOT NULL, b BIGINT NOT NULL, \
             due BIGINT, tag VARCHAR(9) NOT NULL, hits BIGINT NOT NULL, note VARCHAR(9))",
        )
        .await;
    fill(database, 11).await;
}

/// Rows that enter a range between its two statements are written too.
async fn read_committed(database: &TestDatabase) {
    assert!(walk(database, "READ COMMITTED").await);
}

async fn repeatable_read(database: &TestDatabase) {
    walk(database, "REPEATABLE READ").await;
}

async fn serializable(database: &TestDatabase) {
    walk(database, "SERIALIZABLE").await;
}
