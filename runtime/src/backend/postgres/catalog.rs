//! Descriptions of tables on PostgreSQL.

use sqlx::{PgConnection, Postgres, error::DatabaseError, postgres::PgRow};
use sqlx_chunked_proof::{Column, Dialect, Flaw, Index, Kind, NotNull, Part, Table};

use super::{driver::has_code, text::literal};
use crate::backend::catalog::{self, ReadsCatalog};

impl ReadsCatalog for Postgres {
    const PROOF: Dialect = Dialect::Postgres;

    const CATALOG_HINT: &'static str = "the role must be allowed to read `pg_catalog.pg_class`, \
        `pg_attribute`, `pg_index` and what they refer to, as every role is by default, and to use \
        the schema of the table";

    async fn describe(
        connection: &mut PgConnection,
        schema: Option<&str>,
        table: &str,
    ) -> Result<Option<Table>, sqlx::Error> {
        let path = Dialect::Postgres.quoted_path(schema, table);
        let found = rows(connection, relation(&path)).await?;
        let Some(relation) = found.first() else { return Ok(None) };
        let oid = required(relation, "oid")?;
        let kind = kind(relation)?;
        let mut columns = Vec::new();
        for row in rows(connection, columns_of(&oid)).await? {
            columns.push(column(connection, &path, &row).await?);
        }
        let mut indexes = Vec::new();
        let mut last = String::new();
        for row in rows(connection, indexes_of(&oid)).await? {
            let name = required(&row, "name")?;
            if indexes.is_empty() || name != last {
                indexes.push(index(&row)?);
                last = name;
            }
            if let Some(index) = indexes.last_mut() {
                index.parts.push(part(&row)?);
            }
        }
        let partitioned = required(relation, "kind")? == "p";
        Ok(Some(Table { kind, columns, indexes, partitioned }))
    }

    async fn probe(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
        rows(connection, sql).await.map(drop)
    }

    fn is_denied(error: &sqlx::Error) -> bool {
        has_code(error, "42501")
    }

    /// Class 42, "Syntax Error or Access Rule Violation"
    /// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
    fn is_about_sql(error: &sqlx::Error) -> bool {
        let code = error.as_database_error().and_then(DatabaseError::code);
        code.is_some_and(|code| code.starts_with("42")) && !Self::is_denied(error)
    }
}

async fn rows(connection: &mut PgConnection, sql: String) -> Result<Vec<PgRow>, sqlx::Error> {
    catalog::rows::<Postgres>(connection, sql).await
}

fn text(row: &PgRow, column: &str) -> Result<Option<String>, sqlx::Error> {
    catalog::text::<Postgres>(row, column)
}

fn required(row: &PgRow, column: &str) -> Result<String, sqlx::Error> {
    Ok(text(row, column)?.unwrap_or_default())
}

fn is_true(row: &PgRow, column: &str) -> Result<bool, sqlx::Error> {
    Ok(text(row, column)?.is_some_and(|text| text == "true"))
}

/// Finds what a name means here and now: `search_path` and temporary tables decide.
fn relation(path: &str) -> String {
    format!(
        "SELECT c.oid::text AS oid, c.relkind::text AS kind, \
         (c.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhparent = c.oid))::text \
           AS has_children, \
         (c.relkind = 'p' AND EXISTS (SELECT 1 FROM pg_catalog.pg_partition_tree(c.oid) AS leaf \
           JOIN pg_catalog.pg_class AS f ON f.oid = leaf.relid WHERE f.relkind = 'f'))::text \
           AS has_foreign \
         FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass({})",
        literal(path)
    )
}

fn kind(relation: &PgRow) -> Result<Kind, sqlx::Error> {
    let reason = match &*required(relation, "kind")? {
        "r" if is_true(relation, "has_children")? => {
            "has children by inheritance, whose rows are read with its own"
        }
        "p" if is_true(relation, "has_foreign")? => "has partitions on other servers",
        "r" | "p" => return Ok(Kind::Table),
        "v" => "is a view",
        "m" => "is a materialized view",
        "f" => "is a foreign table, whose constraints another server would have to uphold",
        _ => "is not one that rows are written to",
    };
    Ok(Kind::Unprovable(reason.into()))
}

