use super::*;
use tokio::time::Instant;

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::engine::Engine;
use crate::host::System;

/// A listener in this test's runtime, whose clock runs ahead whenever everybody waits.
async fn listening(app: Router, tls: Option<TlsAcceptor>) -> (SocketAddr, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let proxies = Arc::new(Proxies::from(&Config::default()));
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(serve(listener, Served { app, proxies, tls }, stopping, Duration::ZERO));
    (address, stop)
}

/// The whole server's routes.
fn routes(data_dir: &std::path::Path) -> Router {
    let data = DataDir::open(data_dir, &System).unwrap();
    let (clock, rng) = (Arc::new(System), Arc::new(System));
    let engine = Engine::new(data.store, clock, rng, data.master, "http://127.0.0.1".to_owned());
    crate::api::app(Arc::new(engine))
}

/// Sends what there is, then nothing more, and waits to be hung up on.
async fn stalls_after(address: SocketAddr, bytes: &[u8]) -> (Duration, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let begun = Instant::now();
    stream.write_all(bytes).await.unwrap();
    let mut rest = Vec::new();
    // Hung up on, in whichever way.
    let _reset = stream.read_to_end(&mut rest).await;
    (begun.elapsed(), String::from_utf8_lossy(&rest).into_owned())
}

#[tokio::test(start_paused = true)]
async fn s41_whoever_does_not_finish_a_head_in_ten_seconds_is_hung_up_on() {
    let (address, _stop) = listening(Router::new(), None).await;
    let beginnings: [&[u8]; 6] = [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"PRI * HT",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    ];
    for bytes in beginnings {
        let (waited, _) = stalls_after(address, bytes).await;
        assert!((HEAD_TIME..HEAD_TIME * 2).contains(&waited), "{bytes:?} was held for {waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn s41_a_body_that_does_not_come_is_given_up() {
    let data = tempfile::tempdir().unwrap();
    let (address, _stop) = listening(routes(data.path()), None).await;
    let signed = "Authorization: Device x.y.z\r\n";
    for (line, header, seconds) in [
        ("POST /api/v1/devices/complete-enrollment", "", 15),
        ("GET /api/v1/device/challenges?wait=60", signed, 10),
        ("GET /api/v1/device/events", signed, 10),
        ("PATCH /api/v1/device", signed, 10),
    ] {
        let request = format!("{line} HTTP/1.1\r\nHost: x\r\n{header}Content-Length: 20\r\n\r\n{{");
        let (waited, reply) = stalls_after(address, request.as_bytes()).await;
        assert!((seconds..seconds * 2 + 10).contains(&waited.as_secs()), "{line} was held for {waited:?}");
        assert!(reply.starts_with("HTTP/1.1 400") || reply.starts_with("HTTP/1.1 503"), "{line}: {reply}");
    }
}

#[tokio::test(start_paused = true)]
async fn s41_a_handshake_that_does_not_end_is_hung_up_on() {
    let config = crate::tls::tests::server_config();
    let (address, _stop) = listening(Router::new(), Some(TlsAcceptor::from(config))).await;
    for bytes in [&b""[..], b"\x16", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"] {
        let (waited, _) = stalls_after(address, bytes).await;
        assert!((HEAD_TIME..HEAD_TIME * 2).contains(&waited), "{bytes:?} was held for {waited:?}");
    }
}

#[tokio::test]
async fn garbage_on_the_tls_port_ends_and_plain_http_is_told() {
    let config = crate::tls::tests::server_config();
    let (address, _stop) = listening(Router::new(), Some(TlsAcceptor::from(config))).await;
    for bytes in [&b"\0\0\0\0\0\0\0\0"[..], b"\x16\x03\x01\0\x05hello", b"\x80\x2e\x01\x03\x01", b"\xff\xff"]
    {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut rest = Vec::new();
        let _reset = stream.read_to_end(&mut rest).await;
        assert!(!rest.starts_with(b"HTTP"), "{bytes:?}");
    }
    for request in [&b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..], b"POST / HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.unwrap();
        assert!(reply.starts_with("HTTP/1.1 400") && reply.ends_with(NOT_PLAIN), "{reply}");
    }
}
