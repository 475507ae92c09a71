//! Every row is handed out once, locked or not.

use futures_util::TryStreamExt as _;
use sqlx::FromRow;
use sqlx_chunked::{Chunked, Cursor, Open};
use sqlx_chunked_tests::statements::record;

use super::{LEVELS, pool_at};
use crate::{
    Db,
    cases::writes::{By, Task, create, hit_row, ids, tasks},
    dialect::BIGINT,
    harness::TestDatabase,
    server,
};

tests! {
    every_order,
    filters_and_limits,
    positions,
    in_a_transaction_of_the_caller,
    in_parts,
    pages,
    joined,
    all_columns,
    related,
    statements,
    empty,
    rows_that_do_not_decode,
    rows_of_others_that_do_not_decode,
    duplicates,
    levels,
}

const ROWS: i64 = 30;

async fn every_order(database: &TestDatabase) {
    create(database, ROWS).await;
    let mut times = 0;
    for by in By::ALL {
        let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
        for batch_size in [1, 2, 3, 7, 29, 30, 31] {
            let batches = tasks(database, by).batch_size(batch_size).for_update();
            let mut batches = batches.transactional();
            let mut read = Vec::new();
            while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await.unwrap()
            {
                assert!(batch.len() <= batch_size);
                for task in &batch {
                    hit_row(&mut transaction, task.id).await.unwrap();
                    assert_eq!(task.hits, times);
                }
                read.extend(batch.iter().map(|task| task.id));
                transaction.commit().await.unwrap();
            }
            times += 1;
            assert_eq!(read, all, "{by:?}, {batch_size}");
        }
    }
}

/// Also in parts, and where a part is gone on with.
async fn in_parts(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
        let mut read = Vec::new();
        for part in tasks(database, by).parts(4).await.unwrap() {
            let mut cursor = None;
            loop {
                let batches = tasks(database, by).part(part.clone()).batch_size(3).resume(cursor);
                let mut batches = batches.for_update().skip_locked().transactional();
                let Some(open) = batches.try_next().await.unwrap() else { break };
                let Open { batch, transaction, .. } = open;
                cursor = Some(batch.cursor());
                read.extend(batch.iter().map(|task| task.id));
                transaction.commit().await.unwrap();
            }
        }
        assert_eq!(read, all, "{by:?}");
    }
}

async fn filters_and_limits(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        for limit in [0_usize, 1, 4, 5, 30] {
            let rest = format!(
                "WHERE hits = 0 AND length(tag) > 0 AND (a = 1 OR due IS NULL) ORDER BY {}",
                by.sql()
            );
            let mut expected = ids(database, &rest).await;
            expected.truncate(limit);
            let batches = tasks(database, by)
                .filter(|t| t.hits.eq(0))
                .filter_sql(|q| {
                    q.push("length(tag) > ").push_bind(0_i64);
                })
                .filter(|t| t.a.eq(1).or(t.due.is_null()))
                .batch_size(4)
                .limit(limit as u64)
                .for_update()
                .transactional();
            assert_eq!(all(batches).await, expected, "{by:?}, {limit}");
        }
    }
}

type Locked = sqlx_chunked::Iteration<
    'static,
    Task,
    Db,
    sqlx_chunked::bounds::BoxedKey,
    sqlx_chunked::bounds::Transactional<Task, Db, sqlx_chunked::bounds::Locked>,
>;

/// Returns the ids of all batches, each of which is rolled back once.
async fn all(mut batches: Locked) -> Vec<i64> {
    let mut all = Vec::new();
    loop {
        if let Some(open) = batches.try_next().await.unwrap() {
            drop(open);
        }
        let Some(Open { batch, transaction, .. }) = batches.try_next().await.unwrap() else {
            return all;
        };
        all.extend(batch.iter().map(|task| task.id));
        transaction.commit().await.unwrap();
    }
}

async fn positions(database: &TestDatabase) {
    create(database, ROWS).await;
    for by in By::ALL {
        let expected = ids(database, &format!("ORDER BY {}", by.sql())).await;
        let mut kept: Option<Cursor<Task>> = None;
        let mut read = Vec::new();
        loop {
            let batches = tasks(database, by).resume(kept.clone()).batch_size(7).for_update();
            let mut batches = batches.transactional();
            let Some(open) = batches.try_next().await.unwrap() else { break };
            read.extend(open.batch.iter().map(|task| task.id));
            open.transaction.commit().await.unwrap();
            kept = batches.cursor();
        }
        assert_eq!(read, expected, "{by:?}");
        let before = tasks(database, by).before(kept.unwrap()).batch_size(7).for_update();
        let mut before = before.transactional();
        let mut pieces = Vec::new();
        while let Some(open) = before.try_next().await.unwrap() {
            pieces.push(open.batch.iter().map(|task| task.id).collect::<Vec<_>>());
            open.transaction.commit().await.unwrap();
        }
        pieces.reverse();
        assert_eq!(pieces.concat(), expected[..expected.len() - 1], "{by:?}");
        let up_to_now = tasks(database, by).up_to_now().batch_size(7).for_update().transactional();
        assert_eq!(all(up_to_now).await, expected);
    }
}

