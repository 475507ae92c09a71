//! A paginated API: flights as pages of JSON with links to the pages around them, and all of them
//! as one stream of NDJSON.

mod error;
mod export;
mod flight;
mod page;
#[cfg(test)]
mod tests;

use std::{
    env,
    error::Error,
    net::{Ipv4Addr, SocketAddr},
};

use axum::{Router, routing::get};
use sqlx::SqlitePool;
use sqlx_chunked_examples::flights;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let port = env::args().nth(1).map_or(Ok(3000), |port| port.parse())?;
    let pool = flights::open().await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    print_usage(listener.local_addr()?);
    axum::serve(listener, router(pool)).await?;
    Ok(())
}

fn router(pool: SqlitePool) -> Router {
    Router::new()
        .route("/flights", get(page::get))
        .route("/flights.ndjson", get(export::get))
        .with_state(pool)
}

fn print_usage(address: SocketAddr) {
    println!("listening on http://{address}, try\n");
    for path in [
        "/flights?carrier=UA&limit=2",
        "/flights?order=delay&descending=true&limit=5",
        "/flights.ndjson?carrier=HA",
    ] {
        println!("    curl 'http://{address}{path}'");
    }
    println!(
        "\nA page has links to the next and the previous one.\n\
         Orders are id, time and delay. Another port is an argument: -- 8080"
    );
}
