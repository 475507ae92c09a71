//! MySQL and MariaDB: a value is its bytes in the binary protocol, and the type they came with.

mod collation;
mod temporal;
mod text;

use std::{
    convert::Infallible,
    fmt::{self, Write as _},
    mem::discriminant,
    num::NonZeroU8,
};

use sqlx::{
    Decode, Encode, MySql, MySqlConnection, Type, TypeInfo as _, ValueRef as _,
    error::BoxDynError,
    mysql::{MySqlDatabaseError, MySqlTypeInfo},
};

use self::collation::Kind;
pub(crate) use self::text::Text;
use super::{
    Backend, CompanionOf, Dialect, FOREIGN, Hex, Lists, NullTest, Nulls, Slot, Statement, Tuples,
    connection, driver, is_number,
};
use crate::{
    backend::value::RawValue,
    position::token::{Reader, TokenError, write_bytes},
};

connection!(MySql, MySqlConnection);

impl Backend for MySql {
    const DIALECT: Dialect = Dialect {
        quote: '`',
        nulls: Nulls::First,
        tuples: Tuples::Expanded,
        values_have_types: false,
        lists: Lists::In(512),
        splits_unnamed_statements: false,
        survives_half_read: false,
        learns_columns_once: false,
        reads_places_in_turn: false,
        numbers_parameters: false,
        prefers_equality: true,
        converts_text: true,
        sorts_by_operator: false,
        null_test: NullTest::Is,
    };

    type DirectRow<'r> = Infallible;
    type Session = ();

    driver!();

    fn bind_limit(statement: &mut Statement<Self>, rows: i64) -> Result<(), BoxDynError> {
        statement.add(rows)
    }

    /// MariaDB reads the first comment, and MySQL the second one. More than so many bytes need more
    /// memory than a server has by default.
    const SELECT_SORTED: &'static str = "/*M!100100 SET STATEMENT max_sort_length = 131072 FOR */ \
                                         SELECT /*+ SET_VAR(max_sort_length = 131072) */ ";

    fn companion(column: &CompanionOf<'_>) -> Option<String> {
        (!is_number(column.field)).then(|| text::companion(column.sql))
    }

