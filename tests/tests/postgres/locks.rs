//! Locks that leave others more than `for_update` does.

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Executor as _};
use sqlx_chunked::Open;

use crate::{
    cases::writes::{Task, create},
    dialect::LOCK_TIMEOUT,
    harness::TestDatabase,
};

tests! { what_others_may_do }

/// What others do with row 1, which is locked: refer to it, change it, change its key, lock it.
const OTHERS: [&str; 5] = [
    "INSERT INTO notes VALUES (1)",
    "UPDATE tasks SET hits = hits + 1 WHERE id = 1",
    "UPDATE tasks SET id = 100 WHERE id = 1",
    "SELECT id FROM tasks WHERE id = 1 FOR SHARE",
    "SELECT id FROM tasks WHERE id = 1 FOR KEY SHARE",
];

async fn what_others_may_do(database: &TestDatabase) {
    create(database, 6).await;
    database.execute("CREATE TABLE notes (task BIGINT NOT NULL REFERENCES tasks)").await;
    let rows = || Task::batch_iter(database.pool()).batch_size(2);
    let locked = [
        (rows().for_update().transactional(), [false, false, false, false, false]),
        (rows().for_no_key_update().transactional(), [true, false, false, false, true]),
        (rows().for_share().transactional(), [true, false, false, true, true]),
        (rows().for_key_share().transactional(), [true, true, false, true, true]),
    ];
    let mut other = database.connect().await;
    (&mut other).execute(LOCK_TIMEOUT).await.unwrap();
    for (mut batches, expected) in locked {
        let Open { batch, transaction, .. } = batches.try_next().await.unwrap().unwrap();
        assert_eq!(batch[0].id, 1);
        for (sql, expected) in OTHERS.into_iter().zip(expected) {
            (&mut other).execute("BEGIN").await.unwrap();
            let done = (&mut other).execute(AssertSqlSafe(sql)).await.is_ok();
            assert_eq!(done, expected, "{sql}");
            (&mut other).execute("ROLLBACK").await.unwrap();
        }
        transaction.rollback().await.unwrap();
    }
}
