//! What proves a mark on SQLite: <https://www.sqlite.org/lang_createtable.html>.

use sqlx_chunked::Chunked;

use crate::{
    cases::verify::{MAY_BE_NULL, NO_INDEX, faults, verdicts},
    harness::TestDatabase,
};

/// Two rows with one slug.
const SLUGS: Option<&str> = Some("INSERT INTO entries (id, slug) VALUES (1, 'a'), (2, 'a')");

/// Two rows whose slugs differ in case.
const CASES: Option<&str> = Some("INSERT INTO entries (id, slug) VALUES (1, 'a'), (2, 'A')");

/// Two rows with one id.
const IDS: Option<&str> = Some("INSERT INTO entries (id, slug) VALUES (1, 'a'), (1, 'b')");

/// Two rows without an id.
const NULL_IDS: Option<&str> =
    Some("INSERT INTO entries (id, slug) VALUES (NULL, 'a'), (NULL, 'b')");

verdicts! {
    rowid: "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE)", [], IDS;
    rowid_by_a_constraint:
        "CREATE TABLE entries (id integer, slug TEXT NOT NULL UNIQUE, PRIMARY KEY (id DESC))", [], IDS;
    rowid_with_a_collation:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY COLLATE NOCASE, slug TEXT NOT NULL UNIQUE)",
        [], IDS;
    descending_key:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY DESC, slug TEXT NOT NULL UNIQUE)",
        [MAY_BE_NULL], NULL_IDS;
    int_key:
        "CREATE TABLE entries (id INT PRIMARY KEY, slug TEXT NOT NULL UNIQUE)",
        [MAY_BE_NULL], NULL_IDS;
    text_key:
        "CREATE TABLE entries (id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE)",
        [MAY_BE_NULL], NULL_IDS;
    key_without_rowid:
        "CREATE TABLE entries (id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE) WITHOUT ROWID", [],
        NULL_IDS;
    integer_key_without_rowid:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE) WITHOUT ROWID", [],
        IDS;
    strict_key:
        "CREATE TABLE entries (id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE) STRICT", [], NULL_IDS;
    key_of_two:
        "CREATE TABLE entries (id INTEGER NOT NULL, slug TEXT NOT NULL, PRIMARY KEY (id, slug))",
        [
            "index `sqlite_autoindex_entries_1` is unique only together with `slug`",
            "index `sqlite_autoindex_entries_1` is unique only together with `id`",
        ],
        IDS;
    no_key:
        "CREATE TABLE entries (id INTEGER NOT NULL, slug TEXT NOT NULL)", [NO_INDEX, NO_INDEX], IDS;
    index:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug DESC)", [], SLUGS;
    partial:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug) WHERE id > 2",
        ["index `by_slug` is partial: it leaves rows out"], SLUGS;
    expression:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug || id)",
        [NO_INDEX], SLUGS;
    finer_collation:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT COLLATE NOCASE NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug COLLATE binary)",
        ["index `by_slug` has the collation `BINARY`, by which texts differ that are equal by the \
          collation `NOCASE` of `slug`"],
        CASES;
    other_collation:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT COLLATE rtrim NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug COLLATE nocase)",
        ["index `by_slug` has the collation `NOCASE`, by which texts differ that are equal by the \
          collation `RTRIM` of `slug`"],
        Some("INSERT INTO entries (id, slug) VALUES (1, 'a'), (2, 'a ')");
    collation_of_the_key:
        "CREATE TABLE entries (id INTEGER NOT NULL UNIQUE, slug TEXT COLLATE NOCASE, \
         PRIMARY KEY (slug COLLATE BINARY)) WITHOUT ROWID",
        ["index `sqlite_autoindex_entries_2` has the collation `BINARY`, by which texts differ that are \
          equal by the collation `NOCASE` of `slug`"],
        CASES;
    coarser_collation:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug COLLATE NOCASE)", [], SLUGS;
    own_collation:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT COLLATE NOCASE NOT NULL UNIQUE)", [],
        CASES;
    stored_column:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, n, \
         slug TEXT GENERATED ALWAYS AS (n || 'x') STORED NOT NULL UNIQUE)", [],
        Some("INSERT INTO entries (id, n) VALUES (1, 1), (2, 1)");
    virtual_column:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, n, \
         slug TEXT GENERATED ALWAYS AS (n || 'x') NOT NULL UNIQUE)", [],
        Some("INSERT INTO entries (id, n) VALUES (1, 1), (2, 1)");
    conflicts_are_ignored:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE ON CONFLICT REPLACE)",
        [], None;
    view:
        "CREATE TABLE t (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE); \
         CREATE VIEW entries AS SELECT * FROM t UNION ALL SELECT * FROM t",
        [
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
        ],
        None;
    virtual_table:
        "CREATE VIRTUAL TABLE entries USING fts5 (id, slug)",
        [
            "it cannot be proven, because the table is a virtual table",
            "it cannot be proven, because the table is a virtual table",
            "it cannot be proven, because the table is a virtual table",
            "it cannot be proven, because the table is a virtual table",
        ],
        SLUGS;
    temporary:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE); \
         CREATE TEMPORARY TABLE entries (id INTEGER PRIMARY KEY, slug TEXT)",
        [NO_INDEX, MAY_BE_NULL], SLUGS;
    temporary_view:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE); \
         CREATE TEMPORARY VIEW entries AS SELECT * FROM main.entries",
        [
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
        ],
        None;
    capitals:
        "CREATE TABLE ENTRIES (ID INTEGER PRIMARY KEY, SLUG TEXT NOT NULL UNIQUE)", [], SLUGS;
    attached:
        "ATTACH ':memory:' AS other; \
         CREATE TABLE other.entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL)", [NO_INDEX], SLUGS;
    attached_later:
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE); ATTACH ':memory:' \
         AS other; CREATE TABLE other.entries (id INTEGER, slug TEXT)", [], SLUGS;
}

