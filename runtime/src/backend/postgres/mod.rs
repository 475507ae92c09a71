//! PostgreSQL: a value is its bytes in the binary format, and the type they came with.

use std::{
    convert::Infallible,
    fmt::{self, Write as _},
    hash::{DefaultHasher, Hasher as _},
};

use smallvec::SmallVec;
use sqlx::{
    Connection as _, Encode, PgConnection, Postgres, Row as _, Type, TypeInfo as _, ValueRef as _,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo, PgValueFormat, PgValueRef, types::Oid},
};

use super::{
    Backend, CompanionOf, Dialect, FOREIGN, Hex, Lists, NullTest, Nulls, Slot, Statement, Tuples,
    connection, driver, is_number,
};
use crate::{
    backend::value::RawValue,
    position::token::{Reader, TokenError, write_bytes},
};

connection!(Postgres, PgConnection);

impl Backend for Postgres {
    const DIALECT: Dialect = Dialect {
        quote: '"',
        nulls: Nulls::Last,
        tuples: Tuples::RowValue,
        values_have_types: false,
        lists: Lists::Joined,
        splits_unnamed_statements: true,
        survives_half_read: false,
        learns_columns_once: false,
        reads_places_in_turn: false,
        numbers_parameters: true,
        prefers_equality: false,
        converts_text: true,
        sorts_by_operator: true,
        // `(1, NULL)` is not `IS NOT NULL`, but sorted as the value that it is.
        null_test: NullTest::Distinct,
    };

    type DirectRow<'r> = Infallible;
    type Session = ();

    driver!();

    fn types(arguments: &PgArguments) -> Option<u64> {
        let mut types = Types(DefaultHasher::new());
        // An error is where the types end.
        let _end = write!(types, "{arguments:?}");
        Some(types.0.finish())
    }

    fn bind_limit(statement: &mut Statement<Self>, rows: i64) -> Result<(), BoxDynError> {
        statement.add(rows)
    }

    /// Whether a value is the same after the way to the client and back; NULL where the server's
    /// encoding is the client's.
    fn companion(column: &CompanionOf<'_>) -> Option<String> {
        let sql = column.sql;
        // A scalar subquery is computed once. A text of single bytes is the same in all encodings.
        (!is_number(column.field)).then(|| {
            format!(
                "CASE WHEN (SELECT getdatabaseencoding() = 'UTF8') THEN NULL \
                 ELSE octet_length({sql}::text) = char_length({sql}::text) \
                 OR convert_from(convert_to({sql}::text, 'UTF8'), 'UTF8') = {sql}::text COLLATE \"C\" \
                 END"
            )
        })
    }

    fn raw(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError> {
        if let Some(companion) = slot.companion
            && row.try_get_unchecked::<Option<bool>, _>(companion)? == Some(false)
        {
            return Err(
                "the server's encoding has a character in it with two codes, of which the \
                        client's has one, so that no position can be taken from it; correct it, or \
                        order by another column"
                    .into(),
            );
        }
        match Self::value(row, slot.ordinal) {
            // The value is looked at where it is: to take it out first would be to copy it.
            Ok(ref value) if value.is_null() => Ok(RawValue::Null),
            Ok(ref value) => Value::of(value).map(RawValue::Postgres),
            Err(error) => Err(error.into()),
        }
    }

    fn has_type_of(row: &Self::Row, ordinal: usize, value: &RawValue) -> Result<bool, sqlx::Error> {
        let oid = Self::value(row, ordinal)?.type_info().oid();
        Ok(match (value, oid) {
            (RawValue::Postgres(value), Some(oid)) => value.fits_type(oid.0),
            _ => true,
        })
    }

    fn owns(value: &RawValue) -> bool {
        matches!(value, RawValue::Postgres(_))
    }

    fn bind_raw(statement: &mut Statement<Self>, value: &RawValue) -> Result<(), BoxDynError> {
        match value {
            RawValue::Postgres(value) => bind(statement, value, &value.type_info()),
            _ => Err(FOREIGN.into()),
        }
    }

    fn fits_array(value: &RawValue) -> bool {
        matches!(value, RawValue::Postgres(value) if array_of(value.oid).is_some())
    }

    fn bind_array<'v>(
        statement: &mut Statement<Self>,
        values: impl Iterator<Item = &'v RawValue>,
    ) -> Result<(), BoxDynError> {
        let mut array = None;
        for value in values {
            let RawValue::Postgres(value) = value else { return Err(FOREIGN.into()) };
            array.get_or_insert_with(|| Array::of(value.oid)).push(value)?;
        }
        let array = array.ok_or("an array without values has no type")?;
        let type_info = array.type_info().ok_or("there is no array of this type")?;
        bind(statement, array, &type_info)
    }

