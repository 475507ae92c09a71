//! Descriptions of tables, as the catalog of a database has them.

use sqlx::{AssertSqlSafe, ColumnIndex, Database, Decode, Executor, Row as _, Type};
use sqlx_chunked_proof::{Dialect, Table};

/// A database whose catalog can be asked about a table.
#[doc(hidden)]
pub trait ReadsCatalog: Database {
    /// The database's words.
    const PROOF: Dialect;

    /// What to do if the catalog cannot be read.
    const CATALOG_HINT: &'static str;

    /// Describes the table that statements find by a name. Returns `None` if there is none.
    fn describe(
        connection: &mut Self::Connection,
        schema: Option<&str>,
        table: &str,
    ) -> impl Future<Output = Result<Option<Table>, sqlx::Error>> + Send;

    /// Sends a statement that returns nothing, to see whether it is refused.
    fn probe(
        connection: &mut Self::Connection,
        sql: String,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// Returns whether an error says that the role may not read something.
    fn is_denied(error: &sqlx::Error) -> bool;

    /// Returns whether an error is about the text of a statement, and the names in it.
    fn is_about_sql(error: &sqlx::Error) -> bool;
}

/// Sends a text without preparing it, which works behind every pooler, and returns its rows.
pub(crate) async fn rows<DB>(
    connection: &mut DB::Connection,
    sql: String,
) -> Result<Vec<DB::Row>, sqlx::Error>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await
}

/// Returns a text of a row of the catalog, whatever type the server says that it has.
pub(crate) fn text<DB>(row: &DB::Row, column: &str) -> Result<Option<String>, sqlx::Error>
where
    DB: Database,
    String: for<'r> Decode<'r, DB> + Type<DB>,
    for<'n> &'n str: ColumnIndex<DB::Row>,
{
    row.try_get_unchecked(column)
}
