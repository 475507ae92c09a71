//! One statement, sent and collected. No SQL is written here.

pub(crate) mod collect;
pub(crate) mod connector;
pub(crate) mod source;
