//! What is sent for a cut, and for the rows of a part.

use std::{future::poll_fn, pin::Pin, task::Poll};

use futures_util::TryStreamExt as _;
use sqlx_chunked_tests::statements::record;

use super::{By, Task, create, tasks};
use crate::harness::TestDatabase;

tests! { of_a_cut, of_a_part, progress, cancelled }

/// A walk, which is short here, a count, and a look for the end of each part but the last; of each
/// statement at most one row comes.
async fn of_a_cut(database: &TestDatabase) {
    create(database, 17).await;
    for number in [1, 2, 5, 17, 100] {
        let cut = tasks(database, By::Id).parts(number);
        let (parts, statements) = record("tasks", cut).await;
        let parts = parts.unwrap().len();
        assert_eq!(statements.len(), 2 + parts - 1, "{number}: {statements:#?}");
        assert!(statements.iter().all(|statement| statement.rows <= 1));
        let texts: Vec<_> = statements.iter().map(|s| s.sql.replace(['"', '`'], "")).collect();
        assert!(texts[0].contains("FROM tasks ORDER BY tasks.id ASC LIMIT"), "{texts:#?}");
        assert!(texts[0].contains("OFFSET"), "{texts:#?}");
        assert!(texts[1].starts_with("SELECT count(*) FROM tasks"), "{texts:#?}");
        for text in texts.iter().skip(3) {
            assert!(text.contains("FROM tasks WHERE (tasks.id > "), "{text}");
            // The texts are the same for all parts.
            assert_eq!(text, &texts[3]);
        }
    }
}

/// n rows take as many statements as in a table of their own, and the end is a bound of the index.
async fn of_a_part(database: &TestDatabase) {
    create(database, 17).await;
    let parts = tasks(database, By::Id).parts(2).await.unwrap();
    for (part, rows) in parts.iter().zip([8_usize, 9]) {
        for batch_size in 1..=10 {
            let batches = tasks(database, By::Id).part(part.clone()).batch_size(batch_size);
            let (read, statements) = record("tasks", batches.try_collect::<Vec<_>>()).await;
            assert_eq!(read.unwrap().len(), rows.div_ceil(batch_size));
            assert_eq!(statements.len(), rows.div_ceil(batch_size), "{statements:#?}");
            let begins = part.index() > 0;
            for (place, statement) in statements.iter().enumerate() {
                let text = statement.sql.replace(['"', '`'], "");
                assert_eq!(text.contains("tasks.id > "), begins || place > 0, "{text}");
                assert_eq!(text.contains("tasks.id <= "), part.index() == 0, "{text}");
                assert!(!text.contains("NOT ("), "{text}");
            }
        }
    }
    // One more asks whether a cursor is in the part.
    let batch = tasks(database, By::Id).part(parts[0].clone()).batch_size(3).try_next().await;
    let cursor = batch.unwrap().unwrap().cursor();
    let rest = tasks(database, By::Id).part(parts[0].clone()).after(cursor);
    let (rest, statements) = record("tasks", rest.try_collect::<Vec<_>>()).await;
    assert_eq!(rest.unwrap()[0].len(), 5);
    let [question, _] = &statements[..] else { panic!("{statements:#?}") };
    assert!(question.sql.starts_with("SELECT EXISTS (SELECT 1 FROM (SELECT "), "{question:?}");
    let mut next = tasks(database, By::Id).part(parts[1].clone());
    assert!(next.to_sql().replace(['"', '`'], "").contains("WHERE (tasks.id > "));
}

async fn progress(database: &TestDatabase) {
    create(database, 17).await;
    let mut seen = Vec::new();
    let cut = tasks(database, By::Id).parts(4);
    cut.progress(|progress| seen.push((progress.rows(), progress.parts()))).await.unwrap();
    assert_eq!(seen, [(17, 0), (17, 1), (17, 2), (17, 3)]);
}

/// A cut that is dropped leaves a pool of one connection usable.
async fn cancelled(database: &TestDatabase) {
    create(database, 17).await;
    let pool = database.pool_of(1);
    for polls in 0..12 {
        let mut cut = Task::batch_iter(&pool).parts(9);
        let mut polled = 0;
        let polled_through = poll_fn(|context| {
            polled += 1;
            if polled > polls {
                return Poll::Ready(None);
            }
            Pin::new(&mut cut).poll(context).map(Some)
        });
        let _ = polled_through.await;
        drop(cut);
        assert_eq!(Task::iter(&pool).parts(9).await.unwrap().len(), 9);
    }
}
