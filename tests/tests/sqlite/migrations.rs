//! Migrations for SQLite.

use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx_chunked::Chunked;

use crate::{
    cases::migrations::{
        directories::of_project,
        random::{Grammar, statements},
    },
    harness::TestDatabase,
};

test! { sqlx, async |db| of_project(db.pool(), "sqlite/sqlx", 90).await }
test! { django, async |db| of_project(db.pool(), "sqlite/django", 90).await }
test! { sixty, async |db| of_project(db.pool(), "sqlite/sixty", 30).await }
test! { proven, user_is_proven }
test! { random, async |db| statements(db.pool(), &GRAMMAR).await }

const GRAMMAR: Grammar = Grammar {
    clean: &["DROP VIEW IF EXISTS #", "DROP TABLE IF EXISTS #"],
    statements: &[
        "CREATE TABLE #t (#c #y, #c #y)",
        "CREATE TABLE #t (#c #y, #c #y, #c #y)",
        "CREATE TABLE IF NOT EXISTS #t (#c #y, #c #y, UNIQUE (#c, #c))",
        "CREATE TABLE #t (#c #y, #c #y, PRIMARY KEY (#c))",
        "CREATE TABLE #t (#c #y, #c #y, PRIMARY KEY (#c DESC))",
        "CREATE TABLE #t (#c #y, #c #y, #c #y, PRIMARY KEY (#c, #c), UNIQUE (#c COLLATE NOCASE))",
        "CREATE TABLE #t (#c #y, #c #y, PRIMARY KEY (#c, #c)) WITHOUT ROWID",
        "CREATE TABLE #t (#c #y, #c #y, PRIMARY KEY (#c) ON CONFLICT REPLACE) STRICT",
        "CREATE TABLE \"#t\" ([#c] #y, `#c` #y, CONSTRAINT one UNIQUE (\"#c\") ON CONFLICT IGNORE)",
        "CREATE TABLE main.#t (#c #y, #c #y)",
        "CREATE TABLE #t AS SELECT 1 AS #c, 2 AS #c",
        "CREATE VIEW #t AS SELECT 1 AS #c",
        "DROP VIEW IF EXISTS #t",
        "DROP TABLE #t",
        "DROP TABLE IF EXISTS #t",
        "ALTER TABLE #t RENAME TO #t",
        "ALTER TABLE #t ADD COLUMN #c #y",
        "ALTER TABLE #t ADD #c TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE",
        "ALTER TABLE #t DROP COLUMN #c",
        "ALTER TABLE #t RENAME COLUMN #c TO #c",
        "ALTER TABLE #t RENAME #c TO #c",
        "CREATE INDEX #i ON #t (#c)",
        "CREATE UNIQUE INDEX #i ON #t (#c)",
        "CREATE UNIQUE INDEX #i ON #t (#c)",
        "CREATE UNIQUE INDEX #i ON #t (#c, #c)",
        "CREATE UNIQUE INDEX IF NOT EXISTS #i ON #t (#c)",
        "CREATE UNIQUE INDEX IF NOT EXISTS main.#i ON #t (#c DESC)",
        "CREATE UNIQUE INDEX #i ON #t (#c COLLATE NOCASE)",
        "CREATE UNIQUE INDEX #i ON #t (#c COLLATE BINARY)",
        "CREATE UNIQUE INDEX #i ON #t (#c) WHERE #c > 0",
        "CREATE UNIQUE INDEX #i ON #t (lower(#c))",
        "CREATE UNIQUE INDEX #i ON #t (\"#c\")",
        "CREATE UNIQUE INDEX #i ON #t ((#c))",
        "DROP INDEX #i",
        "DROP INDEX IF EXISTS #i",
        "CREATE TRIGGER IF NOT EXISTS #i AFTER INSERT ON #t BEGIN UPDATE #t SET #c = CASE WHEN 1 THEN 2 END; \
         DELETE FROM #t; END",
        "DROP TRIGGER IF EXISTS #i",
    ],
    types: &[
        "TEXT",
        "TEXT NOT NULL",
        "TEXT COLLATE NOCASE",
        "TEXT UNIQUE",
        "TEXT PRIMARY KEY",
        "TEXT NOT NULL UNIQUE COLLATE RTRIM",
        "INTEGER",
        "INTEGER PRIMARY KEY",
        "INTEGER PRIMARY KEY DESC",
        "INTEGER PRIMARY KEY AUTOINCREMENT",
        "integer primary key not null",
        "INT PRIMARY KEY",
        "INTEGER NOT NULL ON CONFLICT IGNORE",
        "INT UNIQUE ON CONFLICT REPLACE",
        "BIGINT CONSTRAINT two NOT NULL",
        "INT AS (1) STORED",
        "",
    ],
    indexes: &["i", "j", "k"],
};

/// Proven when compiling, and true.
#[derive(Chunked)]
#[chunked(table = "users", migrations = "migrations/sqlite/sqlx", dialect = "sqlite")]
#[expect(dead_code, reason = "only its marks matter")]
struct User {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(unique)]
    email: String,
    name: String,
    nickname: Option<String>,
    created_at: String,
}

async fn user_is_proven(database: &TestDatabase) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite/sqlx");
    Migrator::new(directory).await.unwrap().run(database.pool()).await.unwrap();
    User::verify(database.pool()).await.unwrap();
}
