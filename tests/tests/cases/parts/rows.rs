//! Which rows a part has: the parts of a cut are disjoint, and together everything, in order.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Cursor, Open, Part, Written};

use super::{By, Task, Tasks, create, hit, ids, ids_of, tasks};
use crate::harness::TestDatabase;

tests! {
    every_order_and_number,
    written,
    deleted,
    in_transactions,
    pages,
    in_two_runs,
    from_the_end,
    limits_and_read_ahead,
    related,
    up_to_now,
    after_a_cursor,
    parts_of_parts,
    one_key,
}

const ROWS: i64 = 17;

/// An iteration with some options, and what a plain query says for the same rows.
type Shape = (fn(Tasks) -> Tasks, &'static str);

const SHAPES: [Shape; 6] = [
    (|tasks| tasks, ""),
    (|tasks| tasks.filter(|t| t.a.ne(1)), "WHERE a <> 1"),
    (|tasks| tasks.filter(|t| t.due.is_not_null()), "WHERE due IS NOT NULL"),
    (|tasks| tasks.filter(|t| t.due.is_null()), "WHERE due IS NULL"),
    (
        |tasks| {
            tasks.filter_sql(|q| {
                q.push("hits < ").push_bind(1_i64).push(" AND b % 2 = 0");
            })
        },
        "WHERE b % 2 = 0",
    ),
    (|tasks| tasks.filter(|t| t.id.gt(ROWS)), "WHERE id > 17"),
];

async fn every_order_and_number(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        for (shape, condition) in SHAPES {
            let expected = ids(database, &format!("{condition} ORDER BY {}", by.sql())).await;
            for number in [1, 2, 5, 16, 1_000_000] {
                let case = format!("{by:?} {condition}, {number}");
                let parts = shape(tasks(database, by)).parts(number).await.unwrap();
                assert_eq!(parts.len(), number.min(expected.len().max(1)), "{case}");
                for batch_size in [1, 3, 17] {
                    let mut rows = Vec::new();
                    for (index, part) in parts.iter().enumerate() {
                        let of_part = || shape(tasks(database, by)).batch_size(batch_size);
                        let read = ids_of(of_part(), part).await;
                        assert_eq!((part.index(), part.count()), (index, parts.len()), "{case}");
                        assert_eq!(part.rows(), read.len() as u64, "{case}");
                        let even = expected.len() / parts.len();
                        assert!([even, even + 1].contains(&read.len()), "{case}");
                        let counted = of_part().part(part.clone()).count().await.unwrap();
                        assert_eq!(counted, part.rows(), "{case}");
                        rows.extend(read);
                    }
                    assert_eq!(rows, expected, "{case}, {batch_size}");
                }
            }
        }
    }
}

async fn written(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        for (shape, condition) in SHAPES {
            let expected = ids(database, &format!("{condition} ORDER BY id")).await;
            for number in [2, 5] {
                let parts = shape(tasks(database, by)).parts(number).await.unwrap();
                for batch_size in [1, 4] {
                    let case = format!("{by:?} {condition}, {number}, {batch_size}");
                    // A filter may be on the column that is set: each part begins at its edge.
                    for part in parts.iter().rev() {
                        let tasks = shape(tasks(database, by)).batch_size(batch_size);
                        let written = hit(tasks.part(part.clone())).await.unwrap();
                        let rows: u64 = written.iter().map(Written::rows_affected).sum();
                        assert_eq!(rows, part.rows(), "{case}");
                    }
                    assert_eq!(
                        ids(database, "WHERE hits = 1 ORDER BY id").await,
                        expected,
                        "{case}"
                    );
                    assert_eq!(ids(database, "WHERE hits > 1").await, [0_i64; 0], "{case}");
                    database.execute("UPDATE tasks SET hits = 0").await;
                }
            }
        }
    }
}

async fn deleted(database: &TestDatabase) {
    create(database, 0).await;
    for by in By::ALL {
        crate::cases::writes::fill(database, ROWS).await;
        let parts = tasks(database, by).parts(4).await.unwrap();
        let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
        let second = tasks(database, by).batch_size(3).part(parts[1].clone());
        assert_eq!(second.delete().total().await.unwrap(), parts[1].rows());
        let at = usize::try_from(parts[0].rows()).unwrap();
        let gone = &all[at..][..usize::try_from(parts[1].rows()).unwrap()];
        let left: Vec<_> = all.iter().copied().filter(|id| !gone.contains(id)).collect();
        assert_eq!(ids(database, &format!("ORDER BY {}", by.sql())).await, left, "{by:?}");
        database.execute("DELETE FROM tasks").await;
    }
}

