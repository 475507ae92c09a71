//! Foreign keys: columns of one model that refer to the rows of another, as the type checker sees
//! them.

use crate::{
    expr::{
        column::Column,
        nullable::{ColumnType, Never, nulls},
    },
    iteration::chunked::Chunked,
    seal::Seal,
    tuples::tuples,
};

/// A model that foreign keys can refer to. The derive implements it if it knows which columns they
/// refer to.
///
/// These are the fields marked `#[chunked(primary_key)]`, in declared order. If there are none, it
/// is the only field marked `#[chunked(unique)]`, or the only `unique(…)` set, without `Option`s;
/// if there are several, none is chosen. As in a chunk key, the types of these fields must be as
/// visible as the model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no primary key that a foreign key could refer to",
    label = "needs a row of `{Self}` for each foreign key",
    note = "help: mark the primary key's field, or each of its fields: `#[chunked(primary_key)]`"
)]
pub trait Referenced: Chunked {
    /// The type of the column, or a tuple of the types if there are several.
    type ReferencedKey;

    /// The columns, as indices into the model's columns.
    #[doc(hidden)]
    const REFERENCED: &'static [usize];

    #[doc(hidden)]
    const SEAL: Seal;
}

/// A closure that names columns of a model: `|book| book.author_id`, or a tuple of several,
/// `|flight| (flight.origin, flight.time_hour)`.
pub trait NamesColumns<M: Chunked>: FnOnce(M::Columns) -> <Self as NamesColumns<M>>::Named {
    /// The columns that the closure names.
    type Named;
}

impl<M: Chunked, F, C> NamesColumns<M> for F
where
    F: FnOnce(M::Columns) -> C,
{
    type Named = C;
}

/// A column of the model `M`, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a foreign key of `{M}`",
    label = "expected a column of `{M}`, or a tuple of up to 8 of them",
    note = "help: name the column that refers to the other model: `|book| book.author_id`"
)]
pub trait ForeignKey<M> {
    /// The type of a value, or a tuple of the types if there are several columns.
    type Values;

    #[doc(hidden)]
    type Nulls;

    #[doc(hidden)]
    fn columns(&self) -> Box<[usize]>;

    #[doc(hidden)]
    const SEAL: Seal;
}

/// A foreign key that can refer to the model `R`, whose primary key has the type `K`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a foreign key of type `{Self}` does not refer to `{R}`, whose primary key has the type `{K}`",
    label = "expected `{K}`, found `{Self}`",
    note = "help: give the fields on both sides the same types, in the same order"
)]
pub trait RefersTo<R, K> {}

impl<R, K> RefersTo<R, K> for K {}

/// A foreign key that always refers to a row. It is a list, so that all of its columns give one
/// error together.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this foreign key may be NULL, and then refers to no row",
    label = "one of its columns is an `Option`",
    note = "help: `with_optional` gives `None` for those"
)]
pub trait AlwaysRefers {}

impl AlwaysRefers for () {}

#[diagnostic::do_not_recommend]
impl<L: AlwaysRefers> AlwaysRefers for (Never, L) {}

/// One column of a foreign key.
#[doc(hidden)]
pub trait ForeignColumn<M> {
    type Value;
    type Nulls;

    const INDEX: usize;
}

impl<M, T, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> ForeignColumn<M>
    for Column<M, T, UNIQUE, NULLABLE, INDEX>
where
    T: ColumnType<NULLABLE>,
{
    type Value = T::Value;
    type Nulls = T::Nulls;

    const INDEX: usize = INDEX;
}

impl<M, T, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> ForeignKey<M>
    for Column<M, T, UNIQUE, NULLABLE, INDEX>
where
    T: ColumnType<NULLABLE>,
{
    type Values = T::Value;
    type Nulls = (T::Nulls, ());

    const SEAL: Seal = Seal;

    fn columns(&self) -> Box<[usize]> {
        Box::new([INDEX])
    }
}

macro_rules! foreign_keys {
    (() $last:ident) => {};
    (($($part:ident)+) $last:ident) => {
        impl<M, $($part: ForeignColumn<M>,)+ $last: ForeignColumn<M>> ForeignKey<M>
            for ($($part,)+ $last)
        {
            type Values = ($($part::Value,)+ $last::Value);
            type Nulls = nulls!($($part)+ $last);

            const SEAL: Seal = Seal;

            fn columns(&self) -> Box<[usize]> {
                Box::new([$($part::INDEX,)+ $last::INDEX])
            }
        }
    };
}

tuples! { foreign_keys }
