//! Values that typed columns are compared with, and that are kept until they are bound.

use std::{borrow::Cow, sync::Arc};

use sqlx::{Encode, Type, error::BoxDynError};

use crate::{
    backend::{Backend, statement::Statement, value::RawValue},
    seal::Seal,
};

/// A column type that can be compared with a `V`: its own type, or a borrowed form of it.
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` cannot be compared with, or set to, a value of type `{V}`",
    label = "expected a value of type `{Self}`, found `{V}`",
    note = "help: ask for NULL by `.is_null()` and set it by `.set_null()`, compare an `Option` only once it is unwrapped, and two columns in a `filter_sql`"
)]
pub trait Accepts<V>: Sized {
    /// Makes an owned value of the column's type.
    #[doc(hidden)]
    fn accept(value: V) -> Self;

    #[doc(hidden)]
    const SEAL: Seal;
}

#[diagnostic::do_not_recommend]
impl<T> Accepts<T> for T {
    const SEAL: Seal = Seal;

    fn accept(value: T) -> T {
        value
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Accepts<&T> for T {
    const SEAL: Seal = Seal;

    fn accept(value: &T) -> T {
        value.clone()
    }
}

/// Lets the owned types of `str` and `[u8]` be compared with literals.
macro_rules! accepts_borrowed {
    ($borrowed:ty: $($owned:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl Accepts<&$borrowed> for $owned {
            const SEAL: Seal = Seal;

            fn accept(value: &$borrowed) -> Self {
                value.to_owned().into()
            }
        }
    )+};
}

accepts_borrowed!(str: String, Box<str>, Arc<str>, Cow<'static, str>);
accepts_borrowed!([u8]: Vec<u8>, Box<[u8]>, Arc<[u8]>);

#[diagnostic::do_not_recommend]
impl<const N: usize> Accepts<&[u8; N]> for Vec<u8> {
    const SEAL: Seal = Seal;

    fn accept(value: &[u8; N]) -> Self {
        value.to_vec()
    }
}

/// A value from the user, kept to be bound once for every statement.
#[doc(hidden)]
pub trait Bind<DB: Backend>: Send {
    /// Binds the value and writes its placeholder.
    fn bind(&self, statement: &mut Statement<DB>) -> Result<(), BoxDynError>;

    /// Returns the value in the database's own form, if it has a simple one.
    fn raw(&self) -> Option<RawValue>;
}

impl<DB, T> Bind<DB> for T
where
    DB: Backend,
    T: for<'q> Encode<'q, DB> + Type<DB> + Send + 'static,
{
    fn bind(&self, statement: &mut Statement<DB>) -> Result<(), BoxDynError> {
        DB::bind_value(statement, self)
    }

    fn raw(&self) -> Option<RawValue> {
        DB::encode(self)
    }
}
