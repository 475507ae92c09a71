//! The speed of update and delete, compared with a loop by hand and with one big statement.

mod contenders;

use contenders::{CONTENDERS, Contender, Took, Way};

use crate::{
    Error,
    args::Options,
    data::Data,
    database::Kind,
    report::{self, Ratio, Speed},
    targets,
};

/// Compares, and prints the tables.
pub(crate) async fn compare(options: &Options) -> Result<(), Error> {
    let (mut speeds, mut ratios) = (Vec::new(), Vec::new());
    println!("\n{} rows, {} rounds\n", options.rows, options.rounds);
    for kind in Kind::ALL {
        let Ok(server) = kind.server() else { continue };
        if !options.on.is_empty() && !options.on.contains(&kind) {
            continue;
        }
        let on = kind.name();
        eprintln!("{on}: building {} rows", options.rows);
        let data = Data::build(kind, server, options.rows).await?;
        let mut rounds = Vec::new();
        for round in 1..=options.rounds {
            eprintln!("{on}: round {round} of {}", options.rounds);
            rounds.push(self::round(&data, options.rows).await?);
        }
        let mut longest = Vec::new();
        for (place, Contender { name, .. }) in CONTENDERS.iter().enumerate() {
            let took = || rounds.iter().map(|round: &Vec<Took>| &round[place]);
            let krows = |took: &Took| f64::from(options.rows) / took.all.as_secs_f64() / 1e3;
            speeds.push(Speed { on, contender: name, speeds: took().map(krows).collect() });
            longest.push((*name, took().map(|took| took.longest).collect()));
        }
        println!("{on}, the longest transaction:\n\n{}", report::seconds(&longest));
        for (place, ours) in CONTENDERS.iter().enumerate().filter(|(_, it)| it.way == Way::Ours) {
            // The loop by hand comes next in the list.
            let by_hand = &CONTENDERS[place + 1];
            let faster =
                |round: &Vec<Took>| round[place + 1].all.div_duration_f64(round[place].all);
            ratios.push(Ratio {
                on,
                what: ours.name,
                against: by_hand.name,
                measured: rounds.iter().map(faster).collect(),
                unit: "×",
                target: targets::WRITES,
            });
        }
        data.remove().await?;
    }
    println!("{}\n{}", report::speeds(&speeds), report::ratios(&ratios));
    Ok(())
}

/// Lets every contender write a table of its own, which is filled before.
async fn round(data: &Data, rows: u32) -> Result<Vec<Took>, Error> {
    let mut round = Vec::new();
    for contender in CONTENDERS {
        let (took, written) = contender.write(&data.database).await?;
        if written != u64::from(rows) {
            return Err(format!("{}: wrote {written} rows of {rows}", contender.name).into());
        }
        round.push(took);
    }
    Ok(round)
}
