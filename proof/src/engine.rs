//! The storage engines of MySQL.

use crate::Kind;

/// Returns whether a storage engine upholds what a table declares. `MERGE`, and engines that read from
/// elsewhere, uphold nothing.
pub fn kind_of(engine: &str) -> Kind {
    const UPHOLDING: [&str; 7] =
        ["InnoDB", "MyISAM", "Aria", "MEMORY", "ROCKSDB", "TokuDB", "ndbcluster"];
    if UPHOLDING.iter().any(|upholding| upholding.eq_ignore_ascii_case(engine)) {
        return Kind::Table;
    }
    let reason = format!("has the engine {engine}, which need not uphold what it declares");
    Kind::Unprovable(reason.into())
}
