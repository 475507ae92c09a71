//! The example `workers`, with three workers that are killed and stopped at random moments: on each queue,
//! several times, every flight is written exactly once.

use std::{env, path::PathBuf, process::Command};

const RUNS: usize = 3;

#[test]
fn apalis_on_sqlite() {
    check(&["--engine", "apalis"], &[]);
}

#[test]
#[cfg_attr(not(postgres_url), ignore = "set POSTGRES_URL")]
fn apalis_on_postgres() {
    check(&["--engine", "apalis"], &["POSTGRES_URL"]);
}

#[test]
#[cfg_attr(not(nats_url), ignore = "set NATS_URL")]
fn nats_with_sqlite() {
    check(&["--engine", "nats"], &["NATS_URL"]);
}

#[test]
#[cfg_attr(not(all(nats_url, postgres_url)), ignore = "set NATS_URL and POSTGRES_URL")]
fn nats_with_postgres() {
    check(&["--engine", "nats"], &["NATS_URL", "POSTGRES_URL"]);
}

/// Runs the program, which checks its own result, with some of the servers.
fn check(arguments: &[&str], servers: &[&str]) {
    for _ in 0..RUNS {
        let mut program = Command::new(program());
        program.args(arguments).args(["--workers", "3", "--kills", "3", "--stalls", "1"]);
        for variable in ["POSTGRES_URL", "NATS_URL"] {
            if !servers.contains(&variable) {
                program.env_remove(variable);
            }
        }
        let output = program.output().expect("the program");
        let printed = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{printed}{errors}");
        assert!(printed.contains("; 0 flights are wrong"), "{printed}");
        assert!(printed.contains("takes over part"), "{printed}");
    }
}

/// Cargo puts the example beside the directory of this test.
fn program() -> PathBuf {
    let test = env::current_exe().expect("a path");
    let program = test.ancestors().nth(2).expect("a directory").join("examples/workers");
    let built = "cargo build -p sqlx-chunked-examples --features workers --example workers";
    assert!(program.exists(), "run this first: {built}");
    program
}
