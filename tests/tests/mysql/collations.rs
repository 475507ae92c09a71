//! Foreign keys with another collation than the key that they refer to.

use futures_util::TryStreamExt as _;
use sqlx_chunked::Chunked;

use crate::harness::TestDatabase;

tests! { children_do_not_depend_on_the_batch }

#[derive(Chunked)]
#[chunked(table = "parents")]
#[allow(dead_code, reason = "what the children refer to")]
struct Parent {
    #[chunk_key]
    #[chunked(primary_key)]
    name: String,
    #[chunked(unique)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "children")]
struct Child {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[allow(dead_code, reason = "the foreign key")]
    parent: String,
}

/// Children are compared as the parents are, whoever else is in the batch.
async fn children_do_not_depend_on_the_batch(database: &TestDatabase) {
    for (parents, children) in [
        ("utf8mb4_bin", "utf8mb4_general_ci"),
        ("utf8mb4_general_ci", "utf8mb4_bin"),
        ("utf8mb4_bin", "utf8mb4_bin"),
        ("utf8mb4_general_ci", "utf8mb4_general_ci"),
        ("latin1_general_cs", "latin1_swedish_ci"),
        ("latin1_swedish_ci", "latin1_general_cs"),
    ] {
        let set = |collation: &str| {
            let character_set = collation.split('_').next().unwrap().to_owned();
            format!("VARCHAR(20) CHARACTER SET {character_set} COLLATE {collation}")
        };
        let cs = !parents.ends_with("_ci");
        let names: &[&str] = if cs { &["a", "A", "b", "B", "c"] } else { &["a", "b", "c"] };
        let rows: Vec<_> =
            names.iter().enumerate().map(|(id, name)| format!("({id}, '{name}')")).collect();
        database
            .execute(format!(
                "DROP TABLE IF EXISTS parents, children; \
                 CREATE TABLE parents (id BIGINT NOT NULL UNIQUE, name {} PRIMARY KEY); \
                 CREATE TABLE children (id BIGINT PRIMARY KEY, parent {} NOT NULL); \
                 INSERT INTO parents VALUES {}; \
                 INSERT INTO children VALUES (1, 'a'), (2, 'A'), (3, 'B'), (4, 'C'), (5, 'b')",
                set(parents),
                set(children),
                rows.join(", ")
            ))
            .await;
        let mut walks = Vec::new();
        for batch_size in 1..=6 {
            let rows = Parent::iter(database.pool())
                .order_by(|p| p.id.asc())
                .with_many::<Child>(|child| child.parent)
                .batch_size(batch_size);
            let rows: Vec<_> = rows
                .map_ok(|(parent, children)| {
                    (parent.id, children.into_iter().map(|child| child.id).collect::<Vec<_>>())
                })
                .try_collect()
                .await
                .unwrap();
            walks.push(rows);
        }
        let all: usize = walks[0].iter().map(|(_, children)| children.len()).sum();
        assert_eq!(all, if cs { 4 } else { 5 }, "{parents}, {children}: {:?}", walks[0]);
        assert!(walks.iter().all(|walk| *walk == walks[0]), "{parents}, {children}: {walks:?}");
    }
}
