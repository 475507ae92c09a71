//! The comparisons, and how they should come out.

use std::fmt;

use crate::{contenders::name, database::Kind};

/// The bound of a measured value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    /// The value is only shown.
    Any,
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    pub(crate) fn holds(self, value: f64) -> bool {
        match self {
            Self::Any => true,
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => Ok(()),
            Self::AtLeast(bound) => write!(f, "≥ {bound}"),
            Self::AtMost(bound) => write!(f, "≤ {bound}"),
        }
    }
}

/// The result that must hold, and the one that would be good.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) floor: Bound,
    pub(crate) goal: Bound,
}

const fn at_least(floor: f64, goal: f64) -> Target {
    Target { floor: Bound::AtLeast(floor), goal: Bound::AtLeast(goal) }
}

const fn at_most(floor: f64, goal: f64) -> Target {
    Target { floor: Bound::AtMost(floor), goal: Bound::AtMost(goal) }
}

/// Our writes, as a multiple of the speed of a loop by hand.
pub(crate) const WRITES: Target = at_least(1.0, 1.3);

/// The time of a cut, as a multiple of that of `SELECT COUNT(*)`.
pub(crate) const CUT: Target = at_most(1.5, 1.2);

pub(crate) const NONE: Target = Target { floor: Bound::Any, goal: Bound::Any };

/// The speed of `ours`, as a multiple of that of `peer`.
pub(crate) struct Comparison {
    pub(crate) on: Kind,
    pub(crate) ours: &'static str,
    pub(crate) peer: &'static str,
    pub(crate) target: Target,
}

const fn compare(on: Kind, ours: &'static str, peer: &'static str, target: Target) -> Comparison {
    Comparison { on, ours, peer, target }
}

