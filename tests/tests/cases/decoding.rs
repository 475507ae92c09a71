//! A value that does not decode is an error that names the model and the column. After it is
//! corrected, the iteration continues, and no row is lost or repeated.

use sqlx_chunked_tests::Report as _;
use std::net::IpAddr;

use futures_util::TryStreamExt as _;
use sqlx::types::Text;
use sqlx_chunked::Chunked;

use crate::{
    dialect::{BIGINT, TEXT},
    harness::TestDatabase,
};

tests! { in_batches, row_by_row, the_connection_stays_usable, on_a_page, with_related_rows }

#[derive(Chunked, Debug)]
#[chunked(table = "hosts")]
struct Host {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(rename = "ip address")]
    address: Text<IpAddr>,
}

/// Returns the error, which names the value and the row.
fn undecodable(id: i64) -> String {
    format!(
        "cannot decode column `ip address` of `Host`; its value is 'somewhere', in the row with `id` \
         = {id}: invalid IP address syntax"
    )
}

const COUNT: i64 = 6;

async fn create(database: &TestDatabase) {
    let address = crate::dialect::quoted("ip address");
    database
        .execute(format!(
            "CREATE TABLE hosts (id {BIGINT} NOT NULL PRIMARY KEY, {address} {TEXT} NOT NULL)"
        ))
        .await;
    for id in 0..COUNT {
        database.execute(format!("INSERT INTO hosts VALUES ({id}, '10.0.0.{id}')")).await;
    }
}

async fn set(database: &TestDatabase, id: i64, value: &str) {
    let address = crate::dialect::quoted("ip address");
    database.execute(format!("UPDATE hosts SET {address} = '{value}' WHERE id = {id}")).await;
}

fn all() -> Vec<i64> {
    (0..COUNT).collect()
}

async fn in_batches(database: &TestDatabase) {
    create(database).await;
    for (broken, ahead) in (0..COUNT).flat_map(|broken| [0, 1, 2].map(|ahead| (broken, ahead))) {
        for batch_size in 1..=all().len() + 1 {
            set(database, broken, "somewhere").await;
            let batches = Host::batch_iter(database.pool()).batch_size(batch_size);
            let mut batches = batches.read_ahead(ahead);
            let mut ids = Vec::new();
            let error = loop {
                match batches.try_next().await {
                    Ok(batch) => ids.extend(batch.unwrap().into_iter().map(|host| host.id)),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.report(), undecodable(broken));
            // Every row in front of that one, at last in a shorter batch.
            let before = usize::try_from(broken).unwrap();
            assert_eq!(ids, all()[..before]);
            assert_eq!(batches.try_next().await.unwrap_err().report(), undecodable(broken));

            // A program can continue after it.
            let cursor = error.cursor::<Host>().unwrap();
            let rest = Host::iter(database.pool()).after(cursor).batch_size(batch_size);
            let rest: Vec<_> = rest.map_ok(|host| host.id).try_collect().await.unwrap();
            assert_eq!(rest, all()[before + 1..]);

            set(database, broken, "10.0.0.1").await;
            while let Some(batch) = batches.try_next().await.unwrap() {
                assert!(batch.len() == batch_size || ids.len() + batch.len() == all().len());
                ids.extend(batch.iter().map(|host| host.id));
            }
            assert_eq!(ids, all(), "row {broken} broken, batches of {batch_size}");
        }
    }
}

async fn row_by_row(database: &TestDatabase) {
    create(database).await;
    for (broken, ahead) in (0..COUNT).flat_map(|broken| [0, 1, 2].map(|ahead| (broken, ahead))) {
        for batch_size in 1..=all().len() + 1 {
            set(database, broken, "somewhere").await;
            let hosts = Host::iter(database.pool()).batch_size(batch_size);
            let mut hosts = hosts.read_ahead(ahead);
            let mut ids = Vec::new();
            let mut errors = 0;
            loop {
                match hosts.try_next().await {
                    Ok(Some(host)) => {
                        assert_eq!(
                            host.address.0,
                            IpAddr::from([10, 0, 0, u8::try_from(host.id).unwrap()])
                        );
                        ids.push(host.id);
                    }
                    Ok(None) => break,
                    Err(error) => {
                        assert_eq!(error.report(), undecodable(broken));
                        errors += 1;
                        if errors == 3 {
                            set(database, broken, &format!("10.0.0.{broken}")).await;
                        }
                    }
                }
            }
            assert_eq!(errors, 3);
            assert_eq!(ids, all(), "row {broken} broken, batches of {batch_size}");
        }
    }
}

/// The rest of the batch is not given to the next user of the connection.
async fn the_connection_stays_usable(database: &TestDatabase) {
    create(database).await;
    set(database, 0, "somewhere").await;
    let mut connection = database.connect().await;
    for batch_size in 1..=all().len() + 1 {
        let mut hosts = Host::iter(&mut connection).batch_size(batch_size);
        assert_eq!(hosts.try_next().await.unwrap_err().report(), undecodable(0));
        drop(hosts);
        let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM hosts ORDER BY id DESC")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        assert!(ids.into_iter().rev().eq(all()));
    }
}

/// A page is whole or an error.
async fn on_a_page(database: &TestDatabase) {
    create(database).await;
    set(database, 2, "somewhere").await;
    let hosts = || Host::batch_iter(database.pool());
    assert_eq!(hosts().page().await.unwrap_err().report(), undecodable(2));
    assert_eq!(hosts().batch_size(2).page().await.unwrap().rows.len(), 2);
}

/// Rows before the error keep the related rows that were loaded for them.
async fn with_related_rows(database: &TestDatabase) {
    create(database).await;
    set(database, 3, "somewhere").await;
    for (ahead, batch_size) in [(0, 4), (0, 9), (2, 4), (2, 9), (2, 1)] {
        let hosts = Host::iter(database.pool()).batch_size(batch_size).read_ahead(ahead);
        let mut hosts = hosts
            .with_many_as::<Host>(|other| other.id, |others| others.filter(|other| other.id.lt(3)));
        let mut read = Vec::new();
        let error = loop {
            match hosts.try_next().await {
                Ok(host) => read.push(host.unwrap()),
                Err(error) => break error,
            }
        };
        assert_eq!(error.report(), undecodable(3));
        assert_eq!(read.len(), 3);
        for (host, others) in read {
            assert_eq!(others.into_iter().map(|other| other.id).collect::<Vec<_>>(), [host.id]);
        }
    }
}
