//! Companions, which a statement selects along with the values of some columns.

use std::any::TypeId;

/// The places of a column's value and of its companion, if one was selected, in a row.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub ordinal: usize,
    pub companion: Option<usize>,
}

/// Returns whether values of a field type are numbers. Those are the same everywhere.
pub(crate) fn is_number(field: TypeId) -> bool {
    macro_rules! any_of {
        ($($number:ty)+) => { [$(TypeId::of::<$number>(), TypeId::of::<Option<$number>>(),)+] };
    }
    any_of!(i64 i32 i16 i8 u64 u32 u16 u8 bool f64 f32).contains(&field)
}
