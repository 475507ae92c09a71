//! Drives the server with an HTTP client, and compares its pages with what plain SQL reads.

use std::{io, ops::RangeInclusive, sync::Arc, time::Duration};

use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, SqlitePool, sqlite::SqlitePoolOptions};
use sqlx_chunked_examples::{
    flights::{self, FLIGHTS},
    memory::Watch,
    queries::Count,
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, MutexGuard, Notify},
    task::JoinHandle,
    time::{sleep, timeout},
};

/// The statements that read the whole table.
const BATCHES: usize = FLIGHTS.div_ceil(1_000) as usize;

#[tokio::test]
async fn links_lead_through_the_flights_of_one_carrier() {
    let server = Server::start().await;
    // 51 divides the number of flights of AS, so that its last page is full.
    for (carrier, limit) in [("OO", 1), ("HA", 10), ("AS", 51)] {
        server.walk_in_every_order(Some(carrier), limit).await;
    }
}

#[tokio::test]
async fn links_lead_through_the_flights_of_all_carriers() {
    let server = Server::start().await;
    // A temporary table hides the one of the same name. A sample is enough to follow every link,
    // and also has ties and NULLs.
    sqlx::query("CREATE TEMPORARY TABLE flights AS SELECT * FROM main.flights WHERE id % 50 = 0")
        .execute(&server.pool)
        .await
        .unwrap();
    server.walk_in_every_order(None, 1_000).await;
}

#[tokio::test]
async fn an_unknown_carrier_has_an_empty_page() {
    let server = Server::start().await;
    let page: Value = server.get("/flights?carrier=XX").await.json().await.unwrap();
    assert_eq!(page, json!({ "flights": [], "next": null, "previous": null }));
}

#[tokio::test]
async fn wrong_parameters_are_refused_with_a_reason() {
    let server = Server::start().await;
    let next = server.page("/flights?order=delay&limit=2").await.next.unwrap();
    let (_, token) = next.split_once("after=").unwrap();
    for (path, reason) in [
        ("/flights?limit=0", "a page has 1 to 1000 flights"),
        ("/flights?limit=1001", "a page has 1 to 1000 flights"),
        ("/flights?limit=-1", "limit: invalid digit"),
        ("/flights?order=price", "order: unknown variant `price`, expected one of `id`"),
        ("/flights?descending=maybe", "descending: provided string was not `true` or `false`"),
        ("/flights?page=2", "unknown field `page`, expected one of `carrier`"),
        ("/flights?carrier=UA&carrier=DL", "duplicate field `carrier`"),
        ("/flights?after=", "after: the token is damaged"),
        ("/flights?before=nonsense", "before: the token is damaged"),
        (&next[..next.len() - 1], "after: the token is damaged"),
        (&format!("/flights?after={token}"), "follow the links of a page as they are"),
        (&format!("{next}&before={token}"), "`after` and `before` exclude each other"),
        ("/flights.ndjson?limit=5", "unknown field `limit`, expected `carrier`"),
    ] {
        let response = server.get(path).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path}");
        let body: Value = response.json().await.unwrap();
        let error = body["error"].as_str().unwrap();
        assert!(error.contains(reason), "{path}: {error}");
    }
    // A place is the same in an order and its reverse.
    let turned = next.replace("descending=false", "descending=true");
    assert_eq!(server.get(&turned).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_error_of_the_database_stays_on_the_server() {
    let server = Server::start().await;
    server.pool.close().await;
    for path in ["/flights", "/flights.ndjson"] {
        let response = server.get(path).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body, json!({ "error": "internal error" }));
    }
}

