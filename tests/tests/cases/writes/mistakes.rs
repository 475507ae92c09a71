//! Writes that are refused before anything is sent.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Chunked, Error};
use sqlx_chunked_tests::{Report as _, statements::record};

use super::{By, Task, create, ids, tasks};
use crate::{
    dialect::BIGINT,
    harness::{Keyed, TestDatabase},
};

tests! { columns_of_the_order, twice, read_ahead, joins_and_queries, options_of_the_builder, no_sql, nulls }

async fn columns_of_the_order(database: &TestDatabase) {
    create(database, 3).await;
    let message = |column: &str| {
        format!(
            "`update` cannot be used on this iterator over `Task`: it sets `{column}`, a column of \
             the order: rows would move while they are walked along; order by another column"
        )
    };
    let ((), statements) = record("tasks", async {
        let mut writes = tasks(database, By::Due).update(|t| t.hits.set(1).and(t.due.set_null()));
        for _ in 0..2 {
            assert_eq!(writes.try_next().await.unwrap_err().report(), message("due"));
        }
        let writes = tasks(database, By::AThenB).update(|t| t.b.set(1));
        assert_eq!(writes.total().await.unwrap_err().report(), message("b"));
    })
    .await;
    assert_eq!(statements, []);
    // Any other column may be set, even one of another key.
    let writes = tasks(database, By::Id).update(|t| t.a.set(1));
    assert_eq!(writes.total().await.unwrap(), 3);
}

async fn twice(database: &TestDatabase) {
    let writes =
        tasks(database, By::Id).update(|t| t.hits.set(1).and(t.a.set(1)).and(t.hits.set(2)));
    assert!(writes.total().await.unwrap_err().report().ends_with("it sets `hits` twice"));
}

async fn read_ahead(database: &TestDatabase) {
    let error = tasks(database, By::Id).read_ahead(1).delete().total().await.unwrap_err();
    assert!(matches!(error, Error::Option { method: "delete", .. }), "{error}");
}

#[derive(Chunked)]
#[expect(dead_code, reason = "nothing is read")]
#[chunked(table = "tasks", join = "LEFT JOIN tasks other ON other.id = tasks.a")]
struct Joined {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "other.hits")]
    hits: Option<i64>,
}

#[derive(Chunked)]
#[expect(dead_code, reason = "nothing is read")]
#[chunked(table = "tasks", query = "SELECT id, hits FROM tasks")]
struct Queried {
    #[chunk_key]
    #[chunked(unique)]
    id: i64,
    hits: i64,
}

async fn joins_and_queries(database: &TestDatabase) {
    let error = Joined::batch_iter(database.pool()).update(|j| j.hits.set_null()).total().await;
    assert!(error.unwrap_err().report().contains("`join`"));
    let error = Joined::batch_iter(database.pool()).delete().total().await;
    assert!(error.unwrap_err().report().contains("`join`"));
    let error = Queried::batch_iter(database.pool()).update(|q| q.hits.set(1)).total().await;
    assert!(error.unwrap_err().report().contains("`query`"));
}

async fn options_of_the_builder(database: &TestDatabase) {
    create(database, 3).await;
    let error = tasks(database, By::Id).batch_size(0).delete().total().await.unwrap_err();
    assert!(matches!(error, Error::BatchSize { .. }));
    let mut started = Task::batch_iter(database.pool());
    started.try_next().await.unwrap();
    let error = started.delete().total().await.unwrap_err();
    assert!(matches!(error, Error::Started { method: "delete", .. }), "{error}");
    let cursor = tasks(database, By::Due).try_next().await.unwrap().unwrap().cursor();
    let error = tasks(database, By::Id).after(cursor).delete().total().await.unwrap_err();
    assert!(matches!(error, Error::Cursor { .. }));
    let left = ids(database, "").await.len();
    assert_eq!(left, 3);
}

async fn no_sql(database: &TestDatabase) {
    create(database, 3).await;
    let error =
        tasks(database, By::Id).update(|t| t.hits.set_sql(|_| {})).total().await.unwrap_err();
    assert!(
        error.report().contains("the closure of `set_sql` for `hits` pushed no SQL"),
        "{error}"
    );
}

/// A NULL that should not be there comes before the first value, or after the last one.
async fn nulls(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE walk (k {BIGINT} UNIQUE, n {BIGINT} NOT NULL); \
             INSERT INTO walk VALUES (1, 0), (2, 0), (NULL, 0), (3, 0)"
        ))
        .await;
    for batch_size in 1..=6 {
        for reversed in [false, true] {
            let rows = Keyed::<i64>::batch_iter(database.pool()).batch_size(batch_size);
            let rows = if reversed { rows.reverse() } else { rows };
            let error = rows.update(|r| r.n.set(1)).total().await.unwrap_err();
            assert!(matches!(error, Error::NullKey { .. }), "{error}, {batch_size} {reversed}");
        }
    }
    let rows = Keyed::<i64>::batch_iter(database.pool()).filter(|r| r.k.is_not_null());
    assert_eq!(rows.batch_size(2).update(|r| r.n.set(1)).total().await.unwrap(), 3);
}
