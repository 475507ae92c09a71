//! MySQL and MariaDB: a value is its bytes in the binary protocol, and the type they came with.

use std::fmt;

use sqlx::{
    Decode, Encode, MySql, MySqlConnection, Type, TypeInfo as _, ValueRef as _,
    encode::IsNull,
    error::BoxDynError,
    mysql::{MySqlDatabaseError, MySqlTypeInfo},
};

use super::{Backend, Dialect, FOREIGN, Hex, Nulls, Statement, connection, driver};
use crate::raw::RawValue;

connection!(MySql, MySqlConnection);

impl Backend for MySql {
    const DIALECT: Dialect = Dialect {
        quote: '`',
        nulls: Nulls::First,
        row_values: false,
        splits_unnamed_statements: false,
    };

    driver!();

    /// ENUM and SET columns are sorted by number, but compared by spelling: there is no `>` that
    /// agrees with their ORDER BY.
    fn check_key(row: &Self::Row, ordinal: usize) -> Result<(), BoxDynError> {
        // The name of the type does not tell: with a binary collation it is "BINARY", and for a
        // SET it is "CHAR". The flags of the column do, and only `Debug` shows them.
        let type_info = format!("{:?}", Self::value(row, ordinal)?.type_info());
        for kind in ["ENUM", "SET"] {
            let flag = |word: &str| word == kind;
            if type_info.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(flag) {
                return Err(format!(
                    "{kind} values are sorted by number but compared by spelling; \
                     order by another unique column"
                )
                .into());
            }
        }
        Ok(())
    }

    fn raw(row: &Self::Row, ordinal: usize) -> Result<RawValue, BoxDynError> {
        let value = Self::value(row, ordinal)?;
        if value.is_null() {
            return Ok(RawValue::Null);
        }
        let type_info = value.type_info().into_owned();
        let bytes = <Vec<u8> as Decode<Self>>::decode(value)?;
        Ok(RawValue::MySql(Value { type_info, bytes }))
    }

    fn bind_raw(statement: &mut Statement<Self>, value: &RawValue) -> Result<(), BoxDynError> {
        match value {
            RawValue::MySql(value) => statement.add(value),
            _ => Err(FOREIGN.into()),
        }
    }

    fn is_dead(error: &sqlx::Error) -> bool {
        match error {
            sqlx::Error::Io(_) => true,
            // The server is shutting down, has killed the connection (MariaDB), or has given it up
            // for being idle (MySQL).
            sqlx::Error::Database(error) => error
                .try_downcast_ref::<MySqlDatabaseError>()
                .is_some_and(|error| matches!(error.number(), 1053 | 1927 | 4031)),
            _ => false,
        }
    }
}

/// A value as it was read.
#[derive(Clone, Debug)]
pub struct Value {
    type_info: MySqlTypeInfo,
    bytes: Vec<u8>,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

/// How the bytes of a column's value are sent back.
enum Form {
    /// As they came: numbers of a fixed size, and dates and times with their length before them.
    Same,
    /// With their length before them, as the exact number they are.
    Decimal,
    /// With their length before them, as text.
    Text,
    /// With their length before them, as bytes.
    Bytes,
    /// As they came, but as a number of 32 bits, since a parameter cannot be a MEDIUMINT.
    Medium { unsigned: bool },
    /// As they came, but as a number of 16 bits, since a parameter cannot be a YEAR.
    Year,
    /// As a 64-bit number, since a parameter cannot be a BIT.
    Bit,
}

impl Value {
    fn form(&self) -> Form {
        match self.type_info.name() {
            "BIT" => Form::Bit,
            "YEAR" => Form::Year,
            "MEDIUMINT" => Form::Medium { unsigned: false },
            "MEDIUMINT UNSIGNED" => Form::Medium { unsigned: true },
            "DECIMAL" => Form::Decimal,
            "JSON" => Form::Text,
            "GEOMETRY" => Form::Bytes,
            // The name of a text type says little: with a binary collation it is one of bytes.
            _ if <str as Type<MySql>>::compatible(&self.type_info) => Form::Text,
            _ if <[u8] as Type<MySql>>::compatible(&self.type_info) => Form::Bytes,
            _ => Form::Same,
        }
    }
}

impl Type<MySql> for Value {
    fn type_info() -> MySqlTypeInfo {
        <[u8] as Type<MySql>>::type_info()
    }
}

impl Encode<'_, MySql> for Value {
    fn encode_by_ref(&self, buffer: &mut Vec<u8>) -> Result<IsNull, BoxDynError> {
        match self.form() {
            Form::Same | Form::Medium { .. } | Form::Year => buffer.extend_from_slice(&self.bytes),
            Form::Decimal | Form::Text | Form::Bytes => {
                return Encode::<MySql>::encode_by_ref(&self.bytes, buffer);
            }
            Form::Bit => {
                let number = self.bytes.iter().fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
                return Encode::<MySql>::encode_by_ref(&number, buffer);
            }
        }
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<MySqlTypeInfo> {
        Some(match self.form() {
            Form::Same | Form::Decimal => self.type_info.clone(),
            Form::Text => <str as Type<MySql>>::type_info(),
            Form::Bytes => <[u8] as Type<MySql>>::type_info(),
            Form::Medium { unsigned: false } => <i32 as Type<MySql>>::type_info(),
            Form::Medium { unsigned: true } => <u32 as Type<MySql>>::type_info(),
            Form::Year => <u16 as Type<MySql>>::type_info(),
            Form::Bit => <u64 as Type<MySql>>::type_info(),
        })
    }
}

/// The value for messages: numbers and text as they are, anything else as bytes and a type.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.type_info.name();
        let unsigned = self.bytes.iter().rev().fold(0, |n: u64, byte| n << 8 | u64::from(*byte));
        match self.form() {
            Form::Text => {
                write!(f, "'{}'", String::from_utf8_lossy(&self.bytes).replace('\'', "''"))
            }
            Form::Decimal => f.write_str(&String::from_utf8_lossy(&self.bytes)),
            Form::Year => write!(f, "{unsigned}"),
            _ if name.ends_with("INT UNSIGNED") => write!(f, "{unsigned}"),
            _ if name.ends_with("INT") || name == "BOOLEAN" => {
                // The sign is in the highest bit of as many bytes as the column has.
                let unused = 64 - 8 * u32::try_from(self.bytes.len()).map_err(|_| fmt::Error)?;
                write!(f, "{}", (unsigned << unused).cast_signed() >> unused)
            }
            _ => write!(f, "{name} {}", Hex(&self.bytes)),
        }
    }
}