/// The columns, with the type beneath each domain, and whether a domain on the way refuses NULL.
const BASE_TYPES: &str = "\
    WITH RECURSIVE types AS ( \
      SELECT a.attnum, a.atttypid AS type, false AS refuses_null FROM pg_catalog.pg_attribute AS a \
       WHERE a.attrelid = $oid AND a.attnum > 0 AND NOT a.attisdropped \
      UNION ALL \
      SELECT b.attnum, t.typbasetype, b.refuses_null OR t.typnotnull FROM types AS b \
        JOIN pg_catalog.pg_type AS t ON t.oid = b.type AND t.typtype = 'd'), \
    base AS (SELECT b.* FROM types AS b \
      JOIN pg_catalog.pg_type AS t ON t.oid = b.type AND t.typtype <> 'd') ";

/// The name of a collation, with its schema unless that is searched: two schemas may have the same name.
const COLLATION: &str = "CASE WHEN pg_catalog.pg_collation_is_visible(k.oid) THEN k.collname::text \
    ELSE k.collnamespace::regnamespace::text || '.' || k.collname END";

fn complete(sql: &str, oid: &str) -> String {
    format!("{BASE_TYPES}{sql}").replace("$oid", oid).replace("$collation", COLLATION)
}

/// A NOT NULL that is not valid (from version 18 on) holds for new rows only.
fn columns_of(oid: &str) -> String {
    let sql = "SELECT a.attname::text AS name, \
         pg_catalog.format_type(a.atttypid, a.atttypmod) AS definition, \
         a.attnotnull::text AS not_null, base.refuses_null::text AS by_domain, \
         EXISTS (SELECT 1 FROM pg_catalog.pg_constraint AS n WHERE n.conrelid = a.attrelid \
           AND n.contype = 'n' AND n.conkey = ARRAY[a.attnum] AND NOT n.convalidated)::text AS unchecked, \
         a.attgenerated::text AS generated, $collation AS collation, \
         coalesce(k.collisdeterministic, true)::text AS by_bytes \
         FROM pg_catalog.pg_attribute AS a JOIN base ON base.attnum = a.attnum \
         LEFT JOIN pg_catalog.pg_collation AS k ON k.oid = a.attcollation \
         WHERE a.attrelid = $oid ORDER BY a.attnum";
    complete(sql, oid)
}

async fn column(
    connection: &mut PgConnection,
    path: &str,
    row: &PgRow,
) -> Result<Column, sqlx::Error> {
    let name = required(row, "name")?;
    let not_null = if is_true(row, "unchecked")? {
        NotNull::Unknown(
            "its NOT NULL constraint is NOT VALID: `ALTER TABLE … VALIDATE CONSTRAINT` checks the rows \
             that were there before"
                .into(),
        )
    } else if is_true(row, "not_null")? {
        NotNull::Yes
    } else if is_true(row, "by_domain")? {
        by_domain(connection, path, &name).await?
    } else {
        NotNull::No
    };
    Ok(Column {
        not_null,
        definition: required(row, "definition")?,
        collation: text(row, "collation")?,
        by_bytes: is_true(row, "by_bytes")?,
        generated: !required(row, "generated")?.is_empty(),
        ..Column::of(name)
    })
}

/// A domain refuses NULL where it converts a value, but takes one that is a subquery's lack of rows. So
/// the column is also asked.
async fn by_domain(
    connection: &mut PgConnection,
    path: &str,
    column: &str,
) -> Result<NotNull, sqlx::Error> {
    let column = Dialect::Postgres.quoted(column);
    let sql = format!(
        "SELECT 'true' AS found FROM {path} AS t WHERE t.{column} IS NOT DISTINCT FROM NULL LIMIT 1"
    );
    Ok(if rows(connection, sql).await?.is_empty() {
        tracing::warn!(
            "{path} refuses NULL in {column} only by a domain, which an `INSERT … SELECT` can get \
             around: declare the column NOT NULL as well"
        );
        NotNull::Yes
    } else {
        NotNull::Unknown(
            "only a domain refuses NULL, which an `INSERT … SELECT` gets around, and one is there"
                .into(),
        )
    })
}

