//! The measurements, as tables in Markdown.

use std::fmt;

use crate::{samples::Samples, targets::Target};

/// A contender's speed.
pub(crate) struct Speed {
    pub(crate) on: &'static str,
    pub(crate) contender: &'static str,
    /// Thousands of rows per second.
    pub(crate) speeds: Samples,
}

/// One thing compared with another.
pub(crate) struct Ratio {
    pub(crate) on: &'static str,
    pub(crate) what: &'static str,
    pub(crate) against: &'static str,
    pub(crate) measured: Samples,
    pub(crate) unit: &'static str,
    pub(crate) target: Target,
}

impl Ratio {
    /// Judges by what the table shows, so that the two never contradict each other.
    fn verdict(&self) -> &'static str {
        let Target { floor, goal } = self.target;
        let median = (self.measured.median() * 100.0).round() / 100.0;
        match (floor.holds(median), goal.holds(median)) {
            _ if floor.to_string().is_empty() => "",
            (_, true) => "goal",
            (true, false) => "floor",
            (false, false) => "MISSED",
        }
    }
}

pub(crate) fn speeds(speeds: &[Speed]) -> Table {
    let mut table = Table::new(["database", "contender", "krows/s", "min – max"]);
    for Speed { on, contender, speeds } in speeds {
        table.row([
            (*on).to_owned(),
            (*contender).to_owned(),
            format!("{:.0}", speeds.median()),
            format!("{:.0} – {:.0}", speeds.min(), speeds.max()),
        ]);
    }
    table
}

/// Shows how many seconds each thing took.
pub(crate) fn seconds(times: &[(&'static str, Samples)]) -> Table {
    let mut table = Table::new(["what", "seconds", "min – max"]);
    for (what, times) in times {
        table.row([
            (*what).to_owned(),
            format!("{:.3}", times.median()),
            format!("{:.3} – {:.3}", times.min(), times.max()),
        ]);
    }
    table
}

pub(crate) fn ratios(ratios: &[Ratio]) -> Table {
    let mut table =
        Table::new(["on", "what", "against", "median", "min – max", "floor", "goal", "holds"]);
    for ratio in ratios {
        let Ratio { on, what, against, measured, unit, target } = ratio;
        table.row([
            (*on).to_owned(),
            (*what).to_owned(),
            (*against).to_owned(),
            format!("{:.2}{unit}", measured.median()),
            format!("{:.2} – {:.2}", measured.min(), measured.max()),
            target.floor.to_string(),
            target.goal.to_string(),
            ratio.verdict().to_owned(),
        ]);
    }
    table
}

/// A table with columns as wide as their contents.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new<const N: usize>(head: [&str; N]) -> Self {
        Self { rows: vec![head.map(str::to_owned).into()] }
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: usize| {
            let widths = self.rows.iter().map(|row| row[column].chars().count());
            widths.max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        for (place, row) in self.rows.iter().enumerate() {
            for (cell, width) in row.iter().zip(&widths) {
                write!(f, "| {cell:width$} ")?;
            }
            writeln!(f, "|")?;
            if place == 0 {
                for width in &widths {
                    write!(f, "|{:-<1$}", "", width + 2)?;
                }
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}
