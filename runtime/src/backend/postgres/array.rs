//! Lists of keys as one parameter.

use sqlx::{
    Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, types::Oid},
};

use super::value::{UNSPECIFIED, Value};

/// Values of one type, in the binary format of an array
/// (<https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/adt/arrayfuncs.c>).
pub(super) struct Array {
    /// The type of its values.
    element: u32,
    count: i32,
    /// The values, each after its length.
    values: Vec<u8>,
}

impl Array {
    pub(super) const fn of(element: u32) -> Self {
        Self { element, count: 0, values: Vec::new() }
    }

    pub(super) fn push(&mut self, value: &Value) -> Result<(), BoxDynError> {
        if value.oid != self.element {
            return Err("the values of an array have different types".into());
        }
        self.count = self.count.checked_add(1).ok_or("an array of too many values")?;
        self.values.extend(i32::try_from(value.bytes.len())?.to_be_bytes());
        self.values.extend_from_slice(&value.bytes);
        Ok(())
    }

    pub(super) fn type_info(&self) -> Option<PgTypeInfo> {
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
        // One dimension, no NULLs, the element type, the length, and the first index.
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

/// Returns the array type of an element type that every server has, both by number
/// (<https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_type.dat>).
pub(super) const fn array_of(element: u32) -> Option<u32> {
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