/// The keys of all indexes, part by part. Each partition has an index of its own, which may be
/// deferrable although that of the table is not.
///
/// An operator class is the column's own if its `=` is the one of
/// the default class of the type, or, where the type has none, of the class of the same input type.
fn indexes_of(oid: &str) -> String {
    let sql = "SELECT x.indexrelid::text AS oid, i.relname::text AS name, \
         x.indisunique::text AS is_unique, \
         (x.indisvalid AND x.indisready AND x.indislive)::text AS valid, \
         (x.indimmediate AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_partition_tree(i.oid) AS leaf \
           JOIN pg_catalog.pg_index AS y ON y.indexrelid = leaf.relid WHERE NOT y.indimmediate))::text \
           AS immediate, (x.indpred IS NOT NULL)::text AS partial, \
         (x.indisexclusion OR m.amname <> 'btree')::text AS other_method, \
         a.attname::text AS column, $collation AS collation, o.opcname::text AS operators, \
         EXISTS (SELECT 1 FROM pg_catalog.pg_opclass AS d \
           JOIN pg_catalog.pg_am AS dm ON dm.oid = d.opcmethod AND dm.amname = 'btree' \
           JOIN pg_catalog.pg_amop AS own ON own.amopfamily = d.opcfamily AND own.amopstrategy = 3 \
             AND own.amoplefttype = d.opcintype AND own.amoprighttype = d.opcintype \
           JOIN pg_catalog.pg_amop AS by_index ON by_index.amopfamily = o.opcfamily \
             AND by_index.amopstrategy = 3 AND by_index.amoplefttype = o.opcintype \
             AND by_index.amoprighttype = o.opcintype AND by_index.amopopr = own.amopopr \
           WHERE d.opcdefault AND d.opcintype = CASE \
             WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_opclass AS e WHERE e.opcmethod = d.opcmethod \
               AND e.opcdefault AND e.opcintype = base.type) THEN base.type ELSE o.opcintype END \
         )::text AS own_operators, \
         (x.indoption[p.part] & 1 = 1)::text AS descending, \
         ((x.indoption[p.part] & 1) <> ((x.indoption[p.part] & 2) / 2))::text AS nulls_elsewhere \
         FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid \
         JOIN pg_catalog.pg_am AS m ON m.oid = i.relam \
         CROSS JOIN LATERAL pg_catalog.generate_series(0, x.indnkeyatts - 1) AS p(part) \
         JOIN pg_catalog.pg_opclass AS o ON o.oid = x.indclass[p.part] \
         LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid \
           AND a.attnum = x.indkey[p.part] AND a.attnum > 0 \
         LEFT JOIN base ON base.attnum = a.attnum \
         LEFT JOIN pg_catalog.pg_collation AS k ON k.oid = x.indcollation[p.part] \
         WHERE x.indrelid = $oid ORDER BY x.indexrelid, p.part";
    complete(sql, oid)
}

fn index(row: &PgRow) -> Result<Index, sqlx::Error> {
    let mut flaws = Vec::new();
    for (column, value, flaw) in [
        ("partial", true, Flaw::Partial),
        ("valid", false, Flaw::Invalid),
        ("immediate", false, Flaw::Deferrable),
        ("other_method", true, Flaw::Exclusion),
    ] {
        if is_true(row, column)? == value {
            flaws.push(flaw);
        }
    }
    let (name, unique) = (text(row, "name")?, is_true(row, "is_unique")?);
    Ok(Index { name, unique, parts: Vec::new(), flaws, ignored: false })
}

fn part(row: &PgRow) -> Result<Part, sqlx::Error> {
    let operators = required(row, "operators")?;
    Ok(Part {
        column: text(row, "column")?,
        collation: text(row, "collation")?,
        operators: (!is_true(row, "own_operators")?).then_some(operators),
        prefix: false,
        descending: is_true(row, "descending")?,
        nulls_elsewhere: is_true(row, "nulls_elsewhere")?,
    })
}
