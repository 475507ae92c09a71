//! Related rows by every type of key: each row finds its own, as in a join in the database.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, FromRow};
use sqlx_chunked::Chunked;

use crate::{
    Db,
    dialect::BIGINT,
    harness::{Column, Key, Keyed, Table, TestDatabase},
};

/// A row of the table `copies`, which refers to a row of `walk` by its key.
#[derive(Chunked, Clone, Debug, FromRow, PartialEq)]
#[chunked(table = "copies")]
struct Copy<K>
where
    K: Send + 'static,
{
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    k: K,
}

/// The same row, with a key that may be NULL.
#[derive(Chunked, Clone, Debug, PartialEq)]
#[chunked(table = "copies")]
struct Loose<K>
where
    K: Send + 'static,
{
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    k: Option<K>,
}

/// Returns the pairs of ids that the database itself joins.
async fn joined(database: &TestDatabase) -> Vec<(i64, i64)> {
    let sql =
        "SELECT copies.id, walk.n FROM copies JOIN walk ON walk.k = copies.k ORDER BY copies.id";
    sqlx::query_as::<Db, _>(AssertSqlSafe(sql)).fetch_all(database.pool()).await.unwrap()
}

pub(crate) async fn related<K: Key>(database: &TestDatabase, column: &Column) {
    let mut table = Table::<K>::create(database, column).await;
    let size = column.len().min(13);
    table.fill(size).await;
    // Three rows for each key, NULLs, and later keys that no row has.
    let definition = column.without_constraints();
    database
        .execute(format!(
            "CREATE TABLE copies (id {BIGINT} NOT NULL PRIMARY KEY, k {definition}); \
             INSERT INTO copies SELECT n + 1, k FROM walk; \
             INSERT INTO copies SELECT 100 - n, k FROM walk; \
             INSERT INTO copies SELECT 200 + n, k FROM walk"
        ))
        .await;
    let pairs = joined(database).await;
    assert_eq!(pairs.len(), 3 * size);
    let n_of = |id: i64| pairs.iter().find(|pair| pair.0 == id).map(|pair| pair.1);

    for batch_size in [1, 2, 5, 3 * size, 3 * size + 1] {
        let copies = Copy::<K>::iter(database.pool()).batch_size(batch_size);
        let copies = copies.with_one::<Keyed<K>>(|copy| copy.k);
        let copies: Vec<(Copy<K>, Arc<Keyed<K>>)> = copies.try_collect().await.unwrap();
        let found: Vec<_> = copies.iter().map(|(copy, row)| (copy.id, row.n)).collect();
        assert_eq!(found, pairs, "batches of {batch_size}");

        let rows = Keyed::<K>::batch_iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_many::<Copy<K>>(|copy| copy.k);
        for (row, copies) in rows.try_collect::<Vec<_>>().await.unwrap().into_iter().flatten() {
            let ids: Vec<_> = copies.iter().map(|copy| copy.id).collect();
            let own = pairs.iter().filter(|pair| pair.1 == row.n).map(|pair| pair.0);
            assert_eq!(ids, own.collect::<Vec<_>>(), "batches of {batch_size}");
        }
    }

    database.execute("INSERT INTO copies VALUES (301, NULL), (-1, NULL)").await;
    database.execute("DELETE FROM walk WHERE n > 1").await;
    let copies = Loose::<K>::iter(database.pool()).batch_size(7);
    let copies = copies.with_optional::<Keyed<K>>(|copy| copy.k);
    let copies: Vec<(Loose<K>, Option<Arc<Keyed<K>>>)> = copies.try_collect().await.unwrap();
    assert_eq!(copies.len(), 3 * size + 2);
    for (copy, row) in copies {
        assert_eq!(row.map(|row| row.n), n_of(copy.id).filter(|n| *n <= 1));
    }
}
