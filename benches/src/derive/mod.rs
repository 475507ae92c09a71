//! The cost of the derive to the compiler, compared with `sqlx::FromRow`.

mod generate;

use std::{
    env,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use generate::{Derive, Generated};

use crate::{
    Error,
    report::{self, Ratio},
    samples::Samples,
    targets,
};

const CHECK: &str = "cargo check";

/// Times `cargo check` of a crate whose dependencies have been checked already, for each derive in
/// turn, and prints the tables.
pub(crate) fn compare(rounds: usize) -> Result<(), Error> {
    // Next to what cargo builds, so that dependencies are checked once and not in every run.
    let program = env::current_exe()?;
    let target = program.ancestors().nth(2).ok_or("this program is in no target directory")?;
    let generated = Generated::write(&target.join("derive-cost"))?;

    eprintln!("checking the dependencies");
    let mut checks = Vec::new();
    for derive in Derive::ALL {
        generated.edit(derive, 0)?;
        check(&generated.directory, derive)?;
        checks.push((derive, Vec::new()));
    }
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for (derive, times) in &mut checks {
            generated.edit(*derive, round)?;
            times.push(check(&generated.directory, *derive)?);
        }
    }

    println!(
        "\n{} structs of 10 fields, {} migrations, {rounds} rounds\n",
        generate::STRUCTS,
        generate::MIGRATIONS
    );
    let seconds = checks.iter().map(|(derive, times)| {
        (derive.name(), times.iter().map(Duration::as_secs_f64).collect::<Samples>())
    });
    println!("{}", report::seconds(&seconds.collect::<Vec<_>>()));
    let [(chunked, ours), (migrated, proven), (from_row, peers), (none, plain)] = &checks[..]
    else {
        return Ok(());
    };
    let ratio =
        |what: Derive, ours: &[Duration], against: Derive, peers: &[Duration], target| Ratio {
            on: CHECK,
            what: what.name(),
            against: against.name(),
            measured: ours
                .iter()
                .zip(peers)
                .map(|(our, peer)| our.div_duration_f64(*peer))
                .collect(),
            unit: "×",
            target,
        };
    let ratios = [
        ratio(*chunked, ours, *from_row, peers, targets::DERIVE),
        ratio(*migrated, proven, *chunked, ours, targets::MIGRATIONS),
        ratio(*from_row, peers, *none, plain, targets::NONE),
    ];
    println!("{}", report::ratios(&ratios));
    Ok(())
}

fn check(directory: &Path, derive: Derive) -> Result<Duration, Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let start = Instant::now();
    let status = Command::new(cargo)
        .args(["check", "--quiet", "--package", derive.package(), "--target-dir", "target"])
        .current_dir(directory)
        .status()?;
    let time = start.elapsed();
    if status.success() { Ok(time) } else { Err(format!("cargo check: {status}").into()) }
}
