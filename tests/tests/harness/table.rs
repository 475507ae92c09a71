//! The table `walk`, and its rows as the database itself orders them.

use sqlx::{AssertSqlSafe, Pool, pool::PoolConnection};

use super::{Key, Keyed, TestDatabase};
use crate::{Db, dialect::BIGINT};

/// A column of keys: its type in SQL, and values that are all different.
#[derive(Debug)]
pub(crate) struct Column {
    definition: &'static str,
    setup: &'static str,
    options: &'static str,
    literals: Vec<String>,
    ranges: bool,
}

impl Column {
    /// Creates a column from its definition and SQL literals for its values.
    pub(crate) fn new(
        definition: &'static str,
        literals: impl IntoIterator<Item = impl ToString>,
    ) -> Self {
        let literals = literals.into_iter().map(|literal| literal.to_string()).collect();
        Self { definition, setup: "", options: "", literals, ranges: true }
    }

    /// Returns the number of values.
    pub(crate) const fn len(&self) -> usize {
        self.literals.len()
    }

    /// Returns the type alone: the definition up to where it makes values unique or not NULL.
    pub(crate) fn without_constraints(&self) -> String {
        let end = ["NOT NULL", "PRIMARY KEY", "UNIQUE"].iter();
        let end = end.filter_map(|constraint| self.definition.find(constraint)).min();
        // `SERIAL` makes a column count by itself; the type itself is `INT`.
        self.definition[..end.unwrap_or(self.definition.len())].replace("SERIAL", "INT")
    }

    pub(crate) const fn has_ranges(&self) -> bool {
        self.ranges
    }
}

/// Methods that only some databases need.
#[allow(dead_code, reason = "each binary has its own types of columns")]
impl Column {
    /// Sets what is executed before the table is created.
    pub(crate) fn after(self, setup: &'static str) -> Self {
        Self { setup, ..self }
    }

    /// Sets what is written after the table's definition.
    pub(crate) fn in_table(self, options: &'static str) -> Self {
        Self { options, ..self }
    }

    /// Leaves out ranges: the Rust type writes a value in another form than the table has, so a
    /// `range` of values from the program need not find it.
    pub(crate) fn without_ranges(self) -> Self {
        Self { ranges: false, ..self }
    }
}

/// The table `walk` of a database, with keys of type `K`.
pub(crate) struct Table<'d, K>
where
    K: Send + 'static,
{
    pub(crate) database: &'d TestDatabase,
    pub(crate) column: &'d Column,
    /// In ascending order, as one plain query reads them, without the library.
    pub(crate) rows: Vec<Keyed<K>>,
    /// A separate connection, for the walks that run on one.
    pub(crate) connection: PoolConnection<Db>,
}

impl<'d, K: Key> Table<'d, K> {
    /// Creates an empty table.
    pub(crate) async fn create(database: &'d TestDatabase, column: &'d Column) -> Self {
        let Column { definition, setup, options, .. } = column;
        if !setup.is_empty() {
            database.execute(*setup).await;
        }
        database
            .execute(format!("CREATE TABLE walk (k {definition}, n {BIGINT} NOT NULL) {options}"))
            .await;
        let connection = database.pool().acquire().await.unwrap();
        Self { database, column, rows: Vec::new(), connection }
    }

    pub(crate) const fn pool(&self) -> &'d Pool<Db> {
        self.database.pool()
    }

    /// Fills the table with the first `rows` values of the column.
    pub(crate) async fn fill(&mut self, rows: usize) {
        self.fill_with(0..rows.min(self.column.len())).await;
    }

    /// Fills the table with some of the values of the column.
    pub(crate) async fn fill_with(&mut self, values: impl IntoIterator<Item = usize>) {
        self.database.execute("DELETE FROM walk").await;
        let rows: Vec<_> = values
            .into_iter()
            .map(|value| format!("({}, {value})", self.column.literals[value]))
            .collect();
        if !rows.is_empty() {
            self.database.execute(format!("INSERT INTO walk VALUES {}", rows.join(", "))).await;
        }
        self.read().await;
        assert_eq!(self.rows.len(), rows.len());
    }

    /// Records the rows that the table has.
    pub(crate) async fn read(&mut self) {
        self.rows = self.ordered("ASC").await;
        let mut descending = self.ordered("DESC").await;
        descending.reverse();
        assert_eq!(self.rows, descending, "the values of the column are not all different");
    }

    async fn ordered(&self, direction: &str) -> Vec<Keyed<K>> {
        let sql = format!("SELECT k, n FROM walk ORDER BY k {direction}");
        sqlx::query_as(AssertSqlSafe(sql)).fetch_all(self.pool()).await.unwrap()
    }
}
