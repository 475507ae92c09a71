//! Types that a program defines for its columns, and that can be keys.

use sqlx::Type;

#[derive(Clone, Debug, PartialEq, Type)]
#[sqlx(transparent)]
pub(crate) struct EntryId(i64);

#[derive(Clone, Debug, PartialEq, Type)]
#[sqlx(transparent)]
pub(crate) struct Word(String);

/// A float in a newtype is accepted as a key: its author says that it compares exactly.
#[derive(Clone, Debug, Type)]
#[sqlx(transparent)]
pub(crate) struct Real(f64);

impl PartialEq for Real {
    /// NaN is one value, as in a unique column.
    fn eq(&self, other: &Self) -> bool {
        self.0.total_cmp(&other.0).is_eq()
    }
}

#[derive(Clone, Debug, PartialEq, Type)]
#[sqlx(transparent)]
pub(crate) struct Single(f32);

#[derive(Clone, Copy, Debug, PartialEq, Type)]
#[repr(i64)]
pub(crate) enum Level {
    Trace = -5,
    Debug = 0,
    Info = 10,
    Warn = 20,
    Error = 30,
}

/// The names do not sort as the variants do.
#[derive(Clone, Copy, Debug, PartialEq, Type)]
#[sqlx(type_name = "stage", rename_all = "snake_case")]
pub(crate) enum Stage {
    Draft,
    InReview,
    Accepted,
    Published,
    Withdrawn,
}
