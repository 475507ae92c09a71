//! Keys of a type that is sorted by one rule and compared by another are refused: rows would be
//! lost.

use futures_util::TryStreamExt as _;
use sqlx_chunked_tests::Report as _;
use sqlx_chunked_tests::values::quoted;

use crate::harness::{Column, Key, Keyed, Stage, Table, TestDatabase};

tests! { an_enum, an_enum_as_text, a_set, an_enum_beside_the_key }

const ENUM: &str = "ENUM('draft', 'in_review', 'accepted', 'published', 'withdrawn')";
const STAGES: [&str; 3] = ["draft", "in_review", "accepted"];

async fn is_refused<K: Key>(database: &TestDatabase, column: &Column, kind: &str) {
    let mut table = Table::<K>::create(database, column).await;
    // Also a table of one row: success by chance is refused as well.
    for rows in 1..=3 {
        table.fill(rows).await;
        for batch_size in 1..=4 {
            let mut rows = Keyed::<K>::iter(database.pool()).batch_size(batch_size);
            assert_eq!(
                rows.try_next().await.unwrap_err().report(),
                format!(
                    "the key column `k` of `Keyed` cannot order an iteration: {kind} values are \
                     sorted by number but compared by spelling; order by another unique column"
                )
            );
        }
    }
}

async fn an_enum(database: &TestDatabase) {
    is_refused::<Stage>(database, &Column::new(ENUM, STAGES.map(quoted)), "ENUM").await;
}

async fn an_enum_as_text(database: &TestDatabase) {
    is_refused::<String>(database, &Column::new(ENUM, STAGES.map(quoted)), "ENUM").await;
    database.execute("DROP TABLE walk").await;
    // sqlx calls such a column one of bytes.
    let column = Column::new(ENUM, STAGES.map(quoted)).in_table("COLLATE utf8mb4_bin");
    is_refused::<Vec<u8>>(database, &column, "ENUM").await;
}

async fn a_set(database: &TestDatabase) {
    let column = Column::new("SET('b', 'a')", ["b", "a", "b,a"].map(quoted));
    is_refused::<String>(database, &column, "SET").await;
}

/// A column that is not part of the order is like any other.
async fn an_enum_beside_the_key(database: &TestDatabase) {
    #[derive(sqlx_chunked::Chunked)]
    #[chunked(table = "articles")]
    struct Article {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        stage: String,
    }

    database
        .execute(format!("CREATE TABLE articles (id BIGINT PRIMARY KEY, stage {ENUM} NOT NULL)"))
        .await;
    database
        .execute("INSERT INTO articles VALUES (1, 'draft'), (2, 'withdrawn'), (3, 'accepted')")
        .await;
    let articles = Article::iter(database.pool())
        .filter(|a| a.stage.is_in(["withdrawn", "accepted"]))
        .batch_size(1);
    let articles = articles.map_ok(|article| (article.id, article.stage));
    let articles: Vec<_> = articles.try_collect().await.unwrap();
    assert_eq!(articles, [(2, "withdrawn".to_owned()), (3, "accepted".to_owned())]);
}
