//! Orders that are chosen at run time.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{BoxedOrder, Chunked, Cursor, CursorMismatch, Error};

use crate::{
    dialect::{BIGINT, TEXT},
    harness::TestDatabase,
};

tests! { walks, tokens }

#[derive(Chunked, Clone, Debug, PartialEq)]
#[chunked(table = "shelf", unique(row, place))]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    row: i64,
    place: i64,
    title: Option<String>,
}

type Columns = <Book as Chunked>::Columns;

/// Orders by name, and the same as SQL.
const ORDERS: [(&str, &str); 4] = [
    ("id", "id DESC"),
    ("title", "title, id"),
    ("place", "place DESC, row"),
    ("row", "row, title DESC, id DESC"),
];

#[allow(clippy::needless_pass_by_value, reason = "it is called like a closure of `order_by`")]
fn order(by: &str, b: Columns) -> BoxedOrder<Book> {
    match by {
        "id" => b.id.desc().boxed(),
        "title" => b.title.asc().then(b.id.asc()).boxed(),
        // Both columns of a set, the second one first.
        "place" => b.place.desc().then(b.row.asc()).boxed(),
        _ => b.row.asc().then(b.title.desc()).then(b.id.desc()).boxed(),
    }
}

async fn create(database: &TestDatabase) {
    let row = crate::dialect::quoted("row");
    let rows: Vec<_> = (1..=20)
        .map(|id| {
            let title = if id % 4 == 0 { "NULL".to_owned() } else { format!("'t{}'", id % 3) };
            format!("({id}, {}, {}, {title})", id % 5, id / 5)
        })
        .collect();
    database
        .execute(format!(
            "CREATE TABLE shelf (id {BIGINT} NOT NULL PRIMARY KEY, {row} {BIGINT} NOT NULL, \
             place {BIGINT} NOT NULL, title {TEXT}, UNIQUE ({row}, place)); \
             INSERT INTO shelf VALUES {}",
            rows.join(", ")
        ))
        .await;
}

async fn expected(database: &TestDatabase, sql: &str) -> Vec<i64> {
    let sql = sql.replace("row", &crate::dialect::quoted("row"));
    let sql = format!("SELECT id FROM shelf ORDER BY {sql}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(database.pool()).await.unwrap()
}

async fn walks(database: &TestDatabase) {
    create(database).await;
    for (by, sql) in ORDERS {
        let expected = expected(database, sql).await;
        for batch_size in 1..=21 {
            for reverse in [false, true] {
                let books = Book::iter(database.pool())
                    .order_by(|b| order(by, b))
                    .batch_size(batch_size)
                    .filter(|b| b.id.gt(0));
                let books = if reverse { books.reverse() } else { books };
                let mut ids: Vec<_> = books.map_ok(|book| book.id).try_collect().await.unwrap();
                if reverse {
                    ids.reverse();
                }
                assert_eq!(ids, expected, "{by}, batches of {batch_size}");
            }
        }
    }
}

/// A token is the same whether the order was boxed, and is refused by another order.
async fn tokens(database: &TestDatabase) {
    create(database).await;
    for (by, sql) in ORDERS {
        let expected = expected(database, sql).await;
        let mut books = Book::iter(database.pool()).order_by(|b| order(by, b)).batch_size(3);
        for handed_out in 1..=expected.len() {
            books.try_next().await.unwrap();
            let cursor: Cursor<Book> = books.cursor().unwrap().to_string().parse().unwrap();
            let rest = Book::iter(database.pool())
                .order_by(|b| order(by, b))
                .resume(Some(cursor.clone()))
                .map_ok(|book| book.id);
            assert_eq!(rest.try_collect::<Vec<_>>().await.unwrap(), expected[handed_out..]);
            for (other, _) in ORDERS.iter().filter(|(other, _)| *other != by) {
                let other =
                    Book::iter(database.pool()).order_by(|b| order(other, b)).after(cursor.clone());
                let error = other.try_collect::<Vec<_>>().await.unwrap_err();
                let reason = CursorMismatch::Order;
                assert!(matches!(error, Error::Cursor { reason: r, .. } if r == reason));
            }
        }
    }
    let mut typed = Book::iter(database.pool()).order_by(|b| b.title.asc().then(b.id.asc()));
    typed.try_next().await.unwrap();
    let mut boxed = Book::iter(database.pool()).order_by(|b| order("title", b));
    boxed.try_next().await.unwrap();
    assert_eq!(typed.cursor(), boxed.cursor());
}
