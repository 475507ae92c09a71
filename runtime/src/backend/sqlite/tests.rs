//! What cannot be brought about by statements that read.

use std::{panic, sync::mpsc, thread};

use sqlx::{Connection as _, SqliteConnection, SqlitePool};

use super::{
    blocking,
    handle::{Locked, RawStatement},
    session::in_one_transaction,
};
use crate::{
    backend::owned::{Owned, Owner},
    task::block_on,
};

/// After a disk error, SQLite has rolled the transaction back. sqlx, asked again, would read as if
/// the transaction had never written anything.
#[test]
fn a_transaction_that_is_over() {
    let mut connection = block_on(SqliteConnection::connect("sqlite::memory:")).unwrap();
    let mut lock = block_on(connection.lock_handle()).unwrap();
    let locked = Locked::new(&mut lock);
    let execute = |sql| {
        let mut statement = RawStatement::prepare(&locked, sql).unwrap_or_else(|_| panic!("{sql}"));
        assert!(matches!(statement.next(), Ok(None)));
    };
    let refused = || in_one_transaction(&locked, || Err::<(), _>(()));
    assert!(matches!(refused(), Ok(Err(()))), "outside of a transaction");
    execute("BEGIN");
    assert!(matches!(refused(), Ok(Err(()))), "the driver reads in the same transaction");
    assert!(matches!(in_one_transaction(&locked, || Ok::<_, ()>(1)), Ok(Ok(1))));
    let rolled_back = in_one_transaction(&locked, || {
        execute("ROLLBACK");
        Err::<(), _>(())
    });
    let error = rolled_back.unwrap_err().to_string();
    assert!(error.contains("the transaction was rolled back"), "{error}");
}

/// Whether its thread never starts or panics, the place of a connection is filled again.
#[tokio::test]
async fn a_connection_comes_back() {
    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
    let mut owned = Owned::new(Owner::Connection(pool.acquire().await.unwrap()));
    let work = {
        let mut loan = owned.lend().unwrap();
        move || assert!(loan.connection().is_none(), "for a panic")
    };
    assert!(owned.lend().is_none(), "it is lent already");
    drop(work);
    owned.here().await.unwrap().ping().await.unwrap();

    let loan = owned.lend().unwrap();
    let panicked = thread::spawn(move || {
        let _loan = loan;
        panic::resume_unwind(Box::new(()));
    });
    owned.here().await.unwrap().ping().await.unwrap();
    panicked.join().unwrap_err();

    // Nobody waits for it any more.
    let loan = owned.lend().unwrap();
    drop(owned);
    assert_eq!(pool.num_idle(), 0);
    drop(loan);
    pool.acquire().await.unwrap();
}

/// Work that nobody waits for any more leaves the queue of the runtime.
#[test]
fn work_that_waits_for_a_thread() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.max_blocking_threads(1).build().unwrap();
    let _within = runtime.enter();
    let (free, taken) = mpsc::channel::<()>();
    runtime.spawn_blocking(move || taken.recv());
    let (kept, given_back) = mpsc::channel::<()>();
    let blocking = blocking::spawn(move || kept.send(()).unwrap());
    assert_eq!(given_back.try_recv(), Err(mpsc::TryRecvError::Empty));
    drop(blocking);
    assert_eq!(given_back.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    drop(free);
}
