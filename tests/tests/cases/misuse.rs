//! A wrong request of a program is an error as the first item, never a silent guess.

use futures_util::TryStreamExt as _;
use sqlx::Database as _;
use sqlx_chunked::{Chunked, Error, Iter};
use sqlx_chunked_tests::Report as _;

use crate::{
    Db,
    harness::{Entry, TestDatabase},
};

tests! {
    batch_size_of_zero,
    options_that_come_too_late,
    cursor_of_another_order,
    filter_sql_that_resets,
    filter_sql_with_parameters_of_its_own,
    missing_table,
    missing_column,
}

async fn batch_size_of_zero(database: &TestDatabase) {
    const MESSAGE: &str =
        "the batch size of `Entry` is 0, but a query has to read at least one row";
    database.create_entries(3).await;
    let mut batches = Entry::batch_iter(database.pool()).batch_size(0);
    let mut rows = Entry::iter(database.pool()).batch_size(0).limit(0);
    for _ in 0..2 {
        assert_eq!(batches.try_next().await.unwrap_err().report(), MESSAGE);
        assert_eq!(rows.try_next().await.unwrap_err().report(), MESSAGE);
    }
}

/// An option that is set after the first row cannot apply to all of them.
async fn options_that_come_too_late(database: &TestDatabase) {
    database.create_entries(5).await;
    let begun = async || {
        let mut rows = Entry::iter(database.pool()).batch_size(2);
        assert_eq!(rows.try_next().await.unwrap(), Some(Entry::new(1)));
        rows
    };
    let cursor = begun().await.cursor().unwrap();
    let late = [
        ("batch_size", begun().await.batch_size(3)),
        ("limit", begun().await.limit(3)),
        ("order_by", begun().await.order_by(|e| e.id.desc())),
        ("reverse", begun().await.reverse()),
        ("filter", begun().await.filter(|e| e.id.gt(0))),
        ("filter_sql", begun().await.filter_sql(|_| ())),
        ("range", begun().await.range(1..)),
        ("after", begun().await.after(cursor)),
        // The error names the first one.
        ("limit", begun().await.limit(3).reverse()),
    ];
    for (method, mut rows) in late {
        for _ in 0..2 {
            assert_eq!(
                rows.try_next().await.unwrap_err().report(),
                format!(
                    "`{method}` was called on an iterator over `Entry` that had started: set it \
                     before the first poll"
                )
            );
        }
    }
}

async fn cursor_of_another_order(database: &TestDatabase) {
    database.create_entries(3).await;
    let mut rows = Entry::iter(database.pool());
    rows.try_next().await.unwrap();
    let cursor = rows.cursor().unwrap();
    database.execute("UPDATE entries SET headline = 'b' WHERE id = 2").await;
    {
        let mut other = Entry::iter(database.pool())
            .order_by(|e| e.headline.asc().then(e.id.asc()))
            .after(cursor.clone());
        for _ in 0..2 {
            assert_eq!(
                other.try_next().await.unwrap_err().report(),
                "this cursor does not fit the iteration over `Entry`: it was taken in another \
                 order; give the iteration the order that the cursor has"
            );
        }
    }
    // The same order, written another way.
    let ids = async |rows: Iter<'static, Entry, Db, (i64,)>| {
        rows.map_ok(|entry| entry.id).try_collect::<Vec<_>>().await.unwrap()
    };
    let entries = || Entry::iter(database.pool());
    let same = entries().order_by(|e| e.id.desc()).reverse().after(cursor.clone());
    assert_eq!(ids(same).await, [2, 3]);
    // A place is the same in an order and its reverse, whichever is set first.
    assert_eq!(ids(entries().reverse().after(cursor.clone())).await, [0; 0]);
    assert_eq!(ids(entries().after(cursor.clone()).reverse()).await, [0; 0]);
    assert_eq!(ids(entries().order_by(|e| e.id.desc()).before(cursor)).await, [2, 3]);
}

/// The builder belongs to the library, which has bound values before and will bind more.
async fn filter_sql_that_resets(database: &TestDatabase) {
    database.create_entries(3).await;
    let mut rows = Entry::iter(database.pool()).filter(|e| e.id.gt(0)).filter_sql(|q| {
        q.reset();
    });
    for _ in 0..2 {
        assert_eq!(
            rows.try_next().await.unwrap_err().report(),
            "cannot bind a value in a query for `Entry`: `filter_sql` and `set_sql` may only \
             push SQL and values: they must neither build nor reset the query"
        );
    }
}

/// Returns the error of a model whose table or column is missing, an error of the database.
async fn refused<M>(database: &TestDatabase) -> String
where
    M: sqlx_chunked::ReadRow<Db>,
{
    let mut rows = M::iter(database.pool());
    let error = rows.try_next().await.err().expect("an error");
    assert!(matches!(error, Error::Query { source: sqlx::Error::Database(_), .. }), "{error}");
    rows.try_next().await.err().expect("the same error");
    error.report()
}

/// A number would be that of another value: the position, or the limit.
async fn filter_sql_with_parameters_of_its_own(database: &TestDatabase) {
    database.create_entries(20).await;
    let foreign: &[&str] = match Db::NAME {
        "SQLite" => &["id > ?1", "id > 0 AND ?2 > :limit", "id > @a"],
        "PostgreSQL" => &["id > $1", "id > 0 AND $2 > 0"],
        // There are none: `@name` is a variable.
        _ => &[],
    };
    for &sql in foreign {
        let mut rows = Entry::iter(database.pool()).batch_size(5).filter(|e| e.id.gt(2));
        rows = rows.filter_sql(move |q| {
            q.push(sql);
        });
        for _ in 0..2 {
            let error = rows.try_next().await.unwrap_err().report();
            assert!(error.contains("bind each value with `push_bind`"), "{sql}: {error}");
        }
    }
    // What only looks like one.
    let rows = Entry::iter(database.pool()).batch_size(5).filter_sql(|q| {
        q.push("'?1 $1 :a' <> ").push_bind("x").push(" AND id > ").push_bind(2_i64);
    });
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), Entry::first(20)[2..]);
}

async fn missing_table(database: &TestDatabase) {
    let error = refused::<Entry>(database).await;
    assert!(error.starts_with("cannot read `Entry` from table `entries`: "), "{error}");
    assert!(error["cannot read `Entry` from table `entries`: ".len()..].contains("entries"));
}

async fn missing_column(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "entries")]
    #[allow(dead_code, reason = "never read")]
    struct Misspelt {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        haedline: String,
    }

    // SQLite would read an unknown name in double quotes as a string.
    database.create_entries(3).await;
    let error = refused::<Misspelt>(database).await;
    assert!(error.starts_with("cannot read `Misspelt` from table `entries`: "), "{error}");
    assert!(error.contains("haedline"), "{error}");
}
