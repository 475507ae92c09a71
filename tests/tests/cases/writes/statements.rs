//! What is sent: two statements for a batch, three for the last one, always with the same texts.

use std::collections::BTreeSet;

use sqlx_chunked_tests::statements::record;

use super::{By, create, hit, tasks};
use crate::harness::TestDatabase;

tests! { two_for_a_batch, nothing_without_rows }

async fn two_for_a_batch(database: &TestDatabase) {
    create(database, 30).await;
    for by in By::ALL {
        for batch_size in [1, 2, 3, 7, 29, 30, 31, 100] {
            let (written, statements) =
                record("tasks", hit(tasks(database, by).batch_size(batch_size))).await;
            let batches = written.unwrap().len();
            assert_eq!(batches, 30_usize.div_ceil(batch_size));
            let mut counts = [0; 2];
            for statement in &statements {
                let is_write = statement.sql.contains("UPDATE ");
                counts[usize::from(is_write)] += 1;
                assert!(statement.rows <= 2, "{by:?}: {}", statement.sql);
            }
            let [reads, writes] = counts;
            assert_eq!(writes, batches);
            // The last row is looked for if the last batch is not full.
            assert_eq!(reads, batches + usize::from(30 % batch_size > 0), "{by:?} {batch_size}");
        }
        // Positions differ in which of their columns are NULL, and in how many they share.
        let (_, statements) = record("tasks", hit(tasks(database, by).batch_size(1))).await;
        let texts: BTreeSet<_> = statements.iter().map(|statement| &statement.sql).collect();
        assert!(texts.len() <= 16, "{by:?}: {texts:#?}");
    }
}

async fn nothing_without_rows(database: &TestDatabase) {
    create(database, 3).await;
    let (written, statements) = record("tasks", hit(tasks(database, By::Id).limit(0))).await;
    assert!(written.unwrap().is_empty());
    assert_eq!(statements, []);
}
