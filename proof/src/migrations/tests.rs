//! What is said after which statements. Against the real databases, more is tested in `tests/`.

use super::{Migrations, Outcome};
use crate::{
    Claim, Claims,
    Dialect::{self, MySql, Postgres, Sqlite},
    Mark, TableName,
};

/// Returns what is said of a claim about `entries`, or about `schema.table` in front of a colon: `proven`,
/// or the outcome with what was found, and where.
fn said(dialect: Dialect, sql: &str, mark: Mark, claimed: &str) -> String {
    let migrations = Migrations::replay(dialect, sql.split("-- next\n").map(|sql| ("m", sql)));
    let (table, columns) = claimed.split_once(": ").unwrap_or(("entries", claimed));
    let (schema, name) = table.split_once('.').map_or((None, table), |(s, n)| (Some(s), n));
    let claim = Claim { mark, columns: columns.split_whitespace().map(str::to_owned).collect() };
    let claims = Claims {
        model: "Entry".to_owned(),
        table: TableName { schema: schema.map(str::to_owned), name: name.to_owned() },
        claims: vec![claim],
        order: Vec::new(),
    };
    let Some(objection) = migrations.objections(&claims).into_iter().next() else {
        return "proven".to_owned();
    };
    let outcome = match objection.outcome {
        Outcome::Contradicted => "contradicted",
        Outcome::Unproven => "unproven",
    };
    let line = objection.place.map_or(0, |place| place.line);
    format!("{outcome} {line}: {}", objection.found)
}

const NOT_UNDERSTOOD: &str = "a statement names `entries` and was not understood";

/// Tests cases of statements and what is then said of `slug`, which begins as `slug TEXT UNIQUE NOT NULL`.
fn of_slug(dialect: Dialect, cases: &[(&str, &str)]) {
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|(sql, expected)| {
            let text = if dialect == MySql { "VARCHAR(20)" } else { "TEXT" };
            let create = format!(
                "CREATE TABLE entries (id INT PRIMARY KEY, slug {text} NOT NULL UNIQUE);\n"
            );
            let told = said(dialect, &(create + sql), Mark::Unique, "slug");
            let expected = expected.replace('#', NOT_UNDERSTOOD);
            (told != expected).then(|| format!("{sql}\n  {told}, not {expected}\n"))
        })
        .collect();
    assert!(wrong.is_empty(), "{dialect:?}: {}", wrong.join(""));
}