mod others {
    use super::*;

    tests! { rowid_by_name, attached_by_name, what_a_schema_needs }

    /// The rowid is a key, also if no column is.
    async fn rowid_by_name(database: &TestDatabase) {
        #[derive(Chunked)]
        #[chunked(table = "entries")]
        #[expect(dead_code, reason = "only its marks matter")]
        struct ByRowid {
            #[chunk_key]
            #[chunked(unique)]
            rowid: i64,
        }

        database.execute("CREATE TABLE entries (slug TEXT)").await;
        ByRowid::verify(database.pool()).await.unwrap();
        for table in [
            "CREATE TABLE entries (rowid TEXT)",
            "CREATE TABLE entries (slug TEXT PRIMARY KEY) WITHOUT ROWID",
            "CREATE VIEW entries AS SELECT 1 AS n",
        ] {
            let drop = "DROP TABLE IF EXISTS entries";
            database.execute(format!("{drop}; {table}")).await;
            assert_ne!(faults(ByRowid::verify(database.pool()).await).len(), 0, "{table}");
        }
    }

    #[derive(Chunked)]
    #[chunked(table = "entries", schema = "the archive")]
    #[expect(dead_code, reason = "only its marks matter")]
    struct Archived {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[chunked(unique)]
        slug: String,
    }

    async fn attached_by_name(database: &TestDatabase) {
        let mut connection = database.connect().await;
        for (sql, found) in [
            ("CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE)", 1),
            ("ATTACH ':memory:' AS \"the archive\"", 1),
            ("CREATE TABLE \"the archive\".entries (id INTEGER PRIMARY KEY, slug TEXT)", 2),
            ("DROP TABLE \"the archive\".entries", 1),
            (
                "CREATE TABLE \"the archive\".entries (id INTEGER PRIMARY KEY, slug TEXT UNIQUE NOT NULL)",
                0,
            ),
        ] {
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            assert_eq!(faults(Archived::verify(&mut connection).await).len(), found, "{sql}");
        }
    }

    /// The index is made in the schema of its table.
    async fn what_a_schema_needs(database: &TestDatabase) {
        let mut connection = database.connect().await;
        let sql = "ATTACH ':memory:' AS \"the archive\"; \
                   CREATE TABLE \"the archive\".entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL)";
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        let found = faults(Archived::verify(&mut connection).await);
        let (ddl, _) = found[0].help.split_once(", or ").unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(ddl)).execute(&mut connection).await.unwrap();
        Archived::verify(&mut connection).await.unwrap();
    }
}
