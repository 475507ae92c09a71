//! Copies a table from one SQLite file to another, and continues where an earlier run was killed.
//!
//! `copy SOURCE TARGET BATCH_SIZE`

use std::{env, error::Error};

use futures_util::TryStreamExt as _;
use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "flights")]
struct Flight {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    delay: Option<i64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().collect();
    let [_, source, target, batch_size] = arguments.as_slice() else {
        return Err("copy SOURCE TARGET BATCH_SIZE".into());
    };
    let source = SqlitePool::connect(source).await?;
    let mut target = SqliteConnection::connect(target).await?;

    let mut batches = Flight::batch_iter(&source)
        .order_by(|f| f.delay.desc().then(f.id.asc()))
        .batch_size(batch_size.parse()?);
    let saved: Option<String> =
        sqlx::query_scalar("SELECT cursor FROM progress").fetch_optional(&mut target).await?;
    if let Some(token) = saved {
        batches = batches.after(token.parse()?);
    }

    while let Some(batch) = batches.try_next().await? {
        // The rows and the position are saved together, or not at all.
        let mut transaction = target.begin().await?;
        for Flight { id, delay } in &batch {
            sqlx::query("INSERT INTO flights (id, delay) VALUES (?, ?)")
                .bind(id)
                .bind(delay)
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query("REPLACE INTO progress (only, cursor) VALUES (1, ?)")
            .bind(batch.cursor().to_string())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
    }
    Ok(())
}
