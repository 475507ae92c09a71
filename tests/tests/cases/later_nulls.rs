//! A NULL in a column of an order that is not the first one: an error like in the first, also where
//! seeks end before it.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{BoxedOrder, Chunked, Cursor, Error, Iter, bounds::BoxedKey};

use crate::{
    Db,
    dialect::{BIGINT, quoted},
    harness::TestDatabase,
};

tests! {
    in_every_direction,
    after_every_cursor,
    in_parts,
    written_between_pages,
    in_a_table_named_at_run_time,
    in_a_joined_column,
}

#[derive(Chunked, Clone, Debug, PartialEq)]
#[chunked(table = "trios", unique(a, b, c))]
struct Trio {
    #[chunk_key]
    a: i64,
    #[chunk_key]
    b: i64,
    #[chunk_key]
    c: i64,
}

const VALUES: [(i64, i64, i64); 8] =
    [(1, 1, 1), (1, 1, 2), (1, 2, 1), (1, 2, 2), (2, 1, 1), (2, 1, 2), (2, 2, 1), (2, 2, 2)];

/// Rows with a NULL, and the column that has it.
const NULLS: [(&str, &str); 4] =
    [("1, NULL, 1", "b"), ("2, NULL, 2", "b"), ("1, 2, NULL", "c"), ("2, 1, NULL", "c")];

/// For each column, whether it is descending.
type Directions = [bool; 3];

fn directions() -> impl Iterator<Item = Directions> {
    (0..8).map(|bits: u8| [0, 1, 2].map(|column| bits >> column & 1 == 1))
}

#[allow(clippy::needless_pass_by_value, reason = "it is called like a closure of `order_by`")]
fn order(directions: Directions, t: <Trio as Chunked>::Columns) -> BoxedOrder<Trio> {
    macro_rules! orders {
        ($($a:literal $b:literal $c:literal: $one:ident $two:ident $three:ident;)+) => {
            match directions {
                $([$a, $b, $c] => t.a.$one().then(t.b.$two()).then(t.c.$three()).boxed(),)+
            }
        };
    }
    orders! {
        false false false: asc asc asc;
        false false true: asc asc desc;
        false true false: asc desc asc;
        false true true: asc desc desc;
        true false false: desc asc asc;
        true false true: desc asc desc;
        true true false: desc desc asc;
        true true true: desc desc desc;
    }
}

fn trios(database: &TestDatabase, directions: Directions) -> Iter<'static, Trio, Db, BoxedKey> {
    Trio::iter(database.pool()).order_by(|t| order(directions, t))
}

async fn create(database: &TestDatabase, table: &str) {
    let rows: Vec<_> = VALUES.iter().map(|(a, b, c)| format!("({a}, {b}, {c})")).collect();
    database
        .execute(format!(
            "CREATE TABLE {table} (a {BIGINT} NOT NULL, b {BIGINT}, c {BIGINT}, UNIQUE (a, b, c)); \
             INSERT INTO {table} VALUES {}",
            rows.join(", ")
        ))
        .await;
}

async fn insert(database: &TestDatabase, row: &str) {
    database.execute(format!("INSERT INTO trios VALUES ({row})")).await;
}

async fn delete_nulls(database: &TestDatabase) {
    database.execute("DELETE FROM trios WHERE b IS NULL OR c IS NULL").await;
}

fn is_null_in(error: &Error, expected: &str) -> bool {
    matches!(error, Error::NullKey { column, .. } if *column == expected)
}

/// Also with an end. A filter leaves the NULLs out.
async fn in_every_direction(database: &TestDatabase) {
    create(database, "trios").await;
    for (null, column) in NULLS {
        insert(database, null).await;
        for directions in directions() {
            for batch_size in 1..=9 {
                for (reverse, up_to_now) in [(false, false), (true, false), (false, true)] {
                    let trios = || {
                        let trios = trios(database, directions).batch_size(batch_size);
                        let trios = if reverse { trios.reverse() } else { trios };
                        if up_to_now { trios.up_to_now() } else { trios }
                    };
                    let read = trios().try_collect::<Vec<_>>().await;
                    let error = read.map(|read| read.len()).unwrap_err();
                    assert!(is_null_in(&error, column), "{error}");
                    let values = trios().filter(|t| t.b.is_not_null().and(t.c.is_not_null()));
                    let values = values.try_collect::<Vec<_>>().await.unwrap();
                    assert_eq!(values.len(), VALUES.len());
                }
            }
        }
        delete_nulls(database).await;
    }
}

/// It is an error if the row comes after the cursor, in the order of the database itself.
async fn after_every_cursor(database: &TestDatabase) {
    create(database, "trios").await;
    for directions in directions() {
        let cursors = cursors(trios(database, directions)).await;
        for (null, column) in NULLS {
            insert(database, null).await;
            let before = rows_before_the_null(database, directions).await;
            for (place, cursor) in cursors.iter().enumerate() {
                for (batch_size, up_to_now) in [(1, false), (2, true), (3, false), (9, true)] {
                    let rest = trios(database, directions).batch_size(batch_size);
                    let rest = if up_to_now { rest.up_to_now() } else { rest };
                    let rest = rest.after(cursor.clone()).try_collect::<Vec<_>>().await;
                    let rest = rest.map(|rest| rest.len());
                    if place < before {
                        let error = rest.unwrap_err();
                        assert!(is_null_in(&error, column), "{error}");
                        // Nothing is written without them either.
                        let rest = Trio::batch_iter(database.pool()).after(cursor.clone());
                        let rest = rest.order_by(|t| order(directions, t)).batch_size(batch_size);
                        let rest = if up_to_now { rest.up_to_now() } else { rest };
                        let written = rest.delete().total().await;
                        let error = written.unwrap_err();
                        assert!(is_null_in(&error, column), "{error}");
                    } else {
                        assert_eq!(rest.unwrap(), VALUES.len() - place - 1, "{directions:?}");
                    }
                }
            }
            delete_nulls(database).await;
        }
    }
}

