//! One HTTP/2 connection that carries everything, opened when it is first needed and replaced when it ends. What matters
//! here are facts of the connection, so it is spoken by `h2` itself: how many streams may be open (one, until the other
//! side says more), and which of them were still looked at when it said that it goes away.

use std::fmt;
use std::io::{self, Cursor};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use h2::client::{Builder, SendRequest};
use h2::{Ping, PingPong, Reason, RecvStream};
use http::{HeaderMap, Request};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::super::outgoing::addresses;
use crate::engine::Targets;

/// Longest time for looking up, connecting and shaking hands.
const CONNECTING: Duration = Duration::from_secs(5);
/// After so long a silence the connection is asked whether it is still there, before anything is trusted to it.
const SILENCE: Duration = Duration::from_secs(60);
/// Longest wait for that answer.
const PONG: Duration = Duration::from_secs(1);
/// How often a request that was certainly not looked at is sent.
const TRIES: usize = 3;
/// Bytes of an answer that are read.
const LONGEST_ANSWER: usize = 4 * 1024;

type Body = Cursor<Vec<u8>>;

/// The one connection to a host.
pub(super) struct Connection {
    host: String,
    port: u16,
    targets: Arc<Targets>,
    tls: TlsConnector,
    state: tokio::sync::Mutex<State>,
}

#[derive(Default)]
struct State {
    live: Option<Live>,
    /// How many there were.
    opened: u64,
    /// When the last try to open one ended, and how.
    failed: Option<(Instant, Failed)>,
}

struct Live {
    handle: Handle,
    ping: Option<PingPong>,
}

/// What a request needs of a connection.
#[derive(Clone)]
struct Handle {
    number: u64,
    requests: SendRequest<Body>,
    heard: Arc<Mutex<Instant>>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Which connection it came by, for [`Connection::leave`].
    pub(super) connection: u64,
}

/// Why there is none: `unknown_host`, `refused_address`, `connect`, `tls`, `protocol`, `connection_lost`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failed(pub(super) &'static str);

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// To a host whose address `targets` allows, by `tls`. Opens nothing yet.
    pub(super) fn new(host: String, port: u16, targets: Arc<Targets>, tls: ClientConfig) -> Self {
        Self { host, port, targets, tls: Arc::new(tls).into(), state: tokio::sync::Mutex::default() }
    }

    /// Sends a request and waits for its answer. It is sent again, over a new connection if need be, only when it was
    /// certainly not looked at.
    ///
    /// # Errors
    /// [`Failed`].
    pub(super) async fn exchange(&self, request: &Request<()>, body: &[u8]) -> Result<Answer, Failed> {
        for _ in 0..TRIES {
            let handle = self.handle().await?;
            match handle.ask(request.clone(), body.to_vec()).await {
                Ok(answer) => return Ok(answer),
                Err(error) if untouched(&error) => {}
                Err(_) => break,
            }
        }
        Err(Failed("connection_lost"))
    }

    /// Sends nothing more over this connection; what it carries may still be answered.
    pub(super) async fn leave(&self, number: u64) {
        let mut state = self.state.lock().await;
        if state.live.as_ref().is_some_and(|live| live.handle.number == number) {
            state.live = None;
        }
    }

    /// The same, if nothing at all was heard over it for so long.
    pub(super) async fn leave_if_silent(&self, silence: Duration) {
        let mut state = self.state.lock().await;
        if state.live.as_ref().is_some_and(|live| live.handle.silence() >= silence) {
            state.live = None;
        }
    }

    /// The connection; a new one when there is none that can be used. Whoever comes meanwhile waits for the same one, or
    /// fails with it.
    async fn handle(&self) -> Result<Handle, Failed> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        if let Some(live) = &mut state.live
            && live.is_good().await
        {
            return Ok(live.handle.clone());
        }
        state.live = None;
        if let Some((_, failed)) = state.failed.filter(|(when, _)| *when >= asked) {
            return Err(failed);
        }
        let number = state.opened + 1;
        let opened = timeout(CONNECTING, self.open(number)).await.unwrap_or(Err(Failed("connect")));
        state.opened = number;
        match opened {
            Ok(live) => Ok(state.live.insert(live).handle.clone()),
            Err(failed) => {
                state.failed = Some((Instant::now(), failed));
                Err(failed)
            }
        }
    }

    async fn open(&self, number: u64) -> Result<Live, Failed> {
        let found = addresses(&self.targets, &self.host, self.port, false).await;
        let found = found.map_err(|stopped| Failed(stopped.word()))?;
        let stream = TcpStream::connect(&*found).await.map_err(|_| Failed("connect"))?;
        stream.set_nodelay(true).map_err(|_| Failed("connect"))?;
        let host = self.host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host).map_err(|_| Failed("unknown_host"))?;
        let stream = self.tls.connect(name, stream).await.map_err(|error| Failed(handshake(&error)))?;
        if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
            return Err(Failed("protocol"));
        }
        let mut builder = Builder::new();
        builder.enable_push(false).initial_max_send_streams(1);
        let (requests, mut connection) =
            builder.handshake::<_, Body>(stream).await.map_err(|_| Failed("protocol"))?;
        let ping = connection.ping_pong();
        // It ends when the other side ends it, or when nobody holds a handle or waits for an answer any more.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(go_away = error.is_go_away(), "a connection for pushes ended");
            }
        });
        let handle = Handle { number, requests, heard: Arc::new(Mutex::new(Instant::now())) };
        Ok(Live { handle, ping })
    }
}

/// What went wrong in a handshake.
fn handshake(error: &io::Error) -> &'static str {
    if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) { "tls" } else { "connect" }
}

/// Whether the other side says that it never looked at the request (RFC 9113 §8.7): refused, or beyond what it still
/// takes before it goes away in peace.
fn untouched(error: &h2::Error) -> bool {
    let reason = error.reason();
    error.is_remote()
        && ((error.is_go_away() && reason == Some(Reason::NO_ERROR))
            || (error.is_reset() && reason == Some(Reason::REFUSED_STREAM)))
}

impl Live {
    /// Whether a request can be trusted to it.
    async fn is_good(&mut self) -> bool {
        if self.handle.requests.clone().ready().await.is_err() {
            return false;
        }
        if self.handle.silence() < SILENCE {
            return true;
        }
        let Some(ping) = &mut self.ping else { return true };
        let there = matches!(timeout(PONG, ping.ping(Ping::opaque())).await, Ok(Ok(_)));
        if there {
            self.handle.hear();
        }
        there
    }
}

impl Handle {
    fn hear(&self) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn silence(&self) -> Duration {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    async fn ask(&self, request: Request<()>, body: Vec<u8>) -> Result<Answer, h2::Error> {
        let mut requests = self.requests.clone().ready().await?;
        let (response, mut stream) = requests.send_request(request, false)?;
        stream.send_data(Cursor::new(body), true)?;
        let (head, body) = response.await?.into_parts();
        self.hear();
        let body = read(body).await?;
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body, connection: self.number })
    }
}

async fn read(mut body: RecvStream) -> Result<Vec<u8>, h2::Error> {
    let mut all = Vec::new();
    while let Some(part) = body.data().await {
        let part = part?;
        body.flow_control().release_capacity(part.len())?;
        all.extend_from_slice(&part);
        if all.len() > LONGEST_ANSWER {
            break;
        }
    }
    Ok(all)
}