async fn in_transactions(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        for part in tasks(database, by).parts(3).await.unwrap() {
            let mut batches = tasks(database, by).part(part).batch_size(2).transactional();
            while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await.unwrap()
            {
                for task in &batch {
                    crate::cases::writes::hit_row(&mut transaction, task.id).await.unwrap();
                }
                transaction.commit().await.unwrap();
            }
        }
        assert_eq!(ids(database, "WHERE hits = 1").await.len(), 17, "{by:?}");
        database.execute("UPDATE tasks SET hits = 0").await;
    }
}

/// Pages go forwards to the end of a part, and backwards to its beginning; never beyond.
async fn pages(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
        for number in [1, 3, 5] {
            let mut first = 0;
            for part in tasks(database, by).parts(number).await.unwrap() {
                let rows = usize::try_from(part.rows()).unwrap();
                let expected = &all[first..][..rows];
                for size in 1..=rows + 1 {
                    let case =
                        format!("{by:?}, part {} of {number}, pages of {size}", part.index());
                    let of_part = || tasks(database, by).part(part.clone()).batch_size(size);
                    let mut page = of_part().page().await.unwrap();
                    assert_eq!(page.previous, None, "{case}");
                    let mut pages = Vec::new();
                    loop {
                        pages.push(page.rows.iter().map(|task| task.id).collect::<Vec<_>>());
                        let Some(next) = page.next.clone() else { break };
                        page = of_part().after(next).page().await.unwrap();
                    }
                    let full: Vec<_> = expected.chunks(size).map(<[_]>::to_vec).collect();
                    assert_eq!(pages, full, "{case}");
                    // And back.
                    let mut back = page.rows.iter().map(|task| task.id).rev().collect::<Vec<_>>();
                    while let Some(previous) = page.previous.clone() {
                        page = of_part().before(previous).page().await.unwrap();
                        back.extend(page.rows.iter().map(|task| task.id).rev());
                    }
                    back.reverse();
                    assert_eq!(back, expected, "{case}");
                    // Before the first row is nothing, and the way back from there begins with it.
                    let first = of_part().page().await.unwrap().cursors().next().unwrap();
                    let nothing = of_part().before(first).page().await.unwrap();
                    assert!(nothing.rows.is_empty() && nothing.previous.is_none(), "{case}");
                    let again = of_part().after(nothing.next.unwrap()).page().await.unwrap();
                    assert_eq!(again.rows.first().map(|task| task.id), expected.first().copied());
                }
                first += rows;
            }
        }
    }
}

async fn in_two_runs(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
        for batch_size in 1..=6 {
            let mut rows = Vec::new();
            for part in tasks(database, by).parts(4).await.unwrap() {
                let mut cursor: Option<Cursor<Task>> = None;
                loop {
                    let run = tasks(database, by).part(part.clone()).batch_size(batch_size);
                    let mut run = run.resume(cursor.take());
                    let Some(batch) = run.try_next().await.unwrap() else { break };
                    cursor = Some(batch.cursor().to_string().parse().unwrap());
                    rows.extend(batch.into_iter().map(|task| task.id));
                }
            }
            assert_eq!(rows, all, "{by:?}, {batch_size}");
        }
    }
}

/// A worker that ended after its last batch finds nothing more to do in its part.
async fn from_the_end(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        for part in tasks(database, by).parts(4).await.unwrap() {
            let batch = tasks(database, by).part(part.clone()).try_next().await.unwrap().unwrap();
            let rest = || tasks(database, by).part(part.clone()).after(batch.cursor());
            assert_eq!(rest().try_collect::<Vec<_>>().await.unwrap().len(), 0, "{by:?}");
            assert_eq!(rest().count().await.unwrap(), 0, "{by:?}");
            assert_eq!(hit(rest()).await.unwrap().len(), 0, "{by:?}");
            assert_eq!(rest().up_to_now().count().await.unwrap(), 0, "{by:?}");
            let page = rest().page().await.unwrap();
            assert!(page.rows.is_empty() && page.next.is_none(), "{by:?}");
        }
    }
    assert_eq!(ids(database, "WHERE hits > 0").await, [0_i64; 0]);
}

