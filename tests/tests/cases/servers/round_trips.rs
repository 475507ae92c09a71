//! Requests before rows come: if the user spared the ping of `acquire`, only the query itself. The
//! test looks at what went over the wire.

use futures_util::TryStreamExt as _;
use sqlx::{Pool, pool::PoolOptions};
use sqlx_chunked_tests::proxy::Proxy;

use super::sessions::wait_for_idle;
use crate::{
    Db,
    harness::{Entry, TestDatabase},
    server,
};

tests! { none_but_the_query, one_more_for_the_ping, all_on_a_connection }

async fn proxied(database: &TestDatabase, ping: bool) -> (Proxy, Pool<Db>) {
    database.create_entries(20).await;
    let server = database.options();
    let proxy = Proxy::start(server.get_host(), server.get_port()).await;
    let options = PoolOptions::new().max_connections(1).test_before_acquire(ping);
    let server = server.host("127.0.0.1").port(proxy.port());
    (proxy, options.connect_with(server).await.unwrap())
}

/// Returns what each batch sends after its statement has been prepared: from the third one on.
async fn requests(proxy: &Proxy, pool: &Pool<Db>) -> Vec<Vec<Vec<u8>>> {
    let mut batches = Entry::batch_iter(pool).batch_size(3);
    let mut requests = Vec::new();
    loop {
        // The ping before a connection goes back is not part of the next batch.
        wait_for_idle(pool).await;
        drop(proxy.take_requests());
        if batches.try_next().await.unwrap().is_none() {
            break;
        }
        wait_for_idle(pool).await;
        requests.push(proxy.take_requests());
    }
    assert_eq!(requests.len(), 7);
    requests.split_off(2)
}

async fn none_but_the_query(database: &TestDatabase) {
    let (proxy, pool) = proxied(database, false).await;
    for requests in requests(&proxy, &pool).await {
        // The second one gives the connection back, which nobody waits for.
        let [query, release] = &*requests else { panic!("{requests:?}") };
        assert!(server::executes(query), "{query:?}");
        assert!(server::pings(release), "{release:?}");
    }
    pool.close().await;
}

/// Shows that it was the user who spared it.
async fn one_more_for_the_ping(database: &TestDatabase) {
    let (proxy, pool) = proxied(database, true).await;
    for requests in requests(&proxy, &pool).await {
        let [ping, query, release] = &*requests else { panic!("{requests:?}") };
        assert!(server::pings(ping), "{ping:?}");
        assert!(server::executes(query), "{query:?}");
        assert!(server::pings(release), "{release:?}");
    }
    pool.close().await;
}

async fn all_on_a_connection(database: &TestDatabase) {
    let (proxy, pool) = proxied(database, true).await;
    let mut batches = Entry::batch_iter(pool.acquire().await.unwrap()).batch_size(3);
    for _ in 0..2 {
        batches.try_next().await.unwrap();
    }
    drop(proxy.take_requests());
    // The last batch gives the connection back.
    for _ in 2..6 {
        batches.try_next().await.unwrap();
        let requests = proxy.take_requests();
        let [query] = &*requests else { panic!("{requests:?}") };
        assert!(server::executes(query), "{query:?}");
    }
    drop(batches);
    pool.close().await;
}
