//! Descriptions of tables on SQLite.

use sqlx::{Row as _, Sqlite, SqliteConnection, sqlite::SqliteRow};
use sqlx_chunked_proof::{
    Column, Dialect, Flaw, Index, Kind, NotNull, Part, Table, collation::BINARY, rowid,
};

use super::handle::Locked;
use crate::backend::catalog::{self, ReadsCatalog, text};

impl ReadsCatalog for Sqlite {
    const PROOF: Dialect = Dialect::Sqlite;

    const CATALOG_HINT: &'static str = "the schema of the database must be readable by PRAGMA";

    async fn describe(
        connection: &mut SqliteConnection,
        schema: Option<&str>,
        table: &str,
    ) -> Result<Option<Table>, sqlx::Error> {
        let Some(found) = find(connection, schema, table).await? else { return Ok(None) };
        let pragma = |name: &str, of: &str| {
            let [schema, of] = [&*found.schema, of].map(|name| Dialect::Sqlite.quoted(name));
            format!("PRAGMA {schema}.{name}({of})")
        };
        let declared = rows(connection, pragma("table_xinfo", table)).await?;
        let mut indexes = Vec::new();
        for row in rows(connection, pragma("index_list", table)).await? {
            let mut index = index(&row)?;
            let name = index.name.as_deref().unwrap_or_default();
            let parts = rows(connection, pragma("index_xinfo", name)).await?;
            index.parts =
                parts.iter().filter_map(|row| part(row).transpose()).collect::<Result<_, _>>()?;
            indexes.push((index, required(&row, "origin")? == "pk"));
        }
        let has_key_index = indexes.iter().any(|(_, is_of_key)| *is_of_key);
        let mut indexes: Vec<_> = indexes.into_iter().map(|(index, _)| index).collect();
        let mut columns = declared.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        // Only the C interface tells the collation of a column.
        let mut lock = connection.lock_handle().await?;
        let locked = Locked::new(&mut lock);
        for column in &mut columns {
            let collation = locked.collation(&found.schema, table, &column.name);
            column.collation = Some(collation.unwrap_or_else(|| "unknown".to_owned()));
            column.by_bytes = column.collation.as_deref() == Some(BINARY);
        }
        if found.has_rowid {
            let alias = if has_key_index { None } else { rowid_alias(&declared)? };
            rowid::add(&mut columns, &mut indexes, alias);
        }
        Ok(Some(Table { kind: found.kind, columns, indexes, partitioned: false }))
    }

    async fn probe(connection: &mut SqliteConnection, sql: String) -> Result<(), sqlx::Error> {
        rows(connection, sql).await.map(drop)
    }

    fn is_denied(error: &sqlx::Error) -> bool {
        // SQLITE_AUTH, by an authorizer of the program's.
        has_code(error, "23")
    }

    /// `SQLITE_ERROR`, for which there is no better code.
    fn is_about_sql(error: &sqlx::Error) -> bool {
        has_code(error, "1")
    }
}

fn has_code(error: &sqlx::Error, code: &str) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(code))
}

async fn rows(
    connection: &mut SqliteConnection,
    sql: String,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    catalog::rows::<Sqlite>(connection, sql).await
}

fn required(row: &SqliteRow, column: &str) -> Result<String, sqlx::Error> {
    Ok(text::<Sqlite>(row, column)?.unwrap_or_default())
}

/// A table, and the database that it is in.
struct Found {
    schema: String,
    kind: Kind,
    has_rowid: bool,
}

/// Finds a table as statements do: among the temporary ones first, then in the databases in the order in
/// which they were attached.
async fn find(
    connection: &mut SqliteConnection,
    schema: Option<&str>,
    table: &str,
) -> Result<Option<Found>, sqlx::Error> {
    let table = Dialect::Sqlite.quoted(table);
    let attached = rows(connection, "PRAGMA database_list".to_owned()).await?;
    let mut schemas: Vec<_> =
        attached.iter().map(|row| required(row, "name")).collect::<Result<_, _>>()?;
    schemas.sort_by_key(|name| name != "temp");
    // The temporary database is listed only once there is something in it.
    if schemas.first().is_none_or(|first| first != "temp") {
        schemas.insert(0, "temp".to_owned());
    }
    if let Some(schema) = schema {
        schemas.retain(|name| name.eq_ignore_ascii_case(schema));
    }
    for schema in schemas {
        let sql = format!("PRAGMA {}.table_list({table})", Dialect::Sqlite.quoted(&schema));
        for row in rows(connection, sql).await? {
            if required(&row, "schema")?.eq_ignore_ascii_case(&schema) {
                return found(schema, &row).map(Some);
            }
        }
    }
    Ok(None)
}

fn found(schema: String, row: &SqliteRow) -> Result<Found, sqlx::Error> {
    let kind = match &*required(row, "type")? {
        "table" | "shadow" => Kind::Table,
        "view" => Kind::Unprovable("is a view".into()),
        "virtual" => Kind::Unprovable("is a virtual table".into()),
        other => Kind::Unprovable(format!("is a {other}").into()),
    };
    let is_without_rowid = row.try_get_unchecked::<i64, _>("wr")? != 0;
    let has_rowid = kind == Kind::Table && !is_without_rowid;
    Ok(Found { schema, kind, has_rowid })
}

fn column(row: &SqliteRow) -> Result<Column, sqlx::Error> {
    let is_not_null = row.try_get_unchecked::<i64, _>("notnull")? != 0;
    Ok(Column {
        definition: required(row, "type")?,
        not_null: if is_not_null { NotNull::Yes } else { NotNull::No },
        ..Column::of(required(row, "name")?)
    })
}

/// Returns the place of the column that is the rowid: the only one of a primary key without an index, of
/// type `INTEGER` to the letter.
fn rowid_alias(declared: &[SqliteRow]) -> Result<Option<usize>, sqlx::Error> {
    let mut key = Vec::new();
    for (place, row) in declared.iter().enumerate() {
        if row.try_get_unchecked::<i64, _>("pk")? > 0 {
            key.push((place, required(row, "type")?));
        }
    }
    Ok(match &*key {
        [(place, name)] if name.eq_ignore_ascii_case("INTEGER") => Some(*place),
        _ => None,
    })
}

fn index(row: &SqliteRow) -> Result<Index, sqlx::Error> {
    let is = |column| Ok::<_, sqlx::Error>(row.try_get_unchecked::<i64, _>(column)? != 0);
    let flaws = if is("partial")? { vec![Flaw::Partial] } else { Vec::new() };
    let (name, unique) = (text::<Sqlite>(row, "name")?, is("unique")?);
    Ok(Index { name, unique, parts: Vec::new(), flaws, ignored: false })
}

/// Returns a part of the key of an index; its other columns only lead to the row.
fn part(row: &SqliteRow) -> Result<Option<Part>, sqlx::Error> {
    if row.try_get_unchecked::<i64, _>("key")? == 0 {
        return Ok(None);
    }
    Ok(Some(Part {
        column: text::<Sqlite>(row, "name")?,
        collation: text::<Sqlite>(row, "coll")?.map(|name| name.to_uppercase()),
        operators: None,
        prefix: false,
        descending: row.try_get_unchecked::<i64, _>("desc")? != 0,
        nulls_elsewhere: false,
    }))
}
