//! A schema of its own on the server that `POSTGRES_URL` names.

use std::{
    env, process,
    sync::atomic::{AtomicUsize, Ordering},
};

use sqlx::{AssertSqlSafe, ConnectOptions as _, postgres::PgConnectOptions};

pub(crate) struct Isolated {
    schema: String,
}

impl Isolated {
    pub(crate) async fn create() -> Self {
        static CREATED: AtomicUsize = AtomicUsize::new(0);
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        let schema = format!("sqlx_chunked_{}_{number}", process::id());
        execute(format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")).await;
        Self { schema }
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        // Extensions are in the schema `public`.
        server().options([("search_path", format!("{},public", self.schema))])
    }

    /// Returns the same for another program.
    pub(crate) fn url(&self) -> String {
        let server = env::var("POSTGRES_URL").unwrap();
        let separator = if server.contains('?') { '&' } else { '?' };
        format!("{server}{separator}options[search_path]={}", self.schema)
    }

    pub(crate) async fn remove(self) {
        execute(format!("DROP SCHEMA {} CASCADE", self.schema)).await;
    }
}

fn server() -> PgConnectOptions {
    env::var("POSTGRES_URL").expect("POSTGRES_URL, as when this was built").parse().unwrap()
}

async fn execute(sql: String) {
    let mut connection = server().connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
}
