//! What proves a mark on MySQL and MariaDB: <https://mariadb.com/kb/en/show-index/>.

use sqlx::{ConnectOptions as _, Executor as _};
use sqlx_chunked::{Chunked, Error};
use sqlx_chunked_tests::Report as _;

use crate::{
    cases::verify::{MAY_BE_NULL, NO_INDEX, Slugged, faults, verdicts},
    harness::TestDatabase,
};

/// Two rows with one slug.
const SLUGS: Option<&str> = Some("INSERT INTO entries (id, slug) VALUES (1, 'a'), (2, 'a')");

/// Two rows with one id.
const IDS: Option<&str> = Some("INSERT INTO entries (id, slug) VALUES (1, 'a'), (1, 'b')");

verdicts! {
    key: "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL UNIQUE)", [], SLUGS;
    no_key:
        "CREATE TABLE entries (id BIGINT NOT NULL, slug VARCHAR(9) NOT NULL)", [NO_INDEX, NO_INDEX], IDS;
    may_be_null:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) UNIQUE)", [MAY_BE_NULL],
        Some("INSERT INTO entries VALUES (1, NULL), (2, NULL)");
    two:
        "CREATE TABLE entries (id BIGINT, slug VARCHAR(9), PRIMARY KEY (id, slug))",
        [
            "index `PRIMARY` is unique only together with `slug`",
            "index `PRIMARY` is unique only together with `id`",
        ], IDS;
    not_unique:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL, INDEX by_slug (slug))",
        ["index `by_slug` on it is not unique"], SLUGS;
    prefix:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(99) NOT NULL, UNIQUE (slug(3)))", [],
        SLUGS;
    prefix_of_words:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, \
         slug VARCHAR(99) COLLATE utf8mb4_unicode_ci NOT NULL, UNIQUE by_slug (slug(3)))",
        ["index `by_slug` has only the beginning of `slug`, and by the collation `utf8mb4_unicode_ci` \
          texts can be equal whose beginnings are not (`ss` and `ß`)"],
        Some("INSERT INTO entries VALUES (1, 'aßb'), (2, 'assb')");
    prefix_of_bytes:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARBINARY(99) NOT NULL, UNIQUE (slug(3)))", [],
        SLUGS;
    ignored:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL, UNIQUE (slug) IGNORED)",
        [], SLUGS;
    hashed: "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug LONGTEXT NOT NULL UNIQUE)", [], SLUGS;
    collations_of_columns:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, \
         slug VARCHAR(9) COLLATE utf8mb4_general_ci NOT NULL UNIQUE)", [],
        Some("INSERT INTO entries VALUES (1, 'a'), (2, 'A ')");
    generated:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, n VARCHAR(9) NOT NULL, \
         slug VARCHAR(9) AS (concat(n, 'x')) PERSISTENT UNIQUE)", [MAY_BE_NULL], None;
    invisible_column:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, \
         slug VARCHAR(9) INVISIBLE NOT NULL DEFAULT 'a' UNIQUE)", [], SLUGS;
    without_overlaps:
        "CREATE TABLE entries (id BIGINT NOT NULL, slug VARCHAR(9) NOT NULL UNIQUE, a DATE, b DATE, \
         PERIOD FOR p (a, b), UNIQUE by_id (id, p WITHOUT OVERLAPS))",
        ["index `by_id` is unique only together with `b`, `a`"],
        Some("INSERT INTO entries VALUES (1, 'a', '2024-01-01', '2024-01-02'), \
              (1, 'b', '2024-01-02', '2024-01-03')");
    versioned:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL UNIQUE) \
         WITH SYSTEM VERSIONING", [], SLUGS;
    partitioned:
        "CREATE TABLE entries (id BIGINT NOT NULL UNIQUE, slug VARCHAR(9) NOT NULL) \
         PARTITION BY HASH (id) PARTITIONS 3", [NO_INDEX], SLUGS;
    merged:
        "CREATE TABLE one (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL UNIQUE) ENGINE = MyISAM; \
         CREATE TABLE two LIKE one; \
         CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL UNIQUE) \
         ENGINE = MERGE UNION = (one, two) COMMENT 'ENGINE=InnoDB'",
        [
            "it cannot be proven, because the table has the engine MRG_MyISAM, which need not uphold \
             what it declares",
            "it cannot be proven, because the table has the engine MRG_MyISAM, which need not uphold \
             what it declares",
            "it cannot be proven, because the table has the engine MRG_MyISAM, which need not uphold \
             what it declares",
            "it cannot be proven, because the table has the engine MRG_MyISAM, which need not uphold \
             what it declares",
        ],
        Some("INSERT INTO one VALUES (1, 'a'); INSERT INTO two VALUES (1, 'a')");
    a_hidden_engine:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL UNIQUE); \
         SET sql_mode = 'ANSI,NO_TABLE_OPTIONS'", [], SLUGS;
    other_engines:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL UNIQUE) ENGINE = Aria", [],
        SLUGS;
    memory:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL, \
         UNIQUE (slug) USING HASH) ENGINE = MEMORY", [], SLUGS;
    ansi_quotes:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL UNIQUE); \
         SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'", [], SLUGS;
    view:
        "CREATE TABLE t (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL UNIQUE); \
         CREATE VIEW entries AS SELECT * FROM t",
        [
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
        ], None;
    temporary:
        "CREATE TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL UNIQUE); \
         CREATE TEMPORARY TABLE entries (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL)",
        [NO_INDEX], SLUGS;
    capitals_of_columns:
        "CREATE TABLE entries (ID BIGINT PRIMARY KEY, SLUG VARCHAR(9) NOT NULL UNIQUE)", [], SLUGS;
}

