//! Migrations for PostgreSQL.

use crate::{
    cases::migrations::{
        directories::of_project,
        random::{Grammar, statements},
    },
    databases::in_database,
    harness::TestDatabase,
};

test! { rails, async |db| project(db, "rails", 90).await }
test! { django, async |db| project(db, "django", 80).await }
test! { prisma, async |db| project(db, "prisma", 90).await }
test! { dump, async |db| project(db, "dump", 0).await }
test! { random, async |db| in_database(db, "random", "", async |pool| statements(pool, &GRAMMAR).await).await }

/// Migrations name the schema `public`, and make others.
async fn project(database: &TestDatabase, name: &str, percent: usize) {
    in_database(database, name, "", async |pool| {
        of_project(pool, &format!("postgres/{name}"), percent).await;
    })
    .await;
}

const GRAMMAR: Grammar = Grammar {
    clean: &["DROP VIEW IF EXISTS #", "DROP TABLE IF EXISTS # CASCADE"],
    statements: &[
        "CREATE TABLE #t (#c #y, #c #y)",
        "CREATE TABLE #t (#c #y, #c #y, #c #y)",
        "CREATE TABLE IF NOT EXISTS #t (#c #y, #c #y, UNIQUE (#c, #c))",
        "CREATE TABLE public.#t (#c #y, #c #y, PRIMARY KEY (#c))",
        "CREATE TABLE #t (#c #y, #c #y, #c #y, CONSTRAINT #i PRIMARY KEY (#c, #c), UNIQUE (#c))",
        "CREATE TABLE #t (#c #y, #c #y, UNIQUE (#c) DEFERRABLE)",
        "CREATE TABLE #t (#c #y, UNIQUE (#c), CONSTRAINT #i UNIQUE (#c))",
        "CREATE TABLE #t (LIKE #t)",
        "CREATE TABLE #t (LIKE #t INCLUDING ALL)",
        "CREATE TABLE #t (#c #y, LIKE #t INCLUDING INDEXES)",
        "CREATE TABLE #t (#c #y) INHERITS (#t)",
        "CREATE TABLE #t AS SELECT 1 AS #c, 2 AS #c",
        "SELECT 1 AS #c INTO #t",
        "DROP TABLE #t",
        "DROP TABLE IF EXISTS #t CASCADE",
        "ALTER TABLE #t RENAME TO #t",
        "ALTER TABLE #t ADD COLUMN #c #y",
        "ALTER TABLE #t ADD COLUMN IF NOT EXISTS #c #y, ADD COLUMN #c #y",
        "ALTER TABLE #t DROP COLUMN #c",
        "ALTER TABLE IF EXISTS ONLY #t DROP COLUMN IF EXISTS #c CASCADE",
        "ALTER TABLE #t RENAME COLUMN #c TO #c",
        "ALTER TABLE #t ALTER COLUMN #c SET NOT NULL",
        "ALTER TABLE #t ALTER COLUMN #c DROP NOT NULL",
        "ALTER TABLE #t ALTER #c TYPE varchar(20)",
        "ALTER TABLE #t ALTER #c TYPE text COLLATE \"C\"",
        "ALTER TABLE #t ALTER COLUMN #c SET STATISTICS 100",
        "ALTER TABLE #t ALTER COLUMN #c SET DEFAULT NULL",
        "ALTER TABLE #t ADD PRIMARY KEY (#c)",
        "ALTER TABLE #t ADD UNIQUE (#c)",
        "ALTER TABLE #t ADD UNIQUE (#c), ADD UNIQUE (#c)",
        "ALTER TABLE #t ADD CONSTRAINT #i UNIQUE (#c, #c)",
        "ALTER TABLE #t ADD CONSTRAINT #i UNIQUE USING INDEX #i",
        "ALTER TABLE #t ADD CONSTRAINT #i CHECK (#c IS NOT NULL)",
        "ALTER TABLE #t DROP CONSTRAINT #i",
        "ALTER TABLE #t DROP CONSTRAINT IF EXISTS #i CASCADE",
        "ALTER TABLE #t RENAME CONSTRAINT #i TO #i",
        "ALTER INDEX #i RENAME TO #i",
        "ALTER TABLE #i RENAME TO #i",
        "CREATE INDEX #i ON #t (#c)",
        "CREATE UNIQUE INDEX #i ON #t (#c)",
        "CREATE UNIQUE INDEX ON #t (#c)",
        "CREATE UNIQUE INDEX ON #t (lower(#c::text))",
        "CREATE UNIQUE INDEX IF NOT EXISTS #i ON #t (#c, #c)",
        "CREATE UNIQUE INDEX #i ON #t (#c text_pattern_ops)",
        "CREATE UNIQUE INDEX #i ON #t (#c COLLATE \"C\")",
        "CREATE UNIQUE INDEX #i ON #t (#c) INCLUDE (#c) WHERE #c IS NOT NULL",
        "CREATE UNIQUE INDEX #i ON #t (#c DESC NULLS LAST)",
        "DROP INDEX #i",
        "DROP INDEX IF EXISTS #i",
        "DO $$ BEGIN EXECUTE 'ALTER TABLE #t DROP CONSTRAINT #i'; END $$",
        "SELECT count(*) FROM #t",
        "COMMENT ON TABLE #t IS '#i'",
    ],
    types: &[
        "text",
        "text NOT NULL",
        "TEXT UNIQUE",
        "text PRIMARY KEY",
        "text NOT NULL UNIQUE COLLATE \"C\"",
        "text CONSTRAINT i UNIQUE",
        "bigserial",
        "serial PRIMARY KEY",
        "bigint GENERATED ALWAYS AS IDENTITY",
        "bigint GENERATED ALWAYS AS (1) STORED",
        "varchar(10) UNIQUE DEFERRABLE INITIALLY DEFERRED",
        "int NULL",
    ],
    indexes: &[
        "i",
        "j",
        "t_pkey",
        "u_pkey",
        "t_a_key",
        "t_b_key",
        "u_a_key",
        "t_a_b_key",
        "t_a_idx",
    ],
};
