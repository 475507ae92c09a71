//! Assignments, for the closure of `update`.

use std::{fmt, marker::PhantomData};

use sqlx::{Encode, QueryBuilder, Type};

use super::{
    column::Column,
    filter::PushedSql,
    nullable::{ColumnType, Possible},
    operand::{Accepts, Bind},
};
use crate::backend::Backend;

/// New values for columns of the model `M`, made by [`Column::set`], [`Column::set_null`] and
/// [`Column::set_sql`] for [`update`](crate::Iteration::update).
#[must_use = "an assignment has no effect unless it is returned from the closure of `update`"]
pub struct Assignment<M, DB: Backend> {
    pub(crate) sets: Vec<Set<DB>>,
    model: PhantomData<fn() -> M>,
}

/// A column, and its new value.
pub(crate) struct Set<DB: Backend> {
    pub(crate) column: usize,
    pub(crate) to: NewValue<DB>,
}

pub(crate) enum NewValue<DB: Backend> {
    Value(Box<dyn Bind<DB>>),
    Null,
    Sql(PushedSql<DB>),
}

impl<M, DB: Backend> Assignment<M, DB> {
    fn new(column: usize, to: NewValue<DB>) -> Self {
        Self { sets: vec![Set { column, to }], model: PhantomData }
    }

    /// Sets other columns too: `SET a = …, b = …`.
    ///
    /// On SQLite and PostgreSQL, an expression in [`set_sql`](Column::set_sql) uses the old values of
    /// all columns. MariaDB and MySQL assign from left to right: there it uses the new values of the
    /// columns that were set before it.
    pub fn and(mut self, other: Self) -> Self {
        self.sets.extend(other.sets);
        self
    }
}

impl<M, DB: Backend> fmt::Debug for Assignment<M, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assignment").finish_non_exhaustive()
    }
}

/// A column that may be set to NULL.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this column cannot be set to NULL",
    label = "its field is not an `Option`",
    note = "help: `.set(value)`; if the table allows NULL in the column, make the field an `Option`"
)]
pub trait MayBeNull {}

impl MayBeNull for Possible {}

/// Assignments.
impl<M, T, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize>
    Column<M, T, UNIQUE, NULLABLE, INDEX>
where
    T: ColumnType<NULLABLE>,
{
    /// `SET column = value`. The value is bound; it has the field's type or a borrowed form of it,
    /// as in a predicate. For a field of type `Option<T>` it is a `T`.
    pub fn set<V, DB>(self, value: V) -> Assignment<M, DB>
    where
        DB: Backend,
        T::Value: Accepts<V> + for<'q> Encode<'q, DB> + Type<DB> + Send + 'static,
    {
        Assignment::new(INDEX, NewValue::Value(Box::new(T::Value::accept(value))))
    }

    /// `SET column = NULL`, for fields of type `Option<T>`.
    pub fn set_null<DB>(self) -> Assignment<M, DB>
    where
        DB: Backend,
        T::Nulls: MayBeNull,
    {
        Assignment::new(INDEX, NewValue::Null)
    }

    /// `SET column = expression`: `set_sql(|q| { q.push("lower(headline)"); })`.
    ///
    /// The closure is called for every statement, and should push the same SQL and bound values
    /// each time. The SQL goes into the statement as it is: never push text that comes from outside;
    /// bind it instead. A parameter that is written by hand (`?1`, `:id` on SQLite, `$1` on
    /// PostgreSQL) is an error: it could be another value of the statement.
    ///
    /// If an update is run again for the same rows, an expression such as `hits + 1` counts them
    /// again. An expression whose result does not depend on how often it is applied is safer.
    pub fn set_sql<DB: Backend>(
        self,
        push: impl FnMut(&mut QueryBuilder<DB>) + Send + 'static,
    ) -> Assignment<M, DB> {
        Assignment::new(INDEX, NewValue::Sql(PushedSql::new(push)))
    }
}