#[test]
fn not_understood_on_sqlite() {
    of_slug(
        Sqlite,
        &[
            ("ALTER TABLE entries FROBNICATE", "unproven 2: #"),
            ("\n\n  ALTER TABLE ENTRIES FROBNICATE", "unproven 4: #"),
            ("ALTER TABLE others FROBNICATE", "proven"),
            ("FROBNICATE 'entries'", "unproven 2: #"),
            ("FROBNICATE 'entries_old'", "proven"),
            ("-- ALTER TABLE entries FROBNICATE", "proven"),
            ("/* entries */ FROBNICATE", "proven"),
            ("INSERT INTO entries VALUES (1, 'x;y'); UPDATE entries SET slug = 'a'", "proven"),
            ("SELECT * FROM entries", "proven"),
            ("CREATE VIEW v AS SELECT * FROM entries", "proven"),
            (
                "CREATE TRIGGER a AFTER UPDATE ON entries BEGIN DELETE FROM entries; SELECT 1; END",
                "proven",
            ),
            (
                "CREATE TRIGGER a AFTER UPDATE ON x BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; END; \
              ALTER TABLE entries FROBNICATE",
                "unproven 2: #",
            ),
            ("PRAGMA foreign_keys = off", "proven"),
            ("PRAGMA writable_schema = on", "unproven 2: the schema may be written to as a table"),
            ("ROLLBACK", "unproven 2: statements were taken back"),
            ("BEGIN; COMMIT", "proven"),
            ("ALTER TABLE entries RENAME slug TO other; FROBNICATE 'unterminated", "unproven 2: #"),
            ("CREATE TEMP TABLE entries (id INT)", "unproven 2: #"),
            ("DROP TABLE entries; CREATE TABLE entries (slug TEXT UNIQUE)", "proven"),
            (
                "ALTER TABLE entries FROBNICATE; DROP TABLE entries; CREATE TABLE entries (slug TEXT UNIQUE)",
                "proven",
            ),
            (
                "ALTER TABLE entries FROBNICATE; DROP TABLE entries; \
              CREATE TABLE IF NOT EXISTS entries (slug TEXT UNIQUE)",
                "proven",
            ),
            ("", "proven"),
            (";;  ;", "proven"),
            ("\u{feff}SELECT 1", "proven"),
        ],
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "each line is a case")]
fn not_understood_on_postgres() {
    of_slug(
        Postgres,
        &[
            (
                "DO $$ BEGIN ALTER TABLE entries DROP CONSTRAINT entries_slug_key; END $$",
                "unproven 2: #",
            ),
            ("DO $$ BEGIN PERFORM 1 FROM entries; END $$", "unproven 2: #"),
            (
                "DO $x$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN null; END $x$",
                "proven",
            ),
            (
                "DO $$ DECLARE t text; BEGIN FOR t IN SELECT relname FROM pg_class LOOP \
              EXECUTE format('DROP INDEX %I', t); END LOOP; END $$",
                "unproven 2: code was run that could do anything",
            ),
            ("DO $$ BEGIN EXECUTE 'ALTER TABLE entries DROP COLUMN slug'; END $$", "unproven 2: #"),
            (
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
              UPDATE entries SET slug = ''; RETURN NEW; END $$; \
              CREATE TRIGGER t AFTER INSERT ON entries FOR EACH ROW EXECUTE FUNCTION f()",
                "proven",
            ),
            (
                "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN \
              ALTER TABLE entries DROP COLUMN slug; END $$",
                "unproven 2: #",
            ),
            (
                "CREATE FUNCTION f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN \
              EXECUTE 'DROP TABLE ' || t; END $$",
                "proven",
            ),
            (
                "CREATE FUNCTION f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN \
              EXECUTE 'DROP TABLE ' || t; END $$; SELECT f('ent' || 'ries')",
                "unproven 2: code was run that could do anything",
            ),
            (
                "CREATE FUNCTION f() RETURNS void LANGUAGE plpython3u AS 'plpy.execute(entries)'",
                "unproven 2: #",
            ),
            ("SELECT create_hypertable('entries', 'id')", "unproven 2: #"),
            ("SELECT setval(pg_get_serial_sequence('entries', 'id'), 5)", "proven"),
            (
                "SELECT pg_catalog.set_config('search_path', '', false); \
              ALTER TABLE public.entries DROP CONSTRAINT entries_slug_key",
                "contradicted 2: no unique index or constraint is on it",
            ),
            ("SET search_path TO app, public; DROP TABLE entries", "unproven 2: #"),
            ("SET search_path = app; CREATE TABLE entries (slug TEXT)", "unproven 2: #"),
            ("SET search_path = public; CREATE UNIQUE INDEX i ON entries (slug)", "proven"),
            ("CREATE SCHEMA app; CREATE TABLE app.entries (slug TEXT)", "proven"),
            ("ALTER TABLE entries SET SCHEMA app", "unproven 2: #"),
            ("DROP SCHEMA public CASCADE", "unproven 2: a schema, and not a table, was changed"),
            ("DROP TYPE mood CASCADE", "proven"),
            (
                "ALTER TABLE entries ALTER slug TYPE citext; DROP EXTENSION citext CASCADE",
                "unproven 2: what its columns are made of was dropped, and they may be",
            ),
            (
                "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
                "unproven 2: from there on, every change calls code",
            ),
            ("ALTER TABLE entries ATTACH PARTITION p FOR VALUES IN (1)", "unproven 2: #"),
            (
                "CREATE TABLE p (x int) INHERITS (entries)",
                "unproven 1: it cannot be proven, because the table has children by inheritance, whose rows are \
              read with its own",
            ),
            (
                "DROP INDEX CONCURRENTLY IF EXISTS entries_slug_key",
                "contradicted 2: no unique index or constraint is on it",
            ),
            (
                "ALTER INDEX entries_slug_key RENAME TO k; ALTER TABLE entries DROP CONSTRAINT k",
                "contradicted 2: no unique index or constraint is on it",
            ),
            ("ALTER TABLE entries DROP CONSTRAINT entries_slug_check", "proven"),
            ("ALTER TABLE entries DROP CONSTRAINT whatever", "unproven 2: #"),
            ("ALTER TABLE entries DROP CONSTRAINT IF EXISTS whatever", "proven"),
            (
                "ALTER TABLE entries DROP CONSTRAINT IF EXISTS entries_slug_not_null",
                "unproven 2: #",
            ),
            (
                "DROP INDEX whatever",
                "unproven 2: an index `whatever` is dropped, and it is not clear which one that is",
            ),
            (
                "CREATE INDEX ON entries (lower(slug)); DROP INDEX IF EXISTS entries_lower_idx",
                "unproven 2: an index `entries_lower_idx` is dropped, and it is not clear which one that is",
            ),
            ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON entries (id)", "unproven 2: #"),
            ("SELECT 1 INTO entries", "unproven 2: #"),
            (
                "COMMENT ON TABLE entries IS 'x'; GRANT SELECT ON entries TO x; ANALYZE entries",
                "proven",
            ),
            ("ALTER TABLE entries ALTER COLUMN slug SET STORAGE MAIN", "proven"),
            (
                "ALTER TABLE entries ALTER COLUMN slug SET STORAGE MAIN, DROP CONSTRAINT entries_slug_key",
                "contradicted 2: no unique index or constraint is on it",
            ),
        ],
    );
}

