//! What is known of collations by their names.

/// The collation of SQLite by which equal texts have equal bytes.
pub const BINARY: &str = "BINARY";

/// Returns whether texts that are equal by a collation of MySQL have equal bytes.
pub fn is_by_bytes(collation: &str) -> bool {
    collation.ends_with("_bin")
}

/// Returns whether a collation of MySQL compares letter by letter. Those of the Unicode Collation Algorithm
/// do not, nor do some that are older (`latin1_german2_ci`): `ß` is `ss`, although `ß` is not `s`. What is
/// called Swedish is of that algorithm in the character sets of Unicode.
pub fn is_by_letters(collation: &str) -> bool {
    let is_old = ["latin1_", "dec8_", "swe7_"].iter().any(|start| collation.starts_with(start));
    let ends = |ends: &[&str]| ends.iter().any(|end| collation.ends_with(end));
    ends(&["_bin", "_general_ci", "_general_nopad_ci"])
        || (is_old && ends(&["_swedish_ci", "_swedish_nopad_ci"]))
}
