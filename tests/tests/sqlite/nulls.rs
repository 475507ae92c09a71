//! A NULL in a field without room for it: sqlx reads it as zero or an empty text.

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use sqlx::Type;
use sqlx_chunked::{Chunked, Error, ReadRow};
use sqlx_chunked_tests::Report as _;

use crate::{
    Db,
    harness::{EntryId, TestDatabase, Word},
};

tests! { in_fields_of_all_kinds, what_has_room_for_it, a_default }

/// A row of the table `things`, whose second column is read as a `T`.
#[derive(Chunked, Debug)]
#[chunked(table = "things")]
struct Thing<T: Send + 'static> {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[allow(dead_code, reason = "decoded all the same")]
    value: T,
}

async fn create(database: &TestDatabase, declared: &str) {
    database
        .execute(format!(
            "DROP TABLE IF EXISTS things; CREATE TABLE things (id INTEGER PRIMARY KEY, value {declared}); \
             INSERT INTO things VALUES (1, NULL)"
        ))
        .await;
}

async fn is_refused<T>(database: &TestDatabase)
where
    T: Send + 'static,
    Thing<T>: ReadRow<Db> + Unpin,
{
    for declared in ["", "INTEGER", "TEXT", "REAL", "BLOB", "BOOLEAN", "DATETIME"] {
        create(database, declared).await;
        for direct in [false, true] {
            let mut things = <Thing<T> as Chunked>::iter(database.pool()).direct(direct);
            let error = things.try_next().await.map(|_| ()).unwrap_err();
            let text = error.report();
            assert!(matches!(error, Error::Decode { .. }), "{declared}: {text}");
            assert!(text.contains("`id` = 1") && text.contains("NULL"), "{text}");
        }
    }
}

async fn in_fields_of_all_kinds(database: &TestDatabase) {
    is_refused::<i64>(database).await;
    is_refused::<u8>(database).await;
    is_refused::<bool>(database).await;
    is_refused::<f64>(database).await;
    is_refused::<String>(database).await;
    is_refused::<Vec<u8>>(database).await;
    is_refused::<Box<str>>(database).await;
    is_refused::<DateTime<Utc>>(database).await;
    is_refused::<EntryId>(database).await;
    is_refused::<Word>(database).await;
}

/// A type that is an `Option` inside.
#[derive(Debug, PartialEq, Type)]
#[sqlx(transparent)]
struct Maybe(Option<i64>);

async fn what_has_room_for_it(database: &TestDatabase) {
    for declared in ["", "INTEGER", "TEXT", "DATETIME"] {
        create(database, declared).await;
        for direct in [false, true] {
            let things = Thing::<Maybe>::iter(database.pool()).direct(direct);
            let things: Vec<_> = things.try_collect().await.unwrap();
            assert_eq!(things[0].value, Maybe(None));
            let things = Thing::<Option<String>>::iter(database.pool()).direct(direct);
            let things: Vec<_> = things.try_collect().await.unwrap();
            assert_eq!((things[0].id, &things[0].value), (1, &None));
        }
    }
}

async fn a_default(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "things")]
    struct Defaulted {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[sqlx(default)]
        value: i64,
        #[sqlx(default)]
        missing: String,
    }

    create(database, "INTEGER").await;
    database.execute("INSERT INTO things VALUES (2, 7)").await;
    let things: Vec<_> = Defaulted::iter(database.pool()).try_collect().await.unwrap();
    let things: Vec<_> = things.iter().map(|t| (t.id, t.value, &*t.missing)).collect();
    assert_eq!(things, [(1, 0, ""), (2, 7, "")]);
}
