//! HTTP/1.1 by hand: what is sent is exactly what a test wrote, also when that is wrong.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader, split,
};
use tokio::net::TcpStream;

use crate::NEVER;

/// A request before it is written out.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Request {
    /// A request without headers and body; `target` is written as it is.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: None }
    }

    /// One more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A JSON body, said to be one.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("Content-Type", "application/json").body(body.to_string())
    }

    /// A body, whatever it is.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// A header's value.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The bytes on the wire. The connection ends after the reply unless `keep` is set.
    #[must_use]
    pub fn bytes(&self, address: SocketAddr, keep: bool) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: {address}\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if let Some(body) = &self.body {
            write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
        }
        head.push_str(if keep { "\r\n" } else { "Connection: close\r\n\r\n" });
        [head.as_bytes(), self.body.as_deref().unwrap_or_default()].concat()
    }
}

/// A path segment with everything escaped that is not a letter or digit.
#[must_use]
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A reply.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's first value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}) with status {}: {}", self.status, self.text()))
    }

    /// The body as JSON, after a look at the status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// Status and stable code of a refusal, in either dialect; the code is empty when there is none.
    #[must_use]
    pub fn refusal(&self) -> (u16, String) {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let code = body["error"].as_str().or(body["code"].as_str()).unwrap_or_default();
        (self.status, code.to_owned())
    }
}

/// Sends one request on a connection of its own.
///
/// # Errors
/// Whatever kept the reply from coming.
pub async fn try_send(address: SocketAddr, request: &Request) -> io::Result<Reply> {
    exchange(address, &request.bytes(address, false)).await
}

/// The same where a reply must come.
pub async fn send(address: SocketAddr, request: &Request) -> Reply {
    try_send(address, request).await.expect("a reply")
}

/// Writes `bytes` on a connection of its own and reads one reply, which may come before all is written.
///
/// # Errors
/// Whatever kept the reply from coming.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> io::Result<Reply> {
    let mut connection = Connection::open(address).await?;
    let Connection { reader, writer } = &mut connection;
    // A server that has seen enough may hang up on the rest: what counts is its reply.
    let (reply, _written) = tokio::join!(read_reply(reader), writer.write_all(bytes));
    reply
}

type Incoming = BufReader<Box<dyn AsyncRead + Send + Unpin>>;

/// A connection that a test holds in its hands.
pub struct Connection {
    reader: Incoming,
    writer: Box<dyn AsyncWrite + Send + Unpin>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Whatever the network says.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self::over(stream))
    }

    /// A connection over something that is connected already.
    #[must_use]
    pub fn over(stream: impl AsyncRead + AsyncWrite + Send + 'static) -> Self {
        let (reader, writer) = split(stream);
        Self { reader: BufReader::new(Box::new(reader)), writer: Box::new(writer) }
    }

    /// Writes all of `bytes`.
    pub async fn write(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).await.expect("the server reads");
    }

    /// Says that nothing more will be written.
    pub async fn end(&mut self) {
        self.writer.shutdown().await.expect("the server reads");
    }

    /// Reads a whole reply.
    ///
    /// # Errors
    /// Whatever kept the reply from coming.
    pub async fn reply(&mut self) -> io::Result<Reply> {
        read_reply(&mut self.reader).await
    }

    /// Reads a reply's head and leaves its body on the connection.
    pub async fn head(&mut self) -> Reply {
        within(read_head(&mut self.reader)).await.expect("a reply")
    }

    /// The next server-sent event as name and data; none at the end of the stream. Call after [`Connection::head`].
    pub async fn event(&mut self) -> Option<(String, String)> {
        let mut name = String::new();
        loop {
            // Each event comes in a chunk of its own (RFC 9112 §7.1).
            let chunk = within(read_chunk(&mut self.reader)).await.ok()??;
            for line in String::from_utf8(chunk).unwrap().lines() {
                if let Some(text) = line.strip_prefix("event: ") {
                    text.clone_into(&mut name);
                } else if let Some(data) = line.strip_prefix("data: ") {
                    return Some((name, data.to_owned()));
                }
            }
        }
    }
}

async fn within<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(NEVER, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

async fn read_reply(reader: &mut Incoming) -> io::Result<Reply> {
    within(async {
        let mut reply = read_head(reader).await?;
        let length = reply.header("content-length").map(|text| text.parse::<usize>().unwrap());
        if reply.header("transfer-encoding") == Some("chunked") {
            while let Some(chunk) = read_chunk(reader).await? {
                reply.body.extend(chunk);
            }
        } else if let Some(length) = length {
            reply.body = vec![0; length];
            reader.read_exact(&mut reply.body).await?;
        } else if reply.status != 204 {
            reader.read_to_end(&mut reply.body).await?;
        }
        Ok(reply)
    })
    .await
}

async fn read_head(reader: &mut Incoming) -> io::Result<Reply> {
    let status_line = read_line(reader).await?;
    let status = status_line.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("no status line: {status_line}")))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(reader).await?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Ok(Reply { status, headers, body: Vec::new() })
}

async fn read_chunk(reader: &mut Incoming) -> io::Result<Option<Vec<u8>>> {
    let size = usize::from_str_radix(&read_line(reader).await?, 16).map_err(io::Error::other)?;
    let mut chunk = vec![0; size];
    reader.read_exact(&mut chunk).await?;
    read_line(reader).await?;
    Ok((size > 0).then_some(chunk))
}

async fn read_line(reader: &mut Incoming) -> io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}