#[test]
fn not_understood_on_mysql() {
    of_slug(
        MySql,
        &[
            (
                "CREATE PROCEDURE p() BEGIN IF 1 THEN ALTER TABLE entries DROP COLUMN slug; END IF; END",
                "unproven 2: #",
            ),
            (
                "CREATE PROCEDURE p() BEGIN WHILE 0 DO SELECT 1; END WHILE; CASE 1 WHEN 1 THEN SELECT 1; END CASE; \
              END; DROP TABLE entries",
                "contradicted 2: the table is no longer there",
            ),
            ("CREATE TRIGGER t BEFORE INSERT ON entries FOR EACH ROW SET NEW.slug = 'x'", "proven"),
            (
                "SET @sql = 'ALTER TABLE entries DROP COLUMN slug'; PREPARE s FROM @sql; EXECUTE s",
                "unproven 2: code was run that could do anything",
            ),
            ("USE other; DROP TABLE entries", "unproven 2: #"),
            (
                "SET sql_mode = 'ANSI_QUOTES'; SELECT 1",
                "unproven 2: it is not clear what is quoted from there on",
            ),
            (
                "ALTER TABLE entries DROP KEY slug",
                "contradicted 2: no unique index or constraint is on it",
            ),
            (
                "/*!40101 SET NAMES utf8 */; /*!40000 ALTER TABLE `entries` DISABLE KEYS */;",
                "proven",
            ),
            (
                "CREATE TABLE x (id INT /*!80023 INVISIBLE */);\nALTER TABLE entries DROP INDEX slug",
                "contradicted 3: no unique index or constraint is on it",
            ),
            ("ALTER TABLE entries /*!80000 DROP INDEX slug */", "unproven 2: #"),
            ("/*M!100100 ALTER TABLE entries DROP INDEX slug */", "unproven 2: #"),
            ("ALTER TABLE other.entries DROP INDEX slug", "unproven 2: #"),
            (
                "DELIMITER //\nDROP TABLE x//",
                "unproven 2: it is not clear where statements end from there on",
            ),
            (
                "ALTER TABLE entries ENGINE = MERGE",
                "unproven 1: it cannot be proven, because the table has the engine MERGE, which need not uphold \
              what it declares",
            ),
            ("INSERT INTO entries VALUES (1, 'it\\'s; DROP TABLE entries')", "proven"),
        ],
    );
}

