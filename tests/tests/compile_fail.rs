//! What must not compile, and what is said about it: `ui/*.rs` beside `ui/*.stderr`.
//!
//! After a change of a message, `TRYBUILD=overwrite cargo test --test compile_fail` writes the
//! files anew: read every one.

#[test]
fn compile_fail() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
