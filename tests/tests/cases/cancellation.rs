//! Waiting for the next item can be given up at any time: the query stays with the iterator, and
//! no row is lost or repeated.

use std::{fmt::Debug, future::ready};

use futures_util::{FutureExt as _, TryStream, TryStreamExt as _};
use tokio::task::yield_now;

use crate::harness::{Entry, TestDatabase};

tests! { nothing_is_lost, while_the_pool_is_empty, for_good }

const COUNT: i64 = 25;
const BATCH_SIZES: [usize; 5] = [1, 2, 5, 24, 26];

/// A way to wait for only a moment.
#[derive(Clone, Copy, Debug)]
enum Impatience {
    PollOnce,
    Select,
}

impl Impatience {
    const ALL: [Self; 2] = [Self::PollOnce, Self::Select];

    /// Waits for the next item for a moment, and returns it if it came.
    async fn next<S>(self, stream: &mut S) -> Option<Result<Option<S::Ok>, S::Error>>
    where
        S: TryStream + Unpin,
    {
        match self {
            Self::PollOnce => stream.try_next().now_or_never(),
            Self::Select => tokio::select! {
                biased;
                item = stream.try_next() => Some(item),
                () = ready(()) => None,
            },
        }
    }

    /// Reads all entries, and returns how often it gave up.
    async fn reads_all<S>(self, mut stream: S) -> usize
    where
        S: TryStream<Ok: IntoIterator<Item = Entry>, Error: Debug> + Unpin,
    {
        let mut entries = Vec::new();
        let mut given_up = 0;
        loop {
            let Some(item) = self.next(&mut stream).await else {
                given_up += 1;
                yield_now().await;
                continue;
            };
            let Some(item) = item.unwrap() else { break };
            entries.extend(item);
        }
        assert_eq!(entries, Entry::first(COUNT));
        given_up
    }
}

async fn nothing_is_lost(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool();
    let mut connection = database.connect().await;
    let mut given_up = 0;
    for impatience in Impatience::ALL {
        for batch_size in BATCH_SIZES {
            let batches = Entry::batch_iter(pool).batch_size(batch_size);
            given_up += impatience.reads_all(batches).await;
            let rows = Entry::iter(pool).batch_size(batch_size).map_ok(|row| [row]);
            given_up += impatience.reads_all(rows).await;
            let rows = Entry::iter(&mut connection).batch_size(batch_size).map_ok(|row| [row]);
            given_up += impatience.reads_all(rows).await;
            let batches = Entry::batch_iter(pool.acquire().await.unwrap()).batch_size(batch_size);
            given_up += impatience.reads_all(batches).await;
            let batches = Entry::batch_iter(pool.begin().await.unwrap()).batch_size(batch_size);
            given_up += impatience.reads_all(batches).await;
        }
    }
    assert!(given_up > 0, "it always had what was asked for");
}

/// Waiting for a connection is given up.
async fn while_the_pool_is_empty(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool_of(1);
    for impatience in Impatience::ALL {
        let mut rows = Entry::iter(&pool).batch_size(10);
        let taken = pool.acquire().await.unwrap();
        for _ in 0..3 {
            assert!(impatience.next(&mut rows).await.is_none());
        }
        drop(taken);
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), Entry::first(COUNT));
    }
    pool.close().await;
}

/// The iterator itself is dropped in the middle of a query: the next user of the pool does not get
/// the rest of it.
async fn for_good(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool_of(1);
    for attempt in 0..200_u32 {
        // Half of the time, a text that has not been prepared yet.
        let text = if attempt % 2 == 0 { 0 } else { attempt };
        let mut rows = Entry::iter(&pool).batch_size(10).filter_sql(move |q| {
            q.push(format!("{text} = {text}"));
        });
        // At every stage of the query.
        for _ in 0..attempt / 2 % 8 {
            if Impatience::PollOnce.next(&mut rows).await.is_none() {
                yield_now().await;
            }
        }
        drop(rows);
        let rows = Entry::iter(&pool).batch_size(10);
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), Entry::first(COUNT));
    }
    pool.close().await;
}
