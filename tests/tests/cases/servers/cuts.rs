//! The connection is cut after every number of bytes: in the middle of a message, of a row and of a
//! batch.

use futures_util::{TryStream, TryStreamExt as _};
use sqlx::pool::PoolOptions;
use sqlx_chunked::Error;
use sqlx_chunked_tests::proxy::Proxy;

use crate::{
    Db,
    harness::{Entry, TestDatabase},
};

tests! { in_rows, in_batches, without_a_ping, on_a_connection }

const COUNT: i64 = 9;
/// Every place is tried by one case or another.
const STEP: usize = 3;

/// Cuts a batch after `first` bytes, then `STEP` bytes later each time, until it comes whole.
pub(crate) async fn every_cut<S, Y>(
    database: &TestDatabase,
    options: PoolOptions<Db>,
    first: usize,
    read: impl Fn(&sqlx::Pool<Db>) -> S,
) where
    S: TryStream<Ok = Y, Error = Error> + Unpin,
    Y: IntoIterator<Item = Entry>,
{
    database.create_entries(COUNT).await;
    let server = database.options();
    let proxy = Proxy::start(server.get_host(), server.get_port()).await;
    let server = server.host("127.0.0.1").port(proxy.port());
    let pool = options.max_connections(1).connect_with(server).await.unwrap();
    let mut errors = 0;
    for bytes in (first..).step_by(STEP) {
        let mut rows = read(&pool);
        let mut entries: Vec<_> = rows.try_next().await.unwrap().into_iter().flatten().collect();
        proxy.cut_after(bytes);
        let mut failed = 0;
        loop {
            match rows.try_next().await {
                Ok(Some(read)) => entries.extend(read),
                Ok(None) => break,
                Err(Error::Query { .. }) if failed == 0 => failed += 1,
                Err(error) => panic!("{error}, cut after {bytes} bytes"),
            }
        }
        assert_eq!(entries, Entry::first(COUNT), "cut after {bytes} bytes");
        errors += failed;
        if proxy.spare() {
            break;
        }
    }
    assert!(errors > 0);
    pool.close().await;
}

async fn in_rows(database: &TestDatabase) {
    every_cut(database, PoolOptions::new(), 0, |pool| {
        Entry::iter(pool).batch_size(4).map_ok(|entry| [entry])
    })
    .await;
}

async fn in_batches(database: &TestDatabase) {
    every_cut(database, PoolOptions::new(), 1, |pool| Entry::batch_iter(pool).batch_size(4)).await;
}

async fn without_a_ping(database: &TestDatabase) {
    let options = PoolOptions::new().test_before_acquire(false);
    every_cut(database, options, 2, |pool| Entry::batch_iter(pool).batch_size(4)).await;
}

/// The rest of the table cannot be read, and must not look as if it had been.
async fn on_a_connection(database: &TestDatabase) {
    use sqlx::ConnectOptions as _;

    database.create_entries(COUNT).await;
    let server = database.options();
    let proxy = Proxy::start(server.get_host(), server.get_port()).await;
    let server = server.host("127.0.0.1").port(proxy.port());
    for bytes in (0..).step_by(2 * STEP + 1) {
        let mut connection = server.connect().await.unwrap();
        let mut batches = Entry::batch_iter(&mut connection).batch_size(4);
        batches.try_next().await.unwrap();
        proxy.cut_after(bytes);
        let mut left = batches.try_next().await;
        if left.is_ok() {
            left = batches.try_next().await;
        }
        if proxy.spare() {
            assert_eq!(left.unwrap().unwrap().len(), 1);
            break;
        }
        left.unwrap_err();
        for _ in 0..2 {
            batches.try_next().await.unwrap_err();
        }
    }
}
