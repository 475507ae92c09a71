//! What stands after a position in an order, in a form that an index is searched by.

use sqlx::error::BoxDynError;

use crate::{
    backend::{Backend, Tuples},
    key::Key,
    order::{Direction, Sort},
    predicate::Operator,
    raw::RawValue,
    sql::Writer,
    tuple::{self, Compared, Term},
};

/// A set of rows behind a position, which an index over the columns of the order has in one piece,
/// sorted.
pub(crate) enum Place<'a> {
    /// The row at the position.
    At(Vec<Part<'a>>),
    /// The rows beyond the position by one comparison of all columns, or there as well.
    Beyond { parts: Vec<Part<'a>>, included: bool },
    /// The rows that have the position's values in some first columns, and a successor in the next.
    Within { equal: Vec<Part<'a>>, last: Successors<'a> },
}

/// A column of an order, and its value at a position.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    column: usize,
    /// On which side of the value its successors are: `Greater` or `Less`.
    side: Operator,
    value: &'a RawValue,
    /// Whether NULLs are among the successors of a value.
    nulls_follow: bool,
}

/// What follows a value in one column.
#[derive(Clone, Copy)]
pub(crate) enum Successors<'a> {
    Values(Part<'a>),
    Nulls { column: usize, negated: bool },
}

impl<'a> Place<'a> {
    /// The places of all rows behind a position, in their order, or of the row there as well.
    pub(crate) fn after<DB: Backend>(
        key: &Key,
        position: &'a [RawValue],
        included: bool,
    ) -> Vec<Self> {
        let parts: Vec<_> = key
            .order
            .iter()
            .zip(position)
            .map(|(sort, value)| Part::new::<DB>(key, sort, value))
            .collect();
        let comparable = || parts.iter().all(Part::is_comparable);
        let in_one_comparison = match DB::DIALECT.tuples {
            Tuples::Expanded => true,
            _ if parts.len() == 1 => comparable(),
            Tuples::RowValue => {
                parts.windows(2).all(|pair| pair[0].side == pair[1].side) && comparable()
            }
            Tuples::FirstColumn => false,
        };
        if in_one_comparison {
            return vec![Self::Beyond { parts, included }];
        }
        // The more columns are equal, the nearer the rows.
        let within = |length: usize| {
            let equal = &parts[..length];
            parts[length].successors().map(|last| Self::Within { equal: equal.to_vec(), last })
        };
        let at = included.then(|| Self::At(parts.clone()));
        at.into_iter().chain((0..parts.len()).rev().flat_map(within)).collect()
    }

    /// Writes the condition that the rows meet.
    pub(crate) fn write<DB: Backend>(&self, sql: &mut Writer<DB>) -> Result<(), BoxDynError> {
        let (equal, last) = match self {
            Self::At(parts) => {
                return sql.separated(" AND ", parts, |sql, part| {
                    tuple::is(sql, part.column, part.value)
                });
            }
            Self::Beyond { parts, included } => {
                let key: Vec<_> = parts.iter().map(Part::compared).collect();
                return tuple::lexicographic(sql, &key, *included);
            }
            Self::Within { equal, last } => (equal, last),
        };
        for Part { column, value, .. } in equal {
            tuple::is(sql, *column, value)?;
            sql.push(" AND ");
        }
        match *last {
            Successors::Values(part) => tuple::lexicographic(sql, &[part.compared()], false),
            Successors::Nulls { column, negated } => {
                sql.null(column, negated);
                Ok(())
            }
        }
    }
}

impl<'a> Part<'a> {
    fn new<DB: Backend>(key: &Key, sort: &Sort, value: &'a RawValue) -> Self {
        Self {
            column: sort.column,
            side: match sort.direction {
                Direction::Ascending => Operator::Greater,
                Direction::Descending => Operator::Less,
            },
            value,
            nulls_follow: key.is_nullable(sort) && DB::DIALECT.nulls.are_last(sort.direction),
        }
    }

    /// Whether `>` or `<` alone finds the successors.
    const fn is_comparable(&self) -> bool {
        !self.value.is_null() && !self.nulls_follow
    }

    fn successors(self) -> impl Iterator<Item = Successors<'a>> {
        let nulls = |negated| Successors::Nulls { column: self.column, negated };
        let (values, nulls) = match (self.value.is_null(), self.nulls_follow) {
            (false, false) => (Some(Successors::Values(self)), None),
            (false, true) => (Some(Successors::Values(self)), Some(nulls(false))),
            (true, false) => (None, Some(nulls(true))),
            (true, true) => (None, None),
        };
        values.into_iter().chain(nulls)
    }

    fn compared<DB: Backend>(&self) -> Compared<'a, DB> {
        let Self { column, side, value, nulls_follow } = *self;
        Compared { column, side, value: Term::Raw(value), nulls_follow }
    }
}
