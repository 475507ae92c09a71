//! A connection that fails on demand: a relay to a database server, on its own port.

use std::{
    mem,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinHandle},
};

/// A relay to a server, which controls what happens to connections.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: Arc<Mutex<State>>,
    listening: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    connections: Vec<AbortHandle>,
    refuses: bool,
    /// The number of bytes from the server that still get through.
    cut_after: Option<usize>,
    requests: Vec<Vec<u8>>,
    /// True if the server has spoken since the last request.
    answered: bool,
}

impl Proxy {
    /// Starts a relay to a server.
    ///
    /// # Panics
    ///
    /// If the machine has no port left.
    pub async fn start(host: &str, port: u16) -> Self {
        let server = format!("{host}:{port}");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().as_ref().map(SocketAddr::port).unwrap();
        let state = Arc::default();
        let listening = tokio::spawn(listen(listener, server, Arc::clone(&state)));
        Self { port, state, listening }
    }

    /// Returns the port on `127.0.0.1` to connect to.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Lets this many more bytes from the server through, then cuts the connection, once.
    pub fn cut_after(&self, bytes: usize) {
        lock(&self.state).cut_after = Some(bytes);
    }

    /// Returns whether the last [`cut_after`](Self::cut_after) was not reached, and cancels it.
    #[must_use]
    pub fn spare(&self) -> bool {
        lock(&self.state).cut_after.take().is_some()
    }

    /// Cuts all connections and lets no new ones in.
    pub fn refuse(&self) {
        let mut state = lock(&self.state);
        state.refuses = true;
        for connection in mem::take(&mut state.connections) {
            connection.abort();
        }
    }

    /// Lets new connections in again.
    pub fn admit(&self) {
        lock(&self.state).refuses = false;
    }

    /// Returns what clients have sent since the last call, with one item for each time that they
    /// then waited for the server.
    #[must_use]
    pub fn take_requests(&self) -> Vec<Vec<u8>> {
        let mut state = lock(&self.state);
        state.answered = true;
        mem::take(&mut state.requests)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
        self.refuse();
    }
}

/// A test that failed elsewhere is no reason to fail here.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(listener: TcpListener, server: String, state: Arc<Mutex<State>>) {
    while let Ok((client, _)) = listener.accept().await {
        let relay = relay(client, server.clone(), Arc::clone(&state));
        let mut state = lock(&state);
        if !state.refuses {
            state.connections.push(tokio::spawn(relay).abort_handle());
        }
    }
}

/// Relays in both directions until one side is gone; then both are.
async fn relay(mut client: TcpStream, server: String, state: Arc<Mutex<State>>) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    // As in the drivers, since small messages would otherwise wait for one another.
    if client.set_nodelay(true).and_then(|()| server.set_nodelay(true)).is_err() {
        return;
    }
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let requests = async {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
            lock(&state).request(&buffer[..length]);
            if to_server.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    };
    let answers = async {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from_server.read(&mut buffer).await {
            let through = lock(&state).answer(length);
            if to_client.write_all(&buffer[..through]).await.is_err() || through < length {
                break;
            }
        }
    };
    tokio::select! {
        () = requests => (),
        () = answers => (),
    }
}

impl State {
    fn request(&mut self, bytes: &[u8]) {
        if mem::take(&mut self.answered) || self.requests.is_empty() {
            self.requests.push(Vec::new());
        }
        self.requests.last_mut().expect("a request").extend(bytes);
    }

    /// Returns how many bytes of an answer get through. If it is not all, cut the connection.
    fn answer(&mut self, bytes: usize) -> usize {
        self.answered = true;
        match self.cut_after {
            Some(left) if left < bytes => {
                self.cut_after = None;
                left
            }
            Some(left) => {
                self.cut_after = Some(left - bytes);
                bytes
            }
            None => bytes,
        }
    }
}
