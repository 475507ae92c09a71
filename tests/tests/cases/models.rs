//! Structs of every kind that the derive accepts: each is read as its attributes say.

use futures_util::TryStreamExt as _;
use sqlx::FromRow;
use sqlx_chunked::{Chunked, ReadRow};
use sqlx_chunked_tests::Report as _;

use crate::{
    Db,
    dialect::{BIGINT, JSON, TEXT, quoted},
    harness::TestDatabase,
};

tests! {
    names_of_all_kinds,
    raw_identifiers,
    renamed_as_for_sqlx,
    skipped,
    json,
    converted,
    flattened,
    defaults,
    default_of_the_struct,
    some_of_the_columns,
    generic,
    several_unique_columns,
    view,
}

/// Reads all rows of a model, in batches of two.
async fn all<M: ReadRow<Db>>(database: &TestDatabase) -> Vec<M> {
    M::iter(database.pool()).batch_size(2).try_collect().await.unwrap()
}

/// Names that SQL itself uses, or that end their own quotes.
async fn names_of_all_kinds(database: &TestDatabase) {
    #[derive(Chunked, Debug, PartialEq)]
    #[chunked(table = "order")]
    #[allow(non_snake_case, reason = "a field can be named like a column in capitals")]
    struct Order {
        #[chunk_key]
        #[chunked(primary_key, rename = "select")]
        id: i64,
        #[chunked(unique, rename = "group by")]
        group: i64,
        #[chunked(rename = "double\"quote")]
        double_quote: i64,
        #[chunked(rename = "back`tick")]
        backtick: i64,
        #[chunked(rename = "it's ?, $1; --")]
        mixture: i64,
        #[chunked(rename = "Größe")]
        size: i64,
        Where: i64,
    }

    let names =
        ["select", "group by", "double\"quote", "back`tick", "it's ?, $1; --", "Größe", "Where"]
            .map(quoted);
    let [key, unique, ..] = &names;
    let columns = names.iter().map(|name| format!("{name} {BIGINT} NOT NULL")).collect::<Vec<_>>();
    let table = quoted("order");
    database
        .execute(format!(
            "CREATE TABLE {table} ({}, PRIMARY KEY ({key}), UNIQUE ({unique}))",
            columns.join(", ")
        ))
        .await;
    for id in 1..=5 {
        database
            .execute(format!("INSERT INTO {table} VALUES ({id}, {}, 1, 2, 3, 4, 5)", -id))
            .await;
    }
    let order =
        |id| Order { id, group: -id, double_quote: 1, backtick: 2, mixture: 3, size: 4, Where: 5 };
    assert_eq!(all::<Order>(database).await, [1, 2, 3, 4, 5].map(order));

    let orders = Order::iter(database.pool())
        .order_by(|o| o.group.asc())
        .filter(|o| o.double_quote.eq(1).and(o.backtick.eq(2)).and(o.mixture.eq(3)))
        .filter(|o| o.size.eq(4).and(o.Where.eq(5)))
        .range(-4..)
        .batch_size(1);
    assert_eq!(orders.try_collect::<Vec<_>>().await.unwrap(), [4, 3, 2, 1].map(order));
}

async fn raw_identifiers(database: &TestDatabase) {
    #[derive(Chunked, Debug, FromRow, PartialEq)]
    #[chunked(table = "tokens")]
    struct r#Token {
        #[chunk_key]
        #[chunked(unique)]
        r#type: i64,
        r#match: String,
    }

    let (key, value) = (quoted("type"), quoted("match"));
    database
        .execute(format!(
            "CREATE TABLE tokens ({key} {BIGINT} NOT NULL UNIQUE, {value} {TEXT} NOT NULL); \
             INSERT INTO tokens VALUES (1, 'a'), (2, 'b'), (3, 'c')"
        ))
        .await;
    let rows = Token::iter(database.pool())
        .filter(|t| t.r#match.ne("b"))
        .order_by(|t| t.r#type.desc())
        .batch_size(1);
    let token = |r#type, r#match: &str| Token { r#type, r#match: r#match.to_owned() };
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), [token(3, "c"), token(1, "a")]);
}

