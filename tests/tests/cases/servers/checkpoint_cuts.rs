//! The connection is cut at every place of a batch that saves its position, COMMIT included: beginning
//! again from the checkpoint gives each effect once.

use sqlx::pool::PoolOptions;
use sqlx_chunked::{Checkpoint, Error};
use sqlx_chunked_tests::proxy::Proxy;

use crate::{
    Db,
    cases::{
        checkpoints::{checkpoints, hit},
        writes::{Task, create, hit_row},
    },
    harness::TestDatabase,
};

tests! { at_every_place }

const ROWS: i64 = 10;
/// Bytes from the server between two cuts.
const STEP: usize = 5;

async fn at_every_place(database: &TestDatabase) {
    create(database, ROWS).await;
    checkpoints().create(database.pool()).await.unwrap();
    let server = database.options();
    let proxy = Proxy::start(server.get_host(), server.get_port()).await;
    let server = server.host("127.0.0.1").port(proxy.port());
    let options = PoolOptions::<Db>::new().max_connections(1);
    let pool = options.connect_with(server).await.unwrap();
    let (mut failed, mut unknown) = (0, 0);
    for bytes in (0..).step_by(STEP) {
        let case = format!("cut after {bytes} bytes");
        let mut begun = 0;
        loop {
            let opened: Result<Checkpoint<Task, Db>, Error> =
                checkpoints().open(&pool, "hits").await;
            let mut checkpoint = match opened {
                Ok(checkpoint) => checkpoint,
                Err(Error::Checkpoints { .. }) if begun > 0 => continue,
                Err(error) => panic!("{error}, {case}"),
            };
            begun += 1;
            assert!(begun < 5, "{case}");
            if begun == 1 {
                // The first batch is as it should be.
                hit(&pool, &mut checkpoint, 1).await.unwrap();
                checkpoint = checkpoints().open(&pool, "hits").await.unwrap();
                proxy.cut_after(bytes);
            }
            match try_hit(&pool, &mut checkpoint).await {
                Ok(()) => break,
                Err(Some(Error::CommitUnknown { .. })) => unknown += 1,
                Err(_) => failed += 1,
            }
        }
        let sql = "SELECT DISTINCT hits FROM tasks";
        let hits: Vec<i64> = sqlx::query_scalar(sql).fetch_all(database.pool()).await.unwrap();
        assert_eq!(hits, [1], "{case}");
        database.execute("UPDATE tasks SET hits = 0").await;
        assert!(checkpoints().remove(database.pool(), "hits").await.unwrap());
        if proxy.spare() {
            break;
        }
    }
    assert!(failed > 0 && unknown > 0, "{failed} failed, {unknown} unknown");
    pool.close().await;
}

/// Hits the rows that are left; an error of the program's own statements is `None`.
async fn try_hit(
    pool: &sqlx::Pool<Db>,
    checkpoint: &mut Checkpoint<Task, Db>,
) -> Result<(), Option<Error>> {
    use futures_util::TryStreamExt as _;
    let batches = Task::batch_iter(pool).batch_size(4).resume(checkpoint.cursor());
    let mut batches = batches.transactional();
    while let Some(mut open) = batches.try_next().await? {
        for task in &open.batch {
            hit_row(&mut open.transaction, task.id).await.map_err(|_| None)?;
        }
        checkpoint.save(&mut *open.transaction, &open.batch.cursor()).await?;
        open.transaction.commit().await?;
    }
    checkpoint.finish(pool).await?;
    Ok(())
}
