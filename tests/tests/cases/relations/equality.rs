//! The database decides which row a key refers to.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use sqlx_chunked::Chunked;
use sqlx_chunked_tests::statements::record;

use super::all;
use crate::{
    dialect::{BIGINT, CASELESS, TEXT},
    harness::TestDatabase,
};

tests! {
    keys_that_the_database_calls_equal,
    children_that_the_database_calls_equal,
    one_key_in_many_spellings,
    the_collation_of_the_referenced_column_counts,
    equal_keys_without_a_row,
}

#[derive(Chunked, Clone, Debug, PartialEq)]
#[chunked(table = "tags")]
struct Tag {
    #[chunk_key]
    #[chunked(primary_key)]
    name: String,
    n: i64,
}

#[derive(Chunked, Clone, Debug, PartialEq)]
#[chunked(table = "posts")]
struct Post {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    tag: String,
}

async fn create_tags(database: &TestDatabase) {
    // PostgreSQL needs the collation; the others have one.
    if let Some(setup) = CASELESS.1 {
        database.execute(setup).await;
    }
    database
        .execute(format!(
            "CREATE TABLE tags (name {text} NOT NULL PRIMARY KEY, n {BIGINT} NOT NULL); \
             CREATE TABLE posts (id {BIGINT} NOT NULL PRIMARY KEY, tag {text} NOT NULL); \
             INSERT INTO tags VALUES ('Rust', 1), ('sql', 2), ('Empty', 3); \
             INSERT INTO posts VALUES (1, 'rust'), (2, 'SQL'), (3, 'Rust'), (4, 'RUST'), \
               (5, 'sql'), (6, 'rUST'), (7, 'RUST')",
            text = CASELESS.0,
        ))
        .await;
}

async fn keys_that_the_database_calls_equal(database: &TestDatabase) {
    create_tags(database).await;
    for batch_size in 1..=8 {
        let batches = Post::batch_iter(database.pool()).batch_size(batch_size);
        let batches = batches.with_one::<Tag>(|post| post.tag);
        let batches: Vec<_> = batches.try_collect().await.unwrap();
        let found = batches.iter().flatten().map(|(_, tag)| tag.n);
        assert_eq!(found.collect::<Vec<_>>(), [1, 2, 1, 1, 2, 1, 1], "batches of {batch_size}");
        // In another spelling, it is still the same row.
        for batch in &batches {
            for (_, tag) in batch {
                let same = batch.iter().filter(|(_, other)| other.n == tag.n);
                assert!(same.clone().all(|(_, other)| Arc::ptr_eq(other, tag)));
            }
        }
    }
}

async fn children_that_the_database_calls_equal(database: &TestDatabase) {
    create_tags(database).await;
    for batch_size in 1..=4 {
        let rows = Tag::iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_many::<Post>(|post| post.tag);
        let mut rows: Vec<_> = rows.try_collect().await.unwrap();
        rows.sort_by_key(|(tag, _)| tag.n);
        let found = rows.iter().map(|(_, posts)| posts.iter().map(|post| post.id).collect());
        let expected: [Vec<i64>; 3] = [vec![1, 3, 4, 6, 7], vec![2, 5], vec![]];
        assert_eq!(found.collect::<Vec<Vec<i64>>>(), expected);
    }
}

async fn one_key_in_many_spellings(database: &TestDatabase) {
    create_tags(database).await;
    database.execute("DELETE FROM posts; INSERT INTO tags VALUES ('abcdefghij', 7)").await;
    let spelled = |n: i64| {
        let letters = "abcdefghij".chars().enumerate();
        letters
            .map(|(at, c)| if n >> at & 1 == 1 { c.to_ascii_uppercase() } else { c })
            .collect::<String>()
    };
    let rows: Vec<_> = (0..1_000).map(|n| format!("({n}, '{}')", spelled(n))).collect();
    database.execute(format!("INSERT INTO posts VALUES {}", rows.join(", "))).await;
    let rows = Post::iter(database.pool()).with_one::<Tag>(|post| post.tag);
    let (rows, statements) = record("tags", rows.try_collect::<Vec<_>>()).await;
    let rows = rows.unwrap();
    assert!(rows.len() == 1_000 && rows.iter().all(|(_, tag)| Arc::ptr_eq(tag, &rows[0].1)));
    // MySQL is asked again in parts of 256.
    assert!(statements.len() <= 5, "{} statements", statements.len());

    let rows = Tag::iter(database.pool()).with_many::<Post>(|post| post.tag);
    let rows = rows.try_collect::<Vec<_>>().await.unwrap();
    let posts = rows.into_iter().find(|(tag, _)| tag.n == 7).unwrap().1;
    assert!(posts.iter().map(|post| post.id).eq(0..1_000));
}

/// As with a constraint in the database, which MySQL has only between equal collations.
async fn the_collation_of_the_referenced_column_counts(database: &TestDatabase) {
    if let Some(setup) = CASELESS.1 {
        database.execute(setup).await;
    }
    let [caseless, exact] = [CASELESS.0, TEXT];
    database
        .execute(format!(
            "CREATE TABLE tags (name {caseless} NOT NULL PRIMARY KEY, n {BIGINT} NOT NULL); \
             CREATE TABLE posts (id {BIGINT} NOT NULL PRIMARY KEY, tag {exact} NOT NULL); \
             INSERT INTO tags VALUES ('Anne', 1), ('Bob', 2); \
             INSERT INTO posts VALUES (1, 'ANNE'), (2, 'Anne'), (3, 'bob'), (4, 'anne')"
        ))
        .await;
    let pairs: Vec<(i64, i64)> = all(
        database,
        "SELECT tags.n, posts.id FROM tags JOIN posts ON tags.name = posts.tag \
         ORDER BY tags.n, posts.id",
    )
    .await;
    assert_eq!(pairs, [(1, 1), (1, 2), (1, 4), (2, 3)]);
    for batch_size in 1..=3 {
        let rows = Tag::iter(database.pool()).order_by(|tag| tag.name.asc()).batch_size(batch_size);
        let rows = rows.with_many::<Post>(|post| post.tag).try_collect::<Vec<_>>().await.unwrap();
        let found = rows.iter().flat_map(|(tag, posts)| posts.iter().map(|post| (tag.n, post.id)));
        assert!(found.eq(pairs.iter().copied()), "batches of {batch_size}: {rows:?}");
        let rows = Post::iter(database.pool()).batch_size(batch_size);
        let rows = rows.with_one::<Tag>(|post| post.tag).try_collect::<Vec<_>>().await.unwrap();
        assert!(rows.iter().map(|(_, tag)| tag.n).eq([1, 1, 2, 1]));
    }
}

async fn equal_keys_without_a_row(database: &TestDatabase) {
    create_tags(database).await;
    database.execute("DELETE FROM tags WHERE n = 1").await;
    let rows = Post::iter(database.pool()).with_optional::<Tag>(|post| post.tag);
    let (rows, statements) = record("tags", rows.try_collect::<Vec<_>>()).await;
    let found = rows.unwrap().into_iter().map(|(_, tag)| tag.map_or(0, |tag| tag.n));
    assert_eq!(found.collect::<Vec<_>>(), [0, 2, 0, 0, 2, 0, 0]);
    assert!(statements.len() <= 3, "{statements:#?}");
}