mod others {
    use super::*;

    tests! {
        capitals_of_tables,
        other_databases,
        a_role_with_columns_alone,
        helps_that_can_be_followed,
        columns_of_a_versioned_table,
    }

    /// A generated column stays one, and partitions have their say.
    async fn helps_that_can_be_followed(database: &TestDatabase) {
        database
            .execute(
                "CREATE TABLE entries (id BIGINT PRIMARY KEY, n VARCHAR(9) NOT NULL, \
                 slug VARCHAR(9) AS (concat(n, 'x')) PERSISTENT) PARTITION BY HASH (id) PARTITIONS 2",
            )
            .await;
        let found = faults(Slugged::verify(database.pool()).await);
        let helps: Vec<_> = found.iter().map(|fault| &*fault.help).collect();
        assert_eq!(
            helps,
            [
                "CREATE UNIQUE INDEX `entries_slug_key` ON `entries` (`slug`) (it has to include the \
                 columns that the table is partitioned by), or take the mark away",
                "make the field an `Option`",
            ]
        );
    }

    /// The server hides these columns, but knows them.
    async fn columns_of_a_versioned_table(database: &TestDatabase) {
        #[derive(Chunked)]
        #[chunked(table = "entries")]
        #[expect(dead_code, reason = "only its marks matter")]
        struct Versioned {
            #[chunk_key]
            #[chunked(primary_key)]
            id: i64,
            row_start: String,
        }

        database
            .execute("CREATE TABLE entries (id BIGINT PRIMARY KEY) WITH SYSTEM VERSIONING")
            .await;
        Versioned::verify(database.pool()).await.unwrap();
    }

    /// The server decides whether names of tables differ in upper and lower case.
    async fn capitals_of_tables(database: &TestDatabase) {
        database
            .execute(
                "CREATE TABLE ENTRIES (id BIGINT PRIMARY KEY, slug VARCHAR(9) NOT NULL UNIQUE)",
            )
            .await;
        let lower: i64 = sqlx::query_scalar("SELECT CAST(@@lower_case_table_names AS SIGNED)")
            .fetch_one(database.pool())
            .await
            .unwrap();
        let found = faults(Slugged::verify(database.pool()).await);
        assert_eq!(found.is_empty(), lower > 0, "{found:?}");
        if lower == 0 {
            database
                .execute("CREATE TABLE entries (id BIGINT NOT NULL, slug VARCHAR(9) NOT NULL)")
                .await;
            assert_eq!(faults(Slugged::verify(database.pool()).await).len(), 2);
        }
    }

    async fn other_databases(database: &TestDatabase) {
        let name: String =
            sqlx::query_scalar("SELECT database()").fetch_one(database.pool()).await.unwrap();
        database.execute("CREATE TABLE entries (id BIGINT, slug VARCHAR(9) NOT NULL UNIQUE)").await;
        let found = faults(Slugged::iter(database.pool()).schema(name).verify().await);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_ne!(faults(Slugged::iter(database.pool()).schema("mysql").verify().await).len(), 0);
    }

    /// Such a role sees only a part of each index, and a set would seem to be unique that is not.
    async fn a_role_with_columns_alone(database: &TestDatabase) {
        database
            .execute(
                "CREATE TABLE entries (id BIGINT NOT NULL, slug VARCHAR(9) NOT NULL, n BIGINT, \
                 UNIQUE (id, n), UNIQUE (slug, n)); \
                 CREATE OR REPLACE USER sqlx_chunked_lowly@'%'; \
                 CREATE OR REPLACE USER sqlx_chunked_lowly@localhost; \
                 GRANT SELECT (id, slug) ON entries TO sqlx_chunked_lowly@'%'; \
                 GRANT SELECT (id, slug) ON entries TO sqlx_chunked_lowly@localhost",
            )
            .await;
        let options = database.options().username("sqlx_chunked_lowly");
        let mut connection = options.connect().await.unwrap();
        (&mut connection).execute("SELECT id, slug FROM entries").await.unwrap();
        let error = Slugged::verify(&mut connection).await.unwrap_err();
        assert!(matches!(error, Error::Catalog { .. }), "{error:?}");
        let text = error.report();
        assert!(text.contains("a privilege on the table as a whole"), "{text}");
        assert!(text.contains("denied to user 'sqlx_chunked_lowly'"), "{text}");
        database
            .execute(
                "GRANT SELECT ON entries TO sqlx_chunked_lowly@'%'; \
                 GRANT SELECT ON entries TO sqlx_chunked_lowly@localhost",
            )
            .await;
        assert_eq!(faults(Slugged::verify(&mut connection).await).len(), 2);
        database.execute("DROP USER sqlx_chunked_lowly@'%', sqlx_chunked_lowly@localhost").await;
    }
}
