//! Who opens a checkpoint last has it.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use futures_util::{TryStreamExt as _, future::join_all};
use sqlx_chunked::{Chunked, Error, Open};
use sqlx_chunked_tests::Report as _;

use super::{checkpoints, hit, open};
use crate::{
    cases::writes::{Task, create, ids},
    harness::TestDatabase,
};

tests! {
    goes_on,
    overtaken,
    overtaken_in_the_middle,
    opened_in_vain,
    in_tasks,
    given_up,
    waits_for_a_commit,
    rolled_back,
    finished,
    opened_by_many,
    of_another_model,
    in_any_source,
    names,
}

const ROWS: i64 = 14;

/// Creates the rows and the table of checkpoints.
async fn prepare(database: &TestDatabase) {
    create(database, ROWS).await;
    checkpoints().create(database.pool()).await.unwrap();
}

async fn goes_on(database: &TestDatabase) {
    prepare(database).await;
    for step in 0..6 {
        let mut checkpoint = open(database, "slugs").await.unwrap();
        assert_eq!(checkpoint.cursor().is_some(), step > 0);
        let before = checkpoint.cursor().map(|cursor| cursor.to_string());
        hit(database.pool(), &mut checkpoint, 1).await.unwrap();
        // What is saved may be rolled back, so this is that of `open`.
        assert_eq!(checkpoint.cursor().map(|cursor| cursor.to_string()), before);
        assert!(!checkpoint.is_finished());
    }
    assert_eq!(ids(database, "WHERE hits = 1").await.len(), 14);
}

async fn overtaken(database: &TestDatabase) {
    prepare(database).await;
    let mut first = open(database, "slugs").await.unwrap();
    hit(database.pool(), &mut first, 1).await.unwrap();
    let mut second = open(database, "slugs").await.unwrap();
    let cursor = second.cursor().unwrap();
    for _ in 0..2 {
        let error = first.save(database.pool(), &cursor).await.unwrap_err();
        assert_eq!(
            error.report(),
            "checkpoint `slugs` in table `kept` was opened by another process since, or removed: roll \
             back what is not committed, and stop"
        );
        let error = first.finish(database.pool()).await.unwrap_err();
        assert!(matches!(&error, Error::Overtaken { name, .. } if name == "slugs"), "{error}");
        assert!(!first.is_finished());
    }
    hit(database.pool(), &mut second, 10).await.unwrap();
    second.finish(database.pool()).await.unwrap();
    assert_eq!(ids(database, "WHERE hits = 1").await.len(), 14);
    assert!(checkpoints().remove(database.pool(), "slugs").await.unwrap());
    let error = second.save(database.pool(), &cursor).await.unwrap_err();
    assert!(matches!(error, Error::Overtaken { .. }), "{error}");
    // A new one of the same name is not that of the one that was removed, whoever had it.
    let error = second.finish(database.pool()).await.unwrap_err();
    assert!(matches!(error, Error::Overtaken { .. }), "{error}");
    let mut third = open(database, "slugs").await.unwrap();
    assert!(third.cursor().is_none() && !third.is_finished());
    for old in [&mut first, &mut second] {
        let error = old.save(database.pool(), &cursor).await.unwrap_err();
        assert!(matches!(error, Error::Overtaken { .. }), "{error}");
    }
    assert!(checkpoints().remove(database.pool(), "slugs").await.unwrap());
    let mut fourth = open(database, "slugs").await.unwrap();
    third.save(database.pool(), &cursor).await.unwrap_err();
    fourth.save(database.pool(), &cursor).await.unwrap();
}

/// One whose transaction was rolled back was never opened.
async fn opened_in_vain(database: &TestDatabase) {
    prepare(database).await;
    let cursor = Task::batch_iter(database.pool()).try_next().await.unwrap().unwrap().cursor();
    let mut first = open(database, "slugs").await.unwrap();
    let mut transaction = database.pool().begin().await.unwrap();
    let mut vain = checkpoints().open::<Task, _>(&mut transaction, "slugs").await.unwrap();
    transaction.rollback().await.unwrap();
    first.save(database.pool(), &cursor).await.unwrap();
    let mut second = open(database, "slugs").await.unwrap();
    for other in [&mut first, &mut vain] {
        let error = other.save(database.pool(), &cursor).await.unwrap_err();
        assert!(matches!(error, Error::Overtaken { .. }), "{error}");
    }
    second.save(database.pool(), &cursor).await.unwrap();
}