    fn outdated<'v>(values: impl Iterator<Item = (&'v str, &'v RawValue)>) -> Option<String> {
        text::outdated(values.filter_map(|(column, value)| match value {
            RawValue::MySql(Value::Collated(value)) => Some((column, value.collation())),
            RawValue::MySql(Value::Bytes(_)) => Some((column, "binary")),
            _ => None,
        }))
    }

    /// ENUM and SET columns are sorted by number, but compared by spelling, and JSON as bound is a
    /// string: there is no `>` that agrees with their ORDER BY.
    fn check_key(
        row: &Self::Row,
        slot: Slot,
        position: Option<&RawValue>,
    ) -> Result<(), BoxDynError> {
        // The name of the type does not tell: with a binary collation it is "BINARY", and for a
        // SET it is "CHAR". The flags of the column do, and only `Debug` shows them.
        let value = Self::value(row, slot.ordinal)?;
        let type_info = value.type_info();
        if type_info.name() == "JSON" {
            return Err("JSON is not compared as text; order by another unique column".into());
        }
        let type_info = format!("{type_info:?}");
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
        let Some(text) = Text::beside(row, slot)? else { return Ok(()) };
        if let Some(kind) = Kind::of(&type_info) {
            collation::check(&text, kind)?;
        }
        match position {
            Some(RawValue::MySql(Value::Collated(position))) => text.check_collation(position),
            _ => Ok(()),
        }
    }

    fn sorted_bytes(row: &Self::Row, slot: Slot) -> Option<usize> {
        let type_info = format!("{:?}", Self::value(row, slot.ordinal).ok()?.type_info());
        Kind::of(&type_info).map(Kind::sorted_bytes)
    }

    fn raw(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError> {
        if let Some(text) = Text::beside(row, slot)? {
            collation::check_end(&text)?;
            return Ok(RawValue::MySql(Value::Collated(text)));
        }
        let value = Self::value(row, slot.ordinal)?;
        let type_info = value.type_info().into_owned();
        // The driver calls a zero date NULL as well, which it is not to the server; only a value
        // without bytes is.
        let Ok(bytes) = <&[u8] as Decode<Self>>::decode(value) else {
            return Ok(RawValue::Null);
        };
        Ok(RawValue::MySql(Value::of(&type_info, bytes)?))
    }

    fn reference(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError> {
        let value = Self::raw(row, Slot { companion: None, ..slot })?;
        if let (RawValue::MySql(Value::Text(value)), Some(text)) =
            (&value, Text::beside(row, slot)?)
        {
            text.check_arrived(value)?;
        }
        Ok(value)
    }

    fn has_type_of(row: &Self::Row, ordinal: usize, value: &RawValue) -> Result<bool, sqlx::Error> {
        let type_info = Self::value(row, ordinal)?.type_info().into_owned();
        Ok(match value {
            RawValue::MySql(value) => value.fits_type(&type_info),
            _ => true,
        })
    }

    fn show(row: &Self::Row, ordinal: usize) -> Option<String> {
        match zero_date(row, ordinal) {
            Some(date) => Some(format!("'{date}'")),
            None => Some(Self::raw(row, Slot { ordinal, companion: None }).ok()?.to_string()),
        }
    }

    /// The driver takes a date whose parts are zero for NULL, which it is not.
    fn explain(row: &Self::Row, ordinal: usize, source: BoxDynError) -> BoxDynError {
        match zero_date(row, ordinal) {
            Some(date) => format!(
                "`{date}` is no date, although MySQL stores it: correct it, or read it as text by \
                 a view or a generated column"
            )
            .into(),
            None => source,
        }
    }

    fn owns(value: &RawValue) -> bool {
        matches!(value, RawValue::MySql(_))
    }

    fn bind_raw(statement: &mut Statement<Self>, value: &RawValue) -> Result<(), BoxDynError> {
        let RawValue::MySql(value) = value else { return Err(FOREIGN.into()) };
        // MariaDB takes an empty parameter for NULL under `EMPTY_STRING_IS_NULL`, but no empty result
        // of a function.
        if value.is_empty() {
            if let Value::Collated(value) = value {
                value.write_empty(statement);
                return Ok(());
            }
            statement.sql.push_str("REPEAT('x', 0)");
            return Ok(());
        }
        match value {
            Value::Integer(value) => statement.add(*value),
            Value::Unsigned(value) => statement.add(*value),
            Value::Double(value) => statement.add(*value),
            Value::Text(value) => statement.add(value.as_str()),
            Value::Bytes(value) => statement.add(value.as_slice()),
            Value::Collated(value) => value.bind(statement),
            // Text would be compared with numbers as a float, and with times as the session's
            // `sql_mode` has it.
            Value::Decimal(value) => {
                let scale = value.rsplit_once('.').map_or(0, |(_, fraction)| fraction.len());
                cast(statement, value, &format!("DECIMAL(65, {scale})"))
            }
            Value::Date(value) => cast(statement, value, "DATE"),
            Value::DateTime(value) => cast(statement, value, "DATETIME(6)"),
            Value::Time(value) => cast(statement, value, "TIME(6)"),
        }
    }

    /// A TIMESTAMP parameter ends in 2038 and has no place in a DATETIME column after that, so such
    /// a value is bound as a DATETIME, which is compared with both.
    fn bind_value<T>(statement: &mut Statement<Self>, value: &T) -> Result<(), BoxDynError>
    where
        T: for<'q> Encode<'q, Self> + Type<Self> + 'static,
    {
        let type_info = value.produces().unwrap_or_else(T::type_info);
        if type_info.name() != "TIMESTAMP" {
            return statement.add(value);
        }
        let mut bytes = Vec::new();
        let _not_null = value.encode_by_ref(&mut bytes)?;
        cast(statement, &temporal::date_time(&bytes)?, "DATETIME(6)")
    }

    fn hint(error: &sqlx::Error) -> Option<&'static str> {
        if has_number(error, &[1038]) {
            // Out of sort memory.
            Some(
                "the server sorts these columns without an index and has too little memory for \
                 that: create an index in the order of the iteration, or raise `sort_buffer_size`",
            )
        } else if has_number(error, &[1267, 1271]) {
            // Illegal mix of collations.
            Some("give the columns that are compared the same character set and collation")
        } else {
            None
        }
    }

    fn is_dead(error: &sqlx::Error) -> bool {
        match error {
            sqlx::Error::Io(_) => true,
            // The server is shutting down, has killed the connection (MariaDB), or has given it up
            // for being idle (MySQL).
            error => has_number(error, &[1053, 1927, 4031]),
        }
    }
}

/// Whether the server reported an error of one of these numbers
/// (<https://mariadb.com/kb/en/mariadb-error-code-reference/>).
fn has_number(error: &sqlx::Error, numbers: &[u16]) -> bool {
    let error = error.as_database_error();
    let error = error.and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>());
    error.is_some_and(|error| numbers.contains(&error.number()))
}