#[test]
fn places() {
    let sql = "CREATE TABLE entries (\n id INTEGER PRIMARY KEY,\n slug TEXT UNIQUE,\n a TEXT);\n\
               CREATE INDEX by_a\n ON entries (a);\n";
    let cases = [
        (Mark::Unique, "a", "contradicted 5: index `by_a` on it is not unique"),
        (Mark::NotNull, "a", "contradicted 1: the column may be NULL"),
        (Mark::Column, "b", "contradicted 1: there is no such column"),
        (Mark::Unique, "slug", "proven"),
        (Mark::Unique, "slug a", "proven"),
        (Mark::Unique, "none: slug", "contradicted 0: no migration makes such a table"),
    ];
    for (mark, claimed, expected) in cases {
        assert_eq!(said(Sqlite, sql, mark, claimed), expected, "{mark:?} of {claimed}");
    }
    let renamed = format!("{sql}-- next\n\nALTER TABLE entries RENAME a TO b;");
    assert_eq!(
        said(Sqlite, &renamed, Mark::Column, "a"),
        "contradicted 2: there is no such column"
    );
    let renamed = format!("{sql}-- next\n\n\nALTER TABLE entries RENAME TO others;");
    assert_eq!(
        said(Sqlite, &renamed, Mark::Table, "entries: id"),
        "contradicted 3: the table is no longer there"
    );
}

#[test]
fn schemas_and_letters() {
    let cases = [
        (Postgres, "CREATE TABLE public.entries (id INT PRIMARY KEY)", "entries: id", "proven"),
        (Postgres, "CREATE TABLE entries (id INT PRIMARY KEY)", "public.entries: id", "proven"),
        (Postgres, "CREATE TABLE Entries (Id INT PRIMARY KEY)", "entries: id", "proven"),
        (
            Postgres,
            "CREATE TABLE \"Entries\" (id INT PRIMARY KEY)",
            "entries: id",
            "contradicted 0: no migration makes such a table",
        ),
        (Postgres, "CREATE TABLE app.entries (id INT PRIMARY KEY)", "app.entries: id", "proven"),
        (
            Postgres,
            "CREATE TABLE app.entries (id INT PRIMARY KEY)",
            "entries: id",
            "unproven 1: a table of that name is in the schema `app`",
        ),
        (Sqlite, "CREATE TABLE \"Entries\" (ID INT PRIMARY KEY)", "entries: id", "proven"),
        (Sqlite, "CREATE TABLE main.entries (id INT PRIMARY KEY)", "main.entries: id", "proven"),
        (
            MySql,
            "CREATE TABLE Entries (ID INT PRIMARY KEY)",
            "entries: id",
            "unproven 1: it is called `Entries` there, in other letters",
        ),
        (MySql, "CREATE TABLE entries (ID INT PRIMARY KEY)", "entries: id", "proven"),
        (MySql, "CREATE TABLE db.entries (id INT PRIMARY KEY)", "db.entries: id", "proven"),
    ];
    for (dialect, sql, claimed, expected) in cases {
        assert_eq!(said(dialect, sql, Mark::Unique, claimed), expected, "{dialect:?}: {sql}");
    }
}

#[test]
fn names_of_postgres() {
    let long = "a".repeat(70);
    let cases = [
        // By `makeObjectName`, as seen on the server.
        ("t".to_owned(), "a_b", "key", "t_a_b_key".to_owned()),
        ("t".to_owned(), "", "pkey", "t_pkey".to_owned()),
        (long.clone(), "b", "key", format!("{}_b_key", "a".repeat(57))),
        (long.clone(), &long, "key", format!("{}_{}_key", "a".repeat(29), "a".repeat(29))),
    ];
    for (table, columns, word, expected) in cases {
        assert_eq!(super::names::made(&table, columns, word), expected);
    }
}

