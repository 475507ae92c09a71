//! A progress bar for each part, from its checkpoint.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use sqlx::Pool;
use sqlx_chunked::{Cursor, Part, ReadRow, SavedCheckpoint};

use crate::{
    AnyError,
    store::Store,
    work::{Flight, Run},
};

pub(crate) struct Bars {
    all: MultiProgress,
    bars: Vec<ProgressBar>,
}

impl Bars {
    pub(crate) fn new(parts: &[Part<Flight>]) -> Result<Self, AnyError> {
        let style = ProgressStyle::with_template("part {prefix:>3} {bar:40} {human_pos}")?;
        let all = MultiProgress::new();
        let bar = |part: &Part<Flight>| {
            let bar = all.add(ProgressBar::new(part.rows()).with_style(style.clone()));
            bar.with_prefix(part.index().to_string())
        };
        let bars = parts.iter().map(bar).collect();
        Ok(Self { all, bars })
    }

    /// Reads all checkpoints of a run.
    pub(crate) async fn update<DB: Store>(
        &self,
        pool: &Pool<DB>,
        run: &Run,
        parts: &[Part<Flight>],
    ) -> Result<(), AnyError>
    where
        Flight: ReadRow<DB>,
    {
        let saved = run.checkpoints().list(pool).await?;
        for (part, bar) in parts.iter().zip(&self.bars) {
            let name = Run::checkpoint(part);
            let Some(saved) = saved.iter().find(|saved| saved.name == name) else { continue };
            if saved.finished {
                bar.finish();
            } else if let SavedCheckpoint { cursor: Some(token), .. } = saved {
                let cursor: Cursor<Flight> = token.parse()?;
                let flights = Flight::iter(pool).table(run.table()).part(part.clone());
                let left = flights.after(cursor).count().await?;
                bar.set_position(part.rows().saturating_sub(left));
            }
        }
        Ok(())
    }

    pub(crate) fn print(&self, line: &str) {
        // Without a terminal there are no bars, and this prints nothing.
        if self.all.println(line).is_err() || self.all.is_hidden() {
            println!("{line}");
        }
    }

    pub(crate) fn are_full(&self) -> bool {
        self.bars.iter().all(ProgressBar::is_finished)
    }

    /// Returns whether some of a part is done, but not most of it.
    pub(crate) fn is_in_the_middle(&self, part: usize) -> bool {
        let bar = &self.bars[part];
        let most = bar.length().unwrap_or(0) / 5 * 4;
        !bar.is_finished() && (1..most).contains(&bar.position())
    }

    /// Returns how much is done, from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "it decides when to kill, roughly")]
    pub(crate) fn done(&self) -> f64 {
        let all: u64 = self.bars.iter().filter_map(ProgressBar::length).sum();
        let done: u64 = self.bars.iter().map(ProgressBar::position).sum();
        done as f64 / all.max(1) as f64
    }
}
