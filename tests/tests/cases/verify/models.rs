//! All that models say of their tables.

use sqlx::Connection as _;
use sqlx_chunked::{Chunked, Error, Mark};
use sqlx_chunked_tests::Report as _;

use super::{MAY_BE_NULL, NO_INDEX, Slugged, faults};
use crate::{
    dialect::{BIGINT, SHORT, quoted},
    harness::TestDatabase,
};

tests! {
    borne_out,
    everything_at_once,
    a_missing_table,
    a_missing_schema,
    sets,
    names_to_quote,
    columns_of_a_join,
    a_broken_join,
    rows_of_a_query,
    what_helps,
    defaults,
    generic_code,
}

async fn create(database: &TestDatabase, columns: &str) {
    database.execute(format!("CREATE TABLE entries (id {BIGINT} {columns})")).await;
}

async fn borne_out(database: &TestDatabase) {
    create(database, &format!("NOT NULL PRIMARY KEY, slug {SHORT} NOT NULL UNIQUE")).await;
    Slugged::verify(database.pool()).await.unwrap();
    Slugged::verify(database.pool().clone()).await.unwrap();
    let mut connection = database.connect().await;
    Slugged::verify(&mut connection).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    Slugged::verify(&mut transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let mut pooled = database.pool().acquire().await.unwrap();
    Slugged::verify(&mut pooled).await.unwrap();
    Slugged::verify(pooled).await.unwrap();
    Slugged::verify(database.pool().begin().await.unwrap()).await.unwrap();
    Slugged::iter(database.pool()).verify().await.unwrap();
}

async fn everything_at_once(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "entries", unique(day, number))]
    #[expect(dead_code, reason = "only its marks matter")]
    struct Faulty {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[chunked(unique)]
        slug: Option<String>,
        day: String,
        number: i64,
        gone: String,
        #[chunked(unique)]
        lost: i64,
    }

    create(database, &format!(", slug {SHORT}, day {SHORT} NOT NULL, number {BIGINT}")).await;
    let error = Faulty::verify(database.pool()).await.unwrap_err();
    let text = error.to_string();
    let faults = faults(Err(error));
    let found: Vec<_> = faults
        .iter()
        .map(|fault| (fault.mark, fault.columns.join(" "), fault.found.clone()))
        .collect();
    let expected = |mark, columns: &str, found: &str| (mark, columns.to_owned(), found.to_owned());
    assert_eq!(
        found,
        [
            expected(Mark::Column, "gone", "there is no such column"),
            expected(Mark::Column, "lost", "there is no such column"),
            expected(Mark::PrimaryKey, "id", NO_INDEX),
            expected(Mark::Unique, "slug", NO_INDEX),
            expected(Mark::Unique, "day number", NO_INDEX),
            expected(Mark::ChunkKey, "id", MAY_BE_NULL),
            expected(Mark::NotNull, "number", MAY_BE_NULL),
        ]
    );
    assert_eq!(text.lines().count(), 8, "{text}");
    assert!(text.starts_with("the database does not bear out what `Faulty` says of it:\n- "));
    assert!(faults.iter().all(|fault| fault.model == "Faulty" && fault.table == "entries"));
}

async fn a_missing_table(database: &TestDatabase) {
    let faults = faults(Slugged::verify(database.pool()).await);
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].mark, Mark::Table);
    assert_eq!(faults[0].found, "there is no such table");
}

async fn a_missing_schema(database: &TestDatabase) {
    create(database, "PRIMARY KEY").await;
    let verified = Slugged::iter(database.pool()).schema("nowhere").verify().await;
    assert_eq!(faults(verified)[0].mark, Mark::Table);
}

/// A set is proven by a constraint on some of its columns.
async fn sets(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "entries", unique(day, number), unique(gate, place))]
    #[expect(dead_code, reason = "only its marks matter")]
    struct Flight {
        #[chunk_key]
        #[chunked(primary_key)]
        day: String,
        #[chunk_key]
        #[chunked(primary_key)]
        number: i64,
        place: i64,
        gate: i64,
    }

    database
        .execute(format!(
            "CREATE TABLE entries (number {BIGINT} NOT NULL, place {BIGINT} NOT NULL, gate {BIGINT} NOT NULL, \
             day {SHORT} NOT NULL, PRIMARY KEY (number, day)); \
             CREATE INDEX by_place ON entries (place, gate)"
        ))
        .await;
    let found = faults(Flight::verify(database.pool()).await);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].mark, found[0].columns.join(" ")), (Mark::Unique, "gate place".into()));
    assert_eq!(found[0].found, "index `by_place` on it is not unique");
    database.execute("CREATE UNIQUE INDEX by_gate ON entries (gate)").await;
    Flight::verify(database.pool()).await.unwrap();
}

/// Names are held against the catalog as they are written.
async fn names_to_quote(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "the 'entries' of\\ \"25`")]
    #[expect(dead_code, reason = "only its marks matter")]
    struct Odd {
        #[chunk_key]
        #[chunked(primary_key, rename = "the \"id\"`s '")]
        id: i64,
        #[chunked(rename = "select")]
        select: i64,
    }

    let [table, id, select] = ["the 'entries' of\\ \"25`", "the \"id\"`s '", "select"].map(quoted);
    database
        .execute(format!("CREATE TABLE {table} ({id} {BIGINT} NOT NULL, {select} {BIGINT})"))
        .await;
    let found = faults(Odd::verify(database.pool()).await);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].found, NO_INDEX);
    let (ddl, _) = found[0].help.split_once(", or take the mark away").unwrap();
    database.execute(ddl).await;
    Odd::verify(database.pool()).await.unwrap();
}

