//! The DDL that would bear a mark out, in the words of each database.

use crate::{Claim, Dialect, Kind, Mark, Table};

/// The name of a table, with its schema if that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    /// The schema; on MySQL the database.
    pub schema: Option<String>,
    /// The table.
    pub name: String,
}

impl TableName {
    fn quoted(&self, dialect: Dialect) -> String {
        dialect.quoted_path(self.schema.as_deref(), &self.name)
    }
}

/// Returns what would bear out a claim.
pub(crate) fn help(dialect: Dialect, name: &TableName, claim: &Claim, table: &Table) -> String {
    let Claim { mark, columns } = claim;
    match (mark, &table.kind) {
        (Mark::Table | Mark::Sql, _) => no_table(dialect).to_owned(),
        (Mark::Column, _) => {
            let known = table.columns.iter().filter(|column| !column.implicit);
            let known: Vec<_> = known.map(|column| format!("`{}`", column.name)).collect();
            format!(
                "the columns are {}; name one by `rename`, or run the migrations",
                known.join(", ")
            )
        }
        (_, Kind::Unprovable(_)) => {
            "read a table that upholds it, or do without `verify` for this model".to_owned()
        }
        (Mark::PrimaryKey | Mark::Unique, Kind::Table) => {
            let including = if table.partitioned {
                " (it has to include the columns that the table is partitioned by)"
            } else {
                ""
            };
            let create = create_unique(dialect, name, columns, table);
            format!("{create}{including}, or take the mark away")
        }
        (Mark::ChunkKey | Mark::NotNull | Mark::Order, Kind::Table) => {
            let column = columns.first().map_or("", String::as_str);
            let alternative = if *mark == Mark::ChunkKey {
                "mark another column `#[chunk_key]`"
            } else {
                "make the field an `Option`"
            };
            set_not_null(dialect, name, column, table)
                .map_or_else(|| alternative.to_owned(), |ddl| format!("{ddl}, or {alternative}"))
        }
    }
}

/// Returns what to do about a table that is not there.
const fn no_table(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "check `table` and `schema`, which database the program has opened, and that its \
             migrations have run"
        }
        Dialect::Postgres => {
            "check `table` and `schema`, the `search_path` of the connection, and that the \
             migrations have run"
        }
        Dialect::MySql => {
            "check `table` and `schema`, the database of the connection, and that the migrations \
             have run; names of tables may be case-sensitive"
        }
    }
}

fn create_unique(dialect: Dialect, name: &TableName, columns: &[String], table: &Table) -> String {
    let index = unused(table, &format!("{}_{}_key", name.name, columns.join("_")));
    let index = dialect.quoted(&index);
    let columns: Vec<_> = columns.iter().map(|column| dialect.quoted(column)).collect();
    let columns = columns.join(", ");
    let path = name.quoted(dialect);
    match (dialect, &name.schema) {
        // It finds a name that is free.
        (Dialect::Postgres, _) => format!("CREATE UNIQUE INDEX ON {path} ({columns})"),
        // The index is in the schema of its table, and says so itself.
        (Dialect::Sqlite, Some(schema)) => format!(
            "CREATE UNIQUE INDEX {}.{index} ON {} ({columns})",
            dialect.quoted(schema),
            dialect.quoted(&name.name)
        ),
        _ => format!("CREATE UNIQUE INDEX {index} ON {path} ({columns})"),
    }
}

/// Returns a name that no index of the table has, and that is not longer than servers allow.
fn unused(table: &Table, wanted: &str) -> String {
    const LONGEST: usize = 55;
    let end = wanted.char_indices().map(|(at, _)| at).find(|at| *at >= LONGEST);
    let wanted = &wanted[..end.unwrap_or(wanted.len())];
    let is_taken = |name: &str| {
        let names = table.indexes.iter().filter_map(|index| index.name.as_deref());
        names.into_iter().any(|taken| taken.eq_ignore_ascii_case(name))
    };
    let numbered = (1..).map(|number| format!("{wanted}{number}"));
    std::iter::once(wanted.to_owned())
        .chain(numbered)
        .find(|name| !is_taken(name))
        .unwrap_or_default()
}

/// Returns the DDL for a column of the table's own, if that can be said in a line.
fn set_not_null(dialect: Dialect, name: &TableName, column: &str, table: &Table) -> Option<String> {
    let quoted = dialect.quoted(column);
    let column = table.column(dialect, column).filter(|column| !column.implicit)?;
    let (definition, table) = (&column.definition, name.quoted(dialect));
    match dialect {
        Dialect::Postgres => {
            Some(format!("ALTER TABLE {table} ALTER COLUMN {quoted} SET NOT NULL"))
        }
        // It would no longer be generated.
        Dialect::MySql if column.generated => None,
        Dialect::MySql => Some(format!(
            "ALTER TABLE {table} MODIFY {quoted} {definition} NOT NULL, with whatever else its \
             definition has"
        )),
        Dialect::Sqlite => Some(format!(
            "create the table anew with {quoted} {definition} NOT NULL, see \
             https://www.sqlite.org/lang_altertable.html#otheralter"
        )),
    }
}
