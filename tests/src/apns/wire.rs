//! How the push service's connections behave. Between `h2`, which speaks for us, and the TLS stream stands a pipe that knows
//! where frames begin: it writes into the settings how many streams are allowed, which changes after the first push, and
//! puts in a GOAWAY that names a stream. `h2` itself offers neither.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Bytes;
use axum::http::{Request, Response};
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use super::{Answer, Arrived, Shared, judge};
use crate::authority::Authority;

/// A window of this size in the settings stands for the new number of streams.
const MARK: u32 = 60_001;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const ACK: u8 = 1;
const MAX_CONCURRENT_STREAMS: u16 = 3;
const INITIAL_WINDOW_SIZE: u16 = 4;

pub(super) fn acceptor(authority: &Authority) -> TlsAcceptor {
    let folder = tempfile::tempdir().unwrap();
    authority.issue(folder.path(), 2090);
    let chain = CertificateDer::pem_file_iter(folder.path().join("cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.path().join("key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let builder = builder.with_no_client_auth();
    let mut config = builder.with_single_cert(chain.map(Result::unwrap).collect(), key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config).into()
}

pub(super) async fn accept(listener: TcpListener, tls: TlsAcceptor, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, tls.clone(), Arc::clone(&shared)));
    }
}

/// What a request can make its connection do.
enum Deed {
    AllowMore,
    /// With what the request would be answered by, which says nothing as long as it is there.
    Drop(#[expect(dead_code, reason = "it is there to be dropped late")] SendResponse<Bytes>),
}

/// A connection, as its requests know it.
#[derive(Clone)]
struct Line {
    shared: Arc<Shared>,
    number: usize,
    /// Whether it took a push: from then on more streams are allowed.
    trusted: Arc<AtomicBool>,
    deeds: mpsc::UnboundedSender<Deed>,
}

async fn serve(stream: TcpStream, tls: TlsAcceptor, shared: Arc<Shared>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    // Whoever does not believe the certificate, or speaks no HTTP/2, has ended it here.
    let stream = tls.accept(stream).await.ok()?;
    if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
        return None;
    }
    let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
    let (deeds, doing) = mpsc::unbounded_channel();
    let (frames, injected) = mpsc::unbounded_channel();
    let trusted = Arc::new(AtomicBool::new(false));
    let line = Line { shared: Arc::clone(&shared), number, trusted, deeds };
    let (ours, theirs) = tokio::io::duplex(1 << 18);
    let (read, write) = tokio::io::split(stream);
    let (from_h2, to_h2) = tokio::io::split(theirs);
    // Whichever ends first ends the connection.
    tokio::select! {
        _ = speak(ours, line, doing, frames) => {}
        _ = outgoing(from_h2, write, injected, shared.streams) => {}
        _ = incoming(read, to_h2) => {}
    }
    Some(())
}

async fn speak(
    io: DuplexStream,
    line: Line,
    mut doing: mpsc::UnboundedReceiver<Deed>,
    frames: mpsc::UnboundedSender<Vec<u8>>,
) -> Option<()> {
    let mut builder = h2::server::Builder::new();
    let limit = line.shared.streams.0.max(line.shared.streams.1);
    builder.max_concurrent_streams(limit).initial_connection_window_size(1 << 20);
    let mut connection = builder.handshake::<_, Bytes>(io).await.ok()?;
    // Requests are accepted in the order of their streams, so what a GOAWAY names is true when it is decided here.
    let (mut last, mut ignored) = (u32::MAX, Vec::new());
    loop {
        tokio::select! {
            next = connection.accept() => {
                let (request, respond) = next?.ok()?;
                let stream = respond.stream_id().as_u32();
                if let Some(named) = line.goes_away(request.uri().path(), stream) {
                    last = named;
                    frames.send(goaway(last)).ok()?;
                }
                if stream <= last {
                    tokio::spawn(line.clone().answer(request, respond, stream));
                } else {
                    // Dropping it would answer it.
                    ignored.push((request, respond));
                }
            }
            deed = doing.recv() => match deed? {
                // The settings before these must be acknowledged first.
                Deed::AllowMore => if connection.set_initial_window_size(MARK).is_err() {
                    tokio::task::yield_now().await;
                    line.deeds.send(Deed::AllowMore).ok()?;
                },
                Deed::Drop(_) => return None,
            }
        }
    }
}

