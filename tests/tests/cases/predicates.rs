//! Every predicate selects what the same condition selects in plain SQL.

use std::ops::Bound;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Database as _, QueryBuilder};
use sqlx_chunked::{Chunked, Predicate};
use sqlx_chunked_tests::Report as _;

use crate::{
    Db,
    dialect::{BIGINT, TEXT},
    harness::TestDatabase,
};

tests! {
    comparisons,
    comparisons_of_nullable_columns,
    lists,
    lists_of_nothing,
    patterns,
    joined,
    not,
    several_filters,
    filter_sql,
    values_are_bound,
    long_chains,
    deeper_than_a_database_reads,
    long_lists,
}

#[derive(Chunked)]
#[chunked(table = "facts")]
#[allow(dead_code, reason = "only `id` is looked at")]
struct Fact {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    amount: i64,
    score: Option<i64>,
    word: String,
    note: Option<String>,
}

const WORDS: [&str; 6] = ["a", "B", "it's", "100%", "", "o'; DROP TABLE facts; --"];

/// Creates all pairs of a few amounts and words, each with NULL in neither, one or both columns.
async fn create(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE facts (id {BIGINT} NOT NULL PRIMARY KEY, amount {BIGINT} NOT NULL, \
             score {BIGINT}, word {TEXT} NOT NULL, note {TEXT})"
        ))
        .await;
    for id in 0..36_i64 {
        let (amount, word) = (id % 6 - 2, WORDS[usize::try_from(id / 6).unwrap()]);
        let mut insert = QueryBuilder::<Db>::new("INSERT INTO facts VALUES (");
        insert
            .separated(", ")
            .push_bind(id)
            .push_bind(amount)
            .push_bind((id % 4 != 0).then_some(amount))
            .push_bind(word)
            .push_bind((id % 3 != 0).then_some(word));
        insert.push(")").build().execute(database.pool()).await.unwrap();
    }
}

type Columns = <Fact as Chunked>::Columns;

/// Checks that a predicate selects the same rows as a condition.
async fn same(
    database: &TestDatabase,
    predicate: impl FnOnce(Columns) -> Predicate<Fact, Db>,
    condition: &str,
) {
    let facts = Fact::iter(database.pool()).batch_size(4).filter(predicate);
    let selected: Vec<_> = facts.map_ok(|fact| fact.id).try_collect().await.unwrap();
    assert_eq!(selected, ids(database, condition).await, "{condition}");
}

/// Returns the rows that meet a condition, by a plain query.
async fn ids(database: &TestDatabase, condition: &str) -> Vec<i64> {
    let sql = format!("SELECT id FROM facts WHERE {condition} ORDER BY id");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(database.pool()).await.unwrap()
}

async fn comparisons(database: &TestDatabase) {
    create(database).await;
    same(database, |f| f.amount.eq(2), "amount = 2").await;
    same(database, |f| f.amount.ne(2), "amount <> 2").await;
    same(database, |f| f.amount.gt(-1), "amount > -1").await;
    same(database, |f| f.amount.ge(-1), "amount >= -1").await;
    same(database, |f| f.amount.lt(0), "amount < 0").await;
    same(database, |f| f.amount.le(0), "amount <= 0").await;
    same(database, |f| f.amount.between(-1, 1), "amount BETWEEN -1 AND 1").await;
    same(database, |f| f.amount.between(1, -1), "1 = 0").await;
    same(database, |f| f.amount.within(-1..=1), "amount BETWEEN -1 AND 1").await;
    same(database, |f| f.amount.within(-1..1), "amount >= -1 AND amount < 1").await;
    same(database, |f| f.amount.within(..=0), "amount <= 0").await;
    same(database, |f| f.amount.within(1..), "amount >= 1").await;
    same(database, |f| f.amount.within::<i64, _>(..), "1 = 1").await;
    same(database, |f| !f.amount.within::<i64, _>(..), "1 = 0").await;
    let after_zero = (Bound::Excluded(0), Bound::Unbounded);
    same(database, |f| f.amount.within(after_zero), "amount > 0").await;
    same(database, |f| f.amount.is_null(), "amount IS NULL").await;
    same(database, |f| f.amount.is_not_null(), "amount IS NOT NULL").await;

    same(database, |f| f.word.eq("B"), "word = 'B'").await;
    same(database, |f| f.word.ne("B".to_owned()), "word <> 'B'").await;
    same(database, |f| f.word.gt(&"B".to_owned()), "word > 'B'").await;
    same(database, |f| f.word.ge("a"), "word >= 'a'").await;
    same(database, |f| f.word.lt("a"), "word < 'a'").await;
    same(database, |f| f.word.le("a"), "word <= 'a'").await;
    same(database, |f| f.word.within("1".."b"), "word >= '1' AND word < 'b'").await;
    same(database, |f| f.word.within("a".to_owned()..), "word >= 'a'").await;
    same(database, |f| f.word.between("1", "b".to_owned()), "word BETWEEN '1' AND 'b'").await;
}

