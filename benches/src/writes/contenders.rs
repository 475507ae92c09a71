//! Ways to write all rows of a table.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use sqlx::{MySql, Pool, Postgres, QueryBuilder, Sqlite};
use sqlx_chunked::Chunked;

use crate::{
    Error,
    database::{Database, Kind},
};

#[derive(Chunked)]
#[chunked(table = "chunked_bench_writes")]
#[expect(dead_code, reason = "rows are written, and not read")]
struct Row {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    author_id: i64,
}

/// What is done to the rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Update,
    Delete,
}

/// How it is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Ours,
    /// The ids of a batch, and a statement for the rows with these ids.
    ByHand,
    OneStatement,
}

/// A way to do some work, in batches of so many rows.
#[derive(Clone, Copy)]
pub(super) struct Contender {
    pub(super) name: &'static str,
    pub(super) way: Way,
    work: Work,
    batch: usize,
}

/// The time for all rows, and for the longest transaction.
pub(super) struct Took {
    pub(super) all: Duration,
    pub(super) longest: Duration,
}

/// All contenders, each loop by hand behind ours.
pub(super) const CONTENDERS: [Contender; 10] = {
    use Way::{ByHand, OneStatement, Ours};
    use Work::{Delete, Update};
    const fn new(name: &'static str, way: Way, work: Work, batch: usize) -> Contender {
        Contender { name, way, work, batch }
    }
    [
        new("update, 1,000 a batch", Ours, Update, 1_000),
        new("update by hand, 1,000", ByHand, Update, 1_000),
        new("update, 10,000 a batch", Ours, Update, 10_000),
        new("update by hand, 10,000", ByHand, Update, 10_000),
        new("update in one statement", OneStatement, Update, 0),
        new("delete, 1,000 a batch", Ours, Delete, 1_000),
        new("delete by hand, 1,000", ByHand, Delete, 1_000),
        new("delete, 10,000 a batch", Ours, Delete, 10_000),
        new("delete by hand, 10,000", ByHand, Delete, 10_000),
        new("delete in one statement", OneStatement, Delete, 0),
    ]
};

impl Work {
    const fn sql(self) -> &'static str {
        match self {
            Self::Update => "UPDATE chunked_bench_writes SET author_id = author_id + 1",
            Self::Delete => "DELETE FROM chunked_bench_writes",
        }
    }
}

/// A table as large as that of the entries.
const FILL: &str = "DROP TABLE IF EXISTS chunked_bench_writes;
    CREATE TABLE chunked_bench_writes
        (id BIGINT NOT NULL PRIMARY KEY, author_id BIGINT NOT NULL, headline TEXT NOT NULL);
    INSERT INTO chunked_bench_writes SELECT id, author_id, headline FROM chunked_bench_entries";

impl Contender {
    /// Fills the table, and writes all of it. Returns the time that writing took, and the number of rows.
    pub(super) async fn write(self, database: &Database) -> Result<(Took, u64), Error> {
        match database.kind {
            Kind::Sqlite => self.on_sqlite(&database.url).await,
            Kind::Postgres => self.on_postgres(&database.url).await,
            Kind::MySql => self.on_mysql(&database.url).await,
        }
    }
}

/// Times pieces of work that follow each other.
struct Watch {
    started: Instant,
    piece: Instant,
    longest: Duration,
}

impl Watch {
    fn start() -> Self {
        let now = Instant::now();
        Self { started: now, piece: now, longest: Duration::ZERO }
    }

    /// Takes note that a piece is done.
    fn split(&mut self) {
        self.longest = self.longest.max(self.piece.elapsed());
        self.piece = Instant::now();
    }

    fn stop(self) -> Took {
        Took { all: self.started.elapsed(), longest: self.longest }
    }
}

/// Not generic, like most such loops: the bounds would be longer than the code.
macro_rules! contender {
    ($on:ident, $DB:ty, $keys:literal) => {
        impl Contender {
            async fn $on(self, url: &str) -> Result<(Took, u64), Error> {
                let pool = Pool::<$DB>::connect(url).await?;
                sqlx::raw_sql(FILL).execute(&pool).await?;
                let mut watch = Watch::start();
                let mut written = 0;
                match self.way {
                    Way::Ours => {
                        let rows = Row::batch_iter(&pool).batch_size(self.batch);
                        let mut writes = match self.work {
                            Work::Update => rows.update(|row| {
                                row.author_id.set_sql(|q| {
                                    q.push("author_id + 1");
                                })
                            }),
                            Work::Delete => rows.delete(),
                        };
                        while let Some(batch) = writes.try_next().await? {
                            written += batch.rows_affected();
                            watch.split();
                        }
                    }
                    Way::ByHand => {
                        let mut last = i64::MIN;
                        loop {
                            let ids: Vec<i64> = sqlx::query_scalar($keys)
                                .bind(last)
                                .bind(i64::try_from(self.batch)?)
                                .fetch_all(&pool)
                                .await?;
                            let Some(&end) = ids.last() else { break };
                            let mut write = QueryBuilder::<$DB>::new(self.work.sql());
                            write.push(" WHERE id IN (");
                            let mut list = write.separated(", ");
                            for id in &ids {
                                list.push_bind(id);
                            }
                            write.push(")");
                            written += write.build().execute(&pool).await?.rows_affected();
                            watch.split();
                            last = end;
                        }
                    }
                    Way::OneStatement => {
                        written =
                            sqlx::query(self.work.sql()).execute(&pool).await?.rows_affected();
                        watch.split();
                    }
                }
                let took = watch.stop();
                sqlx::raw_sql("DROP TABLE chunked_bench_writes").execute(&pool).await?;
                pool.close().await;
                Ok((took, written))
            }
        }
    };
}

contender!(
    on_sqlite,
    Sqlite,
    "SELECT id FROM chunked_bench_writes WHERE id > ? ORDER BY id LIMIT ?"
);
contender!(
    on_postgres,
    Postgres,
    "SELECT id FROM chunked_bench_writes WHERE id > $1 ORDER BY id LIMIT $2"
);
contender!(on_mysql, MySql, "SELECT id FROM chunked_bench_writes WHERE id > ? ORDER BY id LIMIT ?");
