//! One request out, one reply in, within limits of time and size.

use std::time::Duration;

use reqwest::redirect::Policy;
use url::{Host, Url};

use super::{ClientError, tls};
use crate::exchange::{Method, Reply, Request};

/// Largest reply that is read, in bytes: 1 MiB.
pub const MAX_REPLY_BYTES: usize = 1_048_576;

/// How a client behaves.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Certificates (PEM) of the organisation's own authority, believed beside the public ones.
    pub ca_pem: Option<Vec<u8>>,
    /// Longest wait for a connection. 10 s unless set.
    pub connect_timeout: Duration,
    /// Longest wait for a whole reply, connection included; a long poll's wait is added. 15 s unless set.
    pub reply_timeout: Duration,
    /// How long an event stream may be silent before it counts as broken. 60 s unless set.
    pub silence_timeout: Duration,
    /// The first wait before a broken event stream is opened again, and the longest; it doubles in between. 1 s and
    /// 30 s unless set.
    pub reconnect_after: (Duration, Duration),
    /// Waits before the second and later tries of a repeatable request. 250 ms and 1 s unless set.
    pub retry_after: Vec<Duration>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            ca_pem: None,
            connect_timeout: Duration::from_secs(10),
            reply_timeout: Duration::from_secs(15),
            silence_timeout: Duration::from_secs(60),
            reconnect_after: (Duration::from_secs(1), Duration::from_secs(30)),
            retry_after: vec![Duration::from_millis(250), Duration::from_secs(1)],
        }
    }
}

/// Carries requests. Cloning shares its connections.
#[derive(Debug, Clone)]
pub struct Client {
    remote: reqwest::Client,
    /// For this same machine: no proxy of the environment stands in between.
    local: reqwest::Client,
    options: ClientOptions,
}

impl Client {
    /// Makes a client; opens no connection yet.
    ///
    /// # Errors
    /// [`ClientError::CertificateAuthority`], [`ClientError::Setup`].
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        let tls = tls::config(options.ca_pem.as_deref())?;
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                // A redirect would carry a signed request to an address that it was not signed for.
                .redirect(Policy::none())
                .referer(false)
                .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(options.connect_timeout)
                // An event stream and an answer now and then: HTTP/2 would save one connection, and cost half a megabyte.
                .http1_only()
                // Phones change networks: notice a dead connection before the next request hangs in it.
                .tcp_keepalive(Duration::from_secs(20))
                .pool_idle_timeout(Duration::from_secs(60))
        };
        let setup = |error: reqwest::Error| ClientError::Setup { reason: error.to_string() };
        let remote = builder().build().map_err(setup)?;
        let local = builder().no_proxy().build().map_err(setup)?;
        Ok(Self { remote, local, options })
    }

    /// How it behaves.
    #[must_use]
    pub fn options(&self) -> &ClientOptions {
        &self.options
    }

    /// Sends `request` and reads the whole reply, whatever its status. A repeatable request is tried again when the
    /// connection failed.
    ///
    /// # Errors
    /// [`ClientError`], but never [`ClientError::Reply`].
    pub async fn send(&self, request: &Request) -> Result<Reply, ClientError> {
        let mut waits = self.options.retry_after.iter();
        loop {
            match (self.send_once(request).await, waits.next()) {
                (Err(error), Some(wait)) if request.repeatable && error.is_connection() => {
                    tokio::time::sleep(*wait).await;
                }
                (result, _) => return result,
            }
        }
    }

    async fn send_once(&self, request: &Request) -> Result<Reply, ClientError> {
        let timeout =
            self.options.reply_timeout.saturating_add(Duration::from_secs(request.wait_seconds.into()));
        let (server, builder) = self.builder(request)?;
        let response = builder.timeout(timeout).send().await.map_err(|e| ClientError::of(&server, e))?;
        read(&server, response).await
    }

    /// Sends `request` and leaves the body of a successful reply unread.
    pub(super) async fn open(&self, request: &Request) -> Result<Opened, ClientError> {
        let (server, builder) = self.builder(request)?;
        // The time-out must not cover the stream, which has no end; so it covers the head alone.
        let sent = tokio::time::timeout(self.options.reply_timeout, builder.send()).await;
        let response = match sent {
            Ok(response) => response.map_err(|e| ClientError::of(&server, e))?,
            Err(_) => return Err(ClientError::Timeout { server }),
        };
        if response.status().is_success() {
            let silence = self.options.silence_timeout;
            return Ok(Opened::Stream(Box::new(Stream { server, silence, response })));
        }
        let reply = tokio::time::timeout(self.options.reply_timeout, read(&server, response)).await;
        reply.map_err(|_| ClientError::Timeout { server })?.map(Opened::Reply)
    }

    fn builder(&self, request: &Request) -> Result<(String, reqwest::RequestBuilder), ClientError> {
        let url = Url::parse(&request.url).map_err(|_| ClientError::BadAddress)?;
        let server = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return Err(ClientError::BadAddress),
        };
        let local = is_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if local => {}
            "http" => return Err(ClientError::Insecure { server }),
            _ => return Err(ClientError::BadAddress),
        }
        let client = if local { &self.local } else { &self.remote };
        let mut builder = client.request(method(request.method), url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let builder = if request.body.is_empty() { builder } else { builder.body(request.body.clone()) };
        Ok((server, builder))
    }
}

/// A reply whose body may go on for ever.
#[derive(Debug)]
pub(super) enum Opened {
    /// The server said no; this is all of it.
    Reply(Reply),
    /// The body follows.
    Stream(Box<Stream>),
}

/// A body that is read piece by piece.
#[derive(Debug)]
pub(super) struct Stream {
    server: String,
    silence: Duration,
    response: reqwest::Response,
}

impl Stream {
    /// Status and headers; the body stays empty.
    pub(super) fn head(&self) -> Reply {
        head(&self.response)
    }

    pub(super) fn too_large(&self) -> ClientError {
        ClientError::TooLarge { server: self.server.clone() }
    }

    /// The next piece; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, ClientError> {
        match tokio::time::timeout(self.silence, self.response.chunk()).await {
            Ok(Ok(piece)) => Ok(piece.map(|bytes| bytes.to_vec())),
            Ok(Err(error)) => Err(ClientError::of(&self.server, error)),
            Err(_) => Err(ClientError::Timeout { server: self.server.clone() }),
        }
    }
}

async fn read(server: &str, mut response: reqwest::Response) -> Result<Reply, ClientError> {
    let too_large = || ClientError::TooLarge { server: server.to_owned() };
    let mut reply = head(&response);
    // The length is only announced, and may be missing: it spares reading, it does not replace counting.
    if response.content_length().is_some_and(|n| usize::try_from(n).is_ok_and(|n| n > MAX_REPLY_BYTES)) {
        return Err(too_large());
    }
    while let Some(piece) = response.chunk().await.map_err(|e| ClientError::of(server, e))? {
        if reply.body.len().saturating_add(piece.len()) > MAX_REPLY_BYTES {
            return Err(too_large());
        }
        reply.body.extend_from_slice(&piece);
    }
    Ok(reply)
}

fn head(response: &reqwest::Response) -> Reply {
    let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
    Reply { status: response.status().as_u16(), headers: headers.collect(), body: Vec::new() }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}
