//! What an iteration relies on beyond the marks: tables named at run time, orders, relations.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Chunked, Error, Mark};
use tracing::{Event, Level, Subscriber, field::Field, instrument::WithSubscriber as _};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt as _},
};

use super::{NO_INDEX, Slugged, faults};
use crate::{
    dialect::{BIGINT, SHORT},
    harness::TestDatabase,
};

tests! {
    a_table_named_at_run_time,
    orders,
    an_order_without_an_index,
    relations,
    read_before,
}

async fn a_table_named_at_run_time(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE entries (id {BIGINT} NOT NULL PRIMARY KEY, slug {SHORT} NOT NULL UNIQUE); \
             CREATE TABLE older (id {BIGINT} NOT NULL PRIMARY KEY, slug {SHORT} NOT NULL)"
        ))
        .await;
    Slugged::iter(database.pool()).verify().await.unwrap();
    let found = faults(Slugged::batch_iter(database.pool()).table("older").verify().await);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&*found[0].table, &*found[0].found), ("older", NO_INDEX));
    let found = faults(Slugged::iter(database.pool()).table("nowhere").verify().await);
    assert_eq!((&*found[0].table, found[0].mark), ("nowhere", Mark::Table));
}

#[derive(Chunked, Debug)]
#[chunked(table = "ranked")]
#[expect(dead_code, reason = "only its marks matter")]
struct Ranked {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    level: i64,
    place: Option<i64>,
}

/// A column without `Option` that an order has must not be NULL, one after the unique column aside:
/// nothing is sorted by it.
async fn orders(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE ranked (id {BIGINT} NOT NULL PRIMARY KEY, level {BIGINT}, place {BIGINT})"
        ))
        .await;
    let rows = || Ranked::iter(database.pool());
    rows().verify().await.unwrap();
    rows().order_by(|r| r.place.asc().then(r.id.asc())).verify().await.unwrap();
    rows().order_by(|r| r.id.desc().then(r.level.asc())).verify().await.unwrap();
    for reverse in [false, true] {
        let ranked = rows().order_by(|r| r.place.desc().then(r.level.asc()).then(r.id.asc()));
        let ranked = if reverse { ranked.reverse() } else { ranked };
        let found = faults(ranked.verify().await);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].mark, &*found[0].columns[0]), (Mark::Order, "level"));
    }
}

/// Keeps the warnings of this crate.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == Level::WARN
            && event.metadata().target().starts_with("sqlx_chunked")
        {
            let mut text = String::new();
            event.record(&mut |_: &Field, value: &dyn Debug| text = format!("{value:?}"));
            self.0.lock().unwrap().push(text);
        }
    }
}

/// Nothing is lost without an index, but every batch sorts: a warning says so.
async fn an_order_without_an_index(database: &TestDatabase) {
    let rows = || Ranked::iter(database.pool()).order_by(|r| r.level.asc().then(r.id.desc()));
    let table = format!(
        "CREATE TABLE ranked (id {BIGINT} NOT NULL PRIMARY KEY, level {BIGINT} NOT NULL, place {BIGINT})"
    );
    database.execute(table).await;
    for (index, expected) in [
        (None, Some("order by `level`, `id` DESC: each batch sorts the rest of the table")),
        (
            Some("CREATE INDEX by_place ON ranked (place, level)"),
            Some("order by `level`, `id` DESC: "),
        ),
        (Some("CREATE INDEX by_level ON ranked (level)"), None),
    ] {
        if let Some(index) = index {
            database.execute(index).await;
        }
        let warnings = Warnings::default();
        let subscriber = Registry::default().with(warnings.clone());
        rows().verify().with_subscriber(subscriber).await.unwrap();
        let warnings = warnings.0.lock().unwrap().clone();
        match expected {
            Some(text) => {
                assert_eq!(warnings.len(), 1, "{warnings:?}");
                assert!(
                    warnings[0].starts_with("`Ranked`: no index of table `ranked` serves the ")
                );
                assert!(warnings[0].contains(text), "{warnings:?}");
            }
            None => assert_eq!(warnings.len(), 0, "{warnings:?}"),
        }
    }
}

#[derive(Chunked, Debug)]
#[chunked(table = "authors")]
#[expect(dead_code, reason = "only its marks matter")]
struct Author {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked, Debug)]
#[chunked(table = "books")]
#[expect(dead_code, reason = "only its marks matter")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    author_id: i64,
}

#[derive(Chunked, Debug)]
#[chunked(table = "links", unique(book_id, author_id))]
#[expect(dead_code, reason = "only its marks matter")]
struct Link {
    #[chunk_key]
    book_id: i64,
    #[chunk_key]
    author_id: i64,
}

/// The model that is read stands first, each of the others once.
async fn relations(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE authors (id {BIGINT} NOT NULL); \
             CREATE TABLE books (id {BIGINT} NOT NULL PRIMARY KEY, author_id {BIGINT} NOT NULL)"
        ))
        .await;
    let one = Book::iter(database.pool())
        .with_one::<Author>(|book| book.author_id)
        .with_optional::<Author>(|book| book.author_id);
    let found = faults(one.verify().await);
    let found: Vec<_> = found.iter().map(|fault| (&*fault.model, &*fault.found)).collect();
    assert_eq!(found, [("Author", NO_INDEX)]);

    let many = Author::iter(database.pool()).with_many::<Book>(|book| book.author_id);
    let found = faults(many.verify().await);
    let found: Vec<_> = found.iter().map(|fault| (&*fault.model, &*fault.found)).collect();
    assert_eq!(found, [("Author", NO_INDEX)]);

    let through = Book::iter(database.pool())
        .with_many_through::<Link, Author>(|link| link.book_id, |link| link.author_id);
    let found = faults(through.verify().await);
    let found: Vec<_> = found.iter().map(|fault| (&*fault.model, &*fault.found)).collect();
    assert_eq!(found, [("Link", "there is no such table"), ("Author", NO_INDEX)]);
}

async fn read_before(database: &TestDatabase) {
    database.execute(format!("CREATE TABLE authors (id {BIGINT} NOT NULL PRIMARY KEY)")).await;
    let mut rows = Author::iter(database.pool());
    assert!(rows.try_next().await.unwrap().is_none());
    let error = rows.verify().await.unwrap_err();
    assert!(matches!(error, Error::Started { method: "verify", .. }), "{error:?}");
}
