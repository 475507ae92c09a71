//! The server itself is stopped and started again, on the test's own cluster.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use futures_util::{TryStreamExt as _, future::join_all};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use sqlx_chunked::Error;
use tempfile::TempDir;

use crate::{
    harness::{Entry, TestDatabase},
    programs::{self, free_port, program},
};

tests! { iterations_go_on }

/// A cluster in a directory of its own.
struct Cluster {
    directory: TempDir,
    port: u16,
}

impl Cluster {
    fn create() -> Self {
        let cluster = Self { directory: programs::directory(), port: free_port() };
        let initialised = program("initdb", "postgresql")
            .args(["--auth=trust", "--username=root", "--no-sync", "--pgdata"])
            .arg(cluster.directory.path())
            .stdout(Stdio::null())
            .status();
        assert!(initialised.unwrap().success());
        cluster.start();
        cluster
    }

    fn control(&self, arguments: &[&str]) -> bool {
        let controlled = program("pg_ctl", "postgresql")
            .arg("--pgdata")
            .arg(self.directory.path())
            .args(["--wait", "--silent"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        controlled.unwrap().success()
    }

    fn start(&self) {
        let options = format!(
            "-p {} -c fsync=off -c listen_addresses=127.0.0.1 -c unix_socket_directories=",
            self.port
        );
        assert!(self.control(&["--options", &options, "start"]));
    }

    /// Stops it as in a crash: no session is told to finish its work.
    fn stop(&self) -> bool {
        self.control(&["--mode=immediate", "stop"])
    }

    fn pool(&self) -> PgPool {
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .username("root")
            .database("postgres");
        PgPoolOptions::new()
            .max_connections(3)
            .acquire_timeout(Duration::from_millis(500))
            .connect_lazy_with(options)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

const COUNT: i64 = 2_000;

async fn iterations_go_on(_: &TestDatabase) {
    let cluster = Cluster::create();
    let pool = cluster.pool();
    sqlx::raw_sql(
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, headline TEXT NOT NULL); \
         INSERT INTO entries SELECT id, 'entry ' || id FROM generate_series(1, 2000) AS id",
    )
    .execute(&pool)
    .await
    .unwrap();

    // Each reads a part, then the server stops in the middle of all of them, and starts again.
    let mut readers: Vec<_> = [1, 10, 30]
        .map(|batch_size| (Entry::iter(&pool).batch_size(batch_size), Vec::new()))
        .into_iter()
        .collect();
    for stop in 1..=3 {
        let until = Instant::now() + Duration::from_millis(100);
        join_all(readers.iter_mut().map(async |(rows, read)| {
            while Instant::now() < until && read.len() < stop * 500 {
                read.extend(rows.try_next().await.unwrap());
            }
        }))
        .await;
        assert!(cluster.stop());
        join_all(readers.iter_mut().map(async |(rows, read)| {
            // Rows that have been read already are still handed out.
            let error = loop {
                match rows.try_next().await {
                    Ok(row) => read.push(row.expect("an error before the end")),
                    Err(error) => break error,
                }
            };
            assert!(matches!(error, Error::Query { .. }), "{error}");
        }))
        .await;
        cluster.start();
    }
    for (rows, mut read) in readers {
        let mut rows = rows;
        loop {
            match rows.try_next().await {
                Ok(Some(row)) => read.push(row),
                Ok(None) => break,
                Err(Error::Query { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(read, Entry::first(COUNT));
    }
    pool.close().await;
}
