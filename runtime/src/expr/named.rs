//! Names for the types of columns, by their kind and their place in the model.
//!
//! To the compiler every const argument that is spelled out is an item of its own, which it keeps
//! track of from one check of the user's crate to the next. A column would have three.

use super::column::Column;

macro_rules! columns {
    ($($(#[$doc:meta])* $kind:ident: $unique:literal, $nullable:literal;)+) => {$(
        $(#[$doc])*
        pub mod $kind {
            super::columns! { $unique, $nullable:
                C0 0, C1 1, C2 2, C3 3, C4 4, C5 5, C6 6, C7 7,
                C8 8, C9 9, C10 10, C11 11, C12 12, C13 13, C14 14, C15 15,
                C16 16, C17 17, C18 18, C19 19, C20 20, C21 21, C22 22, C23 23,
                C24 24, C25 25, C26 26, C27 27, C28 28, C29 29, C30 30, C31 31,
                C32 32, C33 33, C34 34, C35 35, C36 36, C37 37, C38 38, C39 39,
                C40 40, C41 41, C42 42, C43 43, C44 44, C45 45, C46 46, C47 47,
                C48 48, C49 49, C50 50, C51 51, C52 52, C53 53, C54 54, C55 55,
                C56 56, C57 57, C58 58, C59 59, C60 60, C61 61, C62 62, C63 63,
            }
        }
    )+};
    ($unique:literal, $nullable:literal: $($name:ident $index:literal,)+) => {$(
        /// The column at this place.
        pub type $name<M, T> = super::Column<M, T, $unique, $nullable, $index>;
    )+};
}
use columns;

columns! {
    /// Columns without a mark.
    plain: false, false;
    /// Columns marked unique.
    unique: true, false;
    /// Columns that may be NULL.
    nullable: false, true;
    /// Columns marked unique that may be NULL.
    unique_nullable: true, true;
}