/// All of it can be done by a task of its own.
async fn in_tasks(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool().clone();
    let work = async move {
        let mut connection = pool.acquire().await.unwrap();
        checkpoints().create(&mut connection).await.unwrap();
        let mut checkpoint =
            checkpoints().open::<Task, _>(&mut *connection, "slugs").await.unwrap();
        drop(connection);
        let mut batches = Task::batch_iter(&pool).transactional();
        let Open { batch, mut transaction, .. } = batches.try_next().await.unwrap().unwrap();
        checkpoint.save(&mut *transaction, &batch.cursor()).await.unwrap();
        transaction.commit().await.unwrap();
        let mut transaction = pool.begin().await.unwrap();
        checkpoint.finish(&mut transaction).await.unwrap();
        assert!(checkpoints().list(&mut *transaction).await.unwrap()[0].finished);
        assert!(checkpoints().remove(&mut transaction, "slugs").await.unwrap());
        transaction.commit().await.unwrap();
    };
    tokio::spawn(work).await.unwrap();
}

/// Futures that are dropped leave no connection half-read, and nothing half-done.
async fn given_up(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(1);
    checkpoints().create(&pool).await.unwrap();
    let cursor = Task::batch_iter(&pool).try_next().await.unwrap().unwrap().cursor();
    for polls in 0..40 {
        let mut first = checkpoints().open::<Task, _>(&pool, "slugs").await.unwrap();
        poll(polls, first.save(&pool, &cursor)).await;
        poll(polls, checkpoints().open::<Task, _>(&pool, "slugs")).await;
        poll(polls, checkpoints().list(&pool)).await;
        let mut last = checkpoints().open::<Task, _>(&pool, "slugs").await.unwrap();
        poll(polls, last.finish(&pool)).await;
        last.save(&pool, &cursor).await.unwrap();
        let listed = checkpoints().list(&pool).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].cursor, Some(cursor.to_string()));
        assert!(checkpoints().remove(&pool, "slugs").await.unwrap());
    }
    pool.close().await;
}

/// Polls a future so many times, and drops it.
async fn poll<T>(polls: usize, work: impl Future<Output = T>) {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 || work.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        left -= 1;
        Poll::Pending
    })
    .await;
}

/// The other one opens it after the batch was read and written, and before its position is saved.
async fn overtaken_in_the_middle(database: &TestDatabase) {
    prepare(database).await;
    let mut first = open(database, "slugs").await.unwrap();
    let mut batches = Task::batch_iter(database.pool()).batch_size(4).transactional();
    // On SQLite a transaction keeps others from opening it, so it is opened between two.
    let Open { batch, transaction, .. } = batches.try_next().await.unwrap().unwrap();
    transaction.rollback().await.unwrap();
    let mut second = open(database, "slugs").await.unwrap();
    let Open { mut transaction, .. } = batches.try_next().await.unwrap().unwrap();
    let error = first.save(&mut *transaction, &batch.cursor()).await.unwrap_err();
    assert!(matches!(error, Error::Overtaken { .. }), "{error}");
    transaction.rollback().await.unwrap();
    hit(database.pool(), &mut second, 10).await.unwrap();
    assert_eq!(ids(database, "WHERE hits = 1").await.len(), 14);
}

/// A position that is saved, but not committed yet.
async fn waits_for_a_commit(database: &TestDatabase) {
    prepare(database).await;
    for commits in [true, false] {
        let mut first = open(database, "slugs").await.unwrap();
        let before = first.cursor().map(|cursor| cursor.to_string());
        let batches = Task::batch_iter(database.pool()).batch_size(4).resume(first.cursor());
        let mut batches = batches.transactional();
        let Open { batch, mut transaction, .. } = batches.try_next().await.unwrap().unwrap();
        first.save(&mut *transaction, &batch.cursor()).await.unwrap();
        let ending = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if commits {
                transaction.commit().await.unwrap();
            } else {
                transaction.rollback().await.unwrap();
            }
        };
        let (second, ()) = tokio::join!(open(database, "slugs"), ending);
        let saved = second.unwrap().cursor().map(|cursor| cursor.to_string());
        let expected = if commits { Some(batch.cursor().to_string()) } else { before };
        assert_eq!(saved, expected);
    }
}

