//! Takes keys from rows and binds them back.

use std::fmt::Write as _;

use smallvec::SmallVec;
use sqlx::{
    Encode, Postgres, Row as _, Type, TypeInfo as _, ValueRef as _,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo},
};

use super::{
    array::{Array, array_of},
    value::{UNSPECIFIED, Value},
};
use crate::backend::{
    column::TableColumn,
    companion::{Slot, is_number},
    driver::Driver as _,
    exact::{ExactValues, FOREIGN},
    statement::Statement,
    value::RawValue,
};

impl ExactValues for Postgres {
    fn bind_limit(statement: &mut Statement<Self>, rows: i64) -> Result<(), BoxDynError> {
        statement.add(rows)
    }

    /// Asks whether a value stays the same on its way to the client and back. The answer is NULL if
    /// the server's encoding is the client's.
    fn companion(column: &TableColumn<'_>) -> Option<String> {
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
            // The value is looked at in place: taking it out first would copy it.
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

    /// Binds text without a type, so that the server gives it the column's type: a `citext` column
    /// ignores case only when compared with another `citext`.
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

    /// Leaves out text: only its column tells its type.
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
}

/// Binds a value, and names its type next to the placeholder: sqlx caches prepared statements by
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

/// A value whose type is left to the server.
struct Untyped<T>(T);

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
