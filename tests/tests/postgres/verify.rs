//! What proves a mark on PostgreSQL: <https://www.postgresql.org/docs/current/catalog-pg-index.html>.

use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};
use sqlx_chunked::{Chunked, Error};
use sqlx_chunked_tests::Report as _;

use crate::{
    cases::verify::{MAY_BE_NULL, NO_INDEX, Slugged, faults, verdicts},
    dialect::CASELESS,
    harness::TestDatabase,
};

/// Two rows with one slug.
const SLUGS: Option<&str> = Some("INSERT INTO entries (id, slug) VALUES (1, 'a'), (2, 'a')");

/// Two rows whose slugs differ in case.
const CASES: Option<&str> = Some("INSERT INTO entries (id, slug) VALUES (1, 'a'), (2, 'A')");

/// Two rows with one id.
const IDS: Option<&str> = Some("INSERT INTO entries (id, slug) VALUES (1, 'a'), (1, 'b')");

/// Appends to the definition of a collation that is not deterministic.
fn caseless(ddl: &str) -> String {
    format!("{}; {ddl}", CASELESS.1.unwrap())
}

verdicts! {
    key: "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE)", [], SLUGS;
    no_key: "CREATE TABLE entries (id bigint NOT NULL, slug text NOT NULL)", [NO_INDEX, NO_INDEX], IDS;
    index:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL); \
         CREATE UNIQUE INDEX ON entries (slug DESC NULLS LAST)", [], SLUGS;
    may_be_null:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text UNIQUE)", [MAY_BE_NULL],
        Some("INSERT INTO entries VALUES (1, NULL), (2, NULL)");
    partial:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug) WHERE id > 2",
        ["index `by_slug` is partial: it leaves rows out"], SLUGS;
    expression:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries ((slug || id), slug)",
        ["index `by_slug` is unique only together with an expression"], SLUGS;
    invalid:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug); \
         UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_slug'::regclass",
        ["index `by_slug` is not valid: it was not finished, or is not on all partitions"], None;
    deferrable:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE DEFERRABLE)",
        ["index `entries_slug_key` is deferrable: rows may tie until their transaction ends"], None;
    initially_deferred:
        "CREATE TABLE entries (id bigint PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, \
         slug text NOT NULL UNIQUE)",
        ["index `entries_pkey` is deferrable: rows may tie until their transaction ends"], None;
    exclusion:
        "CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public; \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL, \
         EXCLUDE USING gist (slug WITH =, id WITH =))",
        [NO_INDEX], SLUGS;
    including:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL, \
         UNIQUE (slug) INCLUDE (id))", [], SLUGS;
    including_does_not_prove:
        "CREATE TABLE entries (id bigint NOT NULL, slug text NOT NULL UNIQUE); \
         CREATE UNIQUE INDEX by_slug ON entries (slug) INCLUDE (id)", [NO_INDEX], IDS;
    nulls_not_distinct:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text UNIQUE NULLS NOT DISTINCT)",
        [MAY_BE_NULL], Some("INSERT INTO entries VALUES (1, NULL), (2, 'a')");
    two:
        "CREATE TABLE entries (id bigint NOT NULL, slug text NOT NULL, PRIMARY KEY (id, slug))",
        [
            "index `entries_pkey` is unique only together with `slug`",
            "index `entries_pkey` is unique only together with `id`",
        ], IDS;
    deterministic_collations:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text COLLATE \"POSIX\" NOT NULL); \
         CREATE UNIQUE INDEX ON entries (slug COLLATE \"C\")", [], SLUGS;
    finer_collation:
        &caseless("CREATE TABLE entries (id bigint PRIMARY KEY, slug text COLLATE caseless NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug COLLATE \"C\")"),
        ["index `by_slug` has the collation `C`, by which texts differ that are equal by the collation \
          `caseless` of `slug`"], CASES;
    coarser_collation:
        &caseless("CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug COLLATE caseless)"), [], SLUGS;
    own_collation:
        &caseless("CREATE TABLE entries (id bigint PRIMARY KEY, slug text COLLATE caseless NOT NULL \
         UNIQUE)"), [], CASES;
    collation_of_a_domain:
        &caseless("CREATE DOMAIN word AS text COLLATE caseless; \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug word NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug COLLATE \"C\")"),
        ["index `by_slug` has the collation `C`, by which texts differ that are equal by the collation \
          `caseless` of `slug`"], CASES;
    collations_of_one_name:
        &caseless("CREATE SCHEMA IF NOT EXISTS sqlx_chunked_other; \
         CREATE COLLATION IF NOT EXISTS sqlx_chunked_other.caseless (provider = icu, locale = 'und'); \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug text COLLATE caseless NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug COLLATE sqlx_chunked_other.caseless)"),
        ["index `by_slug` has the collation `sqlx_chunked_other.caseless`, by which texts differ that are \
          equal by the collation `caseless` of `slug`"], CASES;
    pattern_operators:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug varchar NOT NULL); \
         CREATE UNIQUE INDEX ON entries (slug varchar_pattern_ops)", [], SLUGS;
    operators_of_another_type:
        "CREATE EXTENSION IF NOT EXISTS citext SCHEMA public; \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug citext NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug text_ops)",
        ["index `by_slug` compares `slug` by the operators of `text_ops`, and not by the `=` of its \
          type"], CASES;
    operators_of_the_type:
        "CREATE EXTENSION IF NOT EXISTS citext SCHEMA public; \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug citext NOT NULL UNIQUE)", [], CASES;
    image_of_a_record:
        "CREATE TYPE pair AS (a numeric); \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug pair NOT NULL); \
         CREATE UNIQUE INDEX by_slug ON entries (slug record_image_ops)",
        ["index `by_slug` compares `slug` by the operators of `record_image_ops`, and not by the `=` of \
          its type"], Some("INSERT INTO entries VALUES (1, ROW(1.0)), (2, ROW(1.00))");
    records:
        "CREATE TYPE pair AS (a numeric); \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug pair NOT NULL UNIQUE)", [],
        Some("INSERT INTO entries VALUES (1, ROW(1.0)), (2, ROW(1.00))");
    arrays: "CREATE TABLE entries (id bigint PRIMARY KEY, slug int[] NOT NULL UNIQUE)", [],
        Some("INSERT INTO entries VALUES (1, '{1}'), (2, '{1}')");
    enums:
        "CREATE TYPE mood AS ENUM ('a', 'b'); \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug mood NOT NULL UNIQUE)", [], SLUGS;
    domain_of_an_enum:
        "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE DOMAIN moody AS mood; CREATE DOMAIN more AS moody; \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug more NOT NULL UNIQUE)", [], SLUGS;
    null_by_domain:
        "CREATE DOMAIN inner_word AS text NOT NULL; CREATE DOMAIN word AS inner_word; \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug word UNIQUE)", [],
        Some("INSERT INTO entries VALUES (1, NULL)");
    null_past_a_domain:
        "CREATE DOMAIN word AS text NOT NULL; \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug word UNIQUE); \
         INSERT INTO entries VALUES (3, (SELECT slug FROM entries WHERE false))",
        ["it cannot be proven, because only a domain refuses NULL, which an `INSERT … SELECT` gets \
          around, and one is there"],
        Some("INSERT INTO entries VALUES (4, (SELECT slug FROM entries WHERE false))");
    null_in_a_domain:
        "CREATE DOMAIN word AS text; CREATE TABLE entries (id bigint PRIMARY KEY, slug word UNIQUE)",
        [MAY_BE_NULL], Some("INSERT INTO entries VALUES (1, NULL), (2, NULL)");
    checked_not_null:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text UNIQUE CHECK (slug IS NOT NULL))",
        [MAY_BE_NULL], None;
    generated:
        "CREATE TABLE entries (id bigint PRIMARY KEY, n text, \
         slug text GENERATED ALWAYS AS (n || 'x') STORED NOT NULL UNIQUE)", [],
        Some("INSERT INTO entries (id, n) VALUES (1, 'a'), (2, 'a')");
    identity:
        "CREATE TABLE entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
         slug text NOT NULL UNIQUE)", [], Some("INSERT INTO entries (slug) VALUES ('a'), ('a')");
    identity_without_a_key:
        "CREATE TABLE entries (id bigint GENERATED ALWAYS AS IDENTITY, slug text NOT NULL UNIQUE)",
        [NO_INDEX],
        Some("INSERT INTO entries (id, slug) OVERRIDING SYSTEM VALUE VALUES (1, 'a'), (1, 'b')");
    partitioned:
        "CREATE TABLE entries (id bigint NOT NULL, slug text NOT NULL, UNIQUE (id)) \
         PARTITION BY RANGE (id); CREATE TABLE e1 PARTITION OF entries (UNIQUE (slug)) \
         FOR VALUES FROM (0) TO (10)",
        [NO_INDEX], None;
    only_the_parent:
        "CREATE TABLE entries (id bigint NOT NULL, slug text NOT NULL) PARTITION BY RANGE (id); \
         CREATE TABLE e1 PARTITION OF entries (UNIQUE (slug)) FOR VALUES FROM (0) TO (10); \
         CREATE UNIQUE INDEX by_id ON ONLY entries (id); CREATE UNIQUE INDEX by_both ON entries (slug, id)",
        [
            "index `by_id` is not valid: it was not finished, or is not on all partitions",
            "index `by_both` is unique only together with `id`",
        ], IDS;
    deferrable_partition:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL) PARTITION BY RANGE (id); \
         CREATE UNIQUE INDEX by_both ON entries (slug, id); \
         CREATE TABLE e1 (id bigint NOT NULL PRIMARY KEY DEFERRABLE, slug text NOT NULL); \
         ALTER TABLE entries ATTACH PARTITION e1 FOR VALUES FROM (0) TO (10)",
        [
            "index `entries_pkey` is deferrable: rows may tie until their transaction ends",
            "index `by_both` is unique only together with `id`",
        ], None;
    foreign_partition:
        "CREATE EXTENSION IF NOT EXISTS file_fdw SCHEMA public; \
         CREATE SERVER IF NOT EXISTS sqlx_chunked_files FOREIGN DATA WRAPPER file_fdw; \
         CREATE TABLE entries (id bigint NOT NULL, slug text NOT NULL) PARTITION BY RANGE (id); \
         CREATE FOREIGN TABLE e1 PARTITION OF entries FOR VALUES FROM (0) TO (10) \
         SERVER sqlx_chunked_files OPTIONS (filename '/dev/null')",
        [
            "it cannot be proven, because the table has partitions on other servers",
            "it cannot be proven, because the table has partitions on other servers",
            "it cannot be proven, because the table has partitions on other servers",
            "it cannot be proven, because the table has partitions on other servers",
        ], None;
    foreign_table:
        "CREATE EXTENSION IF NOT EXISTS file_fdw SCHEMA public; \
         CREATE SERVER IF NOT EXISTS sqlx_chunked_files FOREIGN DATA WRAPPER file_fdw; \
         CREATE FOREIGN TABLE entries (id bigint NOT NULL, slug text NOT NULL) \
         SERVER sqlx_chunked_files OPTIONS (filename '/dev/null')",
        [
            "it cannot be proven, because the table is a foreign table, whose constraints another \
             server would have to uphold",
            "it cannot be proven, because the table is a foreign table, whose constraints another \
             server would have to uphold",
            "it cannot be proven, because the table is a foreign table, whose constraints another \
             server would have to uphold",
            "it cannot be proven, because the table is a foreign table, whose constraints another \
             server would have to uphold",
        ], None;
    inherited:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE); \
         CREATE TABLE child () INHERITS (entries)",
        [
            "it cannot be proven, because the table has children by inheritance, whose rows are read \
             with its own",
            "it cannot be proven, because the table has children by inheritance, whose rows are read \
             with its own",
            "it cannot be proven, because the table has children by inheritance, whose rows are read \
             with its own",
            "it cannot be proven, because the table has children by inheritance, whose rows are read \
             with its own",
        ],
        Some("INSERT INTO entries VALUES (1, 'a'); INSERT INTO child VALUES (1, 'a')");
    no_longer_inherited:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE); \
         CREATE TABLE child () INHERITS (entries); DROP TABLE child", [], SLUGS;
    inheriting:
        "CREATE TABLE parent (id bigint NOT NULL, slug text NOT NULL); \
         CREATE TABLE entries (PRIMARY KEY (id), UNIQUE (slug)) INHERITS (parent)", [], SLUGS;
    view:
        "CREATE TABLE t (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE); \
         CREATE VIEW entries AS SELECT * FROM t",
        [
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
            "it cannot be proven, because the table is a view",
        ], None;
    materialized_view:
        "CREATE MATERIALIZED VIEW entries AS SELECT 1::bigint AS id, 'a'::text AS slug; \
         CREATE UNIQUE INDEX ON entries (id)",
        [
            "it cannot be proven, because the table is a materialized view",
            "it cannot be proven, because the table is a materialized view",
            "it cannot be proven, because the table is a materialized view",
            "it cannot be proven, because the table is a materialized view",
        ], None;
    temporary:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE); \
         CREATE TEMPORARY TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL)",
        [NO_INDEX], SLUGS;
    unlogged:
        "CREATE UNLOGGED TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE)", [], SLUGS;
    search_path:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE); \
         CREATE SCHEMA IF NOT EXISTS sqlx_chunked_verify; \
         DROP TABLE IF EXISTS sqlx_chunked_verify.entries; \
         CREATE TABLE sqlx_chunked_verify.entries (id bigint NOT NULL, slug text NOT NULL); \
         SET search_path = sqlx_chunked_verify", [NO_INDEX, NO_INDEX], IDS;
    catalog_that_is_hidden:
        "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL); \
         CREATE TABLE pg_index AS SELECT * FROM pg_catalog.pg_index LIMIT 0; \
         SELECT set_config('search_path', current_schema() || ', pg_catalog', false)",
        [NO_INDEX], SLUGS;
    strings_that_are_not_standard:
        "SET standard_conforming_strings = off; \
         CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE)", [], SLUGS;
}

