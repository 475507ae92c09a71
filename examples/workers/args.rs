//! The arguments of the command line.

use lexopt::{Arg, Parser, ValueExt as _};

use crate::{AnyError, engine::Engine, store, work::Run};

pub(crate) const HELP: &str = "\
Cuts the flights into parts, has worker processes compute a column of them, and kills some of these on
the way. Checks at the end that every flight was written exactly once.

cargo run --features workers --example workers -- [OPTIONS]
    --engine NAME   only this queue: apalis or nats
    --workers N     worker processes [3]
    --parts N       parts of the table [12]
    --kills N       workers that are killed in the middle of a part, and replaced [1]
    --stalls N      workers that are stopped for longer than their lease, and then go on [0]
    --batch N       flights that a worker writes in one transaction [500]

apalis keeps its queue beside the flights, in an SQLite file or in the PostgreSQL database that
POSTGRES_URL names. NATS JetStream is the server that NATS_URL names; without --engine, it is used as
well where that is set.
";

/// What to do.
pub(crate) enum Command {
    Help,
    Run(Options),
    /// Called by this program itself.
    Worker {
        engine: Engine,
        run: Run,
    },
}

/// The options of a run.
pub(crate) struct Options {
    engine: Option<String>,
    pub(crate) workers: usize,
    pub(crate) parts: usize,
    pub(crate) kills: usize,
    pub(crate) stalls: usize,
    pub(crate) batch: usize,
}

impl Command {
    pub(crate) fn parse() -> Result<Self, AnyError> {
        let mut options =
            Options { engine: None, workers: 3, parts: 12, kills: 1, stalls: 0, batch: 500 };
        let mut arguments = Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Short('h') | Arg::Long("help") => return Ok(Self::Help),
                Arg::Long("engine") => options.engine = Some(arguments.value()?.string()?),
                Arg::Long("workers") => options.workers = arguments.value()?.parse()?,
                Arg::Long("parts") => options.parts = arguments.value()?.parse()?,
                Arg::Long("kills") => options.kills = arguments.value()?.parse()?,
                Arg::Long("stalls") => options.stalls = arguments.value()?.parse()?,
                Arg::Long("batch") => options.batch = arguments.value()?.parse()?,
                Arg::Value(worker) if worker == "worker" => {
                    let engine = arguments.value()?.parse()?;
                    let name = arguments.value()?.string()?;
                    let run = Run { name, batch: arguments.value()?.parse()? };
                    return Ok(Self::Worker { engine, run });
                }
                other => return Err(other.unexpected().into()),
            }
        }
        if options.workers == 0 {
            return Err("there must be at least one worker".into());
        }
        Ok(Self::Run(options))
    }
}

impl Options {
    /// Returns the queues to use.
    pub(crate) fn engines(&self) -> Result<Vec<Engine>, AnyError> {
        let apalis =
            if store::has_postgres() { Engine::ApalisPostgres } else { Engine::ApalisSqlite };
        Ok(match self.engine.as_deref() {
            None if std::env::var("NATS_URL").is_ok() => vec![apalis, Engine::Nats],
            None | Some("apalis") => vec![apalis],
            Some("nats") => vec![Engine::Nats],
            Some(other) => return Err(format!("no engine `{other}`: apalis or nats").into()),
        })
    }
}