/// A comparison with NULL is neither true nor false.
async fn comparisons_of_nullable_columns(database: &TestDatabase) {
    create(database).await;
    same(database, |f| f.score.eq(2), "score = 2").await;
    same(database, |f| f.score.ne(2), "score <> 2").await;
    same(database, |f| f.score.gt(-1), "score > -1").await;
    same(database, |f| f.score.ge(-1), "score >= -1").await;
    same(database, |f| f.score.lt(0), "score < 0").await;
    same(database, |f| f.score.le(0), "score <= 0").await;
    same(database, |f| f.score.between(-1, 1), "score BETWEEN -1 AND 1").await;
    same(database, |f| f.score.within(-1..2), "score >= -1 AND score < 2").await;
    same(database, |f| f.score.is_null(), "score IS NULL").await;
    same(database, |f| f.score.is_not_null(), "score IS NOT NULL").await;
    same(database, |f| f.note.eq("B"), "note = 'B'").await;
    same(database, |f| f.note.ne("B"), "note <> 'B'").await;
    same(database, |f| f.note.is_null(), "note IS NULL").await;
}

async fn lists(database: &TestDatabase) {
    create(database).await;
    same(database, |f| f.amount.is_in([1]), "amount IN (1)").await;
    same(database, |f| f.amount.is_in([1, -2, 99]), "amount IN (1, -2, 99)").await;
    same(database, |f| f.amount.not_in(vec![1, -2]), "amount NOT IN (1, -2)").await;
    same(database, |f| f.amount.is_in(-1..=1), "amount IN (-1, 0, 1)").await;
    same(database, |f| f.score.is_in([1, -2]), "score IN (1, -2)").await;
    same(database, |f| f.score.not_in([1, -2]), "score NOT IN (1, -2)").await;
    same(database, |f| f.word.is_in(["a", "it's"]), "word IN ('a', 'it''s')").await;
    same(database, |f| f.word.is_in(&["a".to_owned()]), "word IN ('a')").await;
    same(database, |f| f.note.not_in(["a", ""]), "note NOT IN ('a', '')").await;
}

/// No row is in an empty list, and every row is outside it, NULL or not: there is nothing to
/// compare it with. SQL itself has no empty list.
async fn lists_of_nothing(database: &TestDatabase) {
    create(database).await;
    same(database, |f| f.amount.is_in([0_i64; 0]), "1 = 0").await;
    same(database, |f| f.amount.not_in([0_i64; 0]), "1 = 1").await;
    same(database, |f| f.score.is_in(Vec::<i64>::new()), "1 = 0").await;
    same(database, |f| f.score.not_in(Vec::<i64>::new()), "1 = 1").await;
    same(database, |f| !f.score.is_in(Vec::<i64>::new()), "1 = 1").await;
    same(database, |f| f.word.not_in(Vec::<String>::new()), "1 = 1").await;
}

async fn patterns(database: &TestDatabase) {
    create(database).await;
    same(database, |f| f.word.like("%'%"), "word LIKE '%''%'").await;
    same(database, |f| f.word.like("_"), "word LIKE '_'").await;
    same(database, |f| f.word.like("100%".to_owned()), "word LIKE '100%'").await;
    same(database, |f| f.word.like(""), "word LIKE ''").await;
    same(database, |f| f.note.like("%"), "note LIKE '%'").await;
    same(database, |f| !f.note.like("b%"), "NOT (note LIKE 'b%')").await;
}

/// Each part keeps its own meaning, however the parts are joined.
async fn joined(database: &TestDatabase) {
    create(database).await;
    same(
        database,
        |f| f.amount.eq(1).or(f.amount.eq(2)).and(f.word.eq("a")),
        "(amount = 1 OR amount = 2) AND word = 'a'",
    )
    .await;
    same(
        database,
        |f| f.amount.eq(1).or(f.amount.eq(2).and(f.word.eq("a"))),
        "amount = 1 OR (amount = 2 AND word = 'a')",
    )
    .await;
    same(
        database,
        |f| f.word.eq("a").and(f.amount.eq(1).or(f.amount.eq(2))),
        "word = 'a' AND (amount = 1 OR amount = 2)",
    )
    .await;
    same(
        database,
        |f| f.amount.between(0, 1).or(f.score.is_null()).and(f.note.is_null().or(f.word.ne("a"))),
        "((amount BETWEEN 0 AND 1) OR score IS NULL) AND (note IS NULL OR word <> 'a')",
    )
    .await;
}

async fn not(database: &TestDatabase) {
    create(database).await;
    same(database, |f| !f.amount.eq(1), "NOT (amount = 1)").await;
    // A condition that is neither true nor false stays so.
    same(database, |f| !f.score.eq(1), "NOT (score = 1)").await;
    same(database, |f| !!f.score.eq(1), "score = 1").await;
    same(database, |f| !f.score.is_null(), "score IS NOT NULL").await;
    same(database, |f| !f.amount.eq(1).or(f.word.eq("a")), "NOT (amount = 1 OR word = 'a')").await;
    same(database, |f| (!f.amount.eq(1)).or(f.word.eq("a")), "(NOT (amount = 1)) OR word = 'a'")
        .await;
    same(database, |f| !f.amount.between(-1, 1), "NOT (amount BETWEEN -1 AND 1)").await;
}

