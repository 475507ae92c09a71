//! The connection is cut at every place of a batch in a transaction, COMMIT included: what the program
//! wrote and the position move together, or the iteration says that nobody knows.

use futures_util::TryStreamExt as _;
use sqlx::pool::PoolOptions;
use sqlx_chunked::{Error, Open};
use sqlx_chunked_tests::proxy::Proxy;

use crate::{
    Db,
    cases::writes::{Task, create, hit_row, ids},
    harness::TestDatabase,
};

tests! { at_every_place }

const ROWS: i64 = 9;
/// Bytes from the server between two cuts.
const STEP: usize = 3;

async fn at_every_place(database: &TestDatabase) {
    create(database, ROWS).await;
    let server = database.options();
    let proxy = Proxy::start(server.get_host(), server.get_port()).await;
    let server = server.host("127.0.0.1").port(proxy.port());
    let options = PoolOptions::<Db>::new().max_connections(1);
    let pool = options.connect_with(server).await.unwrap();
    let (mut again, mut unknown) = (0, 0);
    for bytes in (0..).step_by(STEP) {
        let mut batches = Task::batch_iter(&pool).batch_size(4).transactional();
        let case = format!("cut after {bytes} bytes");
        let mut failed = 0;
        let mut is_cut = false;
        let is_known = loop {
            match batches.try_next().await {
                Ok(None) => break true,
                Err(Error::CommitUnknown { .. }) => break false,
                Err(Error::Query { .. } | Error::Write { .. }) if failed == 0 => failed += 1,
                Err(error) => panic!("{error}, {case}"),
                Ok(Some(Open { batch, mut transaction, .. })) => {
                    let mut is_sound = true;
                    for task in &batch {
                        is_sound &= hit_row(&mut transaction, task.id).await.is_ok();
                    }
                    let committed = if is_sound { transaction.commit().await } else { Ok(()) };
                    match committed {
                        Err(Error::Write { .. }) if failed == 0 => failed += 1,
                        Ok(()) | Err(Error::CommitUnknown { .. }) => {}
                        Err(error) => panic!("{error}, {case}"),
                    }
                    if !is_cut {
                        is_cut = true;
                        proxy.cut_after(bytes);
                    }
                }
            }
        };
        let written = ids(database, "WHERE hits = 1 ORDER BY id").await;
        if is_known {
            assert_eq!(written, (1..=ROWS).collect::<Vec<_>>(), "{case}");
            again += failed;
        } else {
            // It stays unknown, although a new connection could be had.
            for _ in 0..2 {
                let error = batches.try_next().await.unwrap_err();
                assert!(matches!(error, Error::CommitUnknown { .. }), "{error}, {case}");
            }
            assert!([4, 8, 9].contains(&written.len()), "{written:?}, {case}");
            unknown += 1;
        }
        assert_eq!(ids(database, "WHERE hits > 1").await.len(), 0, "{case}");
        database.execute("UPDATE tasks SET hits = 0").await;
        if proxy.spare() {
            break;
        }
    }
    assert!(again > 0 && unknown > 0, "{again} done again, {unknown} unknown");
    pool.close().await;
}