    /// Text is bound without a type, so that the server gives it the column's: a `citext` column
    /// compares without case only with another `citext`.
    fn bind_value<T>(statement: &mut Statement<Self>, value: &T) -> Result<(), BoxDynError>
    where
        T: for<'q> Encode<'q, Self> + Type<Self> + 'static,
    {
        let type_info = value.produces().unwrap_or_else(T::type_info);
        if type_info == <str as Type<Self>>::type_info() {
            statement.add(Untyped(value))
        } else {
            bind(statement, value, &type_info)
        }
    }

    fn hint(error: &sqlx::Error) -> Option<&'static str> {
        // A statement that another session prepared, or none did; and a message for one.
        let is_foreign = ["26000", "42P05", "08P01"].iter().any(|code| has_code(error, code));
        is_foreign.then_some(
            "behind a pooler that gives each transaction another session, such as PgBouncer in \
             transaction mode, say `persistent(false)`, and have nothing else prepare statements \
             on that pool",
        )
    }

    /// "cached plan must not change result type"
    fn is_outdated(error: &sqlx::Error) -> bool {
        has_code(error, "0A000")
    }

    /// "current transaction is aborted, commands ignored until end of transaction block"
    fn is_aborted(error: &sqlx::Error) -> bool {
        has_code(error, "25P02")
    }

    /// Text is left out: of which type it is, only its column tells.
    fn encode<T>(value: &T) -> Option<RawValue>
    where
        T: for<'q> Encode<'q, Self> + Type<Self> + 'static,
    {
        let type_info = value.produces().unwrap_or_else(T::type_info);
        let oid = type_info.oid().filter(|oid| array_of(oid.0).is_some())?;
        if matches!(oid.0, 19 | 25 | 1042 | 1043) {
            return None;
        }
        let mut buffer = PgArgumentBuffer::default();
        match value.encode_by_ref(&mut buffer) {
            Ok(IsNull::No) => {
                let bytes = SmallVec::from_slice(&buffer);
                Some(RawValue::Postgres(Value { oid: oid.0, bytes }))
            }
            _ => None,
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

/// Whether the server reported an error of this SQLSTATE.
fn has_code(error: &sqlx::Error, code: &str) -> bool {
    let error = error.as_database_error();
    error.is_some_and(|error| error.code().as_deref() == Some(code))
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

/// The types of arguments, as only `Debug` shows them, in front of the values.
struct Types(DefaultHasher);

impl fmt::Write for Types {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text == "buffer" {
            return Err(fmt::Error);
        }
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// A value as it was read: its type, and its bytes in the binary format of that type.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    pub(crate) oid: u32,
    /// In place for most types, so that a row's key costs no allocation.
    pub(crate) bytes: SmallVec<[u8; 16]>,
}

impl Value {
    fn of(value: &PgValueRef<'_>) -> Result<Self, BoxDynError> {
        if value.format() != PgValueFormat::Binary {
            return Err("the server sent a key in text format".into());
        }
        let oid = value.type_info().oid().ok_or("the server sent a key without a type")?;
        let bytes = SmallVec::from_slice(value.as_bytes()?);
        Ok(Self { oid: oid.0, bytes })
    }

    const fn type_info(&self) -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(self.oid))
    }

    /// See [`RawValue::fits`].
    pub(crate) const fn fits(&self, other: &Self) -> bool {
        self.fits_type(other.oid)
    }

    const fn fits_type(&self, oid: u32) -> bool {
        match (self.oid, oid) {
            // int8, int2, int4: compared as numbers; text, varchar: as text
            (20 | 21 | 23, 20 | 21 | 23) | (25 | 1043, 25 | 1043) => true,
            (this, other) => this == other,
        }
    }

    /// See [`RawValue::is_its_bytes`]. A numeric has several spellings of one number.
    pub(crate) const fn is_its_bytes(&self) -> bool {
        self.has_one_order() && self.oid != 1700
    }

    /// See [`RawValue::has_one_order`].
    pub(crate) const fn has_one_order(&self) -> bool {
        // bool, bytea, "char", int8, int2, int4, oid, date, time, timestamp, timestamptz, numeric,
        // uuid
        matches!(
            self.oid,
            16 | 17 | 18 | 20 | 21 | 23 | 26 | 1082 | 1083 | 1114 | 1184 | 1700 | 2950
        )
    }

    /// Appends the value to a token.
    pub(crate) fn write(&self, tag: u8, out: &mut Vec<u8>) {
        out.push(tag);
        out.extend(self.oid.to_be_bytes());
        write_bytes(out, &self.bytes);
    }

    /// Takes a value from a token.
    pub(crate) fn read(kind: u8, reader: &mut Reader<'_>) -> Result<Self, TokenError> {
        match kind {
            0 => Ok(Self { oid: reader.number()?, bytes: SmallVec::from_slice(reader.bytes()?) }),
            _ => Err(TokenError::Damaged),
        }
    }
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
        Some(self.type_info())
    }
}

