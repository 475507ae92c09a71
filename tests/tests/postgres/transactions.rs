//! `persistent(false)` reads each batch in a transaction of its own, and never ends one that it did
//! not begin.

use futures_util::TryStreamExt as _;
use sqlx::{Connection as _, PgConnection, Row as _, pool::PoolOptions};
use sqlx_chunked_tests::Report as _;

use crate::{
    harness::{Entry, TestDatabase},
    servers::cuts::every_cut,
};

tests! {
    an_open_one_is_left_open,
    its_own_is_over,
    the_question_for_nulls_has_no_name,
    a_failed_one_stays_failed,
    cut_anywhere,
}

async fn read(connection: &mut PgConnection) -> Vec<Entry> {
    let rows = Entry::iter(connection).batch_size(2).persistent(false);
    rows.try_collect().await.unwrap()
}

async fn insert(connection: &mut PgConnection, id: i64) {
    sqlx::query("INSERT INTO entries VALUES ($1, 'entry ' || $1)")
        .bind(id)
        .execute(connection)
        .await
        .unwrap();
}

async fn execute(connection: &mut PgConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(connection).await.unwrap();
}

/// One begun by SQL, unknown to sqlx; one begun by sqlx; and one within it.
async fn an_open_one_is_left_open(database: &TestDatabase) {
    database.create_entries(5).await;
    let mut connection = database.connect().await;
    for begin in ["BEGIN", "START TRANSACTION READ WRITE", "BEGIN ISOLATION LEVEL SERIALIZABLE"] {
        execute(&mut connection, begin).await;
        insert(&mut connection, 6).await;
        assert_eq!(read(&mut connection).await, Entry::first(6));
        insert(&mut connection, 7).await;
        assert_eq!(read(&mut connection).await, Entry::first(7));
        execute(&mut connection, "ROLLBACK").await;
        assert_eq!(read(&mut connection).await, Entry::first(5), "{begin}");
    }
    // Nothing was done in this one before.
    execute(&mut connection, "BEGIN").await;
    assert_eq!(read(&mut connection).await, Entry::first(5));
    insert(&mut connection, 6).await;
    execute(&mut connection, "ROLLBACK").await;
    assert_eq!(read(&mut connection).await, Entry::first(5));

    let mut transaction = connection.begin().await.unwrap();
    insert(&mut transaction, 6).await;
    assert_eq!(read(&mut transaction).await, Entry::first(6));
    let mut savepoint = transaction.begin().await.unwrap();
    insert(&mut savepoint, 7).await;
    assert_eq!(read(&mut savepoint).await, Entry::first(7));
    savepoint.rollback().await.unwrap();
    assert_eq!(read(&mut transaction).await, Entry::first(6));
    transaction.rollback().await.unwrap();
    assert_eq!(read(&mut connection).await, Entry::first(5));
}

/// No transaction is open between batches, since it would hold a session of a pooler.
async fn its_own_is_over(database: &TestDatabase) {
    database.create_entries(5).await;
    let mut connection = database.connect().await;
    let session: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await.unwrap();
    let mut batches = Entry::batch_iter(&mut connection).batch_size(2).persistent(false);
    while batches.try_next().await.unwrap().is_some() {
        let state: String = sqlx::query_scalar("SELECT state FROM pg_stat_activity WHERE pid = $1")
            .bind(session)
            .fetch_one(database.pool())
            .await
            .unwrap();
        assert_eq!(state, "idle");
    }
    drop(batches);
    assert_eq!(named(&mut connection).await, [""; 0]);
}

/// The other statement of a batch, sent if no row follows a cursor, has no name either.
async fn the_question_for_nulls_has_no_name(database: &TestDatabase) {
    database.create_entries(5).await;
    let mut rows = Entry::iter(database.pool());
    while rows.try_next().await.unwrap().is_some() {}
    let last = rows.cursor().unwrap();

    let mut connection = database.connect().await;
    for persistent in [false, true] {
        let behind = Entry::iter(&mut connection).after(last.clone()).persistent(persistent);
        assert_eq!(behind.try_collect::<Vec<_>>().await.unwrap(), []);
        let named = named(&mut connection).await;
        let nulls = named.iter().filter(|sql| sql.starts_with("SELECT NOT EXISTS")).count();
        // With names, it shows that this statement was sent.
        let expected = if persistent { (2, 1) } else { (0, 0) };
        assert_eq!((named.len(), nulls), expected, "{named:?}");
    }
}

/// Returns the texts of the statements that the session keeps, except those that this module sends.
async fn named(connection: &mut PgConnection) -> Vec<String> {
    sqlx::raw_sql(
        "SELECT statement FROM pg_prepared_statements \
         WHERE NOT from_sql AND statement LIKE '%entries%'",
    )
    .fetch_all(connection)
    .await
    .unwrap()
    .iter()
    .map(|row| row.get_unchecked(0))
    .collect()
}

/// Rolling it back is up to the caller.
async fn a_failed_one_stays_failed(database: &TestDatabase) {
    database.create_entries(5).await;
    let mut connection = database.connect().await;
    execute(&mut connection, "BEGIN").await;
    insert(&mut connection, 6).await;
    sqlx::raw_sql("SELECT 1 / 0").execute(&mut connection).await.unwrap_err();
    let mut rows = Entry::iter(&mut connection).persistent(false);
    for _ in 0..3 {
        let error = rows.try_next().await.unwrap_err().report();
        assert!(error.contains("current transaction is aborted"), "{error}");
    }
    drop(rows);
    execute(&mut connection, "ROLLBACK").await;
    assert_eq!(read(&mut connection).await, Entry::first(5));
}

/// Cuts as in a batch without one (see `servers::cuts`): in its `BEGIN`, in its `COMMIT`, or
/// between.
async fn cut_anywhere(database: &TestDatabase) {
    every_cut(database, PoolOptions::new(), 0, |pool| {
        Entry::batch_iter(pool).batch_size(4).persistent(false)
    })
    .await;
}
