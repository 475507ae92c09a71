//! Which rows are written: those that the same iteration would read, each once.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Cursor, Written};

use super::{By, Task, Tasks, create, fill, hit, ids, tasks};
use crate::harness::TestDatabase;

tests! {
    every_order_and_batch_size,
    options,
    a_filter_on_the_column_that_is_set,
    deleted,
    cursors,
    no_rows,
    a_batch_that_fails,
    another_table,
}

const ROWS: i64 = 17;

const NONE: [i64; 0] = [];

/// An iteration with some options, and what a plain query says for the same rows.
type Shape = (fn(Tasks) -> Tasks, &'static str);

const SHAPES: [Shape; 6] = [
    (|tasks| tasks, ""),
    (|tasks| tasks.filter(|t| t.a.ne(1)), "WHERE a <> 1"),
    (|tasks| tasks.filter(|t| t.due.is_not_null()), "WHERE due IS NOT NULL"),
    (
        |tasks| {
            tasks.filter_sql(|q| {
                q.push("hits < ").push_bind(1_i64).push(" AND b % 2 = 0");
            })
        },
        "WHERE b % 2 = 0",
    ),
    (|tasks| tasks.filter(|t| t.id.gt(ROWS)), "WHERE id > 17"),
    (
        |tasks| tasks.filter(|t| t.tag.eq("a")).filter(|t| t.id.between(3, 16)),
        "WHERE tag = 'a' AND id BETWEEN 3 AND 16",
    ),
];

async fn every_order_and_batch_size(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        for (shape, condition) in SHAPES {
            let expected = ids(database, &format!("{condition} ORDER BY {}", by.sql())).await;
            for batch_size in (1..=7).chain([16, 17, 18, 100]) {
                let written = hit(shape(tasks(database, by)).batch_size(batch_size)).await.unwrap();
                let case = format!("{by:?} {condition}, {batch_size}");
                assert_eq!(
                    ids(database, "WHERE hits = 1 ORDER BY id").await,
                    sorted(&expected),
                    "{case}"
                );
                assert_eq!(ids(database, "WHERE hits > 1").await, NONE, "{case}");
                let sizes: Vec<_> = written.iter().map(Written::rows_affected).collect();
                let full: Vec<_> =
                    expected.chunks(batch_size).map(|rows| rows.len() as u64).collect();
                assert_eq!(sizes, full, "{case}");
                // Each cursor is that of the last row of its batch.
                for (written, rows) in written.iter().zip(expected.chunks(batch_size)) {
                    let rest = tasks(database, by).after(written.cursor());
                    let next = rest.limit(1).try_next().await.unwrap().map(|rows| rows[0].id);
                    let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
                    let place = all.iter().position(|id| Some(id) == rows.last()).unwrap();
                    assert_eq!(next, all.get(place + 1).copied(), "{case}");
                }
                database.execute("UPDATE tasks SET hits = 0").await;
            }
        }
    }
}

fn sorted(ids: &[i64]) -> Vec<i64> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids
}

async fn options(database: &TestDatabase) {
    create(database, ROWS).await;
    for batch_size in 1..=20 {
        for limit in 0..=18 {
            let tasks = tasks(database, By::Due).reverse().batch_size(batch_size).limit(limit);
            let written = hit(tasks).await.unwrap();
            let expected =
                ids(database, &format!("ORDER BY {} LIMIT {limit}", By::DueDescending.sql())).await;
            assert_eq!(ids(database, "WHERE hits = 1 ORDER BY id").await, sorted(&expected));
            assert_eq!(ids(database, "WHERE hits > 1").await, NONE);
            let full = expected.chunks(batch_size).map(|rows| rows.len() as u64);
            assert!(written.iter().map(Written::rows_affected).eq(full));
            database.execute("UPDATE tasks SET hits = 0").await;
        }
        let in_range = Task::batch_iter(database.pool()).order_by(|t| t.a.desc().then(t.b.asc()));
        let in_range = in_range.range((1, 990)..=(2, 995)).batch_size(batch_size).up_to_now();
        let total =
            in_range.update(|t| t.hits.set(1).and(t.note.set("seen"))).total().await.unwrap();
        let expected = ids(
            database,
            "WHERE (a > 1 OR a = 1 AND b >= 990) AND (a < 2 OR a = 2 AND b <= 995) ORDER BY id",
        )
        .await;
        assert_eq!(total, expected.len() as u64);
        assert_eq!(ids(database, "WHERE hits = 1 AND note = 'seen' ORDER BY id").await, expected);
        let again = Task::batch_iter(database.pool()).filter(|t| t.note.is_not_null());
        let again = again.update(|t| t.hits.set(0).and(t.note.set_null())).total().await.unwrap();
        assert_eq!(again, total);
        assert_eq!(ids(database, "WHERE hits <> 0 OR note IS NOT NULL").await, NONE);
    }
}

