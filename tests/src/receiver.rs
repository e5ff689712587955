//! A webhook's other end: keeps what it is sent, and answers as a test tells it to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::NEVER;

/// What a receiver does with a request.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// Answers with this status and nothing else.
    Status(u16),
    /// Answers with this status and this body.
    Reply(u16, String),
    /// Answers with this status and one header.
    Header(u16, String),
    /// Never answers.
    Stall,
    /// Closes the connection without a word.
    HangUp,
    /// Answers 200 with a body that has no end.
    Flood,
}

/// A request that was received.
#[derive(Debug, Clone)]
pub struct Received {
    /// Method, target and version.
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Received {
    /// A header's value, which must be there once.
    #[must_use]
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(n, _)| n == name);
        let (_, value) = found.next().unwrap_or_else(|| panic!("no {name}: {:?}", self.headers));
        assert!(found.next().is_none(), "{name} twice");
        value
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// Whether the seed's signature is by this secret.
    #[must_use]
    pub fn mypass_signed_by(&self, secret: &str) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let mac = hmac::sign(&key, self.body.as_bytes());
        let hex: String = mac.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        self.header("x-mypass-signature") == format!("sha256={hex}")
    }

    /// Whether one of the signatures of Standard Webhooks is by this secret.
    #[must_use]
    pub fn standard_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("whsec_")).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let (id, at) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let mac = hmac::sign(&key, format!("{id}.{at}.{}", self.body).as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac));
        self.header("webhook-signature").split(' ').any(|one| one == signature)
    }
}

type Script = Arc<Mutex<(VecDeque<Behaviour>, Behaviour)>>;

/// A receiver.
#[derive(Debug)]
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    script: Script,
    requests: mpsc::UnboundedReceiver<Received>,
    serving: JoinHandle<()>,
}

impl Receiver {
    /// One that answers 204.
    pub async fn start() -> Self {
        Self::on(([127, 0, 0, 1], 0).into()).await
    }

    /// The same at a given address.
    pub async fn on(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let script: Script = Arc::new(Mutex::new((VecDeque::new(), Behaviour::Status(204))));
        let (received, requests) = mpsc::unbounded_channel();
        let serving = tokio::spawn(serve(listener, Arc::clone(&script), received));
        Self { address, script, requests, serving }
    }

    /// Answers the next requests so, and those after them as before.
    pub fn next_are(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.script.lock().unwrap().0.extend(behaviours);
    }

    /// Answers so from now on.
    pub fn always(&self, behaviour: Behaviour) {
        self.script.lock().unwrap().1 = behaviour;
    }

    /// Its address as a webhook's.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// The next request, which must come.
    pub async fn next(&mut self) -> Received {
        let next = tokio::time::timeout(NEVER, self.requests.recv());
        next.await.expect("a webhook is called").expect("the receiver runs")
    }

    /// The requests that have come and were not looked at.
    pub fn rest(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.requests.try_recv().ok()).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, script: Script, received: mpsc::UnboundedSender<Received>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (script, received) = (Arc::clone(&script), received.clone());
        tokio::spawn(async move {
            let mut stream = BufReader::new(stream);
            let Some(request) = read(&mut stream).await else { return };
            let behaviour = {
                let mut script = script.lock().unwrap();
                script.0.pop_front().unwrap_or_else(|| script.1.clone())
            };
            // The test may have ended.
            let _nobody = received.send(request);
            answer(stream.into_inner(), behaviour).await;
        });
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|bytes| *bytes > 0)?;
        if line.trim_end().is_empty() {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let line = lines.first()?.clone();
    let split =
        |line: &String| line.split_once(':').map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()));
    let headers: Vec<(String, String)> = lines.iter().skip(1).filter_map(split).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    Some(Received { line, headers, body: String::from_utf8(body).unwrap() })
}

/// The caller may hang up at any moment.
async fn answer(mut stream: TcpStream, behaviour: Behaviour) {
    let head = |status: u16, header: &str| {
        format!("HTTP/1.1 {status} X\r\nConnection: close\r\n{header}Content-Length: 0\r\n\r\n")
    };
    match behaviour {
        Behaviour::Status(204) => {
            let _gone = stream.write_all(b"HTTP/1.1 204 X\r\nConnection: close\r\n\r\n").await;
        }
        Behaviour::Status(status) => {
            let _gone = stream.write_all(head(status, "").as_bytes()).await;
        }
        Behaviour::Reply(status, body) => {
            let length = body.len();
            let head =
                format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
            let _gone = stream.write_all(format!("{head}{body}").as_bytes()).await;
        }
        Behaviour::Header(status, header) => {
            let _gone = stream.write_all(head(status, &format!("{header}\r\n")).as_bytes()).await;
        }
        Behaviour::Stall => {
            // Until the caller gives up.
            let mut byte = [0];
            let _gone = stream.read(&mut byte).await;
        }
        Behaviour::HangUp => {}
        Behaviour::Flood => {
            let mut piece = b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n".to_vec();
            while stream.write_all(&piece).await.is_ok() {
                piece = vec![b'x'; 64 * 1024];
            }
        }
    }
}
