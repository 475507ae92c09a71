//! The errors that the server itself reports, in the words that the library puts around them; and
//! the ones that it does not report. (Types that cannot be keys are in `refused.rs`.)

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
    an_enum_behind_the_leading_column,
    a_date_of_zeros,
}

/// Returns the first error of an iteration, and checks that polling again repeats it.
async fn first_error<M: ReadRow<Db>>(database: &TestDatabase) -> String {
    let mut rows = M::iter(database.pool());
    let mut error = async || rows.try_next().await.err().expect("an error").report();
    let first = error().await;
    assert_eq!(error().await, first);
    first
}

/// The end differs between versions of the servers: it says where the column was missed.
const UNKNOWN_COLUMN: &str =
    "cannot read `Entry` from table `entries`: 1054 (42S22): Unknown column 'entries.id' in '";

async fn missing_table(database: &TestDatabase) {
    let error = first_error::<Entry>(database).await;
    // The name of the table starts with that of the test's database.
    assert!(
        error.starts_with(
            "cannot read `Entry` from table `entries`: 1146 (42S02): \
             Table '"
        ),
        "{error}"
    );
    assert!(error.ends_with(".entries' doesn't exist"), "{error}");
}

async fn missing_column(database: &TestDatabase) {
    database.execute("CREATE TABLE entries (`key` BIGINT PRIMARY KEY, headline TEXT)").await;
    let error = first_error::<Entry>(database).await;
    assert!(error.starts_with(UNKNOWN_COLUMN), "{error}");
}

async fn column_of_another_type(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE entries (id VARCHAR(9) PRIMARY KEY, headline TEXT); \
             INSERT INTO entries VALUES ('1', 'entry 1')",
        )
        .await;
    assert_eq!(
        first_error::<Entry>(database).await,
        "cannot decode column `id` of `Entry`; its value is '1', in the row with `id` = '1': \
         mismatched types; Rust type `i64` (as SQL type `BIGINT`) is not compatible with SQL type \
         `VARCHAR`"
    );
}

/// A query cannot tell it from a table.
async fn a_view(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE numbers (n BIGINT PRIMARY KEY); \
             INSERT INTO numbers VALUES (1), (2), (3), (4), (5), (6), (7); \
             CREATE VIEW entries AS SELECT n AS id, CONCAT('entry ', n) AS headline FROM numbers",
        )
        .await;
    for batch_size in 1..=8 {
        let rows = Entry::iter(database.pool()).batch_size(batch_size);
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), Entry::first(7));
    }
}

async fn a_view_without_the_key(database: &TestDatabase) {
    database.execute("CREATE VIEW entries AS SELECT 'entry' AS headline").await;
    let error = first_error::<Entry>(database).await;
    assert!(error.starts_with(UNKNOWN_COLUMN), "{error}");
}

/// A view has no constraint against it; descending, the row would come after the last one that a
/// seek finds.
async fn a_view_whose_key_is_null(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE numbers (n BIGINT PRIMARY KEY, half BIGINT); \
             INSERT INTO numbers VALUES (1, NULL), (2, 1), (3, NULL), (4, 2); \
             CREATE VIEW entries AS SELECT h.n AS id, 'entry' AS headline \
               FROM numbers AS n LEFT JOIN numbers AS h ON h.n = n.half WHERE n.n < 4",
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

/// An enum is refused at any place in the order, and in either direction.
async fn an_enum_behind_the_leading_column(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "articles", unique(author, stage))]
    #[expect(dead_code, reason = "never read")]
    struct Article {
        #[chunk_key]
        author: i64,
        #[chunk_key]
        stage: String,
        mood: Option<String>,
    }

    const KEY_TYPE: &str = "values are sorted by number but compared by spelling; order by another \
                            unique column";
    database
        .execute(
            "CREATE TABLE articles (author BIGINT NOT NULL, stage ENUM('draft', 'accepted') NOT \
               NULL, mood SET('sad', 'happy'), UNIQUE (author, stage)); \
             INSERT INTO articles VALUES (1, 'draft', NULL), (1, 'accepted', 'sad,happy'), \
               (2, 'draft', 'sad')",
        )
        .await;
    let articles = || Article::iter(database.pool()).batch_size(1);
    let mut walks = [articles(), articles().reverse()];
    for walk in &mut walks {
        let error = walk.try_next().await.err().expect("an error").report();
        assert_eq!(
            error,
            format!(
                "the key column `stage` of `Article` cannot order an iteration: ENUM {KEY_TYPE}"
            )
        );
    }
    // Read as an `Option`, with a NULL in the first row.
    let mut walk = articles().order_by(|a| a.mood.asc().then(a.author.asc()).then(a.stage.asc()));
    let error = walk.try_next().await.err().expect("an error").report();
    assert_eq!(
        error,
        format!("the key column `mood` of `Article` cannot order an iteration: SET {KEY_TYPE}")
    );
}

/// The server stores it, and the driver calls it NULL.
async fn a_date_of_zeros(database: &TestDatabase) {
    #[derive(Chunked, Debug)]
    #[chunked(table = "days")]
    struct Day {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[allow(dead_code, reason = "decoded all the same")]
        day: chrono::NaiveDate,
    }

    database
        .execute(
            "SET sql_mode = ''; CREATE TABLE days (id BIGINT PRIMARY KEY, day DATE NOT NULL); \
             INSERT INTO days VALUES (1, '2024-01-01'), (2, '0000-00-00'), (3, '2024-05-00')",
        )
        .await;
    let mut days = Day::iter(database.pool());
    assert_eq!(days.try_next().await.unwrap().unwrap().id, 1);
    for (id, zero) in [(2, "0000-00-00"), (3, "2024-05-00")] {
        let error = days.try_next().await.unwrap_err();
        let text = error.report();
        assert!(text.contains(zero) && text.contains(&format!("`id` = {id}")), "{text}");
        assert!(!text.contains("unexpected null"), "{text}");
        days = Day::iter(database.pool()).after(error.cursor().unwrap());
    }
    assert!(days.try_next().await.unwrap().is_none());
}
