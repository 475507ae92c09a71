//! PostgreSQL: a value is its bytes in the binary format, and the type they came with.

use std::fmt::{self, Write as _};

use sqlx::{
    Connection as _, Encode, PgConnection, Postgres, Row as _, Type, TypeInfo as _, ValueRef as _,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueFormat, types::Oid},
};

use super::{Backend, Dialect, FOREIGN, Hex, Nulls, Statement, connection, driver};
use crate::raw::RawValue;

connection!(Postgres, PgConnection);

impl Backend for Postgres {
    const DIALECT: Dialect = Dialect {
        quote: '"',
        nulls: Nulls::Last,
        row_values: true,
        splits_unnamed_statements: true,
    };

    driver!();

    fn raw(row: &Self::Row, ordinal: usize) -> Result<RawValue, BoxDynError> {
        let value = Self::value(row, ordinal)?;
        if value.is_null() {
            return Ok(RawValue::Null);
        }
        if value.format() != PgValueFormat::Binary {
            return Err("the server sent a key in text format".into());
        }
        let type_info = value.type_info().into_owned();
        let bytes = value.as_bytes()?.to_vec();
        Ok(RawValue::Postgres(Value { type_info, bytes }))
    }

    fn bind_raw(statement: &mut Statement<Self>, value: &RawValue) -> Result<(), BoxDynError> {
        match value {
            RawValue::Postgres(value) => bind(statement, value, &value.type_info),
            _ => Err(FOREIGN.into()),
        }
    }

    /// Text is bound without a type, so that the server gives it the column's: a `citext` column
    /// compares without case only with another `citext`.
    fn bind_value<T>(statement: &mut Statement<Self>, value: &T) -> Result<(), BoxDynError>
    where
        T: for<'q> Encode<'q, Self> + Type<Self>,
    {
        let type_info = value.produces().unwrap_or_else(T::type_info);
        if type_info == <str as Type<Self>>::type_info() {
            statement.add(Untyped(value))
        } else {
            bind(statement, value, &type_info)
        }
    }

    fn is_dead(error: &sqlx::Error) -> bool {
        // Class 08 is connection exceptions, and 57P01 to 57P05 are sessions that the server ended
        // (https://www.postgresql.org/docs/current/errcodes-appendix.html).
        match error {
            sqlx::Error::Io(_) => true,
            sqlx::Error::Database(error) => {
                error.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P"))
            }
            _ => false,
        }
    }

    async fn in_transaction(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        // sqlx counts the transactions that it began itself; one begun by SQL shows in the time it
        // began, which is not that of this statement.
        Ok(connection.is_in_transaction()
            || sqlx::raw_sql("SELECT now() <> statement_timestamp()")
                .fetch_one(connection)
                .await?
                .try_get_unchecked::<bool, _>(0)?)
    }
}

/// Binds a value, and names its type beside the placeholder: sqlx caches prepared statements by
/// their text alone, and the same text can be sent with parameters of different types.
fn bind<T>(
    statement: &mut Statement<Postgres>,
    value: T,
    type_info: &PgTypeInfo,
) -> Result<(), BoxDynError>
where
    T: for<'q> Encode<'q, Postgres> + Type<Postgres>,
{
    statement.add(value)?;
    if let Some(oid) = type_info.oid() {
        write!(statement.sql, " /* type {} */", oid.0)?;
    } else {
        let named = |c: &char| c.is_alphanumeric() || *c == '_';
        let name: String = type_info.name().chars().filter(named).collect();
        write!(statement.sql, " /* type {name} */")?;
    }
    Ok(())
}

/// A value as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    type_info: PgTypeInfo,
    bytes: Vec<u8>,
}

impl Type<Postgres> for Value {
    fn type_info() -> PgTypeInfo {
        UNSPECIFIED
    }
}

impl Encode<'_, Postgres> for Value {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.type_info.clone())
    }
}

/// A value whose type is left to the server.
struct Untyped<T>(T);

/// The type of a parameter that the server is to find out.
const UNSPECIFIED: PgTypeInfo = PgTypeInfo::with_oid(Oid(0));

impl<T> Type<Postgres> for Untyped<T> {
    fn type_info() -> PgTypeInfo {
        UNSPECIFIED
    }
}

impl<'q, T: Encode<'q, Postgres>> Encode<'q, Postgres> for Untyped<T> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.0.encode_by_ref(buffer)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(UNSPECIFIED)
    }
}

/// The value for messages: numbers and text as they are, anything else as bytes and a type.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.type_info.name();
        match (name, self.bytes.as_slice()) {
            ("INT2" | "INT4" | "INT8", bytes) => {
                // The sign is that of the first byte, which all others are shifted behind.
                let sign = bytes.first().map_or(0, |first| i64::from(first.cast_signed() >> 7));
                write!(f, "{}", bytes.iter().fold(sign, |n, byte| n << 8 | i64::from(*byte)))
            }
            ("TEXT" | "VARCHAR" | "CHAR" | "NAME" | "citext", bytes) => {
                write!(f, "'{}'", String::from_utf8_lossy(bytes).replace('\'', "''"))
            }
            (name, bytes) => write!(f, "{name} {}", Hex(bytes)),
        }
    }
}
