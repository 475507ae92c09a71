//! The speed of sqlx-chunked in reading and writing a table, compared with its peers:
//! `cargo run --release -p sqlx-chunked-benches`, with `-- --help` for the options.

mod args;
mod contenders;
mod data;
mod database;
mod derive;
mod entry;
mod memory;
mod order;
mod parts;
mod race;
mod report;
mod samples;
mod shape;
mod speed;
mod targets;
mod writes;

use std::{error, process::ExitCode};

use args::Command;

type Error = Box<dyn error::Error + Send + Sync>;

/// Rows in a query, for every contender that reads by queries: the library's default.
const BATCH: usize = 1_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    match Command::parse()? {
        Command::Help => {
            print!("{}", args::HELP);
            Ok(())
        }
        Command::Speed(options) => runtime()?.block_on(speed::compare(&options)),
        Command::Writes(options) => runtime()?.block_on(writes::compare(&options)),
        Command::Parts(options) => runtime()?.block_on(parts::compare(&options)),
        Command::Derive { rounds } => derive::compare(rounds),
        Command::PeakMemory { database, rows } => {
            runtime()?.block_on(memory::print_peak(&database, rows))
        }
    }
}

/// Returns the runtime that `#[tokio::main]` would make.
fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
