//! A database of its own on the server that `MYSQL_URL` names.

use std::{
    env, process,
    sync::atomic::{AtomicUsize, Ordering},
};

use sqlx::{AssertSqlSafe, ConnectOptions as _, mysql::MySqlConnectOptions};

pub(crate) struct Isolated {
    database: String,
}

impl Isolated {
    pub(crate) async fn create() -> Self {
        static CREATED: AtomicUsize = AtomicUsize::new(0);
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        let database = format!("sqlx_chunked_{}_{number}", process::id());
        execute(format!(
            "DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database} CHARACTER SET utf8mb4"
        ))
        .await;
        Self { database }
    }

    pub(crate) fn options(&self) -> MySqlConnectOptions {
        server().database(&self.database)
    }

    /// Returns the same for another program.
    pub(crate) fn url(&self) -> String {
        self.options().to_url_lossy().to_string()
    }

    pub(crate) async fn remove(self) {
        execute(format!("DROP DATABASE {}", self.database)).await;
    }
}

fn server() -> MySqlConnectOptions {
    env::var("MYSQL_URL").expect("MYSQL_URL, as when this was built").parse().unwrap()
}

async fn execute(sql: String) {
    let mut connection = server().connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
}
