//! `#[sqlx(…)]` means the same to `Chunked` as to `sqlx::FromRow`: every struct here derives both,
//! and is read both ways.

use std::fmt::Debug;

use futures_util::TryStreamExt;
use sqlx::{
    FromRow, SqlitePool,
    sqlite::{SqlitePoolOptions, SqliteRow},
};
use sqlx_chunked::{Chunked, ReadRow};

async fn pool(script: &'static str) -> SqlitePool {
    let pool =
        SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    sqlx::raw_sql(script).execute(&pool).await.unwrap();
    pool
}

/// Reads a table by both derives, and returns what it reads.
async fn read<M>(script: &'static str, query: &'static str) -> Vec<M>
where
    M: ReadRow<sqlx::Sqlite> + for<'r> FromRow<'r, SqliteRow> + Debug + PartialEq + Unpin,
{
    let pool = pool(script).await;
    let by_sqlx: Vec<M> = sqlx::query_as(query).fetch_all(&pool).await.unwrap();
    let by_chunks: Vec<M> = M::iter(&pool).batch_size(1).try_collect().await.unwrap();
    assert_eq!(by_sqlx, by_chunks);
    by_chunks
}

#[derive(Debug, PartialEq, Default, serde::Deserialize)]
struct Meta {
    tags: Vec<String>,
}

#[derive(Debug, PartialEq, Default)]
struct Level(u8);

impl TryFrom<i64> for Level {
    type Error = std::num::TryFromIntError;

    fn try_from(value: i64) -> Result<Self, Self::Error> {
        u8::try_from(value).map(Self)
    }
}

impl TryFrom<Author> for Level {
    type Error = String;

    fn try_from(author: Author) -> Result<Self, Self::Error> {
        Ok(Self(author.age))
    }
}

#[derive(Debug, PartialEq, Default, FromRow)]
struct Author {
    name: String,
    age: u8,
}

#[derive(Debug, PartialEq, Default, FromRow)]
struct Address {
    city: String,
}

#[tokio::test]
async fn names_and_values() {
    #[derive(Debug, PartialEq, Chunked, FromRow)]
    #[chunked(table = "entries")]
    #[sqlx(rename_all = "camelCase")]
    struct Entry {
        #[chunk_key]
        #[chunked(primary_key)]
        the_id: i64,
        r#type: String,
        #[sqlx(rename = "a name")]
        given_name: Option<String>,
        #[sqlx(json)]
        meta_data: Meta,
        #[sqlx(json(nullable))]
        more_data: Option<Meta>,
        #[sqlx(try_from = "i64")]
        level: Level,
        #[sqlx(json, try_from = "i64")]
        json_level: Level,
        #[sqlx(skip)]
        cache: Vec<i64>,
    }

    let entries: Vec<Entry> = read(
        r#"
        CREATE TABLE entries ("theId" INTEGER PRIMARY KEY, type TEXT, "a name" TEXT,
            "metaData" TEXT, "moreData" TEXT, level INTEGER, "jsonLevel" TEXT, cache TEXT);
        INSERT INTO entries VALUES (1, 'x', NULL, '{"tags": ["a"]}', NULL, 3, '4', 'not read');
        INSERT INTO entries VALUES (2, 'y', 'z', '{"tags": []}', '{"tags": ["b"]}', 0, '255', '');
        "#,
        "SELECT * FROM entries ORDER BY 1",
    )
    .await;
    assert_eq!(entries[0].more_data, None);
    assert_eq!(entries[1].more_data, Some(Meta { tags: vec!["b".to_owned()] }));
    assert_eq!(entries[1].json_level, Level(255));
}

#[tokio::test]
async fn defaults_of_fields() {
    #[derive(Debug, PartialEq, Chunked, FromRow)]
    #[chunked(table = "entries")]
    struct Entry {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[sqlx(default)]
        here: i64,
        #[sqlx(default)]
        missing: i64,
        #[sqlx(default, json)]
        missing_meta: Meta,
        #[sqlx(default, try_from = "i64")]
        missing_level: Level,
        #[sqlx(flatten)]
        author: Author,
        #[sqlx(flatten, default)]
        address: Address,
        #[sqlx(flatten, try_from = "Author")]
        age: Level,
        #[sqlx(flatten, default, try_from = "Author")]
        also_age: Level,
    }

    let entries: Vec<Entry> = read(
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, here INTEGER, name TEXT, age INTEGER);
         INSERT INTO entries VALUES (1, 7, 'Ada', 36), (2, 8, 'Kay', 9);",
        "SELECT * FROM entries ORDER BY id",
    )
    .await;
    assert_eq!((entries[1].here, entries[1].missing), (8, 0));
    assert_eq!(entries[0].author, Author { name: "Ada".to_owned(), age: 36 });
    assert_eq!(entries[0].address, Address::default());
    assert_eq!((&entries[1].age, &entries[1].also_age), (&Level(9), &Level(9)));
}

#[tokio::test]
async fn defaults_of_the_struct() {
    #[derive(Debug, PartialEq, Chunked, FromRow)]
    #[chunked(table = "entries")]
    #[sqlx(default)]
    struct Entry {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        missing: String,
        #[sqlx(default)]
        missing_too: String,
        #[sqlx(flatten)]
        author: Author,
        #[sqlx(skip)]
        cache: Vec<i64>,
    }

    impl Default for Entry {
        fn default() -> Self {
            Self {
                id: -1,
                missing: "by the struct".to_owned(),
                missing_too: "by the struct".to_owned(),
                author: Author { name: "nobody".to_owned(), age: 99 },
                cache: vec![1],
            }
        }
    }

    let entries: Vec<Entry> = read(
        "CREATE TABLE entries (id INTEGER PRIMARY KEY); INSERT INTO entries VALUES (1), (2);",
        "SELECT * FROM entries ORDER BY id",
    )
    .await;
    let expected = Entry {
        id: 2,
        missing: "by the struct".to_owned(),
        missing_too: String::new(),
        author: Author { name: "nobody".to_owned(), age: 99 },
        cache: Vec::new(),
    };
    assert_eq!(entries[1], expected);
}