/// A row that no longer matches once it is written does not shift the others.
async fn a_filter_on_the_column_that_is_set(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        for batch_size in 1..=18 {
            let tasks = tasks(database, by).filter(|t| t.hits.eq(0)).batch_size(batch_size);
            let written = hit(tasks).await.unwrap();
            assert_eq!(written.len(), 17_usize.div_ceil(batch_size));
            assert_eq!(ids(database, "WHERE hits = 1").await.len(), 17);
            database.execute("UPDATE tasks SET hits = 0").await;
        }
    }
}

async fn deleted(database: &TestDatabase) {
    create(database, 0).await;
    for by in By::ALL {
        for batch_size in [1, 2, 3, 5, 8, 16, 17, 18] {
            database.execute("DELETE FROM tasks").await;
            fill(database, ROWS).await;
            let gone = tasks(database, by).filter(|t| t.a.ne(1)).batch_size(batch_size).delete();
            let expected = ids(database, "WHERE a <> 1").await.len();
            assert_eq!(gone.total().await.unwrap(), expected as u64);
            assert_eq!(ids(database, "WHERE a <> 1").await, NONE);
            assert_eq!(ids(database, "").await.len(), 17 - expected);
        }
    }
}

/// Written in two runs, each with another batch size, every row is written once.
async fn cursors(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        for batch_size in 1..=9 {
            for batches in 1..=3 {
                let increment = |tasks: Tasks| {
                    tasks.update(|t| {
                        t.hits.set_sql(|q| {
                            q.push("hits + ").push_bind(1_i64);
                        })
                    })
                };
                let mut first = increment(tasks(database, by).batch_size(batch_size));
                assert_eq!(first.cursor(), None);
                for _ in 0..batches {
                    let written = first.try_next().await.unwrap();
                    if let Some(written) = written {
                        assert_eq!(first.cursor(), Some(written.cursor()));
                    }
                }
                let token = first.cursor().unwrap().to_string();
                let cursor: Cursor<Task> = token.parse().unwrap();
                drop(first);
                let rest = increment(tasks(database, by).resume(Some(cursor)).batch_size(4));
                let rest = rest.total().await.unwrap();
                let before = (batches * batch_size).min(17) as u64;
                assert_eq!(rest, 17 - before, "{by:?} {batch_size} {batches}");
                assert_eq!(ids(database, "WHERE hits = 1").await.len(), 17);
                database.execute("UPDATE tasks SET hits = 0").await;
            }
        }
    }
}

async fn no_rows(database: &TestDatabase) {
    create(database, 0).await;
    for by in By::ALL {
        assert!(hit(tasks(database, by)).await.unwrap().is_empty());
        assert_eq!(tasks(database, by).delete().total().await.unwrap(), 0);
        assert_eq!(tasks(database, by).up_to_now().delete().total().await.unwrap(), 0);
    }
}

/// The batch is rolled back, and the next poll does it again.
async fn a_batch_that_fails(database: &TestDatabase) {
    create(database, ROWS).await;
    let mut writes = tasks(database, By::AThenB).batch_size(10).update(|t| {
        // No row may have the text of another one, so that a batch with both fails.
        t.note.set_sql(|q| {
            q.push("tag");
        })
    });
    database.execute("CREATE UNIQUE INDEX by_note ON tasks (note)").await;
    let error = writes.try_next().await.unwrap_err();
    assert!(error.to_string().starts_with("cannot write a batch of `Task` in table `tasks`"));
    assert_eq!(ids(database, "WHERE note IS NOT NULL").await, NONE);
    assert_eq!(writes.cursor(), None);
    database.execute(crate::dialect::DROP_BY_NOTE).await;
    let mut rows = 0;
    while let Some(written) = writes.try_next().await.unwrap() {
        rows += written.rows_affected();
    }
    assert_eq!(rows, 17);
    assert_eq!(ids(database, "WHERE note IS NULL OR note <> tag").await, NONE);
}

/// A table that is named at run time, by the name of the struct's own in SQL.
async fn another_table(database: &TestDatabase) {
    create(database, ROWS).await;
    database.execute("CREATE TABLE others AS SELECT * FROM tasks").await;
    let others = || {
        tasks(database, By::AThenB).table("others").batch_size(4).filter_sql(|q| {
            q.push("tasks.hits = 0");
        })
    };
    assert_eq!(hit(others()).await.unwrap().len(), 5);
    assert_eq!(others().delete().total().await.unwrap(), 0);
    database.execute("UPDATE others SET hits = 0 WHERE id <= 6").await;
    assert_eq!(others().delete().total().await.unwrap(), 6);
    let left = "SELECT id FROM others WHERE hits = 1";
    let left: Vec<i64> = sqlx::query_scalar(left).fetch_all(database.pool()).await.unwrap();
    assert_eq!(left.len(), 11);
    assert_eq!(ids(database, "WHERE hits = 0").await.len(), 17);
}
