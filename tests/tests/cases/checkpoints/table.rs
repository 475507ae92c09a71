//! The table of checkpoints.

use std::time::{Duration, SystemTime};

use futures_util::{TryStreamExt as _, future::join_all};
use sqlx_chunked::{Checkpoints, Error};
use sqlx_chunked_tests::Report as _;

use super::{checkpoints, open};
use crate::{
    cases::writes::{Task, create},
    harness::TestDatabase,
};

tests! { created_by_many, created_in_a_transaction, missing, connections_stay, listed, names_that_need_quotes }

async fn created_by_many(database: &TestDatabase) {
    let pool = database.pool_of(10);
    for round in 0..5 {
        let checkpoints = Checkpoints::new(format!("kept_{round}"));
        let all = (0..20).map(|_| checkpoints.create(&pool));
        for created in join_all(all).await {
            created.unwrap();
        }
        assert_eq!(checkpoints.list(&pool).await.unwrap(), []);
    }
    pool.close().await;
}

/// What else the transaction does is neither committed nor lost by it.
async fn created_in_a_transaction(database: &TestDatabase) {
    create(database, 3).await;
    for exists in [false, true] {
        let mut transaction = database.pool().begin().await.unwrap();
        let hit = "UPDATE tasks SET hits = hits + 1";
        sqlx::query(hit).execute(&mut *transaction).await.unwrap();
        let created = checkpoints().create(&mut transaction).await;
        if let Err(error) = created {
            assert!(!exists);
            assert!(error.report().contains("would commit the transaction"), "{error}");
        }
        transaction.rollback().await.unwrap();
        let hits: Vec<i64> = sqlx::query_scalar("SELECT DISTINCT hits FROM tasks")
            .fetch_all(database.pool())
            .await
            .unwrap();
        assert_eq!(hits, [0]);
        checkpoints().create(database.pool()).await.unwrap();
    }
}

async fn missing(database: &TestDatabase) {
    let error = open(database, "slugs").await.unwrap_err();
    let report = error.report();
    assert!(
        report.starts_with(
            "cannot use the checkpoints in table `kept`; help: create it first, by \
             `Checkpoints::create` or a migration: "
        ),
        "{report}"
    );
    let error = checkpoints().list(database.pool()).await.unwrap_err();
    assert!(matches!(error, Error::Checkpoints { hint: Some(_), .. }), "{error}");
    let error = checkpoints().remove(database.pool(), "a").await.unwrap_err();
    assert!(matches!(error, Error::Checkpoints { hint: Some(_), .. }), "{error}");
    // A table that is something else is not touched.
    database.execute("CREATE TABLE kept (id INTEGER)").await;
    checkpoints().create(database.pool()).await.unwrap();
    let error = open(database, "slugs").await.unwrap_err();
    assert!(matches!(error, Error::Checkpoints { hint: None, .. }), "{error}");
    // No connection of the pool is left in a failed transaction.
    for _ in 0..8 {
        let one: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM kept")
            .fetch_one(database.pool())
            .await
            .unwrap();
        assert_eq!(one, 0);
    }
}

/// What is refused closes no connection: on SQLite it may have the whole database.
async fn connections_stay(database: &TestDatabase) {
    let pool = database.pool_of(1);
    let marker = "CREATE TEMPORARY TABLE marker (id INTEGER)";
    sqlx::query(marker).execute(&pool).await.unwrap();
    checkpoints().open::<Task, _>(&pool, "slugs").await.unwrap_err();
    checkpoints().list(&pool).await.unwrap_err();
    checkpoints().remove(&pool, "slugs").await.unwrap_err();
    checkpoints().create(&pool).await.unwrap();
    let mut first = checkpoints().open::<Task, _>(&pool, "slugs").await.unwrap();
    checkpoints().open::<Task, _>(&pool, "slugs").await.unwrap();
    first.finish(&pool).await.unwrap_err();
    let rows: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM marker").fetch_one(&pool).await.unwrap();
    assert_eq!(rows, 0);
    pool.close().await;
}

async fn listed(database: &TestDatabase) {
    create(database, 6).await;
    let pool = database.pool();
    checkpoints().create(pool).await.unwrap();
    let mut batches = Task::batch_iter(pool).batch_size(3);
    let cursor = batches.try_next().await.unwrap().unwrap().cursor();
    let mut b = open(database, "b").await.unwrap();
    let mut a = open(database, "a").await.unwrap();
    let before = SystemTime::now() - Duration::from_secs(2);
    a.save(pool, &cursor).await.unwrap();
    b.finish(pool).await.unwrap();
    let listed = checkpoints().list(pool).await.unwrap();
    assert_eq!(listed.len(), 2);
    let [a, b] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((a.name.as_str(), b.name.as_str()), ("a", "b"));
    assert_eq!((a.cursor.clone(), b.cursor.clone()), (Some(cursor.to_string()), None));
    assert_eq!((a.finished, b.finished), (false, true));
    assert_eq!(b.saved_at, None);
    let saved = a.saved_at.unwrap();
    assert!(saved > before && saved < SystemTime::now() + Duration::from_secs(2), "{saved:?}");
}

async fn names_that_need_quotes(database: &TestDatabase) {
    create(database, 3).await;
    for name in ["select", "two words", "a`b\"c'd", "Größe"] {
        let checkpoints = Checkpoints::new(name);
        for _ in 0..2 {
            checkpoints.create(database.pool()).await.unwrap();
        }
        let mut checkpoint = checkpoints.open::<Task, _>(database.pool(), "a").await.unwrap();
        checkpoint.finish(database.pool()).await.unwrap();
        assert_eq!(checkpoints.list(database.pool()).await.unwrap().len(), 1, "{name}");
    }
}
