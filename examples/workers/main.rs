//! One table, many workers: the flights are cut into parts, which an existing queue hands to worker
//! processes. Some are killed on purpose; others take their parts over and goes on from the
//! checkpoint. At the end every flight was written exactly once.
//!
//! The queue is apalis, in an SQLite file or, where `POSTGRES_URL` is set, in PostgreSQL; where `NATS_URL`
//! is set, the same is done again with NATS JetStream. Both deliver a part at least once, and may have two
//! workers on it: the checkpoint decides whose work counts.

mod args;
mod bars;
mod engine;
mod run;
mod store;
mod work;
mod workers;

use std::{error::Error, io, process, thread};

use sqlx::{Postgres, Sqlite};

use self::{
    args::Command,
    engine::{Engine, apalis, nats},
    run::run,
};

type AnyError = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    match Command::parse()? {
        Command::Help => {
            print!("{}", args::HELP);
            Ok(())
        }
        Command::Run(options) => {
            for engine in options.engines()? {
                match engine {
                    Engine::ApalisPostgres => run::<Postgres>(engine, &options).await?,
                    Engine::Nats if store::has_postgres() => {
                        run::<Postgres>(engine, &options).await?;
                    }
                    Engine::ApalisSqlite | Engine::Nats => run::<Sqlite>(engine, &options).await?,
                }
            }
            Ok(())
        }
        Command::Worker { engine, run } => {
            end_with_parent();
            match engine {
                Engine::ApalisSqlite => apalis::work_in_sqlite(run).await,
                Engine::ApalisPostgres => apalis::work_in_postgres(run).await,
                Engine::Nats if store::has_postgres() => nats::take_parts::<Postgres>(run).await,
                Engine::Nats => nats::take_parts::<Sqlite>(run).await,
            }
        }
    }
}

/// Ends this process when the one that started it closes its input, or is gone.
fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(1);
    });
}
