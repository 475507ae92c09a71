//! The operator that a session finds is not always the one that a type sorts by, so an order names
//! the operator that it compares by.

use futures_util::TryStreamExt as _;
use sqlx::{Connection as _, PgConnection};
use sqlx_chunked::Error;

use crate::{
    citext,
    harness::{Keyed, TestDatabase},
};

tests! { citext_out_of_sight, an_operator_of_the_users }

async fn walks(connection: &mut PgConnection) {
    let all: Vec<i64> = sqlx::query_scalar("SELECT n FROM walk ORDER BY n")
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    for batch_size in 1..=all.len() + 1 {
        for reverse in [false, true] {
            let rows = Keyed::<String>::iter(&mut *connection).batch_size(batch_size);
            let rows = if reverse { rows.reverse() } else { rows };
            let mut read: Vec<_> = rows.map_ok(|row| row.n).try_collect().await.unwrap();
            read.sort_unstable();
            assert_eq!(read, all, "batches of {batch_size}");
        }
    }
}

/// Without its schema in the search path, `citext` is compared as text.
async fn citext_out_of_sight(database: &TestDatabase) {
    citext::install(database).await;
    database
        .execute(
            "CREATE TABLE walk (k public.citext NOT NULL UNIQUE, n BIGINT NOT NULL); \
             INSERT INTO walk SELECT chr(CASE WHEN n % 2 = 0 THEN 65 ELSE 97 END + n), n \
               FROM generate_series(0, 18) n",
        )
        .await;
    let mut connection = database.connect().await;
    let schema: String = sqlx::query_scalar("SELECT current_schema()::text")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    walks(&mut connection).await;
    for path in [schema.clone(), format!("{schema}, pg_catalog"), format!("pg_catalog, {schema}")] {
        sqlx::query(sqlx::AssertSqlSafe(format!("SET search_path = {path}")))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.clear_cached_statements().await.unwrap();
        walks(&mut connection).await;
    }
}

/// An operator that hides the database's own is not an order; this shows wherever a batch ends.
async fn an_operator_of_the_users(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE walk (k VARCHAR(9) NOT NULL UNIQUE, n BIGINT NOT NULL); \
             INSERT INTO walk SELECT chr(65 + n), n FROM generate_series(0, 9) n; \
             CREATE FUNCTION never(VARCHAR, VARCHAR) RETURNS BOOLEAN LANGUAGE SQL AS 'SELECT FALSE'; \
             CREATE OPERATOR > (LEFTARG = VARCHAR, RIGHTARG = VARCHAR, FUNCTION = never)",
        )
        .await;
    let mut connection = database.connect().await;
    for batch_size in 1..=11 {
        let rows = Keyed::<String>::iter(&mut connection).batch_size(batch_size);
        match rows.map_ok(|row| row.n).try_collect::<Vec<_>>().await {
            Ok(read) => assert_eq!(read, (0..10).collect::<Vec<_>>(), "batches of {batch_size}"),
            Err(error) => assert!(matches!(error, Error::Order { .. }), "{error}"),
        }
    }
}
