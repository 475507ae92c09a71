//! Parts as messages of NATS JetStream.

use async_nats::jetstream::{
    self, AckKind, Context,
    consumer::{PullConsumer, pull},
    stream::{Config, RetentionPolicy, Stream},
};
use futures_util::StreamExt as _;
use sqlx_chunked::{Part, ReadRow, Source};

use super::LEASE;
use crate::{
    AnyError,
    store::Store,
    work::{Flight, Outcome, Run, work},
};

async fn connect() -> Result<Context, AnyError> {
    let url = std::env::var("NATS_URL").map_err(|_| "NATS_URL is not set")?;
    Ok(jetstream::new(async_nats::connect(url).await?))
}

/// The stream of a run keeps each message until it is acknowledged.
async fn stream(jetstream: &Context, run: &Run) -> Result<Stream, AnyError> {
    let config = Config {
        name: run.name.clone(),
        subjects: vec![run.name.clone()],
        retention: RetentionPolicy::WorkQueue,
        ..Config::default()
    };
    Ok(jetstream.get_or_create_stream(config).await?)
}

pub(crate) async fn enqueue(run: &Run, parts: &[Part<Flight>]) -> Result<(), AnyError> {
    let jetstream = connect().await?;
    stream(&jetstream, run).await?;
    for part in parts {
        // The second `await` waits until the server has stored it.
        jetstream.publish(run.name.clone(), part.to_string().into()).await?.await?;
    }
    Ok(())
}

pub(crate) async fn clean_up(run: &Run) -> Result<(), AnyError> {
    connect().await?.delete_stream(&run.name).await?;
    Ok(())
}

/// Takes one part after the other, until the process is ended.
pub(crate) async fn take_parts<DB: Store>(run: Run) -> Result<(), AnyError>
where
    Flight: ReadRow<DB>,
    for<'c> &'c mut DB::Connection: Source<'c, Database = DB>,
{
    let pool = DB::open().await?;
    let jetstream = connect().await?;
    let config = pull::Config {
        durable_name: Some(CONSUMER.to_owned()),
        ack_wait: LEASE,
        ..pull::Config::default()
    };
    let consumer: PullConsumer =
        stream(&jetstream, &run).await?.get_or_create_consumer(CONSUMER, config).await?;
    loop {
        // One message at a time: what a worker has not begun is for the others.
        let mut messages = consumer.fetch().max_messages(1).expires(LEASE).messages().await?;
        while let Some(message) = messages.next().await {
            let message = message?;
            let part = std::str::from_utf8(&message.payload)?.parse()?;
            // The lease is renewed after each batch, which takes far less time.
            match work(&pool, &run, part, || message.ack_with(AckKind::Progress)).await {
                Ok(Outcome::Finished) => message.double_ack().await?,
                // Another worker has it, and acknowledges it when it is done.
                Ok(Outcome::Overtaken) => {}
                Err(error) => {
                    eprintln!("{error}");
                    message.ack_with(AckKind::Nak(Some(LEASE))).await?;
                }
            }
        }
    }
}

/// The consumer that all workers share.
const CONSUMER: &str = "workers";
