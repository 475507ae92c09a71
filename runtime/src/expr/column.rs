//! Typed columns, one per field, for the closures of `filter` and `order_by`.

use std::{fmt, marker::PhantomData, ops::RangeBounds};

use sqlx::{Encode, Type};

use super::{
    nullable::ColumnType,
    operand::Accepts,
    order::{Order, Sort},
    predicate::{Node, Operator, Predicate},
    range::ends,
    unique::{By, Then},
};
use crate::{
    backend::{Backend, dialect::Direction},
    model::{
        Described,
        key_type::{Exact, NotAnOption, NotNull},
    },
};

/// A column of the model `M`, read as a `T`.
///
/// `UNIQUE` is true if the column is marked `#[chunked(unique)]` (or a lone `primary_key`),
/// `NULLABLE` is true if `T` is an `Option`, and `INDEX` is the column's place in the model.
///
/// It has the visibility of the field that it stands for.
///
/// # Predicates
///
/// A value has the field's type or a borrowed form of it (`&str` for a `String`). For a field of
/// type `Option<T>` it is a `T`. Values are bound, never spliced into the SQL. NULL follows SQL's
/// logic: a comparison with NULL is neither true nor false, so such a row is not read.
///
/// On SQLite a value is compared in the form that sqlx gives it. A timestamp that the table holds
/// in another spelling, or as a number, compares as text or by storage class. If a table mixes
/// them, use [`filter_sql`](crate::Iteration::filter_sql) with `julianday(…)` or `unixepoch(…)` on
/// both sides.
pub struct Column<M, T, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> {
    types: PhantomData<fn() -> (M, T)>,
}

/// Makes a column.
#[doc(hidden)]
#[must_use]
pub fn column<M, T, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize>()
-> Column<M, T, UNIQUE, NULLABLE, INDEX> {
    Column { types: PhantomData }
}

/// Makes a column of the chunk key. The arguments are literals; see [`Refused`].
///
/// [`Refused`]: crate::model::key_type::Refused
#[doc(hidden)]
pub fn chunk_key<N, E, M, T, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize>(
    _: N,
    _: E,
) -> Column<M, T, UNIQUE, NULLABLE, INDEX>
where
    T: NotNull<N> + Exact<E>,
{
    Column { types: PhantomData }
}

/// Makes a column that is taken for NOT NULL by the spelling of its type. The argument is a literal;
/// see [`Refused`].
///
/// [`Refused`]: crate::model::key_type::Refused
#[doc(hidden)]
pub fn not_null<N, M, T, const UNIQUE: bool, const INDEX: usize>(
    _: N,
) -> Column<M, T, UNIQUE, false, INDEX>
where
    T: NotAnOption<N>,
{
    Column { types: PhantomData }
}

/// Makes a column whose type is spelled `Option`, and is one.
#[doc(hidden)]
#[must_use]
pub fn option<M, T, const UNIQUE: bool, const INDEX: usize>()
-> Column<M, Option<T>, UNIQUE, true, INDEX> {
    Column { types: PhantomData }
}

impl<M, T, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> Clone
    for Column<M, T, UNIQUE, NULLABLE, INDEX>
{
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> Copy
    for Column<M, T, UNIQUE, NULLABLE, INDEX>
{
}

impl<M: Described, T, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> fmt::Debug
    for Column<M, T, UNIQUE, NULLABLE, INDEX>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &M::MODEL.columns[INDEX];
        if name.joined {
            f.write_str(name.column)
        } else {
            write!(f, "{}.{}", M::MODEL.table, name.column)
        }
    }
}

/// Orders.
impl<M, T, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize>
    Column<M, T, UNIQUE, NULLABLE, INDEX>
where
    T: ColumnType<NULLABLE>,
{
    /// Sorts the smallest first: `ORDER BY column ASC`.
    ///
    /// The database decides where NULLs come: first on SQLite and MySQL, last on PostgreSQL.
    pub fn asc(self) -> Order<M, (T::KeyPart,), Then<(), By<UNIQUE, NULLABLE, INDEX>>> {
        Order::new(vec![Sort { column: INDEX, direction: Direction::Ascending }])
    }

    /// Sorts the largest first: `ORDER BY column DESC`.
    ///
    /// The database decides where NULLs come: last on SQLite and MySQL, first on PostgreSQL.
    pub fn desc(self) -> Order<M, (T::KeyPart,), Then<(), By<UNIQUE, NULLABLE, INDEX>>> {
        Order::new(vec![Sort { column: INDEX, direction: Direction::Descending }])
    }
}

