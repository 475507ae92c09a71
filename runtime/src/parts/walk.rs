//! One walk along an index, which leaves marks behind at equal distances.

use crate::backend::value::RawValue;

/// The distance of the first marks.
const STEP: u64 = 10_000;

/// The number of marks at which every second one is dropped. A cut needs no more memory than these,
/// and as each is some ten bytes to some hundred, no more than a batch.
const MOST: usize = 4_096;

/// Marks at equal distances, however many rows there are: their number stays small, as the distance
/// doubles when there are too many.
pub(super) struct Walk {
    marks: Vec<Vec<RawValue>>,
    step: u64,
    /// The number of rows that were walked past.
    pub(super) rows: u64,
}

impl Walk {
    pub(super) const fn new() -> Self {
        Self { marks: Vec::new(), step: STEP, rows: 0 }
    }

    /// Returns the distance to the next mark.
    pub(super) const fn step(&self) -> u64 {
        self.step
    }

    /// Leaves a mark at the row that is one step further.
    pub(super) fn mark(&mut self, row: Vec<RawValue>) {
        self.rows += self.step;
        self.marks.push(row);
        if self.marks.len() >= MOST {
            let mut number = 0;
            self.marks.retain(|_| {
                number += 1;
                number % 2 == 0
            });
            self.step *= 2;
        }
    }

    /// Counts the rows after the last mark.
    pub(super) const fn finish(&mut self, rows: u64) {
        self.rows += rows;
    }

    /// Returns the last mark that is no further than a number of rows, with its own number, and the
    /// first mark after that.
    pub(super) fn around(
        &self,
        rows: u64,
    ) -> (Option<(u64, &[RawValue])>, Option<(u64, &[RawValue])>) {
        let before = rows / self.step;
        let mark = |number: u64| {
            let index = usize::try_from(number.checked_sub(1)?).ok()?;
            Some((number * self.step, &**self.marks.get(index)?))
        };
        (mark(before), mark(before + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, STEP, Walk};
    use crate::backend::value::RawValue;

    /// However long the walk, marks are few and at equal distances, the last row among them.
    #[test]
    fn marks_stay_few_and_at_equal_distances() {
        let mut walk = Walk::new();
        let mut walked = 0;
        for _ in 0..50_000 {
            let step = walk.step();
            walk.mark(vec![RawValue::Null; 1]);
            walked += step;
            assert!(walk.marks.len() < MOST);
            assert_eq!(walk.rows, walked);
        }
        assert!(walk.marks.len() >= MOST / 2);
        assert_eq!(walk.marks.len() as u64, walk.rows / walk.step);
    }

    #[test]
    fn a_number_is_between_two_marks() {
        let mut walk = Walk::new();
        walk.mark(vec![]);
        walk.mark(vec![RawValue::Null]);
        walk.finish(7);
        let numbers = |rows| {
            let (before, after) = walk.around(rows);
            [before, after].map(|mark| mark.map(|(number, key)| (number, key.len())))
        };
        assert_eq!(numbers(STEP - 1), [None, Some((STEP, 0))]);
        assert_eq!(numbers(STEP), [Some((STEP, 0)), Some((2 * STEP, 1))]);
        assert_eq!(numbers(2 * STEP + 7), [Some((2 * STEP, 1)), None]);
        assert_eq!(walk.rows, 2 * STEP + 7);
    }
}