/// Comparisons whose contenders did not both run are left out of a report.
pub(crate) const COMPARISONS: &[Comparison] = &[
    compare(Kind::Sqlite, name::ORDERS, name::ORDERS_RUSQLITE, at_least(1.5, 2.2)),
    compare(Kind::Sqlite, name::ORDERS, name::ORDERS_FETCH, at_least(3.0, 4.0)),
    compare(Kind::Sqlite, name::ORDERS, name::ORDERS_KEYSET, NONE),
    compare(Kind::Sqlite, name::FULL_ORDERS, name::FULL_ORDERS_RUSQLITE, at_least(1.1, 1.7)),
    compare(Kind::Sqlite, name::FULL_ORDERS, name::FULL_ORDERS_FETCH, at_least(3.0, 4.0)),
    compare(Kind::Sqlite, name::FULL_ORDERS, name::FULL_ORDERS_KEYSET, NONE),
    compare(Kind::Sqlite, name::FULL_ORDERS_CONNECTION, name::FULL_ORDERS, at_least(0.9, 1.0)),
    compare(Kind::Sqlite, name::FULL_ORDERS_TRANSACTION, name::FULL_ORDERS, at_least(0.9, 1.0)),
    compare(Kind::Sqlite, name::LINKED, name::LINKED_DENSE, at_most(3.0, 2.0)),
    compare(Kind::Sqlite, name::LINKED, name::LINKED_SPREAD, at_most(8.0, 7.0)),
    compare(Kind::Postgres, name::ORDERS_AHEAD_2, name::ORDERS_FETCH, NONE),
    compare(Kind::Postgres, name::ORDERS, name::ORDERS_KEYSET, at_least(1.2, 1.4)),
    compare(Kind::MySql, name::ORDERS_AHEAD_2, name::ORDERS_FETCH, NONE),
    compare(Kind::MySql, name::ORDERS, name::ORDERS_KEYSET, at_least(1.2, 1.4)),
    compare(Kind::Sqlite, name::ITER, name::FETCH, at_least(4.0, 5.5)),
    compare(Kind::Sqlite, name::BATCH_ITER, name::FETCH, at_least(4.0, 5.5)),
    compare(Kind::Sqlite, name::BATCH_ITER, name::DIESEL, at_least(0.75, 1.0)),
    compare(Kind::Sqlite, name::BATCH_ITER, name::RUSQLITE, at_least(0.8, 0.95)),
    compare(Kind::Sqlite, name::BATCH_ITER, name::KEYSET, NONE),
    compare(Kind::Sqlite, name::BATCH_ITER, name::SEA_ORM, NONE),
    compare(Kind::Sqlite, name::BATCH_ITER_CONNECTION, name::KEYSET_CONNECTION, NONE),
    compare(Kind::Sqlite, name::NOT_DIRECT, name::KEYSET, NONE),
    compare(Kind::Sqlite, name::AHEAD_1, name::BATCH_ITER, NONE),
    compare(Kind::Sqlite, name::BATCH_ITER_TIMES, name::FETCH_TIMES, NONE),
    compare(Kind::Sqlite, name::BATCH_ITER_TIMES, name::RUSQLITE_TIMES, NONE),
    compare(Kind::Sqlite, name::WITH_AUTHORS, name::LOAD_ONE, NONE),
    compare(Kind::Sqlite, name::BATCH_ITER, name::WITH_AUTHORS, NONE),
    compare(Kind::Sqlite, name::ITER, name::BATCH_ITER, at_least(0.95, 1.0)),
    compare(Kind::Postgres, name::AHEAD_2, name::FETCH, at_least(1.0, 1.2)),
    compare(Kind::Postgres, name::AHEAD_2, name::DIESEL, at_least(1.2, 1.5)),
    compare(Kind::Postgres, name::AHEAD_2, name::SEA_ORM, at_least(1.7, 2.2)),
    compare(Kind::Postgres, name::AHEAD_2, name::TOKIO_POSTGRES, NONE),
    compare(Kind::Postgres, name::AHEAD_2, name::AHEAD_1, NONE),
    compare(Kind::Postgres, name::BATCH_ITER, name::KEYSET, at_least(1.2, 1.4)),
    compare(
        Kind::Postgres,
        name::BATCH_ITER_CONNECTION,
        name::KEYSET_CONNECTION,
        at_least(0.97, 1.1),
    ),
    compare(Kind::Postgres, name::WITH_AUTHORS, name::LOAD_ONE, NONE),
    compare(Kind::Postgres, name::BATCH_ITER, name::WITH_AUTHORS, NONE),
    compare(Kind::Postgres, name::ITER, name::BATCH_ITER, at_least(0.95, 1.0)),
    compare(Kind::MySql, name::AHEAD_2, name::FETCH, at_least(0.9, 1.0)),
    compare(Kind::MySql, name::AHEAD_2, name::SEA_ORM, NONE),
    compare(Kind::MySql, name::AHEAD_2, name::AHEAD_1, NONE),
    compare(Kind::MySql, name::BATCH_ITER, name::KEYSET, at_least(1.2, 1.4)),
    compare(Kind::MySql, name::BATCH_ITER_CONNECTION, name::KEYSET_CONNECTION, NONE),
    compare(Kind::MySql, name::WITH_AUTHORS, name::LOAD_ONE, NONE),
    compare(Kind::MySql, name::BATCH_ITER, name::WITH_AUTHORS, NONE),
    compare(Kind::MySql, name::ITER, name::BATCH_ITER, at_least(0.95, 1.0)),
];

/// A batch at the end, as a multiple of one at the start.
pub(crate) const END_TO_START: Target = at_most(1.1, 1.0);

/// The first row, as a multiple of the first batch, which holds it. A tenth is allowed for noise.
pub(crate) const FIRST_ROW: Target = at_most(1.1, 1.0);

/// The extra MiB that all rows take, compared with a tenth of them.
pub(crate) const MEMORY: Target = at_most(1.0, 0.0);

/// The time of the derive, as a multiple of that of `sqlx::FromRow`.
pub(crate) const DERIVE: Target = at_most(1.6, 1.2);

/// The time of the derive with marks that are held against migrations, as a multiple of that without.
pub(crate) const MIGRATIONS: Target = at_most(1.5, 1.2);
