//! Expressions that closures build: columns, predicates, orders, ranges.

pub(crate) mod assignment;
pub(crate) mod column;
pub(crate) mod filter;
pub(crate) mod named;
pub(crate) mod nullable;
pub(crate) mod operand;
pub(crate) mod order;
pub(crate) mod predicate;
pub(crate) mod range;
pub(crate) mod unique;
