//! A program that is killed at any moment and started again writes every row exactly once.

use std::{
    process::{Child, Command},
    thread,
    time::Duration,
};

use sqlx_chunked::Checkpoint;

use super::checkpoints;
use crate::{
    Db,
    cases::writes::{Task, create},
    harness::{Random, TestDatabase},
};

tests! { again_and_again, while_others_open_it }

const ROWS: i64 = 300;

async fn again_and_again(database: &TestDatabase) {
    let (kills, _) = kill(database, 200, false).await;
    assert!(kills >= 200);
}

async fn while_others_open_it(database: &TestDatabase) {
    let (_, overtaken) = kill(database, 100, true).await;
    assert!(overtaken > 0, "nobody was overtaken");
}

/// Starts the program until it was killed so many times, and each time that it is through begins anew.
/// Returns how often it was killed, and how often overtaken.
async fn kill(database: &TestDatabase, most: u32, others: bool) -> (u32, u32) {
    create(database, ROWS).await;
    if others {
        // The program may be killed before it does so.
        checkpoints().create(database.pool()).await.unwrap();
    }
    let url = database.url();
    let mut random = Random::new();
    let (mut kills, mut overtaken, mut rounds) = (0, 0, 0);
    while kills < most {
        let mut processes = Vec::new();
        loop {
            processes.push(start(&url, 1 + random.below(23)));
            if others && random.below(3) == 0 {
                processes.push(start(&url, 1 + random.below(23)));
            }
            thread::sleep(Duration::from_millis(random.below(90)));
            if others && random.below(4) == 0 {
                let opened: Checkpoint<Task, Db> =
                    checkpoints().open(database.pool(), "hits").await.unwrap();
                assert_eq!(opened.name(), "hits");
            }
            let mut is_done = false;
            for mut process in processes.drain(..) {
                process.kill().unwrap();
                let status = process.wait().unwrap();
                match status.code() {
                    Some(0) => is_done = true,
                    Some(3) => overtaken += 1,
                    None => kills += 1,
                    Some(code) => panic!("it failed by itself: {code}"),
                }
            }
            if is_done {
                break;
            }
        }
        rounds += 1;
        let sql = "SELECT DISTINCT hits FROM tasks";
        let hits: Vec<i64> = sqlx::query_scalar(sql).fetch_all(database.pool()).await.unwrap();
        assert_eq!(hits, [rounds], "after {kills} kills");
        let listed = checkpoints().list(database.pool()).await.unwrap();
        assert!(listed[0].finished);
        assert!(checkpoints().remove(database.pool(), "hits").await.unwrap());
    }
    println!("{kills} kills, {overtaken} overtaken, {rounds} times through");
    (kills, overtaken)
}

fn start(url: &str, batch_size: u64) -> Child {
    let mut hit = Command::new(env!("CARGO_BIN_EXE_hit"));
    hit.args([url, "hits", &batch_size.to_string()]).spawn().unwrap()
}
