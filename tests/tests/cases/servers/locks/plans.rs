//! What locked batches cost, measured by each server in its own way.

use futures_util::{FutureExt as _, TryStreamExt as _, future::BoxFuture};
use sqlx::Pool;

use crate::{
    Db,
    cases::{
        plans::Cost,
        skewed::{BATCH, ORDERS},
    },
};

/// Locks a few batches at the beginning and in the middle, and checks that none took more than `most`
/// of each count.
pub(crate) async fn check(
    pool: &Pool<Db>,
    cost_of: impl AsyncFn(&Pool<Db>, BoxFuture<'_, ()>) -> Cost,
    most: &[u64],
) {
    for (name, rows) in ORDERS {
        let mut half = rows(pool).batch_size(50_000);
        let middle = half.try_next().await.unwrap().unwrap().cursor();
        drop(half);
        for after in [None, Some(middle)] {
            let place = if after.is_some() { "in the middle" } else { "at the beginning" };
            let mut batches = rows(pool).resume(after).for_update().transactional();
            // The first batch also asks what is asked once.
            for number in 0..8 {
                let mut read = 0;
                let lock = async {
                    let open = batches.try_next().await.unwrap().unwrap();
                    read = open.batch.len() as u64;
                    open.transaction.commit().await.unwrap();
                };
                let cost = cost_of(pool, lock.boxed()).await;
                assert_eq!(read, BATCH);
                println!("| {name}, {place} | {cost:?} |");
                let is_enough = cost.iter().zip(most).all(|((_, cost), most)| cost <= most);
                assert!(
                    number == 0 || is_enough,
                    "{name}, {place}: {cost:?}, but {most:?} are enough"
                );
            }
        }
    }
}