impl Line {
    async fn answer(
        self,
        request: Request<RecvStream>,
        mut respond: SendResponse<Bytes>,
        stream: u32,
    ) -> Option<()> {
        let open = self.shared.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.shared.most_open.fetch_max(open, Ordering::SeqCst);
        let (head, body) = request.into_parts();
        let body = read(body).await;
        let judged = judge::judge(&self.shared, &head, body.as_deref().unwrap_or_default());
        let told = match &judged {
            Ok(token) => self.told(token),
            Err((status, reason)) => Some(Answer::Status(*status, json!({"reason": reason}))),
        };
        let mut answered = (200, Value::Null);
        match told {
            None => {}
            Some(Answer::Status(status, body)) => answered = (status, body),
            Some(Answer::Hold) => drop(self.shared.released.subscribe().wait_for(|released| *released).await),
            Some(Answer::Drop) => answered = (0, json!({"reason": "Drop"})),
            Some(Answer::GoAwayBefore | Answer::GoAwayAfter) => {}
            Some(Answer::Refuse) => answered = (0, json!({"reason": "Refuse"})),
        }
        self.shared.open.fetch_sub(1, Ordering::SeqCst);
        self.note(&head, body.as_deref().unwrap_or_default(), stream, &answered);
        let (status, reason) = answered;
        match (status, reason["reason"].as_str()) {
            (0, Some("Drop")) => return self.deeds.send(Deed::Drop(respond)).ok(),
            (0, Some("Refuse")) => {
                respond.send_reset(Reason::REFUSED_STREAM);
                return Some(());
            }
            (0, _) => return Some(()),
            _ => {}
        }
        if status == 200 {
            self.shared.taken.fetch_add(1, Ordering::SeqCst);
            if !self.trusted.swap(true, Ordering::SeqCst) {
                self.deeds.send(Deed::AllowMore).ok()?;
            }
        }
        let id = head.headers.get("apns-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let id = id.unwrap_or_else(|| "eabeae54-14a8-11e5-b60b-1697f925ec7b".to_owned());
        let head = Response::builder().status(status).header("apns-id", id).body(()).unwrap();
        let mut body = respond.send_response(head, status == 200).ok()?;
        if status != 200 {
            body.send_data(reason.to_string().into_bytes().into(), true).ok()?;
        }
        Some(())
    }

    fn told(&self, token: &str) -> Option<Answer> {
        self.shared.answers.lock().unwrap().get_mut(token)?.pop_front()
    }

    /// The last stream that is looked at, if this is where it goes away.
    fn goes_away(&self, path: &str, stream: u32) -> Option<u32> {
        let token = path.strip_prefix("/3/device/")?;
        let mut answers = self.shared.answers.lock().unwrap();
        let waiting = answers.get_mut(token)?;
        let last = match waiting.front()? {
            Answer::GoAwayBefore => stream.saturating_sub(2),
            Answer::GoAwayAfter => stream,
            _ => return None,
        };
        waiting.pop_front();
        Some(last)
    }

    fn note(&self, head: &axum::http::request::Parts, body: &[u8], stream: u32, answered: &(u16, Value)) {
        let Some(keep) = &self.shared.arrived else { return };
        let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let arrived = Arrived {
            connection: self.number,
            stream,
            token: head.uri.path().rsplit('/').next().unwrap_or_default().to_owned(),
            headers: head.headers.iter().map(text).collect(),
            payload: serde_json::from_slice(body).unwrap_or_default(),
            answered: (answered.0, answered.1["reason"].as_str().unwrap_or_default().to_owned()),
        };
        // The test may have ended.
        let _nobody = keep.send(arrived);
    }
}

async fn read(mut body: RecvStream) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(part) = body.data().await {
        let part = part.ok()?;
        body.flow_control().release_capacity(part.len()).ok()?;
        all.extend_from_slice(&part);
    }
    Some(all)
}

async fn incoming(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) -> Option<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = from.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        to.write_all(&buffer[..read]).await.ok()?;
    }
}

/// Passes on whole frames, and between them those that are injected.
async fn outgoing(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut injected: mpsc::UnboundedReceiver<Vec<u8>>,
    streams: (u32, u32),
) -> Option<()> {
    let mut waiting = Vec::new();
    loop {
        tokio::select! {
            // What was answered before it goes out before it.
            biased;
            read = from.read_buf(&mut waiting) => {
                read.ok().filter(|read| *read > 0)?;
                let whole = rewrite(&mut waiting, streams);
                to.write_all(&waiting[..whole]).await.ok()?;
                waiting.drain(..whole);
            }
            frame = injected.recv() => to.write_all(&frame?).await.ok()?,
        }
        to.flush().await.ok()?;
    }
}

/// Mends the settings in all whole frames. Returns how many bytes these are.
fn rewrite(bytes: &mut [u8], (first, then): (u32, u32)) -> usize {
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 9) {
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let (kind, flags) = (head[3], head[4]);
        let Some(payload) = bytes.get_mut(at + 9..at + 9 + length) else { break };
        if kind == SETTINGS && flags & ACK == 0 {
            for setting in payload.chunks_exact_mut(6) {
                let id = u16::from_be_bytes([setting[0], setting[1]]);
                let value = u32::from_be_bytes([setting[2], setting[3], setting[4], setting[5]]);
                let streams = match (id, value) {
                    (MAX_CONCURRENT_STREAMS, _) => first,
                    (INITIAL_WINDOW_SIZE, MARK) => then,
                    _ => continue,
                };
                setting[..2].copy_from_slice(&MAX_CONCURRENT_STREAMS.to_be_bytes());
                setting[2..].copy_from_slice(&streams.to_be_bytes());
            }
        }
        at += 9 + length;
    }
    at
}

/// In peace, up to a stream, and why, as Apple says it.
fn goaway(last: u32) -> Vec<u8> {
    let why = br#"{"reason":"Shutdown"}"#;
    let length = u32::try_from(8 + why.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[GOAWAY, 0, 0, 0, 0, 0]].concat();
    [&head[..], &last.to_be_bytes(), &[0; 4], why].concat()
}