/// Whoever reads all parts learns of it.
async fn in_parts(database: &TestDatabase) {
    create(database, "trios").await;
    for directions in directions() {
        for (null, column) in NULLS {
            let parts = trios(database, directions).parts(3).await.unwrap();
            insert(database, null).await;
            let mut errors = Vec::new();
            for part in parts {
                let rows = trios(database, directions).batch_size(2).part(part);
                errors.extend(rows.try_collect::<Vec<_>>().await.err());
            }
            assert!(!errors.is_empty(), "{directions:?}, {null}");
            assert!(errors.iter().all(|error| is_null_in(error, column)), "{errors:?}");
            delete_nulls(database).await;
        }
    }
}

async fn cursors(mut trios: Iter<'static, Trio, Db, BoxedKey>) -> Vec<Cursor<Trio>> {
    let mut cursors = Vec::new();
    while trios.try_next().await.unwrap().is_some() {
        cursors.extend(trios.cursor());
    }
    cursors
}

async fn rows_before_the_null(database: &TestDatabase, directions: Directions) -> usize {
    let [a, b, c] = directions.map(|descending| if descending { "DESC" } else { "ASC" });
    let sql = format!("SELECT b, c FROM trios ORDER BY a {a}, b {b}, c {c}");
    let rows: Vec<(Option<i64>, Option<i64>)> =
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(database.pool()).await.unwrap();
    rows.iter().position(|(b, c)| b.is_none() || c.is_none()).unwrap()
}

/// Whoever reads on to the last page learns of it there, if not before.
async fn written_between_pages(database: &TestDatabase) {
    create(database, "trios").await;
    for directions in directions() {
        for (null, column) in NULLS {
            for size in 1..=7 {
                let page = async |cursor| {
                    let trios = Trio::batch_iter(database.pool());
                    let trios = trios.order_by(|t| order(directions, t)).batch_size(size);
                    trios.resume(cursor).page().await
                };
                let mut next = page(None).await.unwrap().next;
                insert(database, null).await;
                let before = rows_before_the_null(database, directions).await;
                let error = loop {
                    match page(next).await {
                        Ok(page) if page.next.is_some() => next = page.next,
                        Ok(_) => break None,
                        Err(error) => break Some(error),
                    }
                };
                match error {
                    Some(error) => assert!(is_null_in(&error, column), "{error}"),
                    None => assert!(before <= size, "{directions:?}"),
                }
                delete_nulls(database).await;
            }
        }
    }
}

/// Quotes and backslashes mean something where a name is a text.
async fn in_a_table_named_at_run_time(database: &TestDatabase) {
    const NAME: &str = r#"tri\o's of 20"25`"#;
    let name = quoted(NAME);
    create(database, &name).await;
    for directions in directions() {
        let read = async || {
            let trios = trios(database, directions).table(NAME).batch_size(2);
            trios.try_collect::<Vec<_>>().await.map(|read| read.len())
        };
        assert_eq!(read().await.unwrap(), VALUES.len());
        database.execute(format!("INSERT INTO {name} VALUES (1, NULL, 3)")).await;
        let error = read().await.unwrap_err();
        assert!(is_null_in(&error, "b"), "{error}");
        database.execute(format!("DELETE FROM {name} WHERE b IS NULL")).await;
    }
}

/// NULLs that only a join makes, though the tables have none.
async fn in_a_joined_column(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "halves", join = "RIGHT JOIN wholes ON wholes.half = halves.half")]
    struct Half {
        #[chunk_key]
        #[chunked(primary_key)]
        half: i64,
        #[chunked(column = "wholes.whole")]
        whole: i64,
    }

    database
        .execute(format!(
            "CREATE TABLE halves (half {BIGINT} NOT NULL PRIMARY KEY); \
             CREATE TABLE wholes (whole {BIGINT} NOT NULL, half {BIGINT} NOT NULL); \
             INSERT INTO halves VALUES (1), (2), (3), (4); \
             INSERT INTO wholes VALUES (1, 1), (1, 2), (2, 3), (2, 4)"
        ))
        .await;
    let check = async |expected: Result<usize, &str>| {
        for batch_size in 1..=6 {
            for reverse in [false, true] {
                let halves = Half::iter(database.pool())
                    .order_by(|h| h.whole.asc().then(h.half.asc()))
                    .batch_size(batch_size);
                let halves = if reverse { halves.reverse() } else { halves };
                let sums = halves.map_ok(|half| half.whole + half.half);
                match (sums.try_collect::<Vec<_>>().await, expected) {
                    (Ok(sums), Ok(count)) => assert_eq!(sums.len(), count),
                    (Err(error), Err(column)) => assert!(is_null_in(&error, column), "{error}"),
                    (read, expected) => panic!("{read:?}, not {expected:?}"),
                }
            }
        }
    };
    check(Ok(4)).await;
    database.execute("INSERT INTO wholes VALUES (1, 9)").await;
    check(Err("half")).await;
}