/// Several calls are joined by AND, whatever each of them says, and so are the seek and the range.
async fn several_filters(database: &TestDatabase) {
    create(database).await;
    let expected =
        ids(database, "(amount = 1 OR amount = 2) AND (word = 'a' OR score IS NULL) AND id >= 3")
            .await;
    assert!(expected.len() > 2);
    for batch_size in 1..=expected.len() + 1 {
        let facts = Fact::iter(database.pool())
            .filter(|f| f.amount.eq(1).or(f.amount.eq(2)))
            .filter(|f| f.word.eq("a").or(f.score.is_null()))
            .range(3..)
            .batch_size(batch_size);
        let selected: Vec<_> = facts.map_ok(|fact| fact.id).try_collect().await.unwrap();
        assert_eq!(selected, expected, "batches of {batch_size}");
    }
}

async fn filter_sql(database: &TestDatabase) {
    create(database).await;
    let expected = ids(database, "(amount = 1 OR word = 'a') AND id % 2 = 1").await;
    assert!(expected.len() > 2);
    for batch_size in 1..=expected.len() + 1 {
        let facts = Fact::iter(database.pool())
            // If its OR reached other conditions, it would let in other rows, and repeat some.
            .filter_sql(|q| {
                q.push("amount = ").push_bind(1_i64).push(" OR word = ").push_bind("a");
            })
            // An empty condition lets everything in.
            .filter_sql(|_| ())
            .filter_sql(|q| {
                q.push("id % ").push_bind(2_i64).push(" = 1");
            })
            .batch_size(batch_size);
        let selected: Vec<_> = facts.map_ok(|fact| fact.id).try_collect().await.unwrap();
        assert_eq!(selected, expected, "batches of {batch_size}");
    }
}

/// No value ends up in the text of a statement, whatever is in it.
async fn values_are_bound(database: &TestDatabase) {
    create(database).await;
    for word in WORDS {
        let quoted = word.replace('\'', "''");
        same(database, |f| f.word.eq(word), &format!("word = '{quoted}'")).await;
        same(database, |f| f.word.is_in([word]), &format!("word IN ('{quoted}')")).await;
        same(database, |f| f.note.ne(word), &format!("note <> '{quoted}'")).await;
    }
    assert_eq!(ids(database, "1 = 1").await.len(), 36);
}

/// As many values as the database has parameters for, on either side.
async fn long_chains(database: &TestDatabase) {
    create(database).await;
    for count in [1_000, 20_000] {
        let facts = Fact::iter(database.pool())
            .filter(|f| (1..count).fold(f.id.eq(0), |any, n| any.or(f.id.eq(-n).or(f.id.eq(5)))))
            .map_ok(|fact| fact.id);
        let read: Result<Vec<_>, _> = facts.try_collect().await;
        // Twice as many values, which is more than SQLite has parameters.
        if count == 1_000 || read.is_ok() {
            assert_eq!(read.unwrap(), [0, 5]);
        }
        let facts = Fact::iter(database.pool())
            .filter(|f| (1..count).fold(f.id.ne(0), |all, n| f.id.ne(n + 4).and(all)))
            .map_ok(|fact| fact.id);
        assert_eq!(facts.try_collect::<Vec<_>>().await.unwrap(), [1, 2, 3, 4]);
    }
}

/// Such a condition is an error, and does not end the program.
async fn deeper_than_a_database_reads(database: &TestDatabase) {
    create(database).await;
    for depth in [100, 50_000] {
        let facts = Fact::iter(database.pool()).filter(|f| {
            (0..depth).fold(f.id.gt(0), |nested, n| {
                if n % 2 == 0 { nested.and(f.id.gt(0)) } else { !nested.or(f.id.lt(0)) }
            })
        });
        let read = facts.map_ok(|fact| fact.id).try_collect::<Vec<_>>().await;
        if depth == 100 {
            assert_eq!(read.unwrap().len(), 36);
        } else {
            let error = read.unwrap_err().report();
            assert!(error.contains("200 levels deep"), "{error}");
        }
    }
}

/// The longest lists that the documentation promises.
async fn long_lists(database: &TestDatabase) {
    create(database).await;
    let longest = match Db::NAME {
        "SQLite" => 32_766,
        "PostgreSQL" => 200_000,
        _ => 65_535,
    };
    // An order of two columns, so the position takes two or three values; and the limit takes one.
    let longest = longest - 4;
    for batch_size in [5, 100] {
        let facts = Fact::iter(database.pool())
            .order_by(|f| f.amount.asc().then(f.id.asc()))
            .filter(|f| f.id.is_in((0..longest).map(|n| n % 30_000 + 10)))
            .batch_size(batch_size);
        let read: Vec<_> = facts.map_ok(|fact| fact.id).try_collect().await.unwrap();
        assert_eq!(read.len(), 26);
    }
    if Db::NAME == "PostgreSQL" {
        let none: Vec<_> = Fact::iter(database.pool())
            .filter(|f| f.id.not_in((0..longest).map(|n| n % 100)))
            .try_collect()
            .await
            .unwrap();
        assert!(none.is_empty());
    }
}
