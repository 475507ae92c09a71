//! A part that does not belong to an iteration is an error before anything is sent.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Error, Part, PartMismatch, TokenError};
use sqlx_chunked_tests::{Report as _, statements::record};

use super::{By, Task, Tasks, create, ids_of, tasks};
use crate::{
    dialect::BIGINT,
    harness::{Entry, TestDatabase},
};

tests! {
    of_another_order,
    with_other_filters,
    filters_in_another_sequence,
    of_another_table,
    a_cursor_outside,
    what_cannot_be_cut,
    tokens,
}

/// Returns the reason why a part is refused, and checks that nothing is sent.
async fn refused(tasks: Tasks, part: &Part<Task>) -> Option<PartMismatch> {
    let mut tasks = tasks.part(part.clone());
    let (read, statements) = record("tasks", async { tasks.try_next().await }).await;
    let Err(error) = read else { return None };
    let Error::Part { model: "Task", reason } = error else { panic!("{error:?}") };
    assert_eq!(statements, []);
    // The same again.
    assert!(matches!(tasks.try_next().await, Err(Error::Part { .. })));
    Some(reason)
}

async fn of_another_order(database: &TestDatabase) {
    create(database, 9).await;
    for cut in By::ALL {
        for part in tasks(database, cut).parts(3).await.unwrap() {
            for by in By::ALL {
                let expected = (by.sql() != cut.sql()).then_some(PartMismatch::Order);
                assert_eq!(refused(tasks(database, by), &part).await, expected, "{cut:?}, {by:?}");
            }
            let reversed = tasks(database, cut).reverse();
            assert_eq!(refused(reversed, &part).await, Some(PartMismatch::Order), "{cut:?}");
            let restored = tasks(database, cut).reverse().reverse();
            assert_eq!(refused(restored, &part).await, None, "{cut:?}");
        }
    }
    let parts = tasks(database, By::Id).parts(3).await.unwrap();
    let error = tasks(database, By::IdDescending).part(parts[1].clone()).try_next().await;
    assert_eq!(
        error.unwrap_err().report(),
        "this part does not fit the iteration over `Task`: it was cut in another order, or in its \
         reverse; give the iteration the order of the cut"
    );
}

async fn with_other_filters(database: &TestDatabase) {
    create(database, 9).await;
    let below = |limit: i64| move |tasks: Tasks| tasks.filter(move |t| t.a.lt(limit));
    let by_sql = |limit: i64| {
        move |tasks: Tasks| {
            tasks.filter_sql(move |q| {
                q.push("a < ").push_bind(limit);
            })
        }
    };
    let filters: [&dyn Fn(Tasks) -> Tasks; 14] = [
        &|tasks| tasks,
        &below(2),
        &below(1),
        &|tasks| tasks.filter(|t| t.a.le(2)),
        &|tasks| tasks.filter(|t| t.b.lt(2)),
        &|tasks| tasks.filter(|t| !t.a.lt(2)),
        &|tasks| tasks.filter(|t| t.tag.eq("a")),
        &|tasks| tasks.filter(|t| t.tag.eq("A")),
        &|tasks| tasks.filter(|t| t.id.is_in([1, 2, 3])),
        &|tasks| tasks.filter(|t| t.id.is_in([1, 2, 4])),
        &by_sql(2),
        &by_sql(3),
        &|tasks| {
            tasks.filter_sql(|q| {
                q.push("a <= ").push_bind(2_i64);
            })
        },
        &|tasks| tasks.filter(|t| t.due.is_null()).filter(|t| t.a.lt(2)),
    ];
    for (cut_with, cut) in filters.iter().enumerate() {
        for part in cut(tasks(database, By::Id)).parts(2).await.unwrap() {
            for (read_with, read) in filters.iter().enumerate() {
                let reason = refused(read(tasks(database, By::Id)), &part).await;
                let expected = (cut_with != read_with).then_some(PartMismatch::Filter);
                assert_eq!(reason, expected, "{cut_with}, {read_with}");
            }
        }
    }
    // A range is a filter; the order that its bounds were given in does not matter.
    let in_range = |end: i64| Task::batch_iter(database.pool()).range(..end);
    let part = in_range(5).parts(1).await.unwrap().remove(0);
    assert_eq!(in_range(5).part(part.clone()).count().await.unwrap(), 4);
    let error = in_range(6).part(part.clone()).count().await.unwrap_err();
    assert!(matches!(error, Error::Part { reason: PartMismatch::Filter, .. }));
    // Writes and counts are refused as well.
    let error = in_range(6).part(part).delete().total().await.unwrap_err();
    assert_eq!(
        error.report(),
        "this part does not fit the iteration over `Task`: it was cut with other filters, or with \
         other values in them; give the iteration the filters of the cut, with the same values in \
         every process"
    );
}

async fn filters_in_another_sequence(database: &TestDatabase) {
    create(database, 9).await;
    let cut = tasks(database, By::Id).filter(|t| t.a.lt(2)).filter(|t| t.due.is_null());
    let read = || tasks(database, By::Id).filter(|t| t.due.is_null()).filter(|t| t.a.lt(2));
    for part in cut.parts(2).await.unwrap() {
        assert_eq!(refused(read(), &part).await, None);
    }
}

