//! Models whose rows are those of a query.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Chunked, Error};

use crate::{
    dialect::{BIGINT, TEXT},
    harness::TestDatabase,
};

tests! { grouped, filtered_and_sorted, all_columns, related, a_table_cannot_be_named }

/// The number of visits of each page, by a query that the table's name stands for.
#[derive(Chunked, Debug, PartialEq)]
#[chunked(
    table = "pages",
    query = "SELECT page, COUNT(*) AS visits, MAX(id) AS latest FROM visits -- grouped
             GROUP BY page -- the end"
)]
struct Page {
    #[chunk_key]
    #[chunked(unique, rename = "page")]
    name: String,
    visits: i64,
    latest: i64,
}

/// The visits of pages `a` to `e`: five of `a`, four of `b`, and so on.
async fn create(database: &TestDatabase) {
    let mut visits = Vec::new();
    for (place, page) in ["a", "b", "c", "d", "e"].iter().enumerate() {
        for _ in place..5 {
            visits.push(format!("({}, '{page}')", visits.len() + 1));
        }
    }
    database
        .execute(format!(
            "CREATE TABLE visits (id {BIGINT} NOT NULL PRIMARY KEY, page {TEXT} NOT NULL); \
             INSERT INTO visits VALUES {}",
            visits.join(", ")
        ))
        .await;
}

async fn grouped(database: &TestDatabase) {
    create(database).await;
    let expected: Vec<_> = [("a", 5, 5), ("b", 4, 9), ("c", 3, 12), ("d", 2, 14), ("e", 1, 15)]
        .map(|(page, visits, latest)| Page { name: page.to_owned(), visits, latest })
        .into();
    for batch_size in 1..=6 {
        let rows = Page::iter(database.pool()).batch_size(batch_size);
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), expected);
        let rows = Page::iter(database.pool()).batch_size(batch_size).reverse().up_to_now();
        let mut rows: Vec<_> = rows.try_collect().await.unwrap();
        rows.reverse();
        assert_eq!(rows, expected);
    }
    assert_eq!(Page::iter(database.pool()).count().await.unwrap(), 5);
}

async fn filtered_and_sorted(database: &TestDatabase) {
    create(database).await;
    for batch_size in 1..=4 {
        let rows = Page::iter(database.pool())
            .filter(|p| p.visits.within(2..5))
            .filter_sql(|q| {
                q.push("pages.page <> ").push_bind("c");
            })
            .order_by(|p| p.visits.asc().then(p.name.asc()))
            .batch_size(batch_size);
        let pages: Vec<_> = rows.map_ok(|row| row.name).try_collect().await.unwrap();
        assert_eq!(pages, ["d", "b"]);
    }
}

/// With `#[sqlx(default)]` all columns of the query are selected.
async fn all_columns(database: &TestDatabase) {
    #[derive(Chunked, Debug)]
    #[chunked(table = "few", query = "SELECT id, page AS name FROM visits WHERE id < 4")]
    struct Few {
        #[chunk_key]
        #[chunked(unique)]
        id: i64,
        name: String,
        #[sqlx(default)]
        missing: i64,
    }

    create(database).await;
    for batch_size in 1..=4 {
        let rows = Few::iter(database.pool()).batch_size(batch_size);
        let rows: Vec<_> = rows.try_collect().await.unwrap();
        let rows: Vec<_> =
            rows.iter().map(|row| (row.id, row.name.as_str(), row.missing)).collect();
        assert_eq!(rows, [(1, "a", 0), (2, "a", 0), (3, "a", 0)]);
    }
}

async fn related(database: &TestDatabase) {
    #[derive(Chunked, Debug)]
    #[chunked(table = "visits")]
    struct Visit {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        page: String,
    }

    create(database).await;
    let visits = Visit::iter(database.pool()).with_one::<Page>(|visit| visit.page).batch_size(4);
    let visits: Vec<_> = visits.try_collect().await.unwrap();
    assert_eq!(visits.len(), 15);
    assert!(visits.iter().all(|(visit, page)| visit.page == page.name));

    let pages = Page::iter(database.pool()).with_many::<Visit>(|visit| visit.page).batch_size(2);
    let pages: Vec<_> = pages.try_collect().await.unwrap();
    assert_eq!(pages.len(), 5);
    for (page, visits) in pages {
        assert_eq!(i64::try_from(visits.len()).unwrap(), page.visits);
        assert_eq!(visits.last().map(|visit| visit.id), Some(page.latest));
    }
}

async fn a_table_cannot_be_named(database: &TestDatabase) {
    for method in ["table", "schema"] {
        let pages = Page::iter(database.pool());
        let pages =
            if method == "table" { pages.table("visits") } else { pages.schema("elsewhere") };
        let error = pages.try_collect::<Vec<_>>().await.unwrap_err();
        assert!(
            matches!(error, Error::Option { model: "Page", method: refused, .. } if refused == method),
            "{error}"
        );
    }
}
