//! Code that must not compile, and its errors: `ui/*.rs` next to `ui/*.stderr`.
//!
//! After changing a message, run `TRYBUILD=overwrite cargo test --test compile_fail` to rewrite the
//! files, and read every one.

#[test]
fn compile_fail() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
