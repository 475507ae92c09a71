//! Code that must not compile, and its errors: `ui/*.rs` next to `ui/*.stderr`.
//!
//! After changing a message, run `TRYBUILD=overwrite cargo test --test compile_fail` to rewrite the
//! files, and read every one.

use std::{fs, path::Path};

#[test]
fn compile_fail() {
    bring_migrations();
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}

/// Brings the migrations to where trybuild compiles: they are found from a crate's own folder.
fn bring_migrations() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let there = target.join("tests/trybuild").join(env!("CARGO_PKG_NAME")).join("migrations");
    // Of a former run.
    let _ = fs::remove_dir_all(&there);
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/migrations");
    for directory in fs::read_dir(here).unwrap() {
        let directory = directory.unwrap();
        let there = there.join(directory.file_name());
        fs::create_dir_all(&there).unwrap();
        for file in fs::read_dir(directory.path()).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), there.join(file.file_name())).unwrap();
        }
    }
}