/// Values of one type, in the binary format of an array
/// (<https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/adt/arrayfuncs.c>).
struct Array {
    /// The type of its values.
    element: u32,
    count: i32,
    /// The values, each behind its length.
    values: Vec<u8>,
}

impl Array {
    const fn of(element: u32) -> Self {
        Self { element, count: 0, values: Vec::new() }
    }

    fn push(&mut self, value: &Value) -> Result<(), BoxDynError> {
        if value.oid != self.element {
            return Err("the values of an array have different types".into());
        }
        self.count = self.count.checked_add(1).ok_or("an array of too many values")?;
        self.values.extend(i32::try_from(value.bytes.len())?.to_be_bytes());
        self.values.extend_from_slice(&value.bytes);
        Ok(())
    }

    fn type_info(&self) -> Option<PgTypeInfo> {
        array_of(self.element).map(|oid| PgTypeInfo::with_oid(Oid(oid)))
    }
}

impl Type<Postgres> for Array {
    fn type_info() -> PgTypeInfo {
        UNSPECIFIED
    }
}

impl Encode<'_, Postgres> for Array {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        // One dimension, no NULLs; the type; the length, and the number of the first.
        for number in [1, 0, self.element.cast_signed(), self.count, 1] {
            buffer.extend_from_slice(&number.to_be_bytes());
        }
        buffer.extend_from_slice(&self.values);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        self.type_info()
    }
}

/// The type of arrays of a type that every server has, by their numbers
/// (<https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_type.dat>).
const fn array_of(element: u32) -> Option<u32> {
    Some(match element {
        16 => 1000,   // bool
        17 => 1001,   // bytea
        19 => 1003,   // name
        20 => 1016,   // int8
        21 => 1005,   // int2
        23 => 1007,   // int4
        25 => 1009,   // text
        26 => 1028,   // oid
        700 => 1021,  // float4
        701 => 1022,  // float8
        829 => 1040,  // macaddr
        869 => 1041,  // inet
        1042 => 1014, // bpchar
        1043 => 1015, // varchar
        1082 => 1182, // date
        1083 => 1183, // time
        1114 => 1115, // timestamp
        1184 => 1185, // timestamptz
        1186 => 1187, // interval
        1266 => 1270, // timetz
        1700 => 1231, // numeric
        2950 => 2951, // uuid
        _ => return None,
    })
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
        match (self.oid, str::from_utf8(&self.bytes)) {
            // int8, int2, int4
            (20 | 21 | 23, _) => {
                // The sign is that of the first byte, which all others are shifted behind.
                let first = self.bytes.first();
                let sign = first.map_or(0, |first| i64::from(first.cast_signed() >> 7));
                write!(f, "{}", self.bytes.iter().fold(sign, |n, byte| n << 8 | i64::from(*byte)))
            }
            // name, text, bpchar, varchar, and types of extensions and users, most of which are
            // text: citext, enums
            (19 | 25 | 1042 | 1043 | 16384.., Ok(text)) if !text.contains(char::is_control) => {
                write!(f, "'{}'", text.replace('\'', "''"))
            }
            (oid, _) => write!(f, "{} of type {oid}", Hex(&self.bytes)),
        }
    }
}