/// A struct that sqlx also reads gives its names only once.
async fn renamed_as_for_sqlx(database: &TestDatabase) {
    #[derive(Chunked, Debug, FromRow, PartialEq)]
    #[chunked(table = "flights")]
    #[sqlx(rename_all = "camelCase")]
    struct Flight {
        #[chunk_key]
        #[chunked(primary_key)]
        number_in_schedule: i64,
        #[sqlx(rename = "from_airport")]
        origin: String,
        #[sqlx(skip)]
        not_a_column: u8,
    }

    database
        .execute(format!(
            "CREATE TABLE flights \
             ({} {BIGINT} NOT NULL PRIMARY KEY, from_airport {TEXT} NOT NULL); \
             INSERT INTO flights VALUES (1, 'JFK'), (2, 'LGA'), (3, 'EWR')",
            quoted("numberInSchedule")
        ))
        .await;
    let read: Vec<Flight> =
        sqlx::query_as("SELECT * FROM flights").fetch_all(database.pool()).await.unwrap();
    assert_eq!(all::<Flight>(database).await, read);
    assert_eq!(
        read[2],
        Flight { number_in_schedule: 3, origin: "EWR".to_owned(), not_a_column: 0 }
    );
}

async fn skipped(database: &TestDatabase) {
    /// Not a type of any column.
    #[derive(Debug, PartialEq)]
    struct Cache(&'static str);

    impl Default for Cache {
        fn default() -> Self {
            Self("empty")
        }
    }

    #[derive(Chunked, Debug, PartialEq)]
    #[chunked(table = "numbers")]
    struct Number {
        #[chunked(skip)]
        cache: Cache,
        #[chunk_key]
        #[chunked(primary_key)]
        n: i64,
    }

    create_numbers(database).await;
    let number = |n| Number { cache: Cache("empty"), n };
    assert_eq!(all::<Number>(database).await, [1, 2, 3].map(number));
}

/// Creates the table `numbers`: from 1 to 3, with their squares, negated cubes, and names.
async fn create_numbers(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE numbers \
             (n {BIGINT} NOT NULL PRIMARY KEY, square {BIGINT} NOT NULL UNIQUE, \
             negated_cube {BIGINT} NOT NULL UNIQUE, name {TEXT}); \
             INSERT INTO numbers VALUES (1, 1, -1, 'one'), (2, 4, -8, NULL), (3, 9, -27, 'three')"
        ))
        .await;
}

async fn json(database: &TestDatabase) {
    #[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Meta {
        tags: Vec<String>,
    }

    #[derive(Chunked, Debug, FromRow, PartialEq)]
    #[chunked(table = "documents")]
    struct Document {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[sqlx(json)]
        meta: Meta,
        #[sqlx(json(nullable))]
        extra: Option<Meta>,
    }

    database
        .execute(format!(
            "CREATE TABLE documents \
             (id {BIGINT} NOT NULL PRIMARY KEY, meta {JSON} NOT NULL, extra {JSON}); \
             INSERT INTO documents VALUES \
             (1, '{{\"tags\": []}}', NULL), \
             (2, '{{\"tags\": [\"a\"]}}', 'null'), \
             (3, '{{\"tags\": []}}', '{{\"tags\": [\"b\"]}}')"
        ))
        .await;
    let read: Vec<Document> = sqlx::query_as("SELECT * FROM documents ORDER BY id")
        .fetch_all(database.pool())
        .await
        .unwrap();
    assert_eq!(all::<Document>(database).await, read);
    let tags = |tags: &[&str]| Meta { tags: tags.iter().map(|&tag| tag.to_owned()).collect() };
    assert_eq!(
        read,
        [
            Document { id: 1, meta: tags(&[]), extra: None },
            Document { id: 2, meta: tags(&["a"]), extra: None },
            Document { id: 3, meta: tags(&[]), extra: Some(tags(&["b"])) },
        ]
    );
}