async fn in_a_transaction_of_the_caller(database: &TestDatabase) {
    create(database, ROWS).await;
    let expected = ids(database, "ORDER BY id").await;
    let mut transaction = database.pool().begin().await.unwrap();
    let rows = Task::iter(&mut transaction).batch_size(4).for_update();
    let rows: Vec<_> = rows.map_ok(|task| task.id).try_collect().await.unwrap();
    assert_eq!(rows, expected);
    let batches = Task::batch_iter(&mut *transaction).batch_size(4).for_share().no_wait();
    let batches: Vec<_> = batches.map_ok(|batch| batch.len()).try_collect().await.unwrap();
    assert_eq!(batches, [4, 4, 4, 4, 4, 4, 4, 2]);
    let rows = Task::iter(transaction).batch_size(4).for_update();
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap().len(), 30);
}

async fn pages(database: &TestDatabase) {
    create(database, 10).await;
    let mut transaction = database.pool().begin().await.unwrap();
    let mut read = Vec::new();
    let mut cursor = None;
    loop {
        let page = Task::batch_iter(&mut transaction).batch_size(3).resume(cursor).for_update();
        let page = page.page().await.unwrap();
        read.extend(page.rows.iter().map(|task| task.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(read, (1..=10).collect::<Vec<_>>());
}

/// Columns of two tables that have the same names, in the key too.
#[derive(Chunked, Debug)]
#[chunked(table = "tasks", join = "LEFT JOIN tasks other ON other.id = tasks.a -- a comment")]
struct Joined {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "other.id")]
    other: Option<i64>,
    tag: String,
    #[chunked(column = "other.tag")]
    other_tag: Option<String>,
}

/// The columns of [`Joined`].
type JoinedRow = (i64, Option<i64>, String, Option<String>);

async fn joined(database: &TestDatabase) {
    create(database, ROWS).await;
    let sql = "SELECT tasks.id, other.id, tasks.tag, other.tag FROM tasks LEFT JOIN tasks other ON \
               other.id = tasks.a ORDER BY other.tag DESC, tasks.tag, tasks.id";
    let expected: Vec<JoinedRow> = sqlx::query_as(sql).fetch_all(database.pool()).await.unwrap();
    for batch_size in [1, 4, 30, 31] {
        let mut batches = Joined::batch_iter(database.pool())
            .order_by(|j| j.other_tag.desc().then(j.tag.asc()).then(j.id.asc()))
            .batch_size(batch_size)
            .for_update()
            .transactional();
        let mut read = Vec::new();
        while let Some(Open { batch, transaction, .. }) = batches.try_next().await.unwrap() {
            transaction.commit().await.unwrap();
            let row = |row: Joined| (row.id, row.other, row.tag, row.other_tag);
            read.extend(batch.into_iter().map(row));
        }
        assert_eq!(read, expected, "{batch_size}");
    }
}

#[derive(Debug, FromRow, PartialEq)]
struct Rest {
    tag: String,
    note: Option<String>,
}

/// Every column is selected.
#[derive(Chunked, Debug, PartialEq)]
#[chunked(table = "tasks")]
struct Whole {
    #[sqlx(flatten)]
    rest: Rest,
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[sqlx(default)]
    nowhere: i64,
}

async fn all_columns(database: &TestDatabase) {
    create(database, ROWS).await;
    let expected: Vec<Whole> = Whole::iter(database.pool()).try_collect().await.unwrap();
    let mut read = Vec::new();
    let mut batches = Whole::batch_iter(database.pool()).batch_size(7).for_update().transactional();
    while let Some(Open { batch, transaction, .. }) = batches.try_next().await.unwrap() {
        transaction.commit().await.unwrap();
        read.extend(batch);
    }
    assert_eq!(read, expected);
    assert_eq!(read.len(), 30);
}

async fn related(database: &TestDatabase) {
    create(database, ROWS).await;
    database.execute("INSERT INTO tasks VALUES (0, 9, 9, NULL, 'z', 0, NULL)").await;
    database.execute("UPDATE tasks SET a = 2 WHERE id = 0").await;
    let mut batches = Task::batch_iter(database.pool())
        .with_one::<Task>(|t| t.a)
        .batch_size(4)
        .for_update()
        .transactional();
    let mut read = Vec::new();
    while let Some(Open { batch, transaction, .. }) = batches.try_next().await.unwrap() {
        for (task, other) in &batch {
            assert_eq!(task.a, other.id);
            read.push(task.id);
        }
        transaction.commit().await.unwrap();
    }
    assert_eq!(read, (0..=ROWS).collect::<Vec<_>>());
}

/// One statement a batch, in one or two texts.
async fn statements(database: &TestDatabase) {
    create(database, 20).await;
    for (by, batch_size, most) in
        [(By::Id, 1, 20), (By::Id, 4, 5), (By::Due, 20, 1), (By::Due, 3, 7)]
    {
        let mut batches = tasks(database, by).batch_size(batch_size).for_update().transactional();
        let ((), statements) = record("tasks", async {
            let first = batches.to_sql();
            assert!(first.contains("FOR UPDATE"), "{first}");
            while let Some(open) = batches.try_next().await.unwrap() {
                open.transaction.commit().await.unwrap();
            }
        })
        .await;
        assert_eq!(statements.len(), most, "{by:?}, {batch_size}");
        let mut texts: Vec<_> = statements.into_iter().map(|statement| statement.sql).collect();
        texts.sort();
        texts.dedup();
        assert!(texts.len() <= 4, "{texts:#?}");
    }
}

async fn empty(database: &TestDatabase) {
    create(database, 0).await;
    for by in By::ALL {
        let mut batches = tasks(database, by).for_update().skip_locked().transactional();
        assert!(batches.try_next().await.unwrap().is_none());
    }
}

#[derive(Chunked, Debug)]
#[chunked(table = "tasks")]
struct Small {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[sqlx(try_from = "i64")]
    b: u8,
}

/// Those in front come first, and are not lost if they are rolled back.
async fn rows_that_do_not_decode(database: &TestDatabase) {
    create(database, 10).await;
    database.execute("UPDATE tasks SET b = id WHERE id <> 6").await;
    for batch_size in [1, 3, 4, 10] {
        let batches = Small::batch_iter(database.pool()).batch_size(batch_size).for_update();
        let mut batches = batches.transactional();
        let mut read = Vec::new();
        let error = loop {
            match batches.try_next().await {
                Ok(Some(Open { batch, transaction, .. })) => {
                    read.extend(batch.iter().map(|row| (row.id, row.b)));
                    transaction.commit().await.unwrap();
                }
                Ok(None) => panic!("the row was left out"),
                Err(error) => break error,
            }
        };
        assert_eq!(read, [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)], "{batch_size}");
        let after = error.cursor::<Small>().unwrap();
        let mut rest = Small::batch_iter(database.pool()).after(after).for_update().transactional();
        let open = rest.try_next().await.unwrap().unwrap();
        assert_eq!(open.batch.len(), 4);
        open.transaction.commit().await.unwrap();
        assert!(rest.try_next().await.unwrap().is_none());
    }
}

