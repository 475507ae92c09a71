//! The statements about checkpoints.

use sqlx::error::BoxDynError;

use crate::backend::{Backend, statement::Statement};

/// The table that checkpoints are in.
#[derive(Clone, Debug)]
pub(super) struct TableName {
    pub(super) schema: Option<String>,
    pub(super) table: String,
}

type Built<DB> = Result<Statement<DB>, BoxDynError>;

impl TableName {
    /// `CREATE TABLE IF NOT EXISTS "checkpoints" (…)`
    pub(super) fn create<DB: Backend>(&self) -> Statement<DB> {
        let mut statement = Statement::default();
        self.push(&mut statement, "CREATE TABLE IF NOT EXISTS ");
        statement.sql.push(' ');
        statement.sql.push_str(DB::CHECKPOINTS.definition);
        statement
    }

    pub(super) fn exists<DB: Backend>(&self) -> Built<DB> {
        let mut statement = Statement::default();
        DB::ask_for_table(&mut statement, self.schema.as_deref(), &self.table)?;
        Ok(statement)
    }

    /// `INSERT INTO "checkpoints" (name, epoch) VALUES (?, ?) ON CONFLICT …`
    pub(super) fn take_over<DB: Backend>(&self, name: &str, epoch: i64) -> Built<DB> {
        let mut statement = Statement::default();
        self.push(&mut statement, "INSERT INTO ");
        statement.sql.push_str(" (name, epoch) VALUES (");
        DB::bind_text(&mut statement, name.to_owned())?;
        statement.sql.push_str(", ");
        DB::bind_limit(&mut statement, epoch)?;
        statement.sql.push(')');
        statement.sql.push_str(DB::CHECKPOINTS.or_take_over);
        Ok(statement)
    }

    /// `SELECT token, finished_at IS NOT NULL FROM "checkpoints" WHERE name = ?`
    pub(super) fn state<DB: Backend>(&self, name: &str) -> Built<DB> {
        let mut statement = Statement::default();
        self.push(&mut statement, "SELECT token, finished_at IS NOT NULL FROM ");
        statement.sql.push_str(" WHERE name = ");
        DB::bind_text(&mut statement, name.to_owned())?;
        Ok(statement)
    }

    /// `UPDATE "checkpoints" SET token = ?, saved_at = … WHERE name = ? AND epoch = ?`
    pub(super) fn save<DB: Backend>(&self, name: &str, epoch: i64, token: String) -> Built<DB> {
        let mut statement = Statement::default();
        self.push(&mut statement, "UPDATE ");
        statement.sql.push_str(" SET token = ");
        DB::bind_text(&mut statement, token)?;
        statement.sql.push_str(", saved_at = ");
        statement.sql.push_str(DB::CHECKPOINTS.now);
        held::<DB>(&mut statement, name, epoch)?;
        Ok(statement)
    }

    /// `UPDATE "checkpoints" SET finished_at = coalesce(finished_at, …) WHERE name = ? AND epoch = ?`
    pub(super) fn finish<DB: Backend>(&self, name: &str, epoch: i64) -> Built<DB> {
        let mut statement = Statement::default();
        self.push(&mut statement, "UPDATE ");
        statement.sql.push_str(" SET finished_at = coalesce(finished_at, ");
        statement.sql.push_str(DB::CHECKPOINTS.now);
        statement.sql.push(')');
        held::<DB>(&mut statement, name, epoch)?;
        Ok(statement)
    }

    /// `DELETE FROM "checkpoints" WHERE name = ?`
    pub(super) fn remove<DB: Backend>(&self, name: &str) -> Built<DB> {
        let mut statement = Statement::default();
        self.push(&mut statement, "DELETE FROM ");
        statement.sql.push_str(" WHERE name = ");
        DB::bind_text(&mut statement, name.to_owned())?;
        Ok(statement)
    }

    /// `SELECT name, token, …, finished_at IS NOT NULL FROM "checkpoints" ORDER BY name`
    pub(super) fn list<DB: Backend>(&self) -> Statement<DB> {
        let mut statement = Statement::default();
        statement.sql.push_str("SELECT name, token, coalesce(");
        statement.sql.push_str(DB::CHECKPOINTS.saved_millis);
        self.push(&mut statement, ", -1), finished_at IS NOT NULL FROM ");
        statement.sql.push_str(" ORDER BY name");
        statement
    }

    fn push<DB: Backend>(&self, statement: &mut Statement<DB>, before: &str) {
        let sql = &mut statement.sql;
        sql.push_str(before);
        if let Some(schema) = &self.schema {
            DB::DIALECT.push_name(sql, schema);
            sql.push('.');
        }
        DB::DIALECT.push_name(sql, &self.table);
    }
}

/// Writes the condition that the checkpoint was not opened again.
fn held<DB: Backend>(
    statement: &mut Statement<DB>,
    name: &str,
    epoch: i64,
) -> Result<(), BoxDynError> {
    statement.sql.push_str(" WHERE name = ");
    DB::bind_text(statement, name.to_owned())?;
    statement.sql.push_str(" AND epoch = ");
    DB::bind_limit(statement, epoch)
}
