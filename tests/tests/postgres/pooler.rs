//! PgBouncer in transaction mode, with a single server session for several clients:
//! `persistent(false)` gives each of them its own rows.

use std::{fs, process::Stdio, time::Duration};

use futures_util::{TryStreamExt as _, future::join_all};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use sqlx_chunked::{Chunked, ReadRow};
use tempfile::TempDir;

use super::{
    Db,
    harness::{Entry, TestDatabase},
    programs::{self, Running, free_port, program},
};

tests! { clients_get_their_own_rows, transactions_are_left_open, marks_are_verified }

const COUNT: i64 = 400;

/// Defines the tables of the clients: all have the same columns, so that a client would mistake
/// another's rows for its own.
macro_rules! clients {
    ($($client:ident = $table:literal;)+) => {
        $(
            #[derive(Chunked, Debug)]
            #[chunked(table = $table)]
            struct $client {
                #[chunk_key]
                #[chunked(primary_key)]
                id: i64,
                owner: String,
            }

            impl Client for $client {
                const TABLE: &str = $table;

                fn row(&self) -> (i64, &str) {
                    (self.id, &self.owner)
                }
            }
        )+

        const TABLES: &[&str] = &[$($table),+];

        /// Reads all of them at once, each through its own pool.
        async fn read_all(pooler: &PgBouncer) {
            let clients: Vec<futures_util::future::LocalBoxFuture<'_, ()>> =
                vec![$(Box::pin(read::<$client>(pooler))),+];
            join_all(clients).await;
        }
    };
}

clients! {
    Apples = "apples";
    Pears = "pears";
    Plums = "plums";
    Quinces = "quinces";
}

trait Client: ReadRow<Db> + Unpin {
    const TABLE: &str;

    fn row(&self) -> (i64, &str);
}

/// PgBouncer in front of a test's database.
struct PgBouncer {
    options: PgConnectOptions,
    _running: Running,
    _directory: TempDir,
}

impl PgBouncer {
    async fn start(database: &TestDatabase) -> Self {
        let server = database.options();
        let password = server.to_url_lossy();
        let password = password.password().map(|password| format!("password='{password}'"));
        let mut schema = database.connect().await;
        let schema: String =
            sqlx::query_scalar("SELECT current_schema()").fetch_one(&mut schema).await.unwrap();
        let port = free_port();
        let directory = programs::directory();
        let settings = directory.path().join("pgbouncer.ini");
        // Clients name no user, password or schema: the pooler connects in the same way as the
        // tests.
        let contents = format!(
            "[databases]\n\
             pooled = host={host} port={server_port} dbname={name} user={user} {password} \
             connect_query='SET search_path = {schema}'\n\
             [pgbouncer]\n\
             listen_addr = 127.0.0.1\n\
             listen_port = {port}\n\
             unix_socket_dir =\n\
             auth_type = any\n\
             pool_mode = transaction\n\
             default_pool_size = 1\n\
             ignore_startup_parameters = extra_float_digits\n",
            host = server.get_host(),
            server_port = server.get_port(),
            name = server.get_database().unwrap_or(server.get_username()),
            user = server.get_username(),
            password = password.unwrap_or_default(),
        );
        fs::write(&settings, contents).unwrap();
        programs::give(&settings);
        let log = directory.path().join("log");
        let child = program("pgbouncer", "pgbouncer")
            .arg(&settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let running = Running(child);
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(port)
            .username("anyone")
            .database("pooled");
        // Wait until it listens.
        let mut attempts = 0;
        while let Err(error) = options.connect().await {
            attempts += 1;
            let log = || fs::read_to_string(&log).unwrap_or_default();
            assert!(attempts < 200, "PgBouncer did not start: {error}\n{}", log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { options, _running: running, _directory: directory }
    }

    async fn pool(&self) -> PgPool {
        let options = PgPoolOptions::new().max_connections(2);
        options.connect_with(self.options.clone()).await.unwrap()
    }

    async fn connect(&self) -> PgConnection {
        self.options.connect().await.unwrap()
    }
}

/// Reads a table several times, in small batches.
async fn read<C: Client>(pooler: &PgBouncer) {
    let expected: Vec<_> = (1..=COUNT).map(|id| (id, C::TABLE.to_owned())).collect();
    let owned = |rows: Vec<C>| -> Vec<_> {
        rows.iter().map(C::row).map(|(id, owner)| (id, owner.to_owned())).collect()
    };
    let pool = pooler.pool().await;
    for batch_size in [1, 7] {
        let rows = C::iter(&pool).batch_size(batch_size).persistent(false);
        assert_eq!(owned(rows.try_collect().await.unwrap()), expected, "from a pool");
    }
    pool.close().await;

    let mut connection = pooler.connect().await;
    let batches = C::batch_iter(&mut connection).batch_size(3).persistent(false);
    let batches: Vec<_> = batches.try_collect().await.unwrap();
    assert_eq!(owned(batches.into_iter().flatten().collect()), expected, "on a connection");
}

async fn clients_get_their_own_rows(database: &TestDatabase) {
    for table in TABLES {
        database
            .execute(format!(
                "CREATE TABLE {table} (id BIGINT PRIMARY KEY, owner TEXT NOT NULL); \
                 INSERT INTO {table} SELECT id, '{table}' FROM generate_series(1, {COUNT}) AS id"
            ))
            .await;
    }
    let pooler = PgBouncer::start(database).await;
    read_all(&pooler).await;
}

/// Reads take part in a transaction of the client's, and do not end it.
async fn transactions_are_left_open(database: &TestDatabase) {
    database.create_entries(9).await;
    let pooler = PgBouncer::start(database).await;
    let mut connection = pooler.connect().await;
    for end in ["ROLLBACK", "COMMIT"] {
        sqlx::raw_sql("BEGIN; INSERT INTO entries VALUES (10, 'entry 10')")
            .execute(&mut connection)
            .await
            .unwrap();
        let rows = Entry::iter(&mut connection).batch_size(2).persistent(false);
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), Entry::first(10));
        sqlx::raw_sql(AssertSqlSafe(end)).execute(&mut connection).await.unwrap();
        let rows = Entry::iter(&mut connection).batch_size(2).persistent(false);
        let left = if end == "COMMIT" { 10 } else { 9 };
        assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), Entry::first(left), "{end}");
    }
}

/// The catalog is asked without anything prepared, by several clients in turn.
async fn marks_are_verified(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE apples (id BIGINT PRIMARY KEY, owner TEXT NOT NULL); \
             CREATE TABLE pears (id BIGINT NOT NULL, owner TEXT NOT NULL)",
        )
        .await;
    let pooler = PgBouncer::start(database).await;
    let verify = async || {
        let pool = pooler.pool().await;
        let mut connection = pooler.connect().await;
        for _ in 0..5 {
            Apples::verify(&pool).await.unwrap();
            Apples::verify(&mut connection).await.unwrap();
            let error = Pears::verify(&mut connection).await.unwrap_err();
            assert!(
                error.to_string().contains("`primary_key` of `id` in table `pears`"),
                "{error}"
            );
        }
        pool.close().await;
    };
    tokio::join!(verify(), verify(), verify());
}
