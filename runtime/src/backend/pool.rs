//! When a connection of a pool goes back to it.

use std::time::{Duration, Instant};

use sqlx::{Database, Pool};

/// How long a connection may be kept from one batch to the next if others may wait for one.
const MAX_HOLD: Duration = Duration::from_millis(50);

/// Whether a connection that was taken from a pool at some time must be given back now.
pub(crate) fn is_over<DB: Database>(pool: &Pool<DB>, since: Instant) -> bool {
    pool.is_closed() || since.elapsed() > MAX_HOLD && others_may_wait(pool)
}

/// Whether a pool has no connection left to give.
pub(crate) fn others_may_wait<DB: Database>(pool: &Pool<DB>) -> bool {
    pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
}
