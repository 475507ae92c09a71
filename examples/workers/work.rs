//! What a worker does with a part, whatever queue it came from.

use futures_util::TryStreamExt as _;
use sqlx::Pool;
use sqlx_chunked::{Checkpoints, Chunked, Error, Open, Part, ReadRow, Source};

use crate::{AnyError, store::Store};

#[derive(Chunked)]
#[chunked(table = "flights")]
pub(crate) struct Flight {
    #[chunk_key]
    #[chunked(primary_key)]
    pub(crate) id: i64,
    pub(crate) dep_delay: Option<i64>,
    pub(crate) arr_delay: Option<i64>,
}

impl Flight {
    /// The minutes that were made up in the air.
    pub(crate) fn made_up(&self) -> Option<i64> {
        Some(self.dep_delay? - self.arr_delay?)
    }
}

/// The name of a run, which its tables and its queue have too, and how many flights a worker writes at
/// once.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) name: String,
    pub(crate) batch: usize,
}

impl Run {
    pub(crate) fn table(&self) -> String {
        format!("{}_flights", self.name)
    }

    pub(crate) fn checkpoints(&self) -> Checkpoints {
        Checkpoints::new(self.checkpoints_table())
    }

    pub(crate) fn checkpoints_table(&self) -> String {
        format!("{}_checkpoints", self.name)
    }

    /// The name of the checkpoint of a part.
    pub(crate) fn checkpoint(part: &Part<Flight>) -> String {
        format!("part/{}", part.index())
    }
}

/// How the work on a part ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Finished,
    /// Another worker has taken the part over, since this one seemed dead.
    Overtaken,
}

/// Works on a part from its checkpoint on. After each batch, the lease is renewed.
pub(crate) async fn work<DB, F, E>(
    pool: &Pool<DB>,
    run: &Run,
    part: Part<Flight>,
    renew: impl Fn() -> F + Send,
) -> Result<Outcome, AnyError>
where
    DB: Store,
    Flight: ReadRow<DB>,
    for<'c> &'c mut DB::Connection: Source<'c, Database = DB>,
    F: Future<Output = Result<(), E>> + Send,
    AnyError: From<E>,
{
    let (name, number) = (Run::checkpoint(&part), part.index());
    let mut checkpoint = run.checkpoints().open::<Flight, _>(pool, &name).await?;
    if checkpoint.is_finished() {
        return Ok(Outcome::Finished);
    }
    say(if checkpoint.cursor().is_some() { TAKES_OVER } else { BEGINS }, number);

    let table = run.table();
    let mut batches = Flight::batch_iter(pool)
        .table(&table)
        .part(part)
        .batch_size(run.batch)
        .resume(checkpoint.cursor())
        .transactional();
    while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await? {
        DB::write(&mut transaction, &table, &batch).await?;
        // With the flights, or not at all: whoever opened the checkpoint last has it.
        match checkpoint.save(&mut *transaction, &batch.cursor()).await {
            Err(Error::Overtaken { .. }) => return Ok(overtaken(number)),
            saved => saved?,
        }
        transaction.commit().await?;
        renew().await?;
    }
    match checkpoint.finish(pool).await {
        Err(Error::Overtaken { .. }) => return Ok(overtaken(number)),
        finished => finished?,
    }
    say(ENDS, number);
    Ok(Outcome::Finished)
}

fn overtaken(part: usize) -> Outcome {
    say(IS_OVERTAKEN, part);
    Outcome::Overtaken
}

/// Tells the process that started this one, which reads along.
fn say(verb: &str, part: usize) {
    println!("{verb} {part}");
}

pub(crate) const BEGINS: &str = "begins";
pub(crate) const TAKES_OVER: &str = "takes over";
pub(crate) const ENDS: &str = "ends";
pub(crate) const IS_OVERTAKEN: &str = "is overtaken in";
