//! The arguments of the command line.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};

use crate::{
    Error,
    database::{Database, Kind},
};

pub(crate) const HELP: &str = "\
Reads one table with sqlx-chunked and with its peers, and prints how they compare.

cargo run --release -p sqlx-chunked-benches -- [OPTIONS]
    --rows N       rows of the table [1000000]
    --rounds N     times that each contender reads it, in turn [5]
    --on NAME      only on this database: sqlite, postgres, mysql; may repeat
    --only TEXT    only contenders with this in their name, and nothing else; may repeat

cargo run --release -p sqlx-chunked-benches -- writes [OPTIONS]
    The same for update and delete, beside a loop by hand and one big statement.

cargo run --release -p sqlx-chunked-benches -- parts [OPTIONS]
    What it costs to cut the table into parts, and how much faster several workers are than one.

cargo run --release -p sqlx-chunked-benches -- derive [--rounds N]
    What the derive costs `cargo check`, beside sqlx::FromRow.

PostgreSQL and MySQL/MariaDB are those that POSTGRES_URL and MYSQL_URL name. A table called
chunked_bench_entries is made there, and dropped at the end.
";

/// The work to do.
pub(crate) enum Command {
    Help,
    Speed(Options),
    Writes(Options),
    Parts(Options),
    Derive {
        rounds: usize,
    },
    /// Called by this program itself, to measure the memory of a process that only reads.
    PeakMemory {
        database: Database,
        rows: u64,
    },
}

/// The contenders to compare, and how often.
pub(crate) struct Options {
    pub(crate) rows: u32,
    pub(crate) rounds: usize,
    /// Empty for all.
    pub(crate) on: Vec<Kind>,
    /// Empty for all.
    pub(crate) only: Vec<String>,
}

impl Options {
    pub(crate) fn wants(&self, contender: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| contender.contains(part.as_str()))
    }
}

impl Command {
    /// Reads the arguments of this process.
    pub(crate) fn parse() -> Result<Self, Error> {
        let mut options = Options { rows: 1_000_000, rounds: 5, on: Vec::new(), only: Vec::new() };
        let mut command: Option<fn(Options) -> Self> = None;
        let mut arguments = Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("help") | Arg::Short('h') => return Ok(Self::Help),
                Arg::Long("rows") => options.rows = arguments.value()?.parse()?,
                Arg::Long("rounds") => options.rounds = arguments.value()?.parse()?,
                Arg::Long("on") => options.on.push(arguments.value()?.parse()?),
                Arg::Long("only") => options.only.push(arguments.value()?.string()?),
                Arg::Value(value) if value == "derive" => {
                    command = Some(|Options { rounds, .. }| Self::Derive { rounds });
                }
                Arg::Value(value) if value == "writes" => command = Some(Self::Writes),
                Arg::Value(value) if value == "parts" => command = Some(Self::Parts),
                Arg::Value(value) if value == PEAK_MEMORY => {
                    let kind = arguments.value()?.parse()?;
                    let url = arguments.value()?.string()?;
                    let rows = arguments.value()?.parse()?;
                    return Ok(Self::PeakMemory { database: Database { kind, url }, rows });
                }
                other => return Err(other.unexpected().into()),
            }
        }
        if options.rounds == 0 {
            return Err("--rounds has to be 1 at least".into());
        }
        Ok(command.unwrap_or(Self::Speed)(options))
    }
}

const PEAK_MEMORY: &str = "peak-memory";

/// Returns the arguments that [`Command::parse`] reads as [`Command::PeakMemory`].
pub(crate) fn peak_memory(database: &Database, rows: u64) -> [OsString; 4] {
    [
        PEAK_MEMORY.into(),
        database.kind.argument().into(),
        (&database.url).into(),
        rows.to_string().into(),
    ]
}
