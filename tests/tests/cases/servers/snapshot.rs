//! In a transaction that sees one snapshot, the iteration sees the same one, whatever others write.

use futures_util::TryStreamExt as _;

use crate::{
    harness::{Entry, TestDatabase},
    server,
};

tests! { is_read_to_its_end, others_see_the_changes }

const COUNT: i64 = 40;

/// Inserts, deletes and updates rows, and moves keys, on both sides of a row.
async fn write(database: &TestDatabase, at: i64) {
    let [new, last] = [-at, 1_000 + at];
    let [behind, gone, ahead, going, changed] = [at - 2, at - 1, at + 2, at + 1, at + 5];
    database
        .execute(format!(
            "START TRANSACTION; \
             INSERT INTO entries VALUES ({new}, 'new'), ({last}, 'new'); \
             UPDATE entries SET headline = 'changed' WHERE id IN ({at}, {changed}); \
             DELETE FROM entries WHERE id IN ({gone}, {going}); \
             UPDATE entries SET id = id + 2000 WHERE id IN ({behind}, {ahead}); \
             COMMIT"
        ))
        .await;
}

async fn is_read_to_its_end(database: &TestDatabase) {
    database.create_entries(0).await;
    for (batch_size, persistent) in [(1, true), (7, false), (39, true), (40, false)] {
        database.execute("DELETE FROM entries").await;
        database.insert_entries(1..=COUNT).await;
        let mut connection = database.connect().await;
        sqlx::raw_sql(server::REPEATABLE_READ).execute(&mut connection).await.unwrap();
        let mut transaction = sqlx::Connection::begin(&mut connection).await.unwrap();

        let mut rows = Entry::iter(&mut transaction).batch_size(batch_size).persistent(persistent);
        let mut read = Vec::new();
        while let Some(row) = rows.try_next().await.unwrap() {
            if row.id % 8 == 0 {
                write(database, row.id).await;
            }
            read.push(row);
        }
        drop(rows);
        assert_eq!(read, Entry::first(COUNT), "batches of {batch_size}");

        // And again, in the other direction.
        let batches = Entry::batch_iter(&mut transaction)
            .reverse()
            .batch_size(batch_size)
            .persistent(persistent);
        let batches: Vec<_> = batches.try_collect().await.unwrap();
        let mut read: Vec<_> = batches.into_iter().flatten().collect();
        read.reverse();
        assert_eq!(read, Entry::first(COUNT), "batches of {batch_size}");
    }
}

/// The same without a transaction, to show that the writers write.
async fn others_see_the_changes(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let mut rows = Entry::iter(database.pool()).batch_size(1);
    let mut ids = Vec::new();
    while let Some(row) = rows.try_next().await.unwrap() {
        if row.id == 8 {
            write(database, row.id).await;
        }
        ids.push(row.id);
    }
    let unchanged = (1..=COUNT).filter(|id| ![9, 10].contains(id));
    assert_eq!(ids, unchanged.chain([1_008, 2_006, 2_010]).collect::<Vec<_>>());
}
