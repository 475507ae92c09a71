//! The rows after one key of an order and up to another: those that one statement writes.

use sqlx::error::BoxDynError;

use super::{
    compare,
    seek::{Part, Place, Start, Successors, beyond, up_to},
    writer::Writer,
};
use crate::{
    backend::{Backend, dialect::Tuples, value::RawValue},
    position::key::Key,
};

/// An interval of an order, closed at its end.
#[derive(Clone, Copy)]
pub(crate) struct Span<'a> {
    /// The start, if not at the first row.
    pub(crate) from: Option<Start<'a>>,
    /// The key of the last row.
    pub(crate) last: &'a [RawValue],
}

/// A set of rows that an index over the columns of the order has in one piece.
enum Piece<'a> {
    /// Rows next to one end of the span.
    At(Place<'a>),
    /// Rows with the same values in the first columns, and a value between those of both ends in the
    /// next one.
    Between { equal: Vec<Part<'a>>, bounds: Vec<Successors<'a>>, included: bool },
}

impl<'a> Span<'a> {
    /// Writes the condition that the rows of the span meet.
    ///
    /// ```sql
    /// ("t"."a", "t"."id") > (?, ?) AND ("t"."a", "t"."id") <= (?, ?);          -- PostgreSQL
    /// ("t"."a" = ? AND "t"."id" > ?) OR ("t"."a" > ? AND "t"."a" < ?) OR …;   -- SQLite
    /// ```
    pub(super) fn write<DB: Backend>(
        self,
        sql: &mut Writer<DB>,
        key: &Key,
    ) -> Result<(), BoxDynError> {
        if is_one_range::<DB>(key) {
            return self.write_ends(sql, key);
        }
        sql.push("(");
        sql.separated(") OR (", &self.pieces::<DB>(key), |sql, piece| piece.write(sql))?;
        sql.push(")");
        if self.differs_for_certain() {
            return Ok(());
        }
        // Values that differ by their bytes may still be equal, and then a piece has too many rows.
        let is_searched = DB::DIALECT.tuples == Tuples::FirstColumn;
        sql.push(if is_searched { ") AND (+(" } else { ") AND (" });
        self.write_ends(sql, key)?;
        sql.push(if is_searched { ")" } else { "" });
        Ok(())
    }

    fn write_ends<DB: Backend>(self, sql: &mut Writer<DB>, key: &Key) -> Result<(), BoxDynError> {
        if let Some(Start { position, included, .. }) = self.from {
            beyond(sql, key, position, included)?;
            sql.push(") AND (");
        }
        up_to(sql, key, self.last)
    }

    /// Returns the number of columns, before the last one, in which both ends have the same bytes.
    fn shared(self) -> usize {
        let Some(Start { position, .. }) = self.from else { return 0 };
        let pairs = position.iter().zip(self.last);
        let last = self.last.len().saturating_sub(1);
        pairs.take(last).take_while(|(from, last)| from == last).count()
    }

    /// Returns whether the ends certainly differ in the first column in which their bytes do.
    fn differs_for_certain(self) -> bool {
        let shared = self.shared();
        let Some(Start { position, .. }) = self.from else { return true };
        let (from, last) = (&position[shared], &self.last[shared]);
        shared + 1 == self.last.len()
            || from.is_null() != last.is_null()
            || from.is_its_bytes() && last.is_its_bytes()
    }

    fn pieces<DB: Backend>(self, key: &Key) -> Vec<Piece<'a>> {
        let shared = self.shared();
        let length = self.last.len();
        let backwards = key.reversed();
        let before = Part::all::<DB>(&backwards, self.last);
        let after = self.from.map(|from| Part::all::<DB>(key, from.position));
        let mut pieces = Vec::new();
        if let (Some(after), Some(from)) = (&after, self.from) {
            if from.included {
                pieces.push(Piece::At(Place::At(after.clone())));
            }
            pieces.extend(deeper(after, shared));
        }
        let is_last = shared + 1 == length;
        let equal = before[..shared].to_vec();
        // The last column's own value ends the span; NULL is looked up on its own.
        let included = is_last && before[shared].is_value();
        let ends: Vec<_> = before[shared].successors().collect();
        let starts: Vec<_> = after.iter().flat_map(|after| after[shared].successors()).collect();
        for end in ends {
            if self.from.is_none() {
                let included = included && end.are_values();
                pieces.push(Piece::Between { equal: equal.clone(), bounds: vec![end], included });
                continue;
            }
            // Of NULLs and values, only the values are between two other keys.
            for start in starts.iter().filter(|start| !start.are_nulls() && !end.are_nulls()) {
                let bounds = vec![*start, end];
                pieces.push(Piece::Between { equal: equal.clone(), bounds, included });
            }
        }
        pieces.extend(deeper(&before, shared));
        if !included {
            pieces.push(Piece::At(Place::At(before)));
        }
        pieces
    }
}

/// Returns whether an index is searched by comparing all columns with each end.
fn is_one_range<DB: Backend>(key: &Key) -> bool {
    let side = key.order.first().map(|sort| sort.direction);
    match DB::DIALECT.tuples {
        Tuples::Expanded => true,
        _ if key.order.len() == 1 => !key.is_nullable(&key.order[0]),
        Tuples::FirstColumn => false,
        Tuples::RowValue => {
            key.order.iter().all(|sort| Some(sort.direction) == side && !key.is_nullable(sort))
        }
    }
}

/// Returns the places next to a key that share more than some of its first values.
fn deeper<'a>(parts: &[Part<'a>], shared: usize) -> impl Iterator<Item = Piece<'a>> {
    (shared + 1..parts.len()).rev().flat_map(move |length| {
        let equal = parts[..length].to_vec();
        parts[length]
            .successors()
            .map(move |last| Piece::At(Place::Within { equal: equal.clone(), last }))
            .collect::<Vec<_>>()
    })
}

impl Piece<'_> {
    fn write<DB: Backend>(&self, sql: &mut Writer<DB>) -> Result<(), BoxDynError> {
        match self {
            Self::At(place) => place.write(sql),
            Self::Between { equal, bounds, included } => {
                for part in equal {
                    compare::is(sql, part.column, part.value)?;
                    sql.push(" AND ");
                }
                let end = bounds.len() - 1;
                sql.separated(" AND ", bounds.iter().enumerate(), |sql, (index, bound)| {
                    bound.write(sql, *included && index == end)
                })
            }
        }
    }
}
