//! The tuples of up to eight parts that orders, ranges, foreign keys and items are made of.

/// Calls a macro once for each number of parts, with all but the last one in parentheses: `() A`,
/// `(A) B`, and so on.
macro_rules! tuples {
    ($each:ident) => {
        $crate::tuples::tuples! { @ $each () A B C D E F G H }
    };
    (@ $each:ident ($($part:ident)*) $last:ident $($rest:ident)*) => {
        $each! { ($($part)*) $last }
        $crate::tuples::tuples! { @ $each ($($part)* $last) $($rest)* }
    };
    (@ $each:ident ($($part:ident)*)) => {};
}
pub(crate) use tuples;
