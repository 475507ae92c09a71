//! Contenders read the same table, in turn.

use std::time::{Duration, Instant};

use crate::{
    Error,
    contenders::{Entrant, Reader},
    data::{Data, Table},
    samples::Samples,
};

/// The times of each contender, by round.
pub(crate) struct Race {
    times: Vec<(&'static str, Vec<Duration>)>,
}

impl Race {
    /// Lets every contender read the table once in every round, so that whatever else the machine
    /// does affects all of them, and checks what they saw.
    pub(crate) async fn run(
        entrants: &[Entrant],
        data: &Data,
        rounds: usize,
    ) -> Result<Self, Error> {
        let mut runners = Vec::new();
        for &Entrant { name, table, open } in entrants {
            let reader = open(&data.database.url).await.map_err(|error| failed(name, &*error))?;
            let mut runner = Runner { name, table, reader, times: Vec::new() };
            // A warm-up: caches fill, statements are prepared, pools connect.
            runner.read(data).await?;
            runners.push(runner);
        }
        for round in 1..=rounds {
            eprintln!("{}: round {round} of {rounds}", data.database.kind.name());
            for runner in &mut runners {
                let time = runner.read(data).await?;
                runner.times.push(time);
            }
            // No contender always runs after the same other one.
            runners.reverse();
        }
        let order = |name| entrants.iter().position(|entrant| entrant.name == name);
        runners.sort_by_key(|runner| order(runner.name));
        let times = runners.into_iter().map(|runner| (runner.name, runner.times));
        Ok(Self { times: times.collect() })
    }

    /// Returns every contender, with the thousands of rows that it read per second.
    pub(crate) fn speeds(&self, rows: u32) -> impl Iterator<Item = (&'static str, Samples)> {
        self.times.iter().map(move |(name, times)| {
            let speed = |time: &Duration| f64::from(rows) / time.as_secs_f64() / 1e3;
            (*name, times.iter().map(speed).collect())
        })
    }

    /// Returns how many times as fast as a peer a contender was in each round, or `None` if one of
    /// them did not run.
    pub(crate) fn ratio(&self, ours: &str, peer: &str) -> Option<Samples> {
        let times = |name| self.times.iter().find(|(other, _)| *other == name);
        let ((_, ours), (_, peers)) = (times(ours)?, times(peer)?);
        Some(peers.iter().zip(ours).map(|(peer, our)| peer.div_duration_f64(*our)).collect())
    }
}

/// A contender in the race.
struct Runner {
    name: &'static str,
    table: Table,
    reader: Box<dyn Reader>,
    times: Vec<Duration>,
}

impl Runner {
    async fn read(&mut self, data: &Data) -> Result<Duration, Error> {
        let start = Instant::now();
        let totals = self.reader.read().await.map_err(|error| failed(self.name, &*error))?;
        let time = start.elapsed();
        let expected = data.expected(self.table);
        if totals != *expected {
            let Self { name, .. } = self;
            return Err(format!("{name}: read {totals:?}, expected {expected:?}").into());
        }
        Ok(time)
    }
}

fn failed(name: &str, error: &(dyn std::error::Error + Send + Sync)) -> Error {
    format!("{name}: {error}").into()
}