/// A date with a month or day of zero, as the server spells it.
fn zero_date(row: &<MySql as sqlx::Database>::Row, ordinal: usize) -> Option<String> {
    let value = MySql::value(row, ordinal).ok()?;
    let is_date = matches!(value.type_info().name(), "DATE" | "DATETIME" | "TIMESTAMP");
    let bytes = <&[u8] as Decode<MySql>>::decode(value).ok()?;
    temporal::zero_date(bytes).filter(|_| is_date)
}

/// Binds a value that has no parameter type of its own, spelled as the database spells it.
fn cast(statement: &mut Statement<MySql>, value: &str, to: &str) -> Result<(), BoxDynError> {
    statement.sql.push_str("CAST(");
    statement.add(value)?;
    write!(statement.sql, " AS {to})")?;
    Ok(())
}

/// A value by what it is compared as.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A signed integer of any width.
    Integer(i64),
    /// An unsigned integer of any width, a YEAR or a BIT.
    Unsigned(u64),
    /// A floating point number.
    Double(f64),
    /// An exact number, with all digits of its scale.
    Decimal(String),
    /// `YYYY-MM-DD`.
    Date(String),
    /// A DATETIME or TIMESTAMP: `YYYY-MM-DD hh:mm:ss.ffffff`.
    DateTime(String),
    /// `hh:mm:ss.ffffff`, with a sign or more hours than a day has.
    Time(String),
    /// Text of any character set, in that of the connection.
    Text(String),
    /// Text in its column's own character set, with the name of its collation.
    Collated(Text),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Value {
    /// Reads a value of a binary row
    /// (<https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html>).
    fn of(type_info: &MySqlTypeInfo, bytes: &[u8]) -> Result<Self, BoxDynError> {
        // First what most keys are, without a look at names.
        if <i64 as Type<MySql>>::compatible(type_info) {
            return Ok(Self::Integer(signed(bytes)));
        }
        let text = || String::from_utf8(bytes.to_vec());
        Ok(match type_info.name() {
            "BIT" => Self::Unsigned(big_endian(bytes)),
            "YEAR" => Self::Unsigned(little_endian(bytes)),
            _ if <u64 as Type<MySql>>::compatible(type_info) => {
                Self::Unsigned(little_endian(bytes))
            }
            "FLOAT" => Self::Double(f32::from_le_bytes(bytes.try_into()?).into()),
            "DOUBLE" => Self::Double(f64::from_le_bytes(bytes.try_into()?)),
            "DECIMAL" => Self::Decimal(text()?),
            "DATE" => Self::Date(temporal::date(bytes)?),
            "DATETIME" | "TIMESTAMP" => Self::DateTime(temporal::date_time(bytes)?),
            "TIME" => Self::Time(temporal::time(bytes)?),
            // The name of a text type says little: with a binary collation it is one of bytes.
            "JSON" => Self::Text(text()?),
            _ if <str as Type<MySql>>::compatible(type_info) => Self::Text(text()?),
            _ => Self::Bytes(bytes.to_vec()),
        })
    }

    /// Whether it is text or bytes of no length.
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(value) => value.is_empty(),
            Self::Collated(value) => value.bytes().is_empty(),
            Self::Bytes(value) => value.is_empty(),
            _ => false,
        }
    }

    /// Appends the value to a token.
    pub(crate) fn write(&self, tag: u8, out: &mut Vec<u8>) {
        let (kind, bytes) = match self {
            Self::Integer(value) => (0, &value.to_be_bytes()[..]),
            Self::Unsigned(value) => (1, &value.to_be_bytes()[..]),
            Self::Double(value) => (2, &value.to_be_bytes()[..]),
            Self::Decimal(value) => (3, value.as_bytes()),
            Self::Date(value) => (4, value.as_bytes()),
            Self::DateTime(value) => (5, value.as_bytes()),
            Self::Time(value) => (6, value.as_bytes()),
            Self::Text(value) => (7, value.as_bytes()),
            Self::Bytes(value) => (8, value.as_slice()),
            Self::Collated(value) => (9, value.with_collation()),
        };
        out.push(tag + kind);
        write_bytes(out, bytes);
    }

    /// See [`RawValue::identify`]. Text is compared by its collation, and bytes can be text.
    pub(crate) fn identify(&self, tag: u8, out: &mut Vec<u8>) -> Option<NonZeroU8> {
        let kind = match self {
            Self::Integer(value) => {
                // Signed or not, a number is the same.
                match u64::try_from(*value) {
                    Ok(value) => Self::Unsigned(value).write(tag, out),
                    Err(_) => self.write(tag, out),
                }
                return NonZeroU8::new(1);
            }
            Self::Unsigned(_) => 1,
            Self::Date(_) => 2,
            Self::DateTime(_) => 3,
            Self::Time(_) => 4,
            Self::Double(_)
            | Self::Decimal(_)
            | Self::Text(_)
            | Self::Collated(_)
            | Self::Bytes(_) => 0,
        };
        self.write(tag, out);
        NonZeroU8::new(kind)
    }

    /// See [`RawValue::may_be_cut_short`].
    pub(crate) fn may_be_cut_short(&self, other: &Self, sorted_bytes: usize) -> bool {
        match (self, other) {
            (Self::Collated(this), Self::Collated(other)) => {
                collation::may_be_cut_short(this.bytes(), other.bytes(), sorted_bytes)
            }
            (Self::Bytes(this), Self::Bytes(other)) => {
                let begin = |value: &[u8]| value.get(..sorted_bytes).map(<[u8]>::to_vec);
                begin(this).is_some_and(|this| begin(other) == Some(this))
            }
            _ => false,
        }
    }

    /// See [`RawValue::fits`].
    pub(crate) fn fits(&self, other: &Self) -> bool {
        let is_integer = |value: &Self| matches!(value, Self::Integer(_) | Self::Unsigned(_));
        is_integer(self) && is_integer(other) || discriminant(self) == discriminant(other)
    }

    /// The same, by the type of a column. Whether it is text or bytes, its collation says.
    fn fits_type(&self, type_info: &MySqlTypeInfo) -> bool {
        let is_integer = <i64 as Type<MySql>>::compatible(type_info)
            || <u64 as Type<MySql>>::compatible(type_info);
        match (self, type_info.name()) {
            (Self::Integer(_) | Self::Unsigned(_), name) => is_integer || name == "YEAR",
            (Self::Double(_), name) => matches!(name, "FLOAT" | "DOUBLE"),
            (Self::Decimal(_), name) => name == "DECIMAL",
            (Self::Date(_), name) => name == "DATE",
            (Self::DateTime(_), name) => matches!(name, "DATETIME" | "TIMESTAMP"),
            (Self::Time(_), name) => name == "TIME",
            (Self::Text(_) | Self::Collated(_) | Self::Bytes(_), name) => {
                ["CHAR", "TEXT", "BINARY", "BLOB"].iter().any(|kind| name.ends_with(kind))
            }
        }
    }

    /// See [`RawValue::has_one_order`].
    pub(crate) const fn has_one_order(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Collated(_) | Self::Bytes(_))
    }

    /// Takes a value from a token.
    pub(crate) fn read(kind: u8, reader: &mut Reader<'_>) -> Result<Self, TokenError> {
        let number = |reader: &mut Reader<'_>| {
            reader.bytes().and_then(|bytes| bytes.try_into().map_err(|_| TokenError::Damaged))
        };
        Ok(match kind {
            0 => Self::Integer(i64::from_be_bytes(number(reader)?)),
            1 => Self::Unsigned(u64::from_be_bytes(number(reader)?)),
            2 => Self::Double(f64::from_be_bytes(number(reader)?)),
            3 => Self::Decimal(reader.text()?),
            4 => Self::Date(reader.text()?),
            5 => Self::DateTime(reader.text()?),
            6 => Self::Time(reader.text()?),
            7 => Self::Text(reader.text()?),
            8 => Self::Bytes(reader.bytes()?.to_vec()),
            9 => Self::Collated(Text::of(reader.bytes()?).ok_or(TokenError::Damaged)?),
            _ => return Err(TokenError::Damaged),
        })
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A little-endian number whose sign is in the highest bit of its last byte.
fn signed(bytes: &[u8]) -> i64 {
    let sign = bytes.last().map_or(0, |last| i64::from(last.cast_signed() >> 7));
    bytes.iter().rev().fold(sign, |number, byte| number << 8 | i64::from(*byte))
}

/// The value as an SQL literal, for messages.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Unsigned(value) => write!(f, "{value}"),
            Self::Double(value) => write!(f, "{value:?}"),
            Self::Decimal(value) => f.write_str(value),
            Self::Date(value) | Self::DateTime(value) | Self::Time(value) | Self::Text(value) => {
                write!(f, "'{}'", value.replace('\'', "''"))
            }
            Self::Bytes(value) => Hex(value).fmt(f),
            Self::Collated(value) => value.fmt(f),
        }
    }
}
