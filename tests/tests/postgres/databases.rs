//! A database besides that of the test, where its schema is not enough.

use sqlx::{PgPool, postgres::PgConnectOptions};

use crate::harness::TestDatabase;

/// Creates a database with some options, and runs something in it.
pub(crate) async fn in_database(
    database: &TestDatabase,
    name: &str,
    options: &str,
    run: impl AsyncFn(&PgPool),
) {
    let own: String = sqlx::query_scalar("SELECT current_schema()::text")
        .fetch_one(database.pool())
        .await
        .unwrap();
    let name = format!("{own}_{name}");
    database.execute(format!("DROP DATABASE IF EXISTS {name}")).await;
    database.execute(format!("CREATE DATABASE {name} {options}")).await;
    let there: PgConnectOptions =
        database.options().database(&name).options([("search_path", "public")]);
    let pool = PgPool::connect_with(there).await.unwrap();
    run(&pool).await;
    pool.close().await;
    // A connection may be outside the pool.
    database.execute(format!("DROP DATABASE {name} WITH (FORCE)")).await;
}
