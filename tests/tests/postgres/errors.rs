//! The errors that PostgreSQL itself reports, in the words that the library puts around them; and
//! the ones that it does not report.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Chunked, Error, ReadRow};
use sqlx_chunked_tests::Report as _;

use crate::{
    Db,
    harness::{Entry, TestDatabase},
};

tests! {
    missing_table,
    missing_column,
    column_of_another_type,
    a_view,
    a_view_without_the_key,
    a_view_whose_key_is_null,
    a_null_behind_the_leading_column,
    text_that_is_no_value,
    a_moment_without_an_end,
}

/// Returns the first error of an iteration, and checks that polling again repeats it. Leaves out
/// the line of the server's own source that sqlx appends.
async fn first_error<M: ReadRow<Db>>(database: &TestDatabase) -> String {
    let mut rows = M::iter(database.pool());
    let mut error = async || rows.try_next().await.err().expect("an error").report();
    let first = error().await;
    assert_eq!(error().await, first);
    first.split(" at line ").next().unwrap().to_owned()
}

async fn missing_table(database: &TestDatabase) {
    assert_eq!(
        first_error::<Entry>(database).await,
        "cannot read `Entry` from table `entries`: relation \
         \"entries\" does not exist"
    );
}

async fn missing_column(database: &TestDatabase) {
    database.execute("CREATE TABLE entries (key BIGINT PRIMARY KEY, headline TEXT)").await;
    assert_eq!(
        first_error::<Entry>(database).await,
        "cannot read `Entry` from table `entries`: column \
         entries.id does not exist"
    );
}

/// Not even if the value would fit: sqlx reads types as they are.
async fn column_of_another_type(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE entries (id INTEGER PRIMARY KEY, headline TEXT); \
             INSERT INTO entries VALUES (1, 'entry 1')",
        )
        .await;
    assert_eq!(
        first_error::<Entry>(database).await,
        "cannot decode column `id` of `Entry`; its value is 1, in the row with `id` = 1: mismatched \
         types; Rust type `i64` (as SQL type `INT8`) is not compatible with SQL type `INT4`"
    );
}

/// A query cannot tell it from a table.
async fn a_view(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE numbers (n BIGINT PRIMARY KEY); \
             INSERT INTO numbers SELECT generate_series(1, 7); \
             CREATE VIEW entries AS SELECT n AS id, 'entry ' || n AS headline FROM numbers",
        )
        .await;
    for batch_size in 1..=8 {
        let rows = Entry::iter(database.pool()).batch_size(batch_size);
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), Entry::first(7));
    }
}

async fn a_view_without_the_key(database: &TestDatabase) {
    database.execute("CREATE VIEW entries AS SELECT 'entry' AS headline").await;
    assert_eq!(
        first_error::<Entry>(database).await,
        "cannot read `Entry` from table `entries`: column \
         entries.id does not exist"
    );
}

/// A view has no constraint against it; ascending, the row would come after the last one that a
/// seek finds.
async fn a_view_whose_key_is_null(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE numbers (n BIGINT PRIMARY KEY); INSERT INTO numbers VALUES (1), (2); \
             CREATE VIEW entries AS SELECT numbers.n AS id, 'entry' AS headline \
               FROM generate_series(1, 3) AS every (n) LEFT JOIN numbers USING (n)",
        )
        .await;
    for reverse in [false, true] {
        for batch_size in 1..=4 {
            let rows = Entry::iter(database.pool()).batch_size(batch_size);
            let mut rows = if reverse { rows.reverse() } else { rows };
            let error = rows.try_next().await.unwrap_err();
            assert!(matches!(error, Error::NullKey { column: "id", .. }), "{error}");
        }
    }
}

/// Reported before any row, though seeks end before it.
async fn a_null_behind_the_leading_column(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "pairs", unique(a, b))]
    #[expect(dead_code, reason = "only errors are read")]
    struct Pair {
        #[chunk_key]
        a: i64,
        #[chunk_key]
        b: i64,
    }

    database
        .execute(
            "CREATE TABLE pairs (a BIGINT NOT NULL, b BIGINT, UNIQUE (a, b)); \
             INSERT INTO pairs VALUES (1, 1), (1, 2), (1, NULL), (2, 1)",
        )
        .await;
    for batch_size in 1..=5 {
        let mut rows = Pair::iter(database.pool()).batch_size(batch_size);
        let error = rows.try_next().await.err().expect("an error");
        assert_eq!(
            error.report(),
            "the key column `b` of `Pair` holds a NULL: rows without a key cannot be read in its \
             order; leave them out with `filter(|c| c.b.is_not_null())`, or order by a NOT NULL column"
        );
    }
}

/// Text is bound without a type; the server finds out that it is not a number.
async fn text_that_is_no_value(database: &TestDatabase) {
    database.create_entries(3).await;
    let mut rows = Entry::iter(database.pool()).filter_sql(|q| {
        q.push("id = ").push_bind("x");
    });
    let error = rows.try_next().await.unwrap_err().report();
    assert!(error.starts_with("cannot read `Entry` from table `entries`: "), "{error}");
    // Reading still works afterwards.
    let rows = Entry::iter(database.pool());
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), Entry::first(3));
}

/// The driver panics on it.
async fn a_moment_without_an_end(database: &TestDatabase) {
    #[derive(Chunked, Debug)]
    #[chunked(table = "moments")]
    struct Moment {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[allow(dead_code, reason = "decoded all the same")]
        at: chrono::DateTime<chrono::Utc>,
        #[allow(dead_code, reason = "decoded all the same")]
        day: chrono::NaiveDate,
    }

    database
        .execute(
            "CREATE TABLE moments (id BIGINT PRIMARY KEY, at TIMESTAMPTZ NOT NULL, day DATE NOT NULL); \
             INSERT INTO moments VALUES (1, now(), now()), (2, 'infinity', now()), \
               (3, now(), '-infinity'), (4, now(), now())",
        )
        .await;
    for ahead in [0, 1, 2] {
        let mut read = Vec::new();
        let mut moments = Moment::iter(database.pool()).batch_size(3).read_ahead(ahead);
        loop {
            match moments.try_next().await {
                Ok(Some(moment)) => read.push(moment.id),
                Ok(None) => break,
                Err(error) => {
                    let column = if read.len() == 1 && !error.report().contains("`id` = 3") {
                        "at"
                    } else {
                        "day"
                    };
                    assert!(error.report().contains(&format!("column `{column}`")), "{error}");
                    let cursor = error.cursor::<Moment>().unwrap();
                    moments = Moment::iter(database.pool()).batch_size(3).after(cursor);
                }
            }
        }
        assert_eq!(read, [1, 4]);
    }
}