async fn rolled_back(database: &TestDatabase) {
    prepare(database).await;
    let mut checkpoint = open(database, "slugs").await.unwrap();
    let mut batches = Task::batch_iter(database.pool()).batch_size(4).transactional();
    for commits in [false, false, true] {
        let Open { batch, mut transaction, .. } = batches.try_next().await.unwrap().unwrap();
        checkpoint.save(&mut *transaction, &batch.cursor()).await.unwrap();
        if commits {
            transaction.commit().await.unwrap();
        }
        // Dropped otherwise.
    }
    let listed = checkpoints().list(database.pool()).await.unwrap();
    assert_eq!(listed[0].cursor, batches.cursor().map(|cursor| cursor.to_string()));
    let mut again = open(database, "slugs").await.unwrap();
    hit(database.pool(), &mut again, 10).await.unwrap();
    assert_eq!(ids(database, "WHERE hits = 1").await.len(), 10);
}

async fn finished(database: &TestDatabase) {
    prepare(database).await;
    let mut checkpoint = open(database, "slugs").await.unwrap();
    hit(database.pool(), &mut checkpoint, 2).await.unwrap();
    checkpoint.finish(database.pool()).await.unwrap();
    assert!(checkpoint.is_finished());
    checkpoint.finish(database.pool()).await.unwrap();
    for _ in 0..2 {
        let again = open(database, "slugs").await.unwrap();
        assert!(again.is_finished());
        assert!(again.cursor().is_some());
    }
    assert!(checkpoints().remove(database.pool(), "slugs").await.unwrap());
    assert!(!checkpoints().remove(database.pool(), "slugs").await.unwrap());
    assert!(!open(database, "slugs").await.unwrap().is_finished());
}

