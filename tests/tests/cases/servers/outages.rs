//! The server cannot be reached for a while, in the middle of several iterations.

use std::{cell::Cell, time::Duration};

use futures_util::{TryStreamExt as _, future::join_all};
use sqlx::{Pool, pool::PoolOptions};
use sqlx_chunked::Error;
use sqlx_chunked_tests::proxy::Proxy;

use crate::{
    Db,
    harness::{Entry, TestDatabase},
};

tests! { iterations_go_on }

const COUNT: i64 = 60;

async fn iterations_go_on(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let server = database.options();
    let proxy = Proxy::start(server.get_host(), server.get_port()).await;
    let options = PoolOptions::new().max_connections(3).acquire_timeout(Duration::from_millis(200));
    let server = server.host("127.0.0.1").port(proxy.port());
    let pool: Pool<Db> = options.connect_with(server).await.unwrap();
    let (over, errors) = (Cell::new(false), Cell::new(0));

    let outages = async {
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            proxy.refuse();
            // Wait until it has been noticed.
            let before = errors.get();
            while errors.get() == before {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            proxy.admit();
        }
        over.set(true);
    };
    let readers = join_all((1..=4).map(async |batch_size| {
        while !over.get() {
            let mut batches = Entry::batch_iter(&pool).batch_size(batch_size);
            let mut entries = Vec::new();
            loop {
                match batches.try_next().await {
                    Ok(Some(batch)) => entries.extend(batch),
                    Ok(None) => break,
                    Err(Error::Query { .. }) => {
                        errors.set(errors.get() + 1);
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
            assert_eq!(entries, Entry::first(COUNT), "batches of {batch_size}");
        }
    }));
    tokio::join!(outages, readers);
    pool.close().await;
}
