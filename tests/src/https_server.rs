//! A server that speaks HTTPS in this process, over HTTP/2 or HTTP/1.1 as the client likes, and answers as it is told, or
//! does not: the ground that fake providers stand on.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::authority::Authority;

/// A request.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Asked {
    /// A header's text, empty when it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// What comes of a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// This status, with one more header if there is one, and this body, which is JSON unless it is null.
    Reply(u16, Option<(&'static str, String)>, Value),
    /// Nothing, ever.
    Stall,
    /// The connection is closed without a word.
    HangUp,
}

impl Answer {
    /// A status without more.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Reply(status, None, Value::Null)
    }

    /// The same answer with a header.
    #[must_use]
    pub fn with(self, name: &'static str, value: &str) -> Self {
        match self {
            Self::Reply(status, _, body) => Self::Reply(status, Some((name, value.to_owned())), body),
            other => other,
        }
    }
}

type Handler = dyn Fn(Asked) -> Answer + Send + Sync;

/// The server.
pub struct HttpsServer {
    /// Where it listens, on 127.0.0.1.
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl fmt::Debug for HttpsServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpsServer").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for HttpsServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl HttpsServer {
    /// One with a certificate of this authority, which asks `handler` what comes of each request.
    pub async fn start(
        authority: &Authority,
        handler: impl Fn(Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let tls = authority.acceptor(&["h2", "http/1.1"]);
        let handler: Arc<Handler> = Arc::new(handler);
        Self::serve(tls, move |stream, tls| tokio::spawn(connection(stream, tls, Arc::clone(&handler)))).await
    }

    /// One that speaks HTTP/1.1, answers whatever it is asked with these bytes, and closes the connection.
    pub async fn start_raw(authority: &Authority, bytes: &'static [u8]) -> Self {
        let tls = authority.acceptor(&["http/1.1"]);
        Self::serve(tls, move |stream, tls| tokio::spawn(raw(stream, tls, bytes))).await
    }

    async fn serve(
        tls: TlsAcceptor,
        take: impl Fn(TcpStream, TlsAcceptor) -> JoinHandle<Option<()>> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                take(stream, tls.clone());
            }
        });
        Self { address, connections, serving }
    }

    /// Its address for a client: `https://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// How many connections were made to it.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// What one connection's requests are answered with.
#[derive(Clone)]
struct Line {
    handler: Arc<Handler>,
    cut: Arc<Notify>,
}

async fn connection(stream: TcpStream, tls: TlsAcceptor, handler: Arc<Handler>) -> Option<()> {
    // Whoever does not believe the certificate has ended it here.
    let stream = tls.accept(stream).await.ok()?;
    let line = Line { handler, cut: Arc::default() };
    let cut = Arc::clone(&line.cut);
    let router = Router::new().fallback(answer).with_state(line);
    let builder = auto::Builder::new(TokioExecutor::new());
    tokio::select! {
        _ = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)) => {}
        () = cut.notified() => {}
    }
    Some(())
}

async fn answer(State(line): State<Line>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    match (line.handler)(Asked { method: head.method, path, headers: head.headers, body }) {
        Answer::Reply(status, more, body) => {
            let text = if body.is_null() { String::new() } else { body.to_string() };
            let mut response = Response::builder().status(status);
            response = response.header(header::CONTENT_TYPE, "application/json; charset=UTF-8");
            if let Some((name, value)) = more {
                response = response.header(name, HeaderValue::from_str(&value).unwrap());
            }
            response.body(Body::from(text)).unwrap()
        }
        Answer::Stall => std::future::pending().await,
        Answer::HangUp => {
            line.cut.notify_one();
            std::future::pending().await
        }
    }
}

async fn raw(stream: TcpStream, tls: TlsAcceptor, bytes: &'static [u8]) -> Option<()> {
    let mut stream = tls.accept(stream).await.ok()?;
    let mut all = Vec::new();
    loop {
        let read = stream.read_buf(&mut all).await.ok()?;
        let text = String::from_utf8_lossy(&all).to_ascii_lowercase();
        let (head, _) = text.split_once("\r\n\r\n").unwrap_or_default();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        if read == 0 || length.is_some_and(|length: usize| all.len() >= head.len() + 4 + length) {
            break;
        }
    }
    stream.write_all(bytes).await.ok()?;
    stream.shutdown().await.ok()
}
