//! The rows after one key of an order and up to another: those that one statement writes, or counts, and
//! those of a part.

use sqlx::error::BoxDynError;

use super::{
    seek::{Condition, End, Part, Place, Start, beyond, first_difference, up_to},
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
        Ok(())
    }

    /// Returns the places of the rows, in order, if an index is not searched by comparing all columns
    /// with the end.
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
        (has_places || !is_one_range::<DB>(key)).then(|| self.in_pieces::<DB>(key, without_nulls))
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
    /// both ends in the first column in which their bytes differ, and those next to the end. No two of
    /// them have the same row, also if the two values are equal in spite of their bytes: then those next
    /// to the start are all.
    fn in_pieces<DB: Backend>(
        self,
        key: &Key,
        without_nulls: &dyn Fn(usize) -> bool,
    ) -> Vec<Place<'a>> {
        let shared = self.shared();
        let End { position, included } = self.end;
        let before = Part::all::<DB>(&key.reversed(), position, without_nulls);
        let is_last = shared + 1 == before.len();
        let Some(from) = self.from else {
            // Everything before the end's value in the first column.
            let mut places: Vec<_> = Place::within(&before, 0).rev().collect();
            places.extend((1..before.len()).flat_map(|equal| Place::within(&before, equal).rev()));
            include_last(&mut places, included);
            return places;
        };
        let after = Part::all::<DB>(key, from.position, without_nulls);
        let mut places = next_to(from, &after, shared);
        let in_doubt = !self.differs_for_certain();
        // If the ends are in one place, the row at the start may be the one that the end leaves out.
        if in_doubt || is_last && !included {
            let up_to = Condition::UpTo { parts: before.clone(), included };
            places = places.into_iter().map(|place| place.only_if(up_to.clone())).collect();
        }
        places.extend(between(after[shared], before[shared], &before[..shared]));
        if !is_last {
            let deeper = shared + 1..before.len();
            let next = deeper.flat_map(|equal| Place::within(&before, equal).rev());
            let beyond = Condition::Beyond(after[shared]);
            let alone = |place: Place<'a>| {
                if in_doubt { place.only_if(beyond.clone()) } else { place }
            };
            places.extend(next.map(alone));
        }
        include_last(&mut places, included);
        places
    }
}

/// Returns the place between the values of both ends in a column. Of NULLs and values, only the values are
/// between two other keys.
fn between<'a>(after: Part<'a>, before: Part<'a>, equal: &[Part<'a>]) -> Option<Place<'a>> {
    let values =
        |part: Part<'a>| part.successors().into_iter().flatten().find(|side| !side.are_nulls());
    let bounds = [values(after)?, values(before)?];
    Some(Place::Between { equal: equal.to_vec(), bounds, included: false })
}

/// Adds the row at the end to the last place. Its value in the last column is never NULL.
fn include_last(places: &mut [Place<'_>], included: bool) {
    if let Some(place) = places.last_mut().filter(|_| included) {
        place.include();
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
