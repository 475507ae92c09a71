//! A program that is killed at any moment continues from the cursor that it saved last: nothing is
//! lost, nothing is repeated.

use std::{
    path::Path,
    process::{Child, Command},
    thread,
    time::Duration,
};

use sqlx::{ConnectOptions as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

#[tokio::test]
async fn again_and_again() {
    let directory = TempDir::new().unwrap();
    let path = |name| directory.path().join(name);
    let mut source = create(&path("source.db")).await;
    // A third without a delay, and many with the same one.
    execute(
        &mut source,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
         INSERT INTO flights (id, delay) SELECT i, nullif(i % 30 % 12, 0) FROM n",
    )
    .await;
    let mut target = create(&path("target.db")).await;
    execute(&mut target, "CREATE TABLE progress (only INTEGER PRIMARY KEY, cursor TEXT)").await;

    let mut kills = 0;
    for run in 0_u64.. {
        // Each run reads batches of another size.
        let mut copy = start(&path("source.db"), &path("target.db"), 1 + run % 23);
        // Each run lives longer than the previous one, so that the copy completes in the end.
        thread::sleep(Duration::from_millis(3 + run));
        copy.kill().unwrap();
        let status = copy.wait().unwrap();
        if status.success() {
            break;
        }
        assert_eq!(status.code(), None, "it failed by itself");
        kills += 1;
    }
    assert!(kills >= 5, "{kills} kills are too few to hit anything");

    // In the order that they were copied in.
    let expected = rows(&mut source, "SELECT id, delay FROM flights ORDER BY delay DESC, id").await;
    let copied = rows(&mut target, "SELECT id, delay FROM flights ORDER BY place").await;
    assert_eq!(copied.len(), 3000);
    assert_eq!(copied, expected);
}

fn start(source: &Path, target: &Path, batch_size: u64) -> Child {
    Command::new(env!("CARGO_BIN_EXE_copy"))
        .args([source, target])
        .arg(batch_size.to_string())
        .spawn()
        .unwrap()
}

async fn create(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    let table =
        "CREATE TABLE flights (place INTEGER PRIMARY KEY, id INTEGER UNIQUE, delay INTEGER)";
    execute(&mut connection, table).await;
    connection
}

async fn execute(connection: &mut SqliteConnection, sql: &'static str) {
    sqlx::query(sql).execute(connection).await.unwrap();
}

async fn rows(connection: &mut SqliteConnection, sql: &'static str) -> Vec<(i64, Option<i64>)> {
    sqlx::query_as(sql).fetch_all(connection).await.unwrap()
}
