//! A value from the program is compared as its column is: with a `citext` column, without case.

use futures_util::TryStreamExt as _;
use sqlx_chunked::Chunked;

use crate::harness::TestDatabase;

tests! { predicates_ignore_case, ranges_ignore_case, text_beside_it_does_not }

#[derive(Chunked, Debug)]
#[chunked(table = "users")]
#[expect(dead_code, reason = "rows are told apart by their ids")]
struct User {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(unique)]
    email: String,
    name: String,
    nick: Option<String>,
}

/// An extension exists once for all schemas, so no two tests may create it at once.
pub(crate) async fn install(database: &TestDatabase) {
    database
        .execute(
            "SELECT pg_advisory_xact_lock(1); CREATE EXTENSION IF NOT EXISTS citext SCHEMA public",
        )
        .await;
}

async fn create(database: &TestDatabase) {
    install(database).await;
    database
        .execute(
            "CREATE TABLE users (id BIGINT PRIMARY KEY, email CITEXT NOT NULL UNIQUE, \
               name TEXT NOT NULL, nick CITEXT); \
             INSERT INTO users VALUES (1, 'Ann@Example.org', 'Ann', 'A'), \
               (2, 'bob@example.org', 'bob', NULL), (3, 'CAT@example.org', 'CAT', 'c'), \
               (4, 'dan@EXAMPLE.org', 'Dan', 'D')",
        )
        .await;
}

/// Returns the ids that a predicate selects.
macro_rules! ids {
    ($database:expr, $predicate:expr) => {
        User::iter($database.pool())
            .filter($predicate)
            .batch_size(1)
            .map_ok(|user| user.id)
            .try_collect::<Vec<_>>()
            .await
            .unwrap()
    };
}

async fn predicates_ignore_case(database: &TestDatabase) {
    create(database).await;
    assert_eq!(ids!(database, |u| u.email.eq("ANN@example.ORG")), [1]);
    assert_eq!(ids!(database, |u| u.email.eq("BOB@EXAMPLE.ORG".to_owned())), [2]);
    assert_eq!(ids!(database, |u| u.email.ne("cat@example.org")), [1, 2, 4]);
    assert_eq!(ids!(database, |u| u.email.is_in(["ANN@EXAMPLE.ORG", "dan@example.org"])), [1, 4]);
    assert_eq!(ids!(database, |u| u.email.not_in(["ANN@EXAMPLE.ORG"])), [2, 3, 4]);
    assert_eq!(ids!(database, |u| u.email.like("%EXAMPLE.ORG")), [1, 2, 3, 4]);
    assert_eq!(ids!(database, |u| u.email.between("BOB", "CAU")), [2, 3]);
    assert_eq!(ids!(database, |u| u.nick.eq("a").or(u.nick.eq("C"))), [1, 3]);
}

async fn ranges_ignore_case(database: &TestDatabase) {
    create(database).await;
    for reverse in [false, true] {
        let users = User::iter(database.pool()).order_by(|u| u.email.asc());
        let users = users.range("BOB".to_owned().."d".to_owned()).batch_size(1);
        let users = if reverse { users.reverse() } else { users };
        let mut ids: Vec<_> = users.map_ok(|user| user.id).try_collect().await.unwrap();
        ids.sort_unstable();
        assert_eq!(ids, [2, 3]);
    }
}

async fn text_beside_it_does_not(database: &TestDatabase) {
    create(database).await;
    assert_eq!(ids!(database, |u| u.name.eq("ann")), [0; 0]);
    assert_eq!(ids!(database, |u| u.name.is_in(["ANN", "bob", "CAT"])), [2, 3]);
}