#[test]
fn files() {
    let directory = std::env::temp_dir().join(format!("sqlx_chunked_files_{}", std::process::id()));
    std::fs::create_dir_all(directory.join("9_folder.sql")).unwrap();
    let listed = |add: &[&str]| {
        for name in add {
            std::fs::write(directory.join(name), "").unwrap();
        }
        super::list(&directory, "migrations/")
            .map(|files| files.into_iter().map(|file| file.name).collect::<Vec<_>>())
    };
    assert!(listed(&[]).unwrap_err().contains("has no migrations"));
    let named = ["10_b.sql", "9_a.up.sql", "9_a.down.sql", "readme.sql", "11_c.txt", "0003_x.SQL"];
    let expected = ["migrations/9_a.up.sql", "migrations/10_b.sql"];
    assert_eq!(listed(&named).unwrap(), expected);
    assert!(listed(&["010_again.sql"]).unwrap_err().contains("have the same version"));
    assert!(
        listed(&["V2_x.sql"])
            .unwrap_err()
            .contains("`V2_x.sql` does not begin with a whole number")
    );
    std::fs::remove_dir_all(directory).unwrap();
}

/// Statements after which `slug` of `entries`, which was unique and NOT NULL, need not be both any more. Each
/// was seen to be believed once, and not to be so on the server.
#[test]
#[expect(clippy::too_many_lines, reason = "each line is a case")]
fn never_proven() {
    const F: &str = "CREATE FUNCTION f(t text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE \
                     'ALTER TABLE ' || t || ' ALTER slug DROP NOT NULL'; RETURN 1; END $$;";
    let of_code = |sql: &str| (Postgres, format!("{F} {sql}"));
    let of = |dialect: Dialect, sql: &str| (dialect, sql.to_owned());
    let cases = [
        of(MySql, "BEGIN NOT ATOMIC ALTER TABLE entries DROP INDEX slug; END;"),
        of(
            MySql,
            "ALTER TABLE entries DROP INDEX slug; IF 0 THEN SELECT 1; ALTER TABLE entries ADD UNIQUE (slug); END IF;",
        ),
        of(
            MySql,
            "ALTER TABLE entries DROP INDEX slug; WHILE 0 DO ALTER TABLE entries ADD UNIQUE (slug); END WHILE",
        ),
        of(MySql, "ALTER TABLE entries RENAME COLUMN slug TO title, RENAME COLUMN title TO slug"),
        of(MySql, "ALTER TABLE entries CHANGE slug title INT, CHANGE title slug INT"),
        of(MySql, "ALTER TABLE entries COMMENT='x' ENGINE=MRG_MyISAM UNION=(a,b)"),
        of(
            MySql,
            "ALTER TABLE entries DROP INDEX slug; /*!80000\nALTER TABLE entries ADD UNIQUE (slug) */;",
        ),
        of(MySql, "ALTER TABLE entries MODIFY slug VARCHAR(20) NOT NULL NULL"),
        of(MySql, "SET STATEMENT sql_mode='' FOR ALTER TABLE entries DROP INDEX slug"),
        of(
            MySql,
            "ALTER TABLE entries DROP INDEX slug, MODIFY slug VARCHAR(20) COLLATE utf8mb4_swedish_ci NOT NULL, ADD UNIQUE (slug(1))",
        ),
        of(
            MySql,
            "ALTER TABLE entries DROP INDEX slug; ALTER TABLE entries ADD UNIQUE (slug(20)), MODIFY slug VARCHAR(30) COLLATE utf8mb4_unicode_ci NOT NULL",
        ),
        of(
            MySql,
            "CREATE TRIGGER a BEFORE INSERT ON entries FOR EACH ROW SET NEW.begin = 1; ALTER TABLE entries DROP INDEX slug; \
                   CREATE TRIGGER b BEFORE INSERT ON entries FOR EACH ROW SET NEW.end = 1",
        ),
        of(
            Sqlite,
            "CREATE TRIGGER a AFTER INSERT ON entries WHEN NEW.begin IS NULL BEGIN SELECT 1; END; \
                    ALTER TABLE entries RENAME slug TO s; \
                    CREATE TRIGGER b AFTER INSERT ON entries WHEN NEW.end IS NULL BEGIN SELECT 1; END",
        ),
        of(
            Sqlite,
            "DROP TABLE entries; CREATE TABLE entries (slug INTEGER COMMENT 'x' PRIMARY KEY)",
        ),
        of(Sqlite, "UPDATE sqlite_master SET sql = 'CREATE TABLE entries (id, slug)'"),
        of(
            Sqlite,
            "DROP TABLE entries; CREATE TABLE entries (slug TEXT NOT NULL); CREATE UNIQUE INDEX aux.i ON entries (slug)",
        ),
        of(
            Postgres,
            "ALTER TABLE entries DROP CONSTRAINT entries_slug_key; \
                      CREATE UNIQUE INDEX i ON entries (slug) INCLUDE (title); ALTER TABLE entries DROP COLUMN title",
        ),
        of(
            Postgres,
            "ALTER TABLE entries DROP CONSTRAINT entries_slug_key; \
                      CREATE UNIQUE INDEX ON entries (slug) INCLUDE (title); DROP INDEX IF EXISTS entries_slug_title_idx",
        ),
        of(
            Postgres,
            "ALTER TABLE entries DROP CONSTRAINT entries_slug_key, ALTER slug TYPE citext; \
                      CREATE UNIQUE INDEX i ON entries (slug text_pattern_ops)",
        ),
        of(
            Postgres,
            "ALTER TABLE entries DROP CONSTRAINT entries_slug_key; \
                      CREATE UNIQUE INDEX i ON entries (slug varchar_pattern_ops); ALTER TABLE entries ALTER slug TYPE citext",
        ),
        of(
            Postgres,
            "DO $$ BEGIN SET search_path = app; END $$; ALTER TABLE entries DROP CONSTRAINT entries_slug_key",
        ),
        of(
            Postgres,
            "SET search_path = app; BEGIN; SET LOCAL search_path = public; COMMIT; DROP TABLE entries",
        ),
        of(Postgres, "SELECT set_config('search_path', 'app' || '', false); DROP TABLE entries"),
        of(Postgres, "SET search_path TO \"Public\"; DROP TABLE entries"),
        of(
            Postgres,
            "UPDATE pg_settings SET setting = 'app' WHERE name = 'search_path'; DROP TABLE entries",
        ),
        of(
            Postgres,
            "ALTER TABLE entries INHERIT parent; ALTER TABLE parent ALTER slug DROP NOT NULL",
        ),
        of(Postgres, "UPDATE pg_attribute SET attnotnull = false WHERE attname = 'slug'"),
        of(Postgres, "UPDATE pg_catalog.pg_index SET indisunique = false"),
        of(
            Postgres,
            "ALTER TABLE entries DROP CONSTRAINT entries_slug_key; CREATE SEQUENCE i; \
                      CREATE UNIQUE INDEX IF NOT EXISTS i ON entries (slug)",
        ),
        of(
            Postgres,
            "DROP TABLE entries; CREATE TABLE entries (slug TEXT NOT NULL, CONSTRAINT entries_slug_key CHECK (slug <> ''), UNIQUE (slug)); \
                      ALTER TABLE entries DROP CONSTRAINT IF EXISTS entries_slug_key1",
        ),
        of(
            Postgres,
            "ALTER TABLE entries DROP CONSTRAINT entries_slug_key; \
                      CREATE UNIQUE INDEX i ON entries (slug COLLATE c); DROP COLLATION c CASCADE",
        ),
        of(Postgres, "ALTER TABLE U&\"\\0065ntries\" ALTER slug DROP NOT NULL"),
        of(Postgres, "DO $$ BEGIN EXECUTE E'ALTER TABLE \\x65ntries DROP COLUMN slug'; END $$"),
        of(
            Postgres,
            "ALTER TABLE entries ADD g TEXT GENERATED ALWAYS AS (title) STORED; ALTER TABLE entries DROP COLUMN title CASCADE; \
                      ALTER TABLE entries DROP COLUMN slug",
        ),
        of_code(
            "CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM f('ent' || 'ries'); RETURN 1; END $$; SELECT g()",
        ),
        of_code(
            "CREATE FUNCTION f(i int) RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT f('ent' || 'ries')",
        ),
        of_code("ALTER FUNCTION f(text) RENAME TO h; SELECT h('ent' || 'ries')"),
        of_code("CREATE TABLE x AS SELECT f('ent' || 'ries')"),
        of_code("CREATE MATERIALIZED VIEW x AS SELECT f('ent' || 'ries')"),
        of_code("COPY (SELECT f('ent' || 'ries')) TO STDOUT"),
        of_code("EXPLAIN ANALYZE SELECT f('ent' || 'ries')"),
        of_code("(SELECT f('ent' || 'ries'))"),
        of_code("ALTER TABLE x ADD b int DEFAULT f('ent' || 'ries')"),
        of_code(
            "DROP TABLE entries; CREATE TABLE x (b int DEFAULT f('ent' || 'ries')); \
                 CREATE TABLE entries (slug TEXT NOT NULL UNIQUE); INSERT INTO x DEFAULT VALUES",
        ),
    ];
    let is_believed = |(dialect, sql): &&(Dialect, String)| {
        let text = if *dialect == MySql { "VARCHAR(20)" } else { "TEXT" };
        let sql = format!(
            "CREATE TABLE parent (slug TEXT); CREATE TABLE x (id INT); \
             CREATE TABLE entries (id INT PRIMARY KEY, slug {text} NOT NULL UNIQUE, title {text}); {sql}"
        );
        let claims = [Mark::Column, Mark::Unique, Mark::ChunkKey];
        claims.iter().all(|mark| said(*dialect, &sql, *mark, "slug") == "proven")
    };
    let believed: Vec<_> = cases.iter().filter(is_believed).collect();
    assert!(believed.is_empty(), "{believed:#?}");
}