async fn limits_and_read_ahead(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
        let parts = tasks(database, by).parts(3).await.unwrap();
        let mut first = 0;
        for part in &parts {
            let rows = usize::try_from(part.rows()).unwrap();
            for limit in 0..=rows + 2 {
                let limited = tasks(database, by).batch_size(2).read_ahead(2).limit(limit as u64);
                let read = ids_of(limited, part).await;
                assert_eq!(read, all[first..][..limit.min(rows)], "{by:?}, {limit}");
            }
            first += rows;
        }
    }
}

async fn related(database: &TestDatabase) {
    create(database, ROWS).await;
    let mut read = Vec::new();
    for part in tasks(database, By::DueMixed).parts(4).await.unwrap() {
        let batches = tasks(database, By::DueMixed).part(part).batch_size(2);
        let batches = batches.with_optional::<Task>(|t| t.due);
        let batches: Vec<_> = batches.try_collect().await.unwrap();
        for (task, due) in batches.into_iter().flatten() {
            assert_eq!(due.map(|due| due.id), task.due.filter(|due| (1..=ROWS).contains(due)));
            read.push(task.id);
        }
    }
    assert_eq!(read, ids(database, &format!("ORDER BY {}", By::DueMixed.sql())).await);
}

/// The last part ends at the last row there was when the table was cut, or when it is read.
async fn up_to_now(database: &TestDatabase) {
    create(database, 0).await;
    let nothing = tasks(database, By::Id).up_to_now().parts(3).await.unwrap();
    assert_eq!(nothing.len(), 0);
    crate::cases::writes::fill(database, ROWS).await;
    let cut = tasks(database, By::Id).up_to_now().parts(3).await.unwrap();
    let open = tasks(database, By::Id).parts(3).await.unwrap();
    database.execute("DELETE FROM tasks WHERE id IN (4, 17)").await;
    let mut batches = tasks(database, By::Id).up_to_now().part(open[2].clone()).batch_size(1);
    batches.try_next().await.unwrap();
    database.execute("INSERT INTO tasks VALUES (100, 1, 5000, NULL, 'a', 0, NULL)").await;
    let rest: Vec<_> = batches.try_collect().await.unwrap();
    assert_eq!(rest.into_iter().flatten().map(|task: Task| task.id).max(), Some(16));
    let mut rows = Vec::new();
    for part in &cut {
        rows.extend(ids_of(tasks(database, By::Id), part).await);
    }
    assert_eq!(rows, ids(database, "WHERE id < 100 ORDER BY id").await);
    assert_eq!(ids_of(tasks(database, By::Id), &open[2]).await.last(), Some(&100));
    // All rows of a part are gone: it hands out nothing, and nothing of the part before it.
    database.execute("DELETE FROM tasks WHERE id > 11").await;
    assert_eq!(ids_of(tasks(database, By::Id).up_to_now(), &open[2]).await, [0_i64; 0]);
    assert_eq!(ids_of(tasks(database, By::Id).up_to_now(), &open[1]).await.last(), Some(&11));
}

async fn after_a_cursor(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
        let mut rows = tasks(database, by).batch_size(1);
        for done in 1..=all.len() {
            rows.try_next().await.unwrap();
            let rest = tasks(database, by).resume(rows.cursor());
            let mut read = Vec::new();
            for part in rest.parts(3).await.unwrap() {
                read.extend(ids_of(tasks(database, by), &part).await);
            }
            assert_eq!(read, all[done..], "{by:?}");
        }
    }
}

async fn parts_of_parts(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        let mut read = Vec::new();
        for part in tasks(database, by).parts(3).await.unwrap() {
            let rows = part.rows();
            let smaller: Vec<Part<Task>> = tasks(database, by).part(part).parts(4).await.unwrap();
            assert_eq!(smaller.iter().map(Part::rows).sum::<u64>(), rows);
            for part in smaller {
                read.extend(ids_of(tasks(database, by), &part).await);
            }
        }
        assert_eq!(read, ids(database, &format!("ORDER BY {}", by.sql())).await, "{by:?}");
    }
}

async fn one_key(database: &TestDatabase) {
    create(database, 1).await;
    for by in By::ALL {
        for number in [1, 2, 100] {
            let parts = tasks(database, by).parts(number).await.unwrap();
            let [only] = &parts[..] else { panic!("{} parts", parts.len()) };
            assert_eq!((only.rows(), only.index(), only.count()), (1, 0, 1));
            assert_eq!(ids_of(tasks(database, by), only).await, [1]);
        }
    }
}
