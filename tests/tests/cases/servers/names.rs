//! Names are sent as the model has them: a database that folds the case of unquoted names must not
//! find another table, or none.

use futures_util::TryStreamExt as _;
use sqlx_chunked::Chunked;

use crate::{
    dialect::{BIGINT, TEXT, quoted},
    harness::TestDatabase,
};

tests! { keep_their_case }

#[derive(Chunked, Debug, PartialEq)]
#[chunked(table = "MixedCase")]
struct Mixed {
    #[chunk_key]
    #[chunked(primary_key, rename = "theId")]
    id: i64,
    #[chunked(rename = "Head Line")]
    headline: String,
    #[chunked(rename = "ORDER")]
    order: Option<i64>,
}

async fn keep_their_case(database: &TestDatabase) {
    let [table, id, headline, order] = ["MixedCase", "theId", "Head Line", "ORDER"].map(quoted);
    database
        .execute(format!(
            "CREATE TABLE {table} ({id} {BIGINT} NOT NULL PRIMARY KEY, {headline} {TEXT} NOT NULL, \
             {order} {BIGINT}); \
             INSERT INTO {table} VALUES (1, 'a', NULL), (2, 'b', 7), (3, 'c', NULL), (4, 'd', 6)"
        ))
        .await;
    for batch_size in 1..=5 {
        let rows = Mixed::iter(database.pool())
            .filter(|m| m.headline.ne("c").and(m.order.is_null().or(m.order.lt(100))))
            .range(1..=4)
            .order_by(|m| m.order.desc().then(m.id.desc()))
            .batch_size(batch_size);
        let mut read: Vec<_> = rows.try_collect().await.unwrap();
        read.sort_by_key(|row| row.id);
        let row = |id, headline: &str, order| Mixed { id, headline: headline.to_owned(), order };
        assert_eq!(read, [row(1, "a", None), row(2, "b", Some(7)), row(4, "d", Some(6))]);
    }
}
