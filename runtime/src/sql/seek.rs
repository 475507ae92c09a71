//! Conditions for the rows after a position in an order, in a form that an index is searched by.

use sqlx::error::BoxDynError;

use super::{
    compare::{self, Compared, Term},
    writer::Writer,
};
use crate::{
    backend::{
        Backend,
        dialect::{Direction, Tuples},
        value::RawValue,
    },
    expr::{
        order::Sort,
        predicate::{Node, Operator},
    },
    position::{key::Key, share::Edge},
};

/// A set of rows after a position. An index over the columns of the order has them in one piece,
/// sorted.
pub(crate) enum Place<'a> {
    /// The row at the position.
    At(Vec<Part<'a>>),
    /// The rows beyond the position, by one comparison of all columns; if `included`, the row at
    /// the position too.
    Beyond { parts: Vec<Part<'a>>, included: bool },
    /// The rows that have the position's values in the first few columns, and a successor of its
    /// value in the next one; if `included`, or that value itself.
    Within { equal: Vec<Part<'a>>, last: Successors<'a>, included: bool },
    /// The rows that have the values of two positions in the first few columns, and in the next one a
    /// value between theirs; if `included`, or the second one's.
    Between { equal: Vec<Part<'a>>, bounds: [Successors<'a>; 2], included: bool },
    /// The rows of a place that also meet another condition, which no index is searched by.
    If { place: Box<Place<'a>>, condition: Condition<'a> },
}

/// A condition that is only needed if two values with different bytes are equal.
#[derive(Clone)]
pub(crate) enum Condition<'a> {
    /// The row comes no later than an end, whose parts these are, backwards.
    UpTo { parts: Vec<Part<'a>>, included: bool },
    /// The row has a successor of a value in its column.
    Beyond(Part<'a>),
}

/// A column of an order, and its value at a position.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(super) column: usize,
    /// The side of the value that its successors are on: `Greater` or `Less`.
    side: Operator,
    pub(super) value: &'a RawValue,
    /// True if NULLs are among the successors of a value.
    nulls_follow: bool,
}

/// The successors of a value in one column.
#[derive(Clone, Copy)]
pub(crate) enum Successors<'a> {
    Values(Part<'a>),
    Nulls { column: usize, negated: bool },
}

/// A position, and what is known about the rows after it.
#[derive(Clone, Copy)]
pub(crate) struct Start<'a> {
    pub(crate) position: &'a [RawValue],
    /// True if the row at the position is read as well, if it exists.
    pub(crate) included: bool,
    /// The key of the next row, if one was seen: no row is nearer.
    pub(crate) next: Option<&'a [RawValue]>,
}

impl<'a> Start<'a> {
    /// Starts after a position about which nothing else is known.
    pub(crate) const fn after(position: &'a [RawValue]) -> Self {
        Self { position, included: false, next: None }
    }
}

/// Where reading ends.
#[derive(Clone, Copy)]
pub(crate) struct End<'a> {
    pub(crate) position: &'a [RawValue],
    /// True if the row at the position is read as well, if it exists.
    pub(crate) included: bool,
}

impl<'a> End<'a> {
    /// Ends with the row at a position.
    pub(crate) const fn at(position: &'a [RawValue]) -> Self {
        Self { position, included: true }
    }
}

impl<'a> From<&'a Edge> for Start<'a> {
    fn from(Edge { key, included }: &'a Edge) -> Self {
        Self { position: key, included: *included, next: None }
    }
}

impl<'a> From<&'a Edge> for End<'a> {
    fn from(Edge { key, included }: &'a Edge) -> Self {
        Self { position: key, included: *included }
    }
}

impl<'a> Place<'a> {
    /// Returns the places of all rows after a position, in order. Leaves out places that have no
    /// rows: those nearer than the next row, and those of NULLs in columns where a filter excludes
    /// NULLs.
    pub(crate) fn after<DB: Backend>(
        key: &Key,
        Start { position, included, next }: Start<'a>,
        without_nulls: &dyn Fn(usize) -> bool,
    ) -> Vec<Self> {
        let parts = Part::all::<DB>(key, position, without_nulls);
        let in_one_comparison = match DB::DIALECT.tuples {
            Tuples::Expanded => true,
            Tuples::RowValue | Tuples::FirstColumn => parts.len() == 1 && parts[0].is_comparable(),
        };
        if in_one_comparison {
            return vec![Self::Beyond { parts, included }];
        }
        // The more columns are equal, the nearer the rows.
        let nearest = next.map_or(parts.len(), |next| first_difference(position, next) + 1);
        let at = included.then(|| Self::At(parts.clone()));
        at.into_iter()
            .chain((0..nearest).rev().flat_map(|equal| Self::within(&parts, equal)))
            .collect()
    }

