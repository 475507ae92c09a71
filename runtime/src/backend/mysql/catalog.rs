//! Descriptions of tables on MySQL and MariaDB.
//!
//! `SHOW` finds a table as statements do: a temporary one before another of its name, and in upper or
//! lower case as the server has it. `information_schema` knows neither.

use sqlx::{
    Column as _, ColumnIndex as _, MySql, MySqlConnection, Row as _, error::DatabaseError,
    mysql::MySqlRow,
};
use sqlx_chunked_proof::{Column, Dialect, Index, Kind, NotNull, Part, Table, collation, engine};

use super::driver::has_number;
use crate::backend::catalog::{self, ReadsCatalog, text};

/// "Table … doesn't exist", "Unknown database …"
const MISSING: [u16; 2] = [1146, 1049];

/// "SHOW command denied to user …", "Access denied for user … to database …", and the same for columns
const DENIED: [u16; 3] = [1142, 1044, 1143];

/// Lets MariaDB name the engine, which modes such as `ANSI` hide.
const PLAINLY: &str = "/*M!100100 SET STATEMENT sql_mode = '' FOR */ ";

impl ReadsCatalog for MySql {
    const PROOF: Dialect = Dialect::MySql;

    const CATALOG_HINT: &'static str = "the role must have a privilege on the table as a whole, such as \
        `GRANT SELECT ON …`: with privileges on columns alone, the server hides parts of the indexes; on \
        a view it needs SHOW VIEW as well";

    async fn describe(
        connection: &mut MySqlConnection,
        schema: Option<&str>,
        table: &str,
    ) -> Result<Option<Table>, sqlx::Error> {
        let path = Self::PROOF.quoted_path(schema, table);
        // Refused without a privilege on the table as a whole. With less, indexes lack columns in
        // what follows, and a set would seem to be unique that is not.
        let created = match rows(connection, format!("{PLAINLY}SHOW CREATE TABLE {path}")).await {
            Ok(created) => created,
            Err(error) if has_number(&error, &MISSING) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (kind, partitioned) =
            created.first().map_or(Ok((unknown_engine(), false)), kind_and_partitions)?;
        let columns = rows(connection, format!("SHOW FULL COLUMNS FROM {path}")).await?;
        let columns = columns.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        let mut indexes: Vec<Index> = Vec::new();
        for row in rows(connection, format!("SHOW INDEX FROM {path}")).await? {
            let name = text::<MySql>(&row, "Key_name")?;
            if indexes.last().is_none_or(|index| index.name != name) {
                indexes.push(index(&row, name)?);
            }
            if let Some(index) = indexes.last_mut() {
                index.parts.push(part(&row, &columns)?);
            }
        }
        Ok(Some(Table { kind, columns, indexes, partitioned }))
    }

    async fn probe(connection: &mut MySqlConnection, sql: String) -> Result<(), sqlx::Error> {
        rows(connection, sql).await.map(drop)
    }

    fn is_denied(error: &sqlx::Error) -> bool {
        has_number(error, &DENIED)
    }

    /// SQLSTATE 42, "Syntax error or access rule violation", and 1052, an ambiguous column
    /// (<https://mariadb.com/kb/en/mariadb-error-code-reference/>).
    fn is_about_sql(error: &sqlx::Error) -> bool {
        let state = error.as_database_error().and_then(DatabaseError::code);
        let is_syntax = state.is_some_and(|state| state.starts_with("42"));
        (is_syntax || has_number(error, &[1052])) && !Self::is_denied(error)
    }
}

async fn rows(connection: &mut MySqlConnection, sql: String) -> Result<Vec<MySqlRow>, sqlx::Error> {
    catalog::rows::<MySql>(connection, sql).await
}

/// Returns whether the storage engine upholds what a table declares, and whether the table has
/// partitions.
fn kind_and_partitions(created: &MySqlRow) -> Result<(Kind, bool), sqlx::Error> {
    if created.columns().iter().any(|column| column.name() == "Create View") {
        return Ok((Kind::Unprovable("is a view".into()), false));
    }
    let sql = text::<MySql>(created, "Create Table")?.unwrap_or_default();
    // The options of the table come after the last of its columns and indexes.
    let options = sql.lines().rfind(|line| line.starts_with(')')).unwrap_or_default();
    let partitioned = sql.lines().last().is_some_and(|last| !last.starts_with(')'));
    let Some((_, engine)) = options.split_once(" ENGINE=") else {
        return Ok((unknown_engine(), partitioned));
    };
    let end = engine.find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    let kind = engine::kind_of(&engine[..end.unwrap_or(engine.len())]);
    Ok((kind, partitioned))
}

/// The `sql_mode` hides the engine.
const fn unknown_engine() -> Kind {
    const REASON: &str = "has an engine that the server does not name: take `NO_TABLE_OPTIONS` out of \
                          its `sql_mode`";
    Kind::Unprovable(std::borrow::Cow::Borrowed(REASON))
}

fn column(row: &MySqlRow) -> Result<Column, sqlx::Error> {
    let required = |column| Ok::<_, sqlx::Error>(text::<MySql>(row, column)?.unwrap_or_default());
    let own = text::<MySql>(row, "Collation")?;
    let mut definition = required("Type")?;
    if let Some(name) = &own {
        definition.push_str(" COLLATE ");
        definition.push_str(name);
    }
    let not_null = if required("Null")? == "NO" { NotNull::Yes } else { NotNull::No };
    Ok(Column {
        definition,
        not_null,
        by_bytes: own.as_deref().is_none_or(collation::is_by_bytes),
        by_letters: own.as_deref().is_none_or(collation::is_by_letters),
        collation: own,
        generated: required("Extra")?.contains("GENERATED"),
        ..Column::of(required("Field")?)
    })
}

fn index(row: &MySqlRow, name: Option<String>) -> Result<Index, sqlx::Error> {
    // The word of MySQL, and the one of MariaDB; a hash is not sorted.
    let is = |column: &str, word: &str| {
        column.index(row).is_ok()
            && text::<MySql>(row, column).is_ok_and(|text| text.as_deref() == Some(word))
    };
    let ignored = is("Visible", "NO") || is("Ignored", "YES") || !is("Index_type", "BTREE");
    let unique = row.try_get_unchecked::<i64, _>("Non_unique")? == 0;
    Ok(Index { name, unique, parts: Vec::new(), flaws: Vec::new(), ignored })
}

/// A part without a name is an expression.
fn part(row: &MySqlRow, columns: &[Column]) -> Result<Part, sqlx::Error> {
    let name = text::<MySql>(row, "Column_name")?;
    let column = columns.iter().find(|column| Some(&column.name) == name.as_ref());
    Ok(Part {
        collation: column.and_then(|column| column.collation.clone()),
        column: name,
        operators: None,
        prefix: row.try_get_unchecked::<Option<i64>, _>("Sub_part")?.is_some(),
        descending: text::<MySql>(row, "Collation")?.as_deref() == Some("D"),
        nulls_elsewhere: false,
    })
}
