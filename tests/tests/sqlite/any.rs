//! A type for any value in any row, as a column of SQLite can hold it.

use sqlx::{
    Decode, Encode, Sqlite, Type, TypeInfo as _, ValueRef as _,
    encode::IsNull,
    error::BoxDynError,
    sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef},
};

/// Any value that a column of SQLite can hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Any {
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Type<Sqlite> for Any {
    fn type_info() -> SqliteTypeInfo {
        <Vec<u8> as Type<Sqlite>>::type_info()
    }

    fn compatible(_: &SqliteTypeInfo) -> bool {
        true
    }
}

impl<'r> Decode<'r, Sqlite> for Any {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(match value.type_info().name() {
            "INTEGER" => Self::Integer(Decode::<Sqlite>::decode(value)?),
            "REAL" => Self::Real(Decode::<Sqlite>::decode(value)?),
            "TEXT" => Self::Text(Decode::<Sqlite>::decode(value)?),
            "BLOB" => Self::Blob(Decode::<Sqlite>::decode(value)?),
            other => return Err(format!("unexpected {other}").into()),
        })
    }
}

impl Encode<'_, Sqlite> for Any {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        match self {
            Self::Integer(value) => Encode::<Sqlite>::encode(value, buffer),
            Self::Real(value) => Encode::<Sqlite>::encode(value, buffer),
            Self::Text(value) => Encode::<Sqlite>::encode(value, buffer),
            Self::Blob(value) => Encode::<Sqlite>::encode(value, buffer),
        }
    }
}