    /// Returns the places of the rows that share exactly the first few values of a position, in order.
    pub(super) fn within<'p>(
        parts: &'p [Part<'a>],
        equal: usize,
    ) -> impl DoubleEndedIterator<Item = Self> + use<'a, 'p> {
        let successors = parts[equal].successors().into_iter().flatten();
        successors.map(move |last| Self::Within {
            equal: parts[..equal].to_vec(),
            last,
            included: false,
        })
    }

    /// Returns those of the rows that also meet a condition.
    pub(super) fn only_if(self, condition: Condition<'a>) -> Self {
        Self::If { place: Box::new(self), condition }
    }

    /// Adds the rows that have the value at the far end itself.
    pub(super) fn include(&mut self) {
        match self {
            Self::Within { included, .. } | Self::Between { included, .. } => *included = true,
            Self::If { place, .. } => place.include(),
            Self::At(_) | Self::Beyond { .. } => {}
        }
    }

    /// Returns whether the place already implies a condition that a column is not NULL. If left in,
    /// the condition would make planners expect fewer rows than there are.
    pub(crate) fn implies<DB: Backend>(&self, node: &Node<DB>) -> bool {
        let Node::Null { column, negated: true } = *node else { return false };
        let is_value = |part: &Part<'_>| part.column == column && !part.value.is_null();
        match self {
            Self::At(parts) => parts.iter().any(is_value),
            // Of several columns, only the first one is compared for every row.
            Self::Beyond { parts, .. } => {
                parts.first().is_some_and(|part| is_value(part) && !part.nulls_follow)
            }
            Self::Within { equal, last, .. } => {
                equal.iter().any(is_value) || last.have_no_nulls_in(column)
            }
            Self::Between { equal, bounds, .. } => {
                equal.iter().any(is_value)
                    || bounds.iter().any(|bound| bound.have_no_nulls_in(column))
            }
            Self::If { place, .. } => place.implies(node),
        }
    }

    /// Writes the condition that the rows meet.
    pub(crate) fn write<DB: Backend>(&self, sql: &mut Writer<DB>) -> Result<(), BoxDynError> {
        match self {
            Self::At(parts) => {
                sql.separated(" AND ", parts, |sql, part| compare::is(sql, part.column, part.value))
            }
            Self::Beyond { parts, included } => {
                let key: Vec<_> = parts.iter().map(Part::compared).collect();
                compare::lexicographic(sql, &key, *included)
            }
            Self::Within { equal, last, included } => {
                have_values(sql, equal)?;
                last.write(sql, *included)
            }
            Self::If { place, condition } => {
                place.write(sql)?;
                sql.push(" AND ");
                condition.write(sql)
            }
            Self::Between { equal, bounds: [after, before], included } => {
                have_values(sql, equal)?;
                // A comparison leaves out NULLs already, so one of them may be enough.
                match (after.are_values(), before) {
                    (true, Successors::Values(before)) => {
                        after.write(sql, false)?;
                        sql.push(" AND ");
                        before.write_second_bound(sql, *included)?;
                    }
                    (true, Successors::Nulls { .. }) => after.write(sql, false)?,
                    (false, _) => before.write(sql, *included)?,
                }
                Ok(())
            }
        }
    }
}

impl Condition<'_> {
    fn write<DB: Backend>(&self, sql: &mut Writer<DB>) -> Result<(), BoxDynError> {
        let is_searched = DB::DIALECT.tuples == Tuples::FirstColumn;
        sql.push(if is_searched { "+(" } else { "(" });
        match self {
            Self::UpTo { parts, included } => {
                let key: Vec<_> = parts.iter().map(Part::compared).collect();
                compare::lexicographic(sql, &key, *included)?;
            }
            Self::Beyond(part) => part.write_second_bound(sql, false)?,
        }
        sql.push(")");
        Ok(())
    }
}

/// Writes the condition that rows have the values of a position in its first columns, and another one
/// after it.
fn have_values<DB: Backend>(sql: &mut Writer<DB>, equal: &[Part<'_>]) -> Result<(), BoxDynError> {
    equal.iter().try_for_each(|part| {
        compare::is(sql, part.column, part.value)?;
        sql.push(" AND ");
        Ok(())
    })
}

impl Successors<'_> {
    /// Writes the condition that the rows meet; with `included`, those that have the value itself
    /// meet it too.
    pub(super) fn write<DB: Backend>(
        self,
        sql: &mut Writer<DB>,
        included: bool,
    ) -> Result<(), BoxDynError> {
        match self {
            Self::Values(part) => {
                // The NULLs after them are a place of their own.
                let values = Compared { nulls_follow: false, ..part.compared() };
                compare::lexicographic(sql, &[values], included)
            }
            Self::Nulls { column, negated } => {
                sql.null(column, negated);
                Ok(())
            }
        }
    }

    /// Returns whether they are found by comparing with a value.
    const fn are_values(&self) -> bool {
        matches!(self, Self::Values(_))
    }

    /// Returns whether they are certainly no NULLs, and in this column.
    fn have_no_nulls_in(&self, column: usize) -> bool {
        match *self {
            Self::Values(part) => part.column == column,
            Self::Nulls { column: other, negated } => other == column && negated,
        }
    }

    /// Returns whether they are NULLs.
    pub(super) const fn are_nulls(&self) -> bool {
        matches!(self, Self::Nulls { negated: false, .. })
    }
}

