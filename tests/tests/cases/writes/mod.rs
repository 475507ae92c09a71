//! Writing: update and delete by range.

mod mistakes;
mod rows;
mod sources;
mod statements;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Database, FromRow};
use sqlx_chunked::{BatchIter, Chunked, Error, Written, bounds::BoxedKey};

use crate::{
    Db,
    dialect::{BIGINT, CASELESS, TEXT},
    harness::TestDatabase,
};

/// A row of the table `tasks`.
#[derive(Chunked, Clone, Debug, FromRow, PartialEq)]
#[chunked(table = "tasks", unique(a, b))]
pub(crate) struct Task {
    #[chunk_key]
    #[chunked(primary_key)]
    pub(crate) id: i64,
    /// One of a few values.
    pub(crate) a: i64,
    pub(crate) b: i64,
    /// NULL in many rows.
    pub(crate) due: Option<i64>,
    pub(crate) tag: String,
    /// The number of times that the row was written.
    pub(crate) hits: i64,
    pub(crate) note: Option<String>,
}

/// Creates the table with this many rows, whose columns are all in other orders.
pub(crate) async fn create(database: &TestDatabase, count: i64) {
    let (tag_type, setup) = CASELESS;
    if let Some(setup) = setup {
        database.execute(setup).await;
    }
    database
        .execute(format!(
            "CREATE TABLE tasks (id {BIGINT} NOT NULL PRIMARY KEY, a {BIGINT} NOT NULL, \
             b {BIGINT} NOT NULL, due {BIGINT}, tag {tag_type} NOT NULL, \
             hits {BIGINT} NOT NULL, note {TEXT}); \
             CREATE UNIQUE INDEX by_a_b ON tasks (a, b); \
             CREATE INDEX by_due ON tasks (due, id); CREATE INDEX by_tag ON tasks (tag, id)"
        ))
        .await;
    fill(database, count).await;
}

/// Fills the table, which is empty.
pub(crate) async fn fill(database: &TestDatabase, count: i64) {
    let row = |id: i64| {
        let due = if id % 3 == 0 { "NULL".to_owned() } else { (id % 4).to_string() };
        format!("({id}, {}, {}, {due}, '{}', 0, NULL)", id * 7 % 3, 1000 - id, TAGS[tag(id)])
    };
    let rows: Vec<_> = (1..=count).map(row).collect();
    if !rows.is_empty() {
        database.execute(format!("INSERT INTO tasks VALUES {}", rows.join(", "))).await;
    }
}

fn tag(id: i64) -> usize {
    usize::try_from(id % 5).unwrap()
}

/// Two of them are equal, but have other bytes.
const TAGS: [&str; 5] = ["", "a", "A", "b", "z"];

/// The orders that are walked in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    Id,
    IdDescending,
    AThenB,
    ADescending,
    Mixed,
    Due,
    DueDescending,
    DueMixed,
    Tag,
    TagDescending,
    Three,
}

impl By {
    pub(crate) const ALL: [Self; 11] = [
        Self::Id,
        Self::IdDescending,
        Self::AThenB,
        Self::ADescending,
        Self::Mixed,
        Self::Due,
        Self::DueDescending,
        Self::DueMixed,
        Self::Tag,
        Self::TagDescending,
        Self::Three,
    ];

    /// The order as SQL.
    pub(crate) const fn sql(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::IdDescending => "id DESC",
            Self::AThenB => "a, b",
            Self::ADescending => "a DESC, b DESC",
            Self::Mixed => "a DESC, b",
            Self::Due => "due, id",
            Self::DueDescending => "due DESC, id DESC",
            Self::DueMixed => "due, id DESC",
            Self::Tag => "tag, id",
            Self::TagDescending => "tag DESC, id DESC",
            Self::Three => "a, due DESC, id",
        }
    }
}

pub(crate) type Tasks = BatchIter<'static, Task, Db, BoxedKey>;

pub(crate) fn tasks(database: &TestDatabase, by: By) -> Tasks {
    Task::batch_iter(database.pool()).order_by(|t| match by {
        By::Id => t.id.asc().boxed(),
        By::IdDescending => t.id.desc().boxed(),
        By::AThenB => t.a.asc().then(t.b.asc()).boxed(),
        By::ADescending => t.a.desc().then(t.b.desc()).boxed(),
        By::Mixed => t.a.desc().then(t.b.asc()).boxed(),
        By::Due => t.due.asc().then(t.id.asc()).boxed(),
        By::DueDescending => t.due.desc().then(t.id.desc()).boxed(),
        By::DueMixed => t.due.asc().then(t.id.desc()).boxed(),
        By::Tag => t.tag.asc().then(t.id.asc()).boxed(),
        By::TagDescending => t.tag.desc().then(t.id.desc()).boxed(),
        By::Three => t.a.asc().then(t.due.desc()).then(t.id.asc()).boxed(),
    })
}

/// Returns the ids that a plain query reads.
pub(crate) async fn ids(database: &TestDatabase, rest: &str) -> Vec<i64> {
    let sql = AssertSqlSafe(format!("SELECT id FROM tasks {rest}"));
    sqlx::query_scalar(sql).fetch_all(database.pool()).await.unwrap()
}

/// Counts up one row.
pub(crate) async fn hit_row(
    connection: &mut <Db as Database>::Connection,
    id: i64,
) -> Result<(), sqlx::Error> {
    let sql = format!("UPDATE tasks SET hits = hits + 1 WHERE id = {id}");
    sqlx::query(AssertSqlSafe(sql)).execute(connection).await.map(drop)
}

/// Counts up the rows of an iteration.
pub(super) async fn hit(tasks: Tasks) -> Result<Vec<Written<Task>>, Error> {
    let writes = tasks.update(|t| {
        t.hits.set_sql(|q| {
            q.push("hits + 1");
        })
    });
    writes.try_collect().await
}
