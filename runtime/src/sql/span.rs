//! The rows after one key of an order and up to another: those that one statement writes, or counts, and
//! those of a part.

use sqlx::error::BoxDynError;

use super::{
    seek::{End, Part, Place, Start, beyond, first_difference, up_to},
    writer::Writer,
};
use crate::{
    backend::{Backend, dialect::Tuples},
    position::key::Key,
};

/// An interval of an order. Its start does not come after its end.
#[derive(Clone, Copy)]
pub(crate) struct Span<'a> {
    /// The start, if not at the first row.
    pub(crate) from: Option<Start<'a>>,
    pub(crate) end: End<'a>,
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
        let places = self.in_pieces::<DB>(key, &|_| false);
        sql.separated(") OR (", &places, |sql, place| place.write(sql))?;
        sql.push(")");
        if self.differs_for_certain() {
            return Ok(());
        }
        // Values that differ by their bytes may still be equal, and then a place has too many rows.
        let is_searched = DB::DIALECT.tuples == Tuples::FirstColumn;
        sql.push(if is_searched { ") AND (+(" } else { ") AND (" });
        self.write_ends(sql, key)?;
        sql.push(if is_searched { ")" } else { "" });
        Ok(())
    }

    /// Returns the places of the rows, in order, if a statement for several places, or for one that ends
    /// there, would otherwise compare all columns with the end; and if no two places have the same row.
    ///
    /// On PostgreSQL, a place that is compared with the end as well is expected to have few rows, and
    /// sorted.
    pub(super) fn places<DB: Backend>(
        self,
        key: &Key,
        without_nulls: &dyn Fn(usize) -> bool,
    ) -> Option<Vec<Place<'a>>> {
        let has_places =
            DB::DIALECT.tuples == Tuples::RowValue && self.from.is_some() && key.order.len() > 1;
        let in_pieces = has_places || !is_one_range::<DB>(key);
        (in_pieces && self.differs_for_certain()).then(|| self.in_pieces::<DB>(key, without_nulls))
    }

    fn write_ends<DB: Backend>(self, sql: &mut Writer<DB>, key: &Key) -> Result<(), BoxDynError> {
        if let Some(Start { position, included, .. }) = self.from {
            beyond(sql, key, position, included)?;
            sql.push(") AND (");
        }
        up_to(sql, key, self.end)
    }

    /// Returns the number of columns, before the last one, in which both ends have the same bytes.
    fn shared(self) -> usize {
        let Some(Start { position, .. }) = self.from else { return 0 };
        let pairs = position.iter().zip(self.end.position);
        let last = self.end.position.len().saturating_sub(1);
        pairs.take(last).take_while(|(from, last)| from == last).count()
    }

    /// Returns whether the ends certainly differ in the first column in which their bytes do.
    fn differs_for_certain(self) -> bool {
        let shared = self.shared();
        let Some(Start { position, .. }) = self.from else { return true };
        let (from, last) = (&position[shared], &self.end.position[shared]);
        shared + 1 == position.len()
            || from.is_null() != last.is_null()
            || from.is_its_bytes() && last.is_its_bytes()
    }

    /// Returns the places of the rows, in order: those next to the start, those between the values of
    /// both ends in the first column in which they differ, and those next to the end.
    fn in_pieces<DB: Backend>(
        self,
        key: &Key,
        without_nulls: &dyn Fn(usize) -> bool,
    ) -> Vec<Place<'a>> {
        let shared = self.shared();
        let before = Part::all::<DB>(&key.reversed(), self.end.position, without_nulls);
        let mut places = match self.from {
            Some(from) => {
                let after = Part::all::<DB>(key, from.position, without_nulls);
                let mut places = next_to(from, &after, shared);
                places.extend(self.between(after[shared], before[shared], &before[..shared]));
                places
            }
            // Everything before the end's value in the first column.
            None => Place::within(&before, 0).rev().collect(),
        };
        let is_last = shared + 1 == before.len();
        if is_last && let (Some(place), true) = (places.last_mut(), self.end.included) {
            // The value in the last column is never NULL.
            place.include();
            return places;
        }
        for equal in shared + 1..before.len() {
            places.extend(Place::within(&before, equal).rev());
        }
        if !is_last
            && self.end.included
            && let Some(place) = places.last_mut()
        {
            place.include();
        }
        places
    }

    /// Returns the place between the values of both ends in a column. Of NULLs and values, only the
    /// values are between two other keys.
    fn between(self, after: Part<'a>, before: Part<'a>, equal: &[Part<'a>]) -> Option<Place<'a>> {
        let values =
            |part: Part<'a>| part.successors().into_iter().flatten().find(|side| !side.are_nulls());
        let bounds = [values(after)?, values(before)?];
        Some(Place::Between { equal: equal.to_vec(), bounds, included: false })
    }
}

/// Returns the places next to a start that share more than some of its first values, nearest first.
fn next_to<'a>(from: Start<'a>, after: &[Part<'a>], shared: usize) -> Vec<Place<'a>> {
    let last = after.len() - 1;
    let nearest = from.next.map_or(last, |next| first_difference(from.position, next));
    let at = from.included.then(|| Place::At(after.to_vec()));
    let equal = (shared + 1..=nearest).rev();
    at.into_iter().chain(equal.flat_map(|equal| Place::within(after, equal))).collect()
}

/// Returns whether an index is searched by comparing all columns with each end.
pub(super) fn is_one_range<DB: Backend>(key: &Key) -> bool {
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