mod others {
    use super::*;

    tests! {
        a_role_without_the_schema,
        a_transaction_begun_by_sql,
        errors_in_a_transaction_begun_by_sql,
        a_lock_in_the_way,
        system_columns,
        statements,
    }

    #[derive(Chunked, Debug)]
    #[chunked(table = "entries", join = "JOIN authors ON authors.id = entries.id")]
    #[expect(dead_code, reason = "only its marks matter")]
    struct Joined {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[chunked(column = "authors.nam")]
        name: String,
    }

    async fn errors_in_a_transaction_begun_by_sql(database: &TestDatabase) {
        let tables = "CREATE TABLE entries (id bigint PRIMARY KEY); \
                      CREATE TABLE authors (id bigint PRIMARY KEY, name text)";
        database.execute(tables).await;
        let mut connection = database.connect().await;
        (&mut connection).execute("BEGIN").await.unwrap();
        let found = faults(Joined::verify(&mut connection).await);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].columns, ["authors.nam"]);
        (&mut connection).execute("SELECT 1").await.unwrap();
        (&mut connection).execute("COMMIT").await.unwrap();
    }

    /// What passes is not a fault of the model.
    async fn a_lock_in_the_way(database: &TestDatabase) {
        let tables = "CREATE TABLE entries (id bigint PRIMARY KEY); \
                      CREATE TABLE authors (id bigint PRIMARY KEY, nam text)";
        database.execute(tables).await;
        let mut other = database.connect().await;
        (&mut other).execute("BEGIN; LOCK TABLE authors").await.unwrap();
        let mut connection = database.connect().await;
        (&mut connection).execute("SET lock_timeout = '100ms'").await.unwrap();
        let error = Joined::verify(&mut connection).await.unwrap_err();
        assert!(matches!(error, Error::Catalog { .. }), "{error:?}");
        (&mut other).execute("COMMIT").await.unwrap();
        Joined::verify(&mut connection).await.unwrap();
    }

    /// They are in no list of columns, but can be read.
    async fn system_columns(database: &TestDatabase) {
        #[derive(Chunked)]
        #[chunked(table = "entries")]
        #[expect(dead_code, reason = "only its marks matter")]
        struct WithTable {
            #[chunk_key]
            #[chunked(primary_key)]
            id: i64,
            tableoid: i64,
            nothing: i64,
        }

        database.execute("CREATE TABLE entries (id bigint PRIMARY KEY)").await;
        let found = faults(WithTable::verify(database.pool()).await);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].columns, ["nothing"]);
        assert!(found[0].help.starts_with("the columns are `id`; "), "{}", found[0].help);
    }

    #[derive(Chunked, Debug)]
    #[chunked(table = "entries", schema = "sqlx_chunked_secret")]
    #[expect(dead_code, reason = "only its marks matter")]
    struct Secret {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
    }

    /// A role that may not look into the schema gets an error that says so.
    async fn a_role_without_the_schema(database: &TestDatabase) {
        database
            .execute(
                "DROP SCHEMA IF EXISTS sqlx_chunked_secret CASCADE; \
                 DROP ROLE IF EXISTS sqlx_chunked_lowly; CREATE ROLE sqlx_chunked_lowly; \
                 CREATE SCHEMA sqlx_chunked_secret; \
                 CREATE TABLE sqlx_chunked_secret.entries (id bigint PRIMARY KEY)",
            )
            .await;
        let mut connection = database.options().connect().await.unwrap();
        (&mut connection).execute("SET ROLE sqlx_chunked_lowly").await.unwrap();
        let error = Secret::verify(&mut connection).await.unwrap_err();
        assert!(matches!(error, Error::Catalog { .. }), "{error:?}");
        let text = error.report();
        assert!(
            text.starts_with("cannot ask the catalog about table `entries` of `Secret`; help: ")
        );
        assert!(text.contains("to use the schema of the table"), "{text}");
        assert!(text.contains("permission denied for schema sqlx_chunked_secret"), "{text}");
        (&mut connection).execute("RESET ROLE").await.unwrap();
        Secret::verify(&mut connection).await.unwrap();
        database
            .execute("DROP SCHEMA sqlx_chunked_secret CASCADE; DROP ROLE sqlx_chunked_lowly")
            .await;
    }

    async fn a_transaction_begun_by_sql(database: &TestDatabase) {
        let mut connection = database.connect().await;
        for sql in
            ["BEGIN", "CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE)"]
        {
            (&mut connection).execute(sql).await.unwrap();
        }
        Slugged::verify(&mut connection).await.unwrap();
        // Only there is the table to be seen.
        assert_eq!(faults(Slugged::verify(database.pool()).await).len(), 1);
        (&mut connection).execute(AssertSqlSafe("COMMIT")).await.unwrap();
        Slugged::verify(database.pool()).await.unwrap();
    }

    /// Nothing stays prepared on the server.
    async fn statements(database: &TestDatabase) {
        database
            .execute("CREATE TABLE entries (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE)")
            .await;
        let mut connection = database.connect().await;
        Slugged::verify(&mut connection).await.unwrap();
        let prepared: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_prepared_statements")
            .persistent(false)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(prepared, 0);
    }
}
