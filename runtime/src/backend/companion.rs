//! Columns of which a statement selects more than their values.

use std::any::TypeId;

/// Where a row has the value of a column, and where its companion, if one was selected.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub ordinal: usize,
    pub companion: Option<usize>,
}

/// A column that a companion is written for.
#[doc(hidden)]
#[derive(Debug)]
pub struct CompanionOf<'a> {
    /// The column as SQL.
    pub sql: &'a str,
    /// Its name alone.
    pub name: &'a str,
    /// The type that it is read as.
    pub field: TypeId,
    pub schema: Option<&'a str>,
    pub table: &'a str,
    /// The SQL that the column comes from, if it is not the table's own: a join, or a query that
    /// stands for the table.
    pub source: Option<&'a str>,
}

/// Whether values of a field type are numbers, which are the same everywhere.
pub(crate) fn is_number(field: TypeId) -> bool {
    macro_rules! any_of {
        ($($number:ty)+) => { [$(TypeId::of::<$number>(), TypeId::of::<Option<$number>>(),)+] };
    }
    any_of!(i64 i32 i16 i8 u64 u32 u16 u8 bool f64 f32).contains(&field)
}
