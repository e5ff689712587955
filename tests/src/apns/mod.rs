//! Apple's push service as far as a provider sees it: HTTP/2 over TLS, what it checks in a request and in which words it
//! refuses (`judge`), and how its connections behave (`wire`). It answers as documented unless a test tells it otherwise
//! for a device's token. That it speaks as Apple does is checked with a client that is not ours:
//! `tests/independent/apns_fake.py`.

mod judge;
mod wire;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::NEVER;
use crate::authority::Authority;

/// The team that the fake knows.
pub const TEAM: &str = "TEAM123456";
/// Its key.
pub const KEY: &str = "KEY1234567";
/// Its app.
pub const TOPIC: &str = "org.example.app";

/// What time it is for the fake, in seconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What it does about a push that is as it should be, in place of taking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Answers this.
    Status(u16, Value),
    /// Takes it when [`FakeApns::release`] is called.
    Hold,
    /// Ends the TCP connection without a word.
    Drop,
    /// Goes away before this push: it and all after it are not looked at.
    GoAwayBefore,
    /// Takes it and goes away: all after it are not looked at.
    GoAwayAfter,
    /// Refuses the stream.
    Refuse,
}

/// A push that came, whatever it was answered.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// Over which connection, from 1.
    pub connection: usize,
    /// As which stream of it.
    pub stream: u32,
    /// To which device.
    pub token: String,
    /// Its headers.
    pub headers: HashMap<String, String>,
    /// Its body.
    pub payload: Value,
    /// What was answered: status and reason.
    pub answered: (u16, String),
}

/// What all connections share.
struct Shared {
    public_key: Vec<u8>,
    clock: Clock,
    streams: (u32, u32),
    answers: Mutex<HashMap<String, VecDeque<Answer>>>,
    /// Provider tokens, by whether they are good, and the last that was new with when.
    tokens: Mutex<judge::Tokens>,
    released: watch::Sender<bool>,
    connections: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
    taken: AtomicUsize,
    arrived: Option<mpsc::UnboundedSender<Arrived>>,
}

/// A push service.
pub struct FakeApns {
    /// Where it listens.
    pub address: SocketAddr,
    /// Whose certificate it shows.
    pub authority: Authority,
    /// The key that pushes are signed with, as a `.p8` file.
    pub key: String,
    shared: Arc<Shared>,
    arrived: mpsc::UnboundedReceiver<Arrived>,
    serving: JoinHandle<()>,
}

impl fmt::Debug for FakeApns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeApns").field("address", &self.address).finish_non_exhaustive()
    }
}

#[expect(clippy::disallowed_methods, reason = "ring makes keys with its own random source only")]
fn dice() -> SystemRandom {
    SystemRandom::new()
}

impl FakeApns {
    /// Starts one that goes by a clock and, as Apple does, allows one stream on a connection until the first push was
    /// taken, and then so many.
    pub async fn start(clock: Clock, streams: u32) -> Self {
        let (keep, arrived) = mpsc::unbounded_channel();
        Self::start_with(clock, streams, Some(keep), arrived).await
    }

    /// The same, which does not remember what came.
    pub async fn start_forgetful(clock: Clock, streams: u32) -> Self {
        let (_, arrived) = mpsc::unbounded_channel();
        Self::start_with(clock, streams, None, arrived).await
    }

    async fn start_with(
        clock: Clock,
        streams: u32,
        keep: Option<mpsc::UnboundedSender<Arrived>>,
        arrived: mpsc::UnboundedReceiver<Arrived>,
    ) -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &dice()).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &dice()).unwrap();
        let body = BASE64_STANDARD.encode(pkcs8.as_ref());
        let key = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        let authority = Authority::new();
        let tls = wire::acceptor(&authority);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            public_key: pair.public_key().as_ref().to_vec(),
            clock,
            streams: (1, streams),
            answers: Mutex::default(),
            tokens: Mutex::default(),
            released: watch::Sender::new(false),
            connections: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
            arrived: keep,
        });
        let serving = tokio::spawn(wire::accept(listener, tls, Arc::clone(&shared)));
        Self { address, authority, key, shared, arrived, serving }
    }

    /// Does this once about the next push to a device, after what it was told before.
    pub fn answer(&self, token: &str, answer: Answer) {
        self.shared.answers.lock().unwrap().entry(token.to_owned()).or_default().push_back(answer);
    }

    /// Takes what it held, and holds nothing from now on.
    pub fn release(&self) {
        self.shared.released.send_replace(true);
    }

    /// The next push, which must come.
    pub async fn next(&mut self) -> Arrived {
        let next = tokio::time::timeout(NEVER, self.arrived.recv());
        next.await.expect("a push is sent").expect("the push service runs")
    }

    /// Pushes that have come and were not looked at.
    pub fn rest(&mut self) -> Vec<Arrived> {
        std::iter::from_fn(|| self.arrived.try_recv().ok()).collect()
    }

    /// How many connections there were.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many pushes were on their way at once, at most.
    #[must_use]
    pub fn most_open(&self) -> usize {
        self.shared.most_open.load(Ordering::SeqCst)
    }

    /// How many pushes were taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.shared.taken.load(Ordering::SeqCst)
    }

    /// How many provider tokens were shown.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.shared.tokens.lock().unwrap().seen()
    }
}

impl Drop for FakeApns {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
