//! Decides when a connection goes back to its pool.

use std::time::{Duration, Instant};

use sqlx::{Database, Pool};

/// The longest time to keep a connection from one batch to the next if others may wait for one.
const MAX_HOLD: Duration = Duration::from_millis(50);

/// Returns whether a connection taken from a pool at `since` must be given back now.
pub(crate) fn is_over<DB: Database>(pool: &Pool<DB>, since: Instant) -> bool {
    pool.is_closed() || since.elapsed() > MAX_HOLD && others_may_wait(pool)
}

/// Returns whether a pool has no connection left to give.
pub(crate) fn others_may_wait<DB: Database>(pool: &Pool<DB>) -> bool {
    pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
}