async fn of_another_table(database: &TestDatabase) {
    create(database, 9).await;
    database.execute("CREATE TABLE tasks_2025 AS SELECT * FROM tasks").await;
    let other = || tasks(database, By::Id).table("tasks_2025");
    for part in other().parts(3).await.unwrap() {
        assert_eq!(refused(tasks(database, By::Id), &part).await, Some(PartMismatch::Table));
        assert_eq!(ids_of(other(), &part).await.len(), 3);
        let part = part.to_string().parse().unwrap();
        assert_eq!(refused(tasks(database, By::Id), &part).await, Some(PartMismatch::Table));
    }
    for part in tasks(database, By::Id).parts(3).await.unwrap() {
        assert_eq!(refused(other(), &part).await, Some(PartMismatch::Table));
    }
}

async fn a_cursor_outside(database: &TestDatabase) {
    create(database, 9).await;
    let parts = tasks(database, By::Due).parts(3).await.unwrap();
    let batch = tasks(database, By::Due).batch_size(1).part(parts[2].clone()).try_next().await;
    let cursor = batch.unwrap().unwrap().cursor();
    let outside = || tasks(database, By::Due).part(parts[0].clone()).after(cursor.clone());
    let mut iteration = outside();
    for _ in 0..2 {
        let error = iteration.try_next().await.unwrap_err();
        assert_eq!(
            error.report(),
            "this part does not fit the iteration over `Task`: the cursor that was given is outside \
             the part; give each part the cursor that was taken in it"
        );
    }
    let is_cursor = |error| matches!(error, Error::Part { reason: PartMismatch::Cursor, .. });
    assert!(is_cursor(outside().count().await.unwrap_err()));
    assert!(is_cursor(outside().page().await.unwrap_err()));
    assert!(is_cursor(outside().parts(2).await.unwrap_err()));
    assert!(is_cursor(outside().delete().total().await.unwrap_err()));
    assert!(is_cursor(outside().transactional().try_next().await.map(drop).unwrap_err()));
    let before = tasks(database, By::Due).part(parts[0].clone()).before(cursor);
    assert!(is_cursor(before.page().await.unwrap_err()));
}

async fn what_cannot_be_cut(database: &TestDatabase) {
    create(database, 9).await;
    let all = || tasks(database, By::Id);
    let cursor = all().batch_size(4).try_next().await.unwrap().unwrap().cursor();
    let mut begun = all();
    begun.try_next().await.unwrap();
    let refused = [
        (all().parts(0), "a table has at least one part"),
        (all().limit(3).parts(2), "`limit` is set, which counts the rows of one iteration"),
        (all().before(cursor).parts(2), "`before` is set, and parts are read forwards"),
        (all().batch_size(0).parts(2), "the batch size of `Task` is 0"),
        (begun.parts(2), "`parts` was called on an iterator over `Task` that had started"),
    ];
    for (cut, reason) in refused {
        let (cut, statements) = record("tasks", cut).await;
        let error = cut.unwrap_err().report();
        assert!(error.contains(reason), "{error}");
        assert_eq!(statements, []);
    }
    let missing = all().table("nowhere").parts(2).await.unwrap_err();
    assert!(matches!(missing, Error::Query { .. }), "{missing}");
    let late = tasks(database, By::Id);
    let mut late = { late };
    late.try_next().await.unwrap();
    let part = all().parts(1).await.unwrap().remove(0);
    let error = late.part(part).try_next().await.unwrap_err();
    assert!(matches!(error, Error::Started { method: "part", .. }), "{error}");
}

async fn tokens(database: &TestDatabase) {
    create(database, 9).await;
    database.execute(format!("CREATE TABLE entries (id {BIGINT})")).await;
    let parts = tasks(database, By::DueMixed).parts(3).await.unwrap();
    let tokens: Vec<_> = parts.iter().map(ToString::to_string).collect();
    for (part, token) in parts.iter().zip(&tokens) {
        let read: Part<Task> = token.parse().unwrap();
        assert_eq!(&read, part);
        assert_eq!(format!("{read:?}"), format!("{part:?}"));
        let json = serde_json::to_string(part).unwrap();
        assert_eq!(json, format!("\"{token}\""));
        assert_eq!(&serde_json::from_str::<Part<Task>>(&json).unwrap(), part);
        assert_eq!(token.parse::<Part<Entry>>(), Err(TokenError::Model("Entry")));
        assert_eq!(token.parse::<sqlx_chunked::Cursor<Task>>(), Err(TokenError::Kind));
        assert_eq!(token[1..].parse::<Part<Task>>(), Err(TokenError::Damaged));
    }
    assert_ne!(parts[0], parts[1]);
    assert!(format!("{:?}", parts[0]).starts_with("Part(1 of 3: from the first row to "));
    let batch = tasks(database, By::DueMixed).try_next().await.unwrap().unwrap();
    let cursor = batch.cursor().to_string();
    assert_eq!(cursor.parse::<Part<Task>>(), Err(TokenError::Kind));
}