#[tokio::test]
async fn an_export_has_every_flight_as_a_line() {
    let server = Server::start().await;
    let response = server.get("/flights.ndjson?carrier=HA").await;
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let expected: Vec<String> = sqlx::query_scalar(
        "SELECT json_object(
             'id', id, 'time_hour', time_hour, 'carrier', carrier, 'flight', flight,
             'origin', origin, 'dest', dest, 'dep_delay', dep_delay, 'arr_delay', arr_delay)
         FROM flights WHERE carrier = 'HA' ORDER BY id",
    )
    .fetch_all(&server.pool)
    .await
    .unwrap();
    let body = response.text().await.unwrap();
    assert_eq!(body.lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn an_export_waits_for_its_client() {
    let server = Server::start().await;
    let memory = Watch::start();
    let mut response = server.get("/flights.ndjson").await;

    let read_ahead = server.settled().await;
    println!("read ahead for a client that waits: {read_ahead} of {BATCHES} batches");
    assert!(read_ahead < BATCHES / 2);

    // The only connection of the pool is free.
    server.page("/flights?limit=1").await;

    let mut lines = 0;
    while let Some(chunk) = response.chunk().await.unwrap() {
        lines += chunk.split(|byte| *byte == b'\n').count() - 1;
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(lines, FLIGHTS as usize);
    assert_eq!(server.queries(), BATCHES + 1);
    if let Some(peak) = memory.and_then(|memory| memory.peak()) {
        println!("memory: {peak:?}");
        assert!(peak.growth < 16 << 20, "{peak:?}");
    }
}

#[tokio::test]
async fn an_export_ends_with_its_client() {
    let mut server = Server::start().await;
    let mut response = server.get("/flights.ndjson").await;
    response.chunk().await.unwrap();

    // A server that is told to stop still serves the requests that it has.
    server.stop.notify_one();
    let waiting = timeout(Duration::from_millis(500), &mut server.running).await;
    assert!(waiting.is_err());

    drop(response);
    timeout(Duration::from_secs(10), &mut server.running).await.unwrap().unwrap().unwrap();
    assert!(server.settled().await < BATCHES / 2);
}

#[tokio::test]
async fn an_export_that_fails_is_cut_short() {
    let server = Server::start().await;
    let response = server.get("/flights.ndjson").await;
    server.pool.close().await;
    assert!(response.bytes().await.is_err());
}

/// A page as its client sees it.
#[derive(Deserialize)]
struct Page {
    flights: Vec<Flight>,
    next: Option<String>,
    previous: Option<String>,
}

#[derive(Deserialize)]
struct Flight {
    id: i64,
}

struct Server {
    address: String,
    client: Client,
    /// Has one connection, so that a request that held it would keep out all others.
    pool: SqlitePool,
    queries: Count,
    stop: Arc<Notify>,
    running: JoinHandle<io::Result<()>>,
    /// One test at a time, since one of them measures the memory of the process.
    _alone: MutexGuard<'static, ()>,
}

impl Server {
    async fn start() -> Self {
        static ALONE: Mutex<()> = Mutex::const_new(());
        let alone = ALONE.lock().await;

        let options = flights::open().await.unwrap().connect_options();
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.as_ref().clone())
            .await
            .unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let stop = Arc::new(Notify::new());
        let server = axum::serve(listener, super::router(pool.clone()))
            .with_graceful_shutdown(Arc::clone(&stop).notified_owned());
        let running = tokio::spawn(server.into_future());
        let queries = Count::start();
        Self { address, client: Client::new(), pool, queries, stop, running, _alone: alone }
    }

    async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.address)).send().await.unwrap()
    }

    async fn page(&self, path: &str) -> Page {
        self.get(path).await.error_for_status().unwrap().json().await.unwrap()
    }

    fn queries(&self) -> usize {
        self.queries.sent().try_into().unwrap()
    }

    /// Returns the number of queries, after it has stopped changing.
    async fn settled(&self) -> usize {
        loop {
            let queries = self.queries();
            sleep(Duration::from_millis(200)).await;
            if self.queries() == queries {
                return queries;
            }
        }
    }

    /// Compares the pages of every order with one query.
    async fn walk_in_every_order(&self, carrier: Option<&str>, limit: usize) {
        for (order, columns) in [
            ("id", ["id"].as_slice()),
            ("time", &["time_hour", "carrier", "flight"]),
            ("delay", &["arr_delay", "id"]),
        ] {
            for (descending, direction) in [(false, "ASC"), (true, "DESC")] {
                let sorted: Vec<_> =
                    columns.iter().map(|column| format!("{column} {direction}")).collect();
                let sql = format!(
                    "SELECT id FROM flights WHERE carrier = coalesce(?, carrier) ORDER BY {}",
                    sorted.join(", ")
                );
                let expected: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(sql))
                    .bind(carrier)
                    .fetch_all(&self.pool)
                    .await
                    .unwrap();

                let filter =
                    carrier.map(|carrier| format!("&carrier={carrier}")).unwrap_or_default();
                let path =
                    format!("/flights?order={order}&descending={descending}&limit={limit}{filter}");
                let pages = expected.len().div_ceil(limit);
                // SQLite sorts NULLs last then, and the last page asks whether there are any.
                let least = pages + usize::from(descending);
                // A page may take a query for each part of a tie.
                let most = if order == "id" { least } else { least + 3 * pages };
                self.walk(&path, &expected, least..=most).await;
            }
        }
    }

    /// Follows the links from the first page to the last, and back.
    async fn walk(&self, path: &str, expected: &[i64], queries: RangeInclusive<usize>) {
        // The log of the query before may come after its rows.
        let before = self.settled().await;
        let mut page = self.page(path).await;
        assert_eq!(page.previous, None, "{path}");
        let mut there = Vec::new();
        loop {
            there.extend(page.flights.iter().map(|flight| flight.id));
            let Some(next) = &page.next else { break };
            page = self.page(next).await;
        }
        assert_eq!(there, expected, "{path}");
        let sent = self.settled().await - before;
        assert!(queries.contains(&sent), "{path}: {sent} of {queries:?}");

        let mut back = Vec::new();
        loop {
            back.extend(page.flights.iter().rev().map(|flight| flight.id));
            let Some(previous) = &page.previous else { break };
            page = self.page(previous).await;
        }
        back.reverse();
        assert_eq!(back, expected, "{path}");
    }
}