#[derive(Chunked)]
#[chunked(table = "books", join = "LEFT JOIN authors AS a ON a.id = books.author_id")]
#[expect(dead_code, reason = "only its marks matter")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "a.name")]
    author: String,
    #[chunked(column = "a.nam")]
    misspelt: String,
    shelf: i64,
}

/// The database is asked about the columns of a join, and a transaction survives its answer.
async fn columns_of_a_join(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE books (id {BIGINT} NOT NULL PRIMARY KEY, author_id {BIGINT}); \
             CREATE TABLE authors (id {BIGINT} NOT NULL PRIMARY KEY, name {SHORT} NOT NULL)"
        ))
        .await;
    let mut transaction = database.pool().begin().await.unwrap();
    let found = faults(Book::verify(&mut transaction).await);
    let found: Vec<_> = found.iter().map(|fault| (fault.mark, &*fault.columns[0])).collect();
    assert_eq!(found, [(Mark::Column, "shelf"), (Mark::Column, "a.nam")]);
    let one: i64 = sqlx::query_scalar("SELECT count(*) FROM books")
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(one, 0);
    transaction.commit().await.unwrap();
    // An order by a column that a join may leave out trusts it to have no NULL.
    let found = faults(
        Book::iter(database.pool()).order_by(|b| b.author.asc().then(b.id.asc())).verify().await,
    );
    let last = found.iter().find(|fault| fault.mark == Mark::Order).unwrap();
    assert_eq!(last.columns, ["a.name"]);
    assert_eq!(last.found, "it cannot be proven, because the column comes from `join`");
    assert_eq!(last.help, "make the field an `Option`");
}

async fn a_broken_join(database: &TestDatabase) {
    database
        .execute(format!("CREATE TABLE books (id {BIGINT} NOT NULL PRIMARY KEY, shelf {BIGINT})"))
        .await;
    let found = faults(Book::verify(database.pool()).await);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].mark, &*found[0].columns[0]), (Mark::Sql, "join"));
    assert!(found[0].found.contains("authors"), "{}", found[0]);
}

/// Of a query nothing is known but its columns.
async fn rows_of_a_query(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "longest", query = "SELECT id, slug FROM entries")]
    #[expect(dead_code, reason = "only its marks matter")]
    struct Longest {
        #[chunk_key]
        #[chunked(unique)]
        id: i64,
        length: i64,
    }

    create(database, &format!("NOT NULL PRIMARY KEY, slug {SHORT}")).await;
    let found = faults(Longest::verify(database.pool()).await);
    let found: Vec<_> = found.iter().map(|fault| (fault.mark, &*fault.columns[0])).collect();
    assert_eq!(found, [(Mark::Unique, "id"), (Mark::ChunkKey, "id"), (Mark::Column, "length")]);
}

/// The DDL of the help is what helps.
async fn what_helps(database: &TestDatabase) {
    create(database, &format!(", slug {SHORT}")).await;
    for attempt in 0.. {
        let found = faults(Slugged::verify(database.pool()).await);
        let Some(fault) = found.first() else { break };
        assert!(attempt < 4, "{fault}");
        let (ddl, _) = fault.help.split_once(", or ").unwrap();
        let ddl = ddl.trim_end_matches(", with whatever else its definition has");
        if ddl.starts_with("create the table anew") {
            // On SQLite only this is left, and it says how.
            assert!(fault.mark.is_not_null());
            assert!(ddl.contains("NOT NULL, see https://www.sqlite.org/"), "{ddl}");
            break;
        }
        database.execute(ddl).await;
    }
}

/// A column with a default may be missing, unless something relies on it.
async fn defaults(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "entries")]
    #[expect(dead_code, reason = "only its marks matter")]
    struct Defaulted {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[sqlx(default)]
        extra: i64,
        #[sqlx(default)]
        #[chunked(unique)]
        slug: Option<String>,
    }

    create(database, "NOT NULL PRIMARY KEY").await;
    let found = faults(Defaulted::verify(database.pool()).await);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].mark, &*found[0].columns[0]), (Mark::Column, "slug"));
    database
        .execute(format!(
            "ALTER TABLE entries ADD slug {SHORT}; CREATE UNIQUE INDEX by_slug ON entries (slug)"
        ))
        .await;
    let rows = || Defaulted::iter(database.pool());
    rows().verify().await.unwrap();
    let found = faults(rows().order_by(|d| d.extra.asc().then(d.id.asc())).verify().await);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].mark, &*found[0].columns[0]), (Mark::Column, "extra"));
    let found = faults(rows().with_optional::<Slugged>(|d| d.extra).verify().await);
    assert!(found.iter().any(|fault| fault.columns == ["extra"]), "{found:?}");
}

async fn generic_code(database: &TestDatabase) {
    async fn check<M: Chunked>(pool: &sqlx::Pool<crate::Db>) -> Result<(), Error> {
        M::verify(pool).await
    }

    let error = tokio::spawn({
        let pool = database.pool().clone();
        async move { check::<Slugged>(&pool).await }
    });
    let error = error.await.unwrap().unwrap_err();
    assert!(error.report().contains("there is no such table"), "{}", error.report());
    assert!(matches!(sqlx::Error::from(error), sqlx::Error::Configuration(_)));
}
