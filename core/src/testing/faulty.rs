//! Conversations that no honest server has: each connection gets the same bytes, or silence.

use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::tcp::read_request;

/// A listener and how many requests it has read.
#[derive(Debug)]
pub(crate) struct Canned {
    pub(crate) base: String,
    count: Arc<AtomicUsize>,
}

impl Canned {
    pub(crate) fn requests(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

/// Reads each request, writes the reply of its turn as it is, and closes; the last reply goes on being given.
pub(crate) fn canned<const N: usize>(replies: [impl Into<Vec<u8>>; N]) -> Canned {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let replies: Vec<Vec<u8>> = replies.into_iter().map(Into::into).collect();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            if read_request(&mut BufReader::new(&stream)).is_some() {
                let turn = counter.fetch_add(1, Ordering::SeqCst);
                // The other side may hang up in the middle: that is what some tests are about.
                let _ = stream.write_all(&replies[turn.min(replies.len() - 1)]);
            }
        }
    });
    Canned { base, count }
}

/// Reads and never answers.
pub(crate) fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let open: Vec<_> = listener.incoming().map_while(Result::ok).collect();
        drop(open);
    });
    base
}

/// Speaks first, and not TLS.
pub(crate) fn unencrypted() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.write_all(b"220 mail.example.org ready\r\n");
            open.push(stream);
        }
    });
    base
}

/// The authority that signed [`encrypted`]'s certificate. Its key was thrown away.
pub(crate) const TEST_AUTHORITY: &[u8] = include_bytes!("tls/ca.pem");

/// An encrypted server for `localhost` that answers everything with 204.
pub(crate) fn encrypted() -> String {
    let chain = CertificateDer::pem_slice_iter(include_bytes!("tls/server.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/server-key.pem")).unwrap();
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain.map(Result::unwrap).collect(), key)
            .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for tcp in listener.incoming().map_while(Result::ok) {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(session, tcp);
            let mut request = [0; 4096];
            if stream.read(&mut request).is_ok() {
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    base
}