#[derive(Chunked, Debug)]
#[chunked(table = "tasks", join = "JOIN tasks other ON other.id = tasks.a")]
struct SmallJoined {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[sqlx(try_from = "i64")]
    b: u8,
    #[chunked(column = "other.id")]
    other: i64,
}

/// Where rows are locked first and then read, others may have some in between.
async fn rows_of_others_that_do_not_decode(database: &TestDatabase) {
    if server::LOCKS_JOINED_ROWS {
        return;
    }
    create(database, 10).await;
    database.execute("UPDATE tasks SET b = id WHERE id <> 3; UPDATE tasks SET a = 1").await;
    let mut other = database.pool().begin().await.unwrap();
    let rows = Task::iter(&mut other).filter(|t| t.id.le(3)).for_update();
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap().len(), 3);
    for batch_size in [2, 4, 10] {
        let batches = SmallJoined::batch_iter(database.pool()).batch_size(batch_size);
        let mut batches = batches.for_update().skip_locked().transactional();
        let mut read = Vec::new();
        while let Some(Open { batch, transaction, .. }) = batches.try_next().await.unwrap() {
            read.extend(batch.iter().map(|row| (row.id, row.b, row.other)));
            transaction.commit().await.unwrap();
        }
        let expected: Vec<_> = (4..=10_u8).map(|id| (i64::from(id), id, 1)).collect();
        assert_eq!(read, expected, "{batch_size}");
    }
    other.rollback().await.unwrap();
}

#[derive(Chunked, Debug)]
#[chunked(table = "twice")]
struct Twice {
    #[chunk_key]
    #[chunked(unique)]
    k: i64,
}

/// A mark that is wrong, at every edge of a batch.
async fn duplicates(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE twice (k {BIGINT} NOT NULL); INSERT INTO twice VALUES (1), (2), (3), (3), (4)"
        ))
        .await;
    for batch_size in 1..=6 {
        let mut transaction = database.pool().begin().await.unwrap();
        let rows = Twice::iter(&mut transaction).batch_size(batch_size).for_update();
        let error = rows.map_ok(|row| row.k).try_collect::<Vec<_>>().await.unwrap_err();
        assert!(error.to_string().contains("the same key, `k` = 3"), "{error}, {batch_size}");
    }
}

async fn levels(database: &TestDatabase) {
    create(database, ROWS).await;
    for level in LEVELS {
        let pool = pool_at(database, level).await;
        let mut batches = Task::batch_iter(&pool).batch_size(7).for_update().transactional();
        let mut read = Vec::new();
        while let Some(open) = batches.try_next().await.unwrap() {
            read.extend(open.batch.iter().map(|task| task.id));
            open.transaction.commit().await.unwrap();
        }
        assert_eq!(read, (1..=ROWS).collect::<Vec<_>>(), "{level}");
        drop(batches);
        pool.close().await;
    }
}
