//! Everything that generated code may name, and nothing else. Not part of the public API.

pub use sqlx;

pub use crate::{
    backend::Backend,
    expr::{
        column::Column,
        unique::{Advance, Choose, No, SetsSeen, Yes},
    },
    model::{
        ColumnName, Described, Model, Select,
        key_type::{Exact, Fallback, Inexact, MayBeNull, NotNull, Probe, Sound},
        row::{ColumnError, DecodeRow, FieldType, FlattenedRow, RowReader},
    },
    seal::Seal,
};