/// Writes the condition that a row comes no later than an end. It is not written as the negation of
/// "comes later", which would not be true for NULLs.
pub(super) fn up_to<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &Key,
    End { position, included }: End<'_>,
) -> Result<(), BoxDynError> {
    beyond(sql, &key.reversed(), position, included)
}

/// Writes the condition that a row is beyond some values in the first columns of an order, or if
/// `included` has these values.
pub(super) fn beyond<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &Key,
    first: &[RawValue],
    included: bool,
) -> Result<(), BoxDynError> {
    let parts = Part::all::<DB>(key, first, &|_| false);
    let parts: Vec<_> = parts.iter().map(Part::compared).collect();
    compare::lexicographic(sql, &parts, included)
}

impl<'a> Part<'a> {
    fn new<DB: Backend>(
        key: &Key,
        sort: &Sort,
        value: &'a RawValue,
        without_nulls: &dyn Fn(usize) -> bool,
    ) -> Self {
        let nulls_are_last = key.is_nullable(sort) && DB::DIALECT.nulls.are_last(sort.direction);
        Self {
            column: sort.column,
            side: match sort.direction {
                Direction::Ascending => Operator::Greater,
                Direction::Descending => Operator::Less,
            },
            value,
            // A position may be a row that the filter leaves out.
            nulls_follow: nulls_are_last && (value.is_null() || !without_nulls(sort.column)),
        }
    }

    /// Returns the parts of a key.
    pub(super) fn all<DB: Backend>(
        key: &Key,
        values: &'a [RawValue],
        without_nulls: &dyn Fn(usize) -> bool,
    ) -> Vec<Self> {
        let pairs = key.order.iter().zip(values);
        pairs.map(|(sort, value)| Self::new::<DB>(key, sort, value, without_nulls)).collect()
    }

    /// Returns whether `>` or `<` alone finds the successors.
    const fn is_comparable(&self) -> bool {
        !self.value.is_null() && !self.nulls_follow
    }

    /// Returns the successors of the value, in order: values, NULLs, or both.
    pub(super) fn successors(self) -> [Option<Successors<'a>>; 2] {
        let nulls = |negated| Successors::Nulls { column: self.column, negated };
        match (self.value.is_null(), self.nulls_follow) {
            (false, false) => [Some(Successors::Values(self)), None],
            (false, true) => [Some(Successors::Values(self)), Some(nulls(false))],
            (true, false) => [None, Some(nulls(true))],
            (true, true) => [None, None],
        }
    }

    /// Writes the condition for the rows beyond the value, next to another bound of the same column.
    ///
    /// PostgreSQL expects two bounds with unknown values to leave 1 of 200 rows, whatever they are, and
    /// then reads all rows between them by another index, and sorts them, again for each batch. It does
    /// not see that a comparison of a pair is such a bound, but searches the index by it.
    fn write_second_bound<DB: Backend>(
        &self,
        sql: &mut Writer<DB>,
        included: bool,
    ) -> Result<(), BoxDynError> {
        let bound = self.compared();
        if DB::DIALECT.tuples == Tuples::RowValue {
            compare::pair(sql, &bound, included)
        } else {
            compare::lexicographic(sql, &[Compared { nulls_follow: false, ..bound }], included)
        }
    }

    fn compared<DB: Backend>(&self) -> Compared<'a, DB> {
        let Self { column, side, value, nulls_follow } = *self;
        Compared { column, side, value: Term::Raw(value), nulls_follow }
    }
}

/// Returns the first column in which two keys certainly differ, or else the last column. The
/// database may consider values equal although their bytes differ.
pub(super) fn first_difference(one: &[RawValue], other: &[RawValue]) -> usize {
    let mut pairs = one.iter().zip(other);
    let differ = |(one, other): (&RawValue, &RawValue)| match (one.is_null(), other.is_null()) {
        (false, false) if !(one.is_its_bytes() && other.is_its_bytes()) => None,
        _ => Some(one != other),
    };
    let last = one.len().saturating_sub(1);
    for column in 0..last {
        match pairs.next().and_then(differ) {
            Some(false) => {}
            Some(true) => return column,
            None => return last,
        }
    }
    last
}
