//! Answers to questions: statements that read no rows of a table.

use std::sync::Arc;

use sqlx::Row as _;

use super::{collect::Collect, request::Expected};
use crate::{
    backend::{Backend, row::AnyRow},
    error::Error,
};

/// The answer to a question, which a statement returns in its last column.
pub(crate) struct Answer {
    expected: Arc<Expected>,
    pub(crate) is_yes: bool,
}

impl Answer {
    /// Creates an empty answer to a question.
    pub(crate) fn to(question: &Arc<Expected>) -> Self {
        Self { is_yes: false, expected: Arc::clone(question) }
    }
}

impl<DB: Backend> Collect<DB> for Answer {
    fn anew(&self) -> Self {
        Self::to(&self.expected)
    }

    fn push(&mut self, row: DB::Row) -> Result<(), Error> {
        let answer = AnyRow::<DB>::Driver(&row).flag(row.len() - 1);
        let unreadable = |source| self.expected.key.refused::<DB>(sqlx::Error::Decode(source));
        self.is_yes = answer.map_err(unreadable)?;
        Ok(())
    }
}

/// A number, which a statement gives in its last column.
pub(crate) struct Number {
    expected: Arc<Expected>,
    pub(crate) value: u64,
}

impl Number {
    /// Creates an empty answer to a question.
    pub(crate) fn to(question: &Arc<Expected>) -> Self {
        Self { value: 0, expected: Arc::clone(question) }
    }
}

impl<DB: Backend> Collect<DB> for Number {
    fn anew(&self) -> Self {
        Self::to(&self.expected)
    }

    fn push(&mut self, row: DB::Row) -> Result<(), Error> {
        let number = AnyRow::<DB>::Driver(&row).last_number().and_then(|n| Ok(u64::try_from(n)?));
        let unreadable = |source| self.expected.key.refused::<DB>(sqlx::Error::Decode(source));
        self.value = number.map_err(unreadable)?;
        Ok(())
    }
}

/// The answers to what is asked where no row came: an error unless all is as it should be.
pub(crate) struct AtEnd {
    expected: Arc<Expected>,
}

impl AtEnd {
    /// Creates an empty answer to a question.
    pub(crate) fn to(question: &Arc<Expected>) -> Self {
        Self { expected: Arc::clone(question) }
    }
}

impl<DB: Backend> Collect<DB> for AtEnd {
    fn anew(&self) -> Self {
        Self::to(&self.expected)
    }

    fn push(&mut self, row: DB::Row) -> Result<(), Error> {
        let expected = &*self.expected;
        let Expected { key, nulls_of, .. } = expected;
        let unreadable = |source| key.refused::<DB>(source);
        let position = expected.given().unwrap_or_default();
        let mut ordinals = 0..row.len().saturating_sub(nulls_of.len());
        let typed = key.typed_parts::<DB>().filter(|_| expected.types_asked);
        for ((part, _), ordinal) in typed.zip(&mut ordinals) {
            if !DB::has_type_of(&row, ordinal, &position[part]).map_err(unreadable)? {
                return Err(expected.outdated());
            }
        }
        for ordinal in ordinals {
            if DB::flag(&row, ordinal).map_err(unreadable)? {
                return Err(expected.outdated());
            }
        }
        expected.check_nulls(AnyRow::<DB>::Driver(&row))
    }
}