/// Predicates and ranges take the type that the column is read as.
async fn converted(database: &TestDatabase) {
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Positive(u64);

    impl TryFrom<i64> for Positive {
        type Error = String;

        fn try_from(n: i64) -> Result<Self, String> {
            u64::try_from(n).map(Self).map_err(|_| format!("{n} is negative"))
        }
    }

    #[derive(Chunked, Debug, PartialEq)]
    #[chunked(table = "numbers")]
    struct Number {
        #[chunk_key]
        #[chunked(primary_key)]
        #[sqlx(try_from = "i64")]
        n: Positive,
        #[chunked(unique)]
        #[sqlx(try_from = "i64")]
        square: Positive,
    }

    #[derive(Chunked, Debug, PartialEq)]
    #[chunked(table = "numbers")]
    struct Cube {
        #[chunk_key]
        #[chunked(primary_key)]
        n: i64,
        #[sqlx(try_from = "i64")]
        negated_cube: Positive,
    }

    create_numbers(database).await;
    let numbers = Number::iter(database.pool())
        .order_by(|c| c.square.desc())
        .range(2..=9)
        .filter(|c| c.n.is_in([2, 3]))
        .batch_size(1);
    let number = |n| Number { n: Positive(n), square: Positive(n * n) };
    assert_eq!(numbers.try_collect::<Vec<_>>().await.unwrap(), [3, 2].map(number));
    assert_eq!(
        Cube::iter(database.pool()).try_next().await.unwrap_err().report(),
        "cannot decode column `negated_cube` of `Cube`; its value is -1, in the row with `n` = 1: -1 \
         is negative"
    );
}

async fn flattened(database: &TestDatabase) {
    #[derive(Debug, FromRow, PartialEq)]
    struct Powers {
        square: i64,
        #[sqlx(rename = "negated_cube")]
        cube: i64,
    }

    #[derive(Chunked, Debug, FromRow, PartialEq)]
    #[chunked(table = "numbers")]
    struct Number {
        #[chunk_key]
        #[chunked(primary_key)]
        n: i64,
        #[sqlx(flatten)]
        powers: Powers,
        name: Option<String>,
    }

    #[derive(Debug, FromRow)]
    struct Roots {
        #[allow(dead_code, reason = "never read")]
        root: i64,
    }

    #[derive(Chunked, Debug)]
    #[chunked(table = "numbers")]
    struct Rootless {
        #[chunk_key]
        #[chunked(primary_key)]
        #[allow(dead_code, reason = "never read")]
        n: i64,
        #[sqlx(flatten)]
        #[allow(dead_code, reason = "never read")]
        roots: Roots,
    }

    create_numbers(database).await;
    let read: Vec<Number> = sqlx::query_as("SELECT * FROM numbers ORDER BY n")
        .fetch_all(database.pool())
        .await
        .unwrap();
    assert_eq!(all::<Number>(database).await, read);
    assert_eq!(read[1], Number { n: 2, powers: Powers { square: 4, cube: -8 }, name: None });

    // With an extra column of the library's own, if NULLs would come last, or after `*`.
    let mut backwards: Vec<_> =
        Number::iter(database.pool()).reverse().batch_size(1).try_collect().await.unwrap();
    backwards.reverse();
    assert_eq!(backwards, read);

    assert_eq!(
        Rootless::iter(database.pool()).try_next().await.unwrap_err().report(),
        "cannot decode column `root` of `Rootless`; it is in the row with `n` = 1: the table has no \
         column of this name"
    );
}

/// A column that the table does not have, or not yet.
async fn defaults(database: &TestDatabase) {
    #[derive(Chunked, Debug, FromRow, PartialEq)]
    #[chunked(table = "numbers")]
    struct Number {
        #[chunk_key]
        #[chunked(primary_key)]
        n: i64,
        #[sqlx(default)]
        fourth_power: i64,
        #[sqlx(default)]
        square: i64,
    }

    create_numbers(database).await;
    let number = |n| Number { n, fourth_power: 0, square: n * n };
    assert_eq!(all::<Number>(database).await, [1, 2, 3].map(number));
}