/// What tools write every day, and what should be understood.
#[test]
fn proven() {
    let cases = [
        (
            Postgres,
            "CREATE OR REPLACE FUNCTION manage(_tbl regclass) RETURNS void AS $$ BEGIN EXECUTE format(\
             'CREATE TRIGGER set_updated_at BEFORE UPDATE ON %s FOR EACH ROW EXECUTE PROCEDURE s()', _tbl); END; \
             $$ LANGUAGE plpgsql; SELECT manage('x')",
        ),
        (
            Postgres,
            "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE format(\
             'INSERT INTO %I VALUES (1)', TG_TABLE_NAME); RETURN NEW; END $$; \
             CREATE TRIGGER a AFTER INSERT ON entries FOR EACH ROW EXECUTE FUNCTION audit()",
        ),
        (Postgres, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON entries (title)"),
        (Postgres, "CREATE TEMP TABLE t AS SELECT * FROM entries"),
        (Postgres, "SET search_path TO \"$user\", public; ALTER TABLE entries ADD n int"),
        (
            Postgres,
            "ALTER TABLE entries ADD CONSTRAINT c CHECK (id > 0); ALTER TABLE entries RENAME CONSTRAINT c TO d; \
                    ALTER TABLE entries DROP CONSTRAINT d",
        ),
        (Postgres, "ALTER INDEX IF EXISTS nothing RENAME TO something"),
        (MySql, "ALTER TABLE entries CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"),
        (MySql, "ALTER TABLE entries RENAME INDEX slug TO by_slug, COMMENT = 'x'"),
        (MySql, "ALTER TABLE entries ROW_FORMAT=DYNAMIC, ADD n INT"),
        (Sqlite, "CREATE UNIQUE INDEX IF NOT EXISTS i ON entries (title) WHERE title IS NOT NULL"),
    ];
    for (dialect, sql) in cases {
        let text = if dialect == MySql { "VARCHAR(20)" } else { "TEXT" };
        let sql = format!(
            "CREATE TABLE entries (id INT PRIMARY KEY, slug {text} NOT NULL UNIQUE, title {text}); {sql}"
        );
        for mark in [Mark::Unique, Mark::ChunkKey] {
            assert_eq!(said(dialect, &sql, mark, "slug"), "proven", "{sql}");
        }
    }
}
