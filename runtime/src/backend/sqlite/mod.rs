//! SQLite: values have a storage class of their own, whatever the column says.

mod blocking;
mod compound;
mod direct;
mod handle;
mod session;

mod types;
mod value;

use std::sync::OnceLock;

use sqlx::{
    AssertSqlSafe, Decode, Encode, Sqlite, SqliteConnection, SqlitePool, Type, TypeInfo as _,
    ValueRef as _, error::BoxDynError, sqlite::SqliteTypeInfo,
};

pub(crate) use self::value::Value;
use super::{
    Backend, CompanionOf, Dialect, Direct, FOREIGN, Lists, NullTest, Nulls, Slot, Statement,
    Tuples, connection, driver, is_number,
};

use crate::{
    backend::value::RawValue,
    fetch::collect::Request,
    model::{Model, Select, row::ReadRow},
};

connection!(Sqlite, SqliteConnection);

impl Backend for Sqlite {
    const DIALECT: Dialect = Dialect {
        quote: '"',
        nulls: Nulls::First,
        // A row value does not search by the rowid behind an index's own columns, which is what
        // most tie-breakers are.
        tuples: Tuples::FirstColumn,
        values_have_types: true,
        lists: Lists::Joined,
        splits_unnamed_statements: false,
        survives_half_read: true,
        learns_columns_once: true,
        reads_places_in_turn: true,
        numbers_parameters: false,
        prefers_equality: false,
        converts_text: false,
        sorts_by_operator: false,
        null_test: NullTest::Is,
    };

    type DirectRow<'r> = handle::Row<'r>;

    fn reads_directly(model: &Model) -> bool {
        model.select == Select::Columns
            && model.columns.iter().all(|column| types::is_readable(column.type_id))
    }

    type Session = session::Session;

    fn read_directly<M: ReadRow<Self>>(
        pool: &SqlitePool,
        session: &mut Self::Session,
        request: Request<Self>,
    ) -> impl Future<Output = Direct<M, Self>> + Send {
        session::read(pool, session, request)
    }

    /// SQLite compares its picture of the schema with the file when a statement is executed, and
    /// then prepares it anew, with columns that the driver does not know of. So another statement
    /// goes first.
    async fn refresh(connection: &mut SqliteConnection, model: &Model) -> Result<(), sqlx::Error> {
        if NULL.get().is_none() {
            let null = sqlx::query("SELECT NULL").fetch_one(&mut *connection).await?;
            let null = sqlx::Row::try_get_raw(&null, 0)?.type_info().into_owned();
            // Another connection may have been faster.
            let _known = NULL.set(null);
        }
        if model.select == Select::Columns {
            return Ok(());
        }
        let schemas = "SELECT name FROM pragma_database_list";
        let schemas: Vec<String> = sqlx::query_scalar(schemas).fetch_all(&mut *connection).await?;
        let masters: Vec<_> = schemas
            .iter()
            .map(|schema| format!("\"{}\".sqlite_master", schema.replace('"', "\"\"")))
            .collect();
        let look = format!("SELECT 1 FROM {} LIMIT 0", masters.join(", "));
        sqlx::query(AssertSqlSafe(look)).execute(connection).await.map(|_| ())
    }

    driver!();

    /// sqlx decodes NULL as zero or an empty text where the type does not look for it.
    fn takes_null<T: Type<Self>>() -> bool {
        NULL.get().is_none_or(T::compatible)
    }

    fn companion(column: &CompanionOf<'_>) -> Option<String> {
        (!is_number(column.field)).then(|| compound::companion(column))
    }

    fn raw(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError> {
        let value = Self::value(row, slot.ordinal)?;
        if value.is_null() {
            return Ok(RawValue::Null);
        }
        // A value's type names its storage class, not the column's declared type.
        let class = match value.type_info().name() {
            "INTEGER" => Value::Integer(Decode::<Self>::decode(value)?),
            "REAL" => Value::Real(Decode::<Self>::decode(value)?),
            "TEXT" => Value::Text(Decode::<Self>::decode(value)?),
            _ => Value::Blob(Decode::<Self>::decode(value)?),
        };
        let Some(companion) = slot.companion else { return Ok(RawValue::Sqlite(class)) };
        let declared: Option<&str> = sqlx::Row::try_get_unchecked(row, companion)?;
        Ok(compound::mark(class, declared))
    }

    fn owns(value: &RawValue) -> bool {
        matches!(value, RawValue::Sqlite(_) | RawValue::SqliteBare(_))
    }

    fn bind_raw(statement: &mut Statement<Self>, value: &RawValue) -> Result<(), BoxDynError> {
        let (RawValue::Sqlite(value) | RawValue::SqliteBare(value)) = value else {
            return Err(FOREIGN.into());
        };
        keep(statement, Some(value.clone()));
        match value {
            Value::Integer(value) => statement.add(*value),
            Value::Real(value) => statement.add(*value),
            Value::Text(value) => statement.add(value.as_str()),
            Value::Blob(value) => statement.add(value.as_slice()),
        }
    }

    fn bind_value<T>(statement: &mut Statement<Self>, value: &T) -> Result<(), BoxDynError>
    where
        T: for<'q> Encode<'q, Self> + Type<Self> + 'static,
    {
        keep(statement, types::bound(value));
        statement.add(value)
    }

    fn bind_limit(statement: &mut Statement<Self>, rows: i64) -> Result<(), BoxDynError> {
        Self::bind_value(statement, &rows)
    }
}

/// The type of NULL, which only a row of the driver's tells.
static NULL: OnceLock<SqliteTypeInfo> = OnceLock::new();

/// Keeps a value to be bound without the driver; or notes that this cannot be done.
fn keep(statement: &mut Statement<Sqlite>, value: Option<Value>) {
    match (value, &mut statement.values) {
        (Some(value), Some(values)) => values.push(RawValue::Sqlite(value)),
        _ => statement.values = None,
    }
}
