//! What a transaction for each batch can be begun on, and what is sent.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Error, Open};
use sqlx_chunked_tests::{Report as _, statements::record};

use super::{by_id, hit_all, hits};
use crate::{
    cases::writes::{Task, create},
    harness::TestDatabase,
};

tests! { pools_alone, read_ahead, one_statement_for_a_batch, texts, in_the_transaction }

async fn pools_alone(database: &TestDatabase) {
    create(database, 3).await;
    let refused = |error: &Error| {
        let report = error.report();
        assert!(report.contains("`transactional` cannot be used"), "{report}");
        assert!(report.ends_with("this source is not a pool: pass `&pool`"), "{report}");
    };
    let ((), statements) = record("tasks", async {
        let mut connection = database.pool().acquire().await.unwrap();
        let mut batches = Task::batch_iter(&mut connection).transactional();
        for _ in 0..2 {
            refused(&batches.try_next().await.unwrap_err());
        }
        drop(batches);
        let mut writes = Task::batch_iter(&mut *connection).transactional().delete();
        for _ in 0..2 {
            refused(&writes.try_next().await.unwrap_err());
        }
        drop(writes);
        let mut batches = Task::batch_iter(connection).transactional();
        refused(&batches.try_next().await.unwrap_err());
        let transaction = database.pool().begin().await.unwrap();
        let mut batches = Task::batch_iter(transaction).transactional();
        refused(&batches.try_next().await.unwrap_err());
    })
    .await;
    assert_eq!(statements, []);
}

async fn read_ahead(database: &TestDatabase) {
    create(database, 3).await;
    let ((), statements) = record("tasks", async {
        let pool = database.pool();
        let mut before = by_id(pool).read_ahead(1).transactional();
        let mut after = by_id(pool).transactional().read_ahead(1);
        for batches in [&mut before, &mut after] {
            for _ in 0..2 {
                let report = batches.try_next().await.unwrap_err().report();
                assert!(report.contains("`read_ahead` is set, but no batch can be"), "{report}");
            }
        }
        by_id(pool).read_ahead(1).transactional().delete().try_next().await.unwrap_err();
    })
    .await;
    assert_eq!(statements, []);
    let mut late = by_id(database.pool());
    late.try_next().await.unwrap();
    let error = late.transactional().try_next().await.unwrap_err();
    assert!(matches!(error, Error::Started { method: "transactional", .. }), "{error}");
}

async fn one_statement_for_a_batch(database: &TestDatabase) {
    create(database, 11).await;
    for (batch_size, expected) in [(1, 11), (4, 3), (11, 1), (20, 1)] {
        let batches = by_id(database.pool()).batch_size(batch_size).transactional();
        let (ids, statements) = record("tasks", hit_all(batches)).await;
        assert_eq!(ids.len(), 11);
        let reads = statements.iter().filter(|statement| statement.sql.contains("SELECT"));
        assert_eq!(reads.count(), expected, "{batch_size}");
    }
}

/// The options can be said before or after, and the statements are those of any iteration.
async fn texts(database: &TestDatabase) {
    create(database, 11).await;
    let pool = database.pool();
    let mut plain = by_id(pool).filter(|t| t.b.gt(0)).limit(9);
    let mut open = by_id(pool).transactional().filter(|t| t.b.gt(0)).limit(9);
    assert_eq!(open.to_sql(), plain.to_sql());
    for _ in 0..2 {
        plain.try_next().await.unwrap();
        let batch = open.try_next().await.unwrap().unwrap();
        batch.transaction.commit().await.unwrap();
    }
    assert!(!open.to_sql().is_empty());
    assert_eq!(open.filter(|t| t.a.eq(1)).count().await.unwrap_err().to_string(), {
        "`filter` was called on an iterator over `Task` that had started: set it before the first poll"
    });
    assert_eq!(by_id(pool).transactional().filter(|t| t.id.le(5)).count().await.unwrap(), 5);
}

/// The transaction is a source like any other connection.
async fn in_the_transaction(database: &TestDatabase) {
    create(database, 11).await;
    let mut batches = by_id(database.pool()).transactional();
    while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await.unwrap() {
        let ids: Vec<_> = batch.iter().map(|task| task.id).collect();
        let writes = Task::batch_iter(&mut *transaction).filter(|t| t.id.is_in(ids.clone()));
        assert_eq!(writes.update(|t| t.hits.set(5)).total().await.unwrap(), ids.len() as u64);
        let seen = Task::batch_iter(&mut *transaction).filter(|t| t.id.is_in(ids.clone()));
        let seen = seen.try_collect::<Vec<_>>().await.unwrap();
        assert!(seen.iter().flat_map(|batch| batch.iter()).all(|task| task.hits == 5));
        transaction.commit().await.unwrap();
    }
    assert_eq!(hits(database).await, [5]);
}
