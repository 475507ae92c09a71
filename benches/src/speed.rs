//! The comparison with the peers, on each available database.

use crate::{
    BATCH, Error,
    args::Options,
    contenders,
    data::Data,
    database::Kind,
    memory,
    race::Race,
    report::{self, Ratio, Speed},
    shape::Shape,
    targets::{self, COMPARISONS},
};

/// Compares, and prints the tables.
pub(crate) async fn compare(options: &Options) -> Result<(), Error> {
    let mut found = Found::default();
    for kind in Kind::ALL {
        if !options.on.is_empty() && !options.on.contains(&kind) {
            continue;
        }
        match kind.server() {
            Ok(server) => {
                eprintln!("{}: building {} rows", kind.name(), options.rows);
                let data = Data::build(kind, server, options.rows).await?;
                let outcome = found.measure(&data, options).await;
                data.remove().await?;
                outcome?;
            }
            Err(variable) => {
                found.notes.push(format!("{}: left out, {variable} is not set", kind.name()));
            }
        }
    }
    println!("\n{} rows of 6 columns, {BATCH} a query, {} rounds\n", options.rows, options.rounds);
    for note in &found.notes {
        println!("- {note}");
    }
    println!("\n{}\n{}", report::speeds(&found.speeds), report::ratios(&found.ratios));
    Ok(())
}

/// The results to report.
#[derive(Default)]
struct Found {
    notes: Vec<String>,
    speeds: Vec<Speed>,
    ratios: Vec<Ratio>,
}

impl Found {
    async fn measure(&mut self, data: &Data, options: &Options) -> Result<(), Error> {
        let Data { database, version, .. } = data;
        let on = database.kind.name();
        self.notes.push(format!("{on} {version}"));

        let mut entrants = contenders::of(database.kind);
        entrants.retain(|entrant| options.wants(entrant.name));
        let race = Race::run(&entrants, data, options.rounds).await?;
        for (contender, speeds) in race.speeds(options.rows) {
            self.speeds.push(Speed { on, contender, speeds });
        }
        for comparison in COMPARISONS.iter().filter(|it| it.on == database.kind) {
            let &targets::Comparison { ours, peer, target, .. } = comparison;
            if let Some(measured) = race.ratio(ours, peer) {
                self.ratios.push(Ratio {
                    on,
                    what: ours,
                    against: peer,
                    measured,
                    unit: "×",
                    target,
                });
            }
        }
        if options.only.is_empty() {
            self.measure_ourselves(data, options).await?;
        }
        Ok(())
    }

    /// Measures what is not a race with others.
    async fn measure_ourselves(&mut self, data: &Data, options: &Options) -> Result<(), Error> {
        let on = data.database.kind.name();
        eprintln!("{on}: batches and memory");
        let Shape { end_to_start, first_row } =
            Shape::measure(&data.database, options.rounds).await?;
        let growth = memory::growth(&data.database, options.rows, options.rounds)?;
        self.ratios.extend([
            Ratio {
                on,
                what: "a batch of the last ten",
                against: "of the first ten",
                measured: end_to_start,
                unit: "×",
                target: targets::END_TO_START,
            },
            Ratio {
                on,
                what: "time to the first row",
                against: "to the first batch",
                measured: first_row,
                unit: "×",
                target: targets::FIRST_ROW,
            },
            Ratio {
                on,
                what: "peak memory of all rows",
                against: "of a tenth of them",
                measured: growth,
                unit: " MiB more",
                target: targets::MEMORY,
            },
        ]);
        Ok(())
    }
}