/// A predicate that compares the column with one value.
macro_rules! comparisons {
    ($($(#[$doc:meta])* $method:ident => $operator:ident;)+) => {$(
        $(#[$doc])*
        pub fn $method<V, DB>(self, value: V) -> Predicate<M, DB>
        where
            DB: Backend,
            T::Value: Accepts<V> + for<'q> Encode<'q, DB> + Type<DB> + Send + 'static,
        {
            Self::compare(Operator::$operator, T::Value::accept(value))
        }
    )+};
}

/// Predicates.
impl<M, T, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize>
    Column<M, T, UNIQUE, NULLABLE, INDEX>
where
    T: ColumnType<NULLABLE>,
{
    comparisons! {
        /// `column = value`
        eq => Equal;
        /// `column <> value`
        ne => NotEqual;
        /// `column > value`
        gt => Greater;
        /// `column >= value`
        ge => GreaterOrEqual;
        /// `column < value`
        lt => Less;
        /// `column <= value`
        le => LessOrEqual;
    }

    /// `column >= low AND column <= high`
    pub fn between<L, H, DB>(self, low: L, high: H) -> Predicate<M, DB>
    where
        DB: Backend,
        T::Value: Accepts<L> + Accepts<H> + for<'q> Encode<'q, DB> + Type<DB> + Send + 'static,
    {
        self.ge::<L, DB>(low).and(self.le::<H, DB>(high))
    }

    /// The value lies in a range, like [`RangeBounds`] elsewhere: `within(1..=3)` is
    /// `column >= 1 AND column <= 3`, `within(1..3)` is `column >= 1 AND column < 3`, and
    /// `within(1..)` is `column >= 1`. The bounds are values, not references.
    pub fn within<V, DB>(self, range: impl RangeBounds<V>) -> Predicate<M, DB>
    where
        DB: Backend,
        V: Clone,
        T::Value: Accepts<V> + for<'q> Encode<'q, DB> + Type<DB> + Send + 'static,
    {
        ends(&range)
            .map(|(operator, value)| Self::compare(operator, T::Value::accept(value.clone())))
            .reduce(Predicate::and)
            .unwrap_or_else(|| Self::one_of(std::iter::empty::<V>(), true))
    }

    /// `column IN (value, …)`. With no values, it is false for every row.
    ///
    /// Every value is bound. On PostgreSQL, values of built-in types other than text are bound as
    /// one array of any length, `column = ANY ($1)`. Elsewhere, and for text, each is its own
    /// parameter. A statement can have 32,766 parameters on SQLite and 65,535 on PostgreSQL and
    /// MySQL; the position and the limit take one for each column of the order and a few more.
    pub fn is_in<I, DB>(self, values: I) -> Predicate<M, DB>
    where
        DB: Backend,
        I: IntoIterator,
        T::Value: Accepts<I::Item> + for<'q> Encode<'q, DB> + Type<DB> + Send + 'static,
    {
        Self::one_of(values, false)
    }

    /// `column NOT IN (value, …)`. With no values, it is true for every row, NULL or not.
    pub fn not_in<I, DB>(self, values: I) -> Predicate<M, DB>
    where
        DB: Backend,
        I: IntoIterator,
        T::Value: Accepts<I::Item> + for<'q> Encode<'q, DB> + Type<DB> + Send + 'static,
    {
        Self::one_of(values, true)
    }

    /// `column LIKE pattern`, with the database's own rules for case and escapes.
    pub fn like<DB>(self, pattern: impl Into<String>) -> Predicate<M, DB>
    where
        DB: Backend,
        String: for<'q> Encode<'q, DB> + Type<DB>,
    {
        Self::compare(Operator::Like, pattern.into())
    }

    /// `column IS NULL`. On PostgreSQL it is `column IS NOT DISTINCT FROM NULL`, which differs only
    /// for composite types: there `IS NULL` looks at the parts.
    pub fn is_null<DB: Backend>(self) -> Predicate<M, DB> {
        Predicate::new(Node::Null { column: INDEX, negated: false })
    }

    /// `column IS NOT NULL`. On PostgreSQL it is `column IS DISTINCT FROM NULL`; see
    /// [`is_null`](Self::is_null).
    pub fn is_not_null<DB: Backend>(self) -> Predicate<M, DB> {
        Predicate::new(Node::Null { column: INDEX, negated: true })
    }

    fn compare<V, DB>(operator: Operator, value: V) -> Predicate<M, DB>
    where
        DB: Backend,
        V: for<'q> Encode<'q, DB> + Type<DB> + Send + 'static,
    {
        Predicate::new(Node::Compare { column: INDEX, operator, value: Box::new(value) })
    }

    fn one_of<I, DB>(values: I, negated: bool) -> Predicate<M, DB>
    where
        DB: Backend,
        I: IntoIterator,
        T::Value: Accepts<I::Item> + for<'q> Encode<'q, DB> + Type<DB> + Send + 'static,
    {
        let values =
            values.into_iter().map(|value| Box::new(T::Value::accept(value)) as _).collect();
        Predicate::new(Node::In { column: INDEX, values, negated })
    }
}