async fn default_of_the_struct(database: &TestDatabase) {
    #[derive(Chunked, Debug, FromRow, PartialEq)]
    #[chunked(table = "numbers")]
    #[sqlx(default)]
    struct Number {
        #[chunk_key]
        #[chunked(primary_key)]
        n: i64,
        root: String,
        square: i64,
    }

    impl Default for Number {
        fn default() -> Self {
            Self { n: -1, root: "unknown".to_owned(), square: -1 }
        }
    }

    create_numbers(database).await;
    let number = |n| Number { n, root: "unknown".to_owned(), square: n * n };
    assert_eq!(all::<Number>(database).await, [1, 2, 3].map(number));
}

/// Only the columns of the struct are read, whatever else the table has.
async fn some_of_the_columns(database: &TestDatabase) {
    #[derive(Chunked, Debug, PartialEq)]
    #[chunked(table = "numbers")]
    struct Square {
        #[chunk_key]
        #[chunked(unique)]
        square: i64,
    }

    create_numbers(database).await;
    assert_eq!(all::<Square>(database).await, [1, 4, 9].map(|square| Square { square }));
}

async fn generic(database: &TestDatabase) {
    #[derive(Chunked, Debug, PartialEq)]
    #[chunked(table = "numbers")]
    struct Number<K, T: Clone, const N: usize = 1>
    where
        K: Send + 'static,
        T: Send + 'static,
    {
        #[chunk_key]
        #[chunked(primary_key)]
        n: K,
        name: Option<T>,
        #[chunked(skip)]
        nothing: std::marker::PhantomData<[u8; N]>,
    }

    create_numbers(database).await;
    let numbers = all::<Number<i64, String>>(database).await;
    let names: Vec<_> = numbers.iter().map(|number| number.name.as_deref()).collect();
    assert_eq!(names, [Some("one"), None, Some("three")]);

    let last = Number::<i64, String, 2>::iter(database.pool())
        .order_by(|c| c.n.desc())
        .filter(|c| c.name.ne("one"))
        .range(..=3);
    assert_eq!(last.try_collect::<Vec<_>>().await.unwrap()[0].n, 3);
}

/// The order can go by any of them.
async fn several_unique_columns(database: &TestDatabase) {
    #[derive(Chunked, Debug, PartialEq)]
    #[chunked(table = "numbers")]
    struct Number {
        #[chunk_key]
        #[chunked(primary_key)]
        n: i64,
        #[chunked(unique)]
        square: i64,
        #[chunked(unique)]
        negated_cube: i64,
    }

    create_numbers(database).await;
    let number = |n| Number { n, square: n * n, negated_cube: -n * n * n };
    for batch_size in 1..=4 {
        let numbers = || Number::iter(database.pool()).batch_size(batch_size);
        let by_key: Vec<_> = numbers().try_collect().await.unwrap();
        assert_eq!(by_key, [1, 2, 3].map(number));
        let by_square: Vec<_> =
            numbers().order_by(|c| c.square.desc()).try_collect().await.unwrap();
        assert_eq!(by_square, [3, 2, 1].map(number));
        let by_cube: Vec<_> =
            numbers().order_by(|c| c.negated_cube.asc()).try_collect().await.unwrap();
        assert_eq!(by_cube, [3, 2, 1].map(number));
        // A range applies to the order that was current when it was set, and is kept.
        let ranged = numbers()
            .range(2..)
            .order_by(|c| c.negated_cube.desc())
            .range(-8..)
            .order_by(|c| c.square.asc());
        assert_eq!(ranged.try_collect::<Vec<_>>().await.unwrap(), [number(2)]);
    }
}

async fn view(database: &TestDatabase) {
    #[derive(Chunked, Debug, PartialEq)]
    #[chunked(table = "named_numbers")]
    struct Named {
        #[chunk_key]
        #[chunked(unique)]
        n: i64,
        name: String,
    }

    create_numbers(database).await;
    database
        .execute("CREATE VIEW named_numbers AS SELECT name, n FROM numbers WHERE name IS NOT NULL")
        .await;
    let named = |n, name: &str| Named { n, name: name.to_owned() };
    assert_eq!(all::<Named>(database).await, [named(1, "one"), named(3, "three")]);
}
