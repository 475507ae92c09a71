//! Rows that are inserted and deleted after the cut, at the edges of parts too.

use futures_util::{TryStreamExt as _, future::join};
use sqlx_chunked::Cursor;

use super::{By, Task, create, ids, tasks};
use crate::harness::{Random, TestDatabase};

tests! { while_it_is_cut, between_cut_and_read, while_parts_are_read, an_empty_table }

/// Inserts and deletes some rows, drawn at random. The new ones have ids from the given one on, or, if
/// there is none, any that are free.
async fn change(database: &TestDatabase, random: &mut Random, next: Option<&mut i64>) {
    let gone = (0..5).map(|_| random.below(40).to_string()).collect::<Vec<_>>().join(", ");
    database.execute(format!("DELETE FROM tasks WHERE id IN ({gone})")).await;
    let taken = ids(database, "").await;
    let mut free = match next {
        Some(next) => {
            *next += 4;
            (*next - 4..*next).collect::<Vec<_>>()
        }
        None => (-20..60).filter(|id| !taken.contains(id)).collect(),
    };
    for _ in 0..4 {
        let id = free.swap_remove(usize::try_from(random.below(free.len() as u64)).unwrap());
        let a = random.below(3);
        let due = match random.below(4) {
            3 => "NULL".to_owned(),
            due => due.to_string(),
        };
        let tag = ["", "a", "A", "b", "z"][usize::try_from(random.below(5)).unwrap()];
        let b = 2_000 - id;
        let row = format!("({id}, {a}, {b}, {due}, '{tag}', 0, NULL)");
        database.execute(format!("INSERT INTO tasks VALUES {row}")).await;
    }
}

/// Whatever is written between two statements of a cut, each part begins where the one before it ends.
async fn while_it_is_cut(database: &TestDatabase) {
    create(database, 20).await;
    let mut random = Random::new();
    for round in 0..4 {
        for by in By::ALL {
            let cut = tasks(database, by).parts(7);
            let changes = async {
                for _ in 0..3 {
                    change(database, &mut random, None).await;
                }
            };
            let (parts, ()) = join(cut, changes).await;
            let mut read = Vec::new();
            for part in &parts.unwrap() {
                read.extend(super::ids_of(tasks(database, by).batch_size(3), part).await);
            }
            let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
            assert_eq!(read, all, "{by:?}, round {round}");
        }
    }
}

async fn between_cut_and_read(database: &TestDatabase) {
    create(database, 20).await;
    let mut random = Random::new();
    for round in 0..6 {
        for by in By::ALL {
            let number = 1 + usize::try_from(random.below(9)).unwrap();
            let parts = tasks(database, by).parts(number).await.unwrap();
            change(database, &mut random, None).await;
            let mut read = Vec::new();
            for part in &parts {
                let size = 1 + usize::try_from(random.below(4)).unwrap();
                read.extend(super::ids_of(tasks(database, by).batch_size(size), part).await);
            }
            let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
            assert_eq!(read, all, "{by:?}, round {round}");
        }
    }
}

/// Rows that stay are handed out once, whatever happens to others, also where a part is read in two
/// runs with a cursor between them.
async fn while_parts_are_read(database: &TestDatabase) {
    create(database, 20).await;
    let mut random = Random::new();
    let mut next = 100;
    for round in 0..4 {
        for by in By::ALL {
            let before = ids(database, "").await;
            let parts = tasks(database, by).parts(4).await.unwrap();
            let mut read = Vec::new();
            for part in &parts {
                let mut cursor: Option<Cursor<Task>> = None;
                loop {
                    let run = tasks(database, by).part(part.clone()).batch_size(2);
                    let batch = run.resume(cursor.take()).try_next().await.unwrap();
                    let Some(batch) = batch else { break };
                    cursor = Some(batch.cursor());
                    read.extend(batch.into_iter().map(|task| task.id));
                }
                change(database, &mut random, Some(&mut next)).await;
            }
            let after = ids(database, "").await;
            for id in before.iter().filter(|id| after.contains(id)) {
                let times = read.iter().filter(|read| *read == id).count();
                assert_eq!(times, 1, "{id}, {by:?}, round {round}");
            }
            let mut once = read.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), read.len(), "{by:?}, round {round}: {read:?}");
        }
    }
}

/// The only part of an empty table is open at both ends.
async fn an_empty_table(database: &TestDatabase) {
    create(database, 0).await;
    for by in By::ALL {
        let parts = tasks(database, by).parts(8).await.unwrap();
        assert_eq!(parts.len(), 1);
        assert_eq!((parts[0].rows(), parts[0].index(), parts[0].count()), (0, 0, 1));
        crate::cases::writes::fill(database, 5).await;
        let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
        assert_eq!(super::ids_of(tasks(database, by), &parts[0]).await, all);
        database.execute("DELETE FROM tasks").await;
    }
}
