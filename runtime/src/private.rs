//! Everything that generated code may name, and nothing else. Not part of the public API.

pub use sqlx;

pub use crate::{
    backend::Backend,
    expr::{
        column::{Column, chunk_key, column, not_null, option},
        named::{nullable, plain, unique, unique_nullable},
        unique::{Advance, Choose, No, SetsSeen, Yes},
    },
    iteration::{
        chunked::{Chunked, ReadRow},
        relations::foreign_key::Referenced,
    },
    model::{
        ColumnName, Described, Model, Select,
        key_type::{Exact, Fallback, NotAnOption, NotNull, Probe, Refused},
        row::{ColumnError, DecodeRow, FieldType, FlattenedRow, RowReader},
    },
    seal::Seal,
};