/// All get it, one after the other, and only the last one keeps it.
async fn opened_by_many(database: &TestDatabase) {
    prepare(database).await;
    let pool = database.pool_of(8);
    let all = join_all((0..40).map(|_| async {
        let opened = checkpoints().open::<Task, _>(&pool, "slugs").await;
        opened.unwrap()
    }));
    let mut all = all.await;
    let batch = Task::batch_iter(&pool).batch_size(1).try_next().await.unwrap().unwrap();
    let mut kept = 0;
    for checkpoint in &mut all {
        match checkpoint.save(&pool, &batch.cursor()).await {
            Ok(()) => kept += 1,
            Err(Error::Overtaken { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(kept, 1);
    drop(all);
    pool.close().await;
}

#[derive(Chunked, Debug)]
#[chunked(table = "others")]
#[expect(dead_code, reason = "it has no rows")]
struct Other {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

async fn of_another_model(database: &TestDatabase) {
    prepare(database).await;
    let mut checkpoint = open(database, "slugs").await.unwrap();
    hit(database.pool(), &mut checkpoint, 1).await.unwrap();
    let error = checkpoints().open::<Other, _>(database.pool(), "slugs").await.unwrap_err();
    assert_eq!(
        error.report(),
        "the position that is saved in checkpoint `slugs` is not one of `Other`; open it for the model \
         that it was saved for, or remove it to begin anew: the token was made for another table \
         than that of `Other`"
    );
    // Whoever has it keeps it.
    hit(database.pool(), &mut checkpoint, 0).await.unwrap();
    checkpoint.finish(database.pool()).await.unwrap();
    // Another order of the same model is refused by the iteration.
    let by_due = Task::batch_iter(database.pool()).order_by(|t| t.due.asc().then(t.id.asc()));
    let cursor = open(database, "slugs").await.unwrap().cursor();
    let error = by_due.resume(cursor).try_next().await.unwrap_err();
    assert!(matches!(error, Error::Cursor { .. }), "{error}");
}

async fn in_any_source(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool();
    checkpoints().create(pool.acquire().await.unwrap()).await.unwrap();
    let cursor = Task::batch_iter(pool).batch_size(3).try_next().await.unwrap().unwrap().cursor();
    let mut connection = pool.acquire().await.unwrap();
    let mut checkpoint = checkpoints().open::<Task, _>(&mut connection, "slugs").await.unwrap();
    checkpoint.save(&mut connection, &cursor).await.unwrap();
    checkpoint.save(&mut *connection, &cursor).await.unwrap();
    drop(connection);
    // In a transaction, `open` too is committed with it, or not.
    let mut transaction = pool.begin().await.unwrap();
    let mut inner = checkpoints().open::<Task, _>(&mut transaction, "slugs").await.unwrap();
    inner.save(&mut transaction, &cursor).await.unwrap();
    inner.finish(&mut *transaction).await.unwrap();
    transaction.rollback().await.unwrap();
    checkpoint.save(pool, &cursor).await.unwrap();
    let listed = checkpoints().list(pool).await.unwrap();
    assert!(!listed[0].finished);
    // The transaction is passed by value, and nobody could commit it.
    let error = checkpoint.finish(pool.begin().await.unwrap()).await.unwrap_err();
    assert!(error.report().contains("pass `&mut transaction`"), "{error}");
    assert!(!checkpoint.is_finished());
    // A transaction that sqlx does not know about would be ended.
    let mut connection = pool.acquire().await.unwrap();
    sqlx::raw_sql("BEGIN").execute(&mut *connection).await.unwrap();
    sqlx::raw_sql("UPDATE tasks SET hits = 9").execute(&mut *connection).await.unwrap();
    let opened = checkpoints().open::<Task, _>(&mut connection, "slugs").await;
    // SQLite says so itself.
    let report = opened.unwrap_err().report();
    assert!(report.contains("begun by SQL") || report.contains("within a transaction"), "{report}");
    sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await.unwrap();
    assert_eq!(ids(database, "WHERE hits = 9").await.len(), 0);
    drop(connection);
    // Behind a pooler.
    let unnamed = checkpoints().persistent(false);
    unnamed.create(pool).await.unwrap();
    let mut checkpoint = unnamed.open::<Task, _>(pool, "slugs").await.unwrap();
    checkpoint.save(pool, &cursor).await.unwrap();
    checkpoint.finish(pool).await.unwrap();
    assert!(unnamed.list(pool).await.unwrap()[0].finished);
    assert!(unnamed.remove(pool, "slugs").await.unwrap());
}

/// They compare byte by byte.
async fn names(database: &TestDatabase) {
    prepare(database).await;
    let long = "x".repeat(255);
    let names =
        ["a", "A", "a ", " a", "ä", "a\u{308}", "ß", "ss", "'", "`\"", "a\\b", "%", "0", &long];
    let cursor = Task::batch_iter(database.pool()).batch_size(3).try_next().await.unwrap();
    let cursor = cursor.unwrap().cursor();
    for name in names {
        let mut checkpoint = open(database, name).await.unwrap();
        assert!(checkpoint.cursor().is_none(), "{name}");
        assert_eq!(checkpoint.name(), name);
        checkpoint.save(database.pool(), &cursor).await.unwrap();
    }
    let mut listed: Vec<_> = checkpoints().list(database.pool()).await.unwrap();
    let mut expected: Vec<_> = names.iter().map(|name| name.as_bytes().to_vec()).collect();
    expected.sort();
    assert_eq!(listed.iter().map(|one| one.name.as_bytes().to_vec()).collect::<Vec<_>>(), expected);
    assert!(checkpoints().remove(database.pool(), "a").await.unwrap());
    listed.retain(|one| one.name != "a");
    assert_eq!(checkpoints().list(database.pool()).await.unwrap(), listed);
    for name in ["", &"x".repeat(256), &"ä".repeat(128)] {
        let error = open(database, name).await.unwrap_err();
        assert!(error.report().contains("the name of a checkpoint has 1 to 255 bytes"), "{error}");
    }
}
