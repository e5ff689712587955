//! The client against servers on this machine: honest, broken and hostile ones.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::wire::Platform;

use super::*;
use crate::approve::{Account, AccountId, Ask};
use crate::exchange::{Method, ReplyError, Request};
use crate::host::SystemRng;
use crate::keys::{KeyPurpose, KeyStore as _, MemoryKeyStore};
use crate::testing::{Phone, TEST_AUTHORITY, canned, encrypted, listen, silent, unencrypted};

/// For servers that say nothing, and are found out.
const SHORT: Duration = Duration::from_millis(700);

/// As patient as a loaded machine needs.
fn client() -> Client {
    waiting(Duration::from_secs(60))
}

fn waiting(timeout: Duration) -> Client {
    Client::new(ClientOptions {
        reply_timeout: timeout,
        silence_timeout: timeout,
        retry_after: vec![Duration::from_millis(1); 2],
        ..ClientOptions::default()
    })
    .unwrap()
}

fn get(base: &str) -> Request {
    Request::new(Method::Get, format!("{base}/api/v1/devices/enrollment/SECRET-TOKEN"))
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn a_reply_is_brought_back_whole() {
    let server = canned([ok("{\"a\":1}")]);
    let reply = client().send(&get(&server.base)).await.unwrap();
    assert_eq!((reply.status, reply.body.as_slice()), (200, b"{\"a\":1}".as_slice()));
    assert_eq!(reply.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = canned([ok("{}")]);
    let redirect =
        format!("HTTP/1.1 307 X\r\nlocation: {}/stolen\r\ncontent-length: 0\r\n\r\n", elsewhere.base);
    let server = canned([redirect]);
    let reply = client().send(&get(&server.base)).await.unwrap();
    assert_eq!(reply.success(), Err(ReplyError::NotCountersign { status: 307 }));
    assert_eq!((server.requests(), elsewhere.requests()), (1, 0));
}

#[tokio::test]
async fn a_captive_portal_is_recognised() {
    let page = "<html>Sign in to the hotel's network</html>";
    let server = canned([format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{page}",
        page.len()
    )]);
    let reply = client().send(&get(&server.base)).await.unwrap();
    let error = reply.json::<u8>().unwrap_err();
    assert_eq!(error, ReplyError::NotCountersign { status: 200 });
    assert!(error.to_string().contains("open it in a browser"), "{error}");
}

#[tokio::test]
async fn an_oversized_body_is_refused_announced_or_not() {
    let body = "x".repeat(MAX_REPLY_BYTES + 1);
    let announced = canned([ok(&body)]);
    let streamed = canned([format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}")]);
    let fits = canned([ok(&body[1..])]);
    for server in [&announced, &streamed] {
        let error = client().send(&get(&server.base)).await.unwrap_err();
        assert!(matches!(error, ClientError::TooLarge { .. }), "{error}");
    }
    assert_eq!(client().send(&get(&fits.base)).await.unwrap().body.len(), MAX_REPLY_BYTES);
}

#[tokio::test]
async fn only_repeatable_requests_are_repeated_and_only_when_the_connection_failed() {
    let broken = canned(["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_owned(), ok("{}")]);
    assert_eq!(client().send(&get(&broken.base)).await.unwrap().status, 200);
    assert_eq!(broken.requests(), 2);

    let broken = canned(["", ""]);
    let mut post = get(&broken.base);
    (post.method, post.repeatable) = (Method::Post, false);
    let error = client().send(&post).await.unwrap_err();
    assert!(matches!(error, ClientError::Interrupted { .. }), "{error}");
    assert_eq!(broken.requests(), 1);

    let unwell = canned(["HTTP/1.1 503 X\r\ncontent-length: 0\r\n\r\n"]);
    assert_eq!(client().send(&get(&unwell.base)).await.unwrap().status, 503);
    assert_eq!(unwell.requests(), 1);
}

#[tokio::test]
async fn each_failure_is_its_own_error_and_none_tells_the_token() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let free = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let cases = [
        (free, "offline"),
        (silent(), "timeout"),
        ("http://mfa.example.org".to_owned(), "insecure_address"),
        ("ftp://127.0.0.1".to_owned(), "bad_address"),
        ("nonsense".to_owned(), "bad_address"),
        (unencrypted(), "tls"),
    ];
    for (base, code) in cases {
        let client = if code == "timeout" { waiting(SHORT) } else { client() };
        let error = client.send(&get(&base)).await.unwrap_err();
        assert_eq!(error.code(), code, "{base}: {error}");
        let mut text = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(inner) = source {
            text.push_str(&format!("{inner} {inner:?}"));
            source = inner.source();
        }
        assert!(!text.contains("SECRET-TOKEN"), "{text}");
    }
}

#[tokio::test]
async fn property_2_an_unknown_authority_is_refused_unless_it_is_ones_own() {
    let base = encrypted();
    let error = client().send(&get(&base)).await.unwrap_err();
    assert_eq!(error.code(), "tls");
    assert!(error.to_string().contains("authority that this app does not know"), "{error}");

    let options = ClientOptions { ca_pem: Some(TEST_AUTHORITY.to_vec()), ..ClientOptions::default() };
    let own = Client::new(options).unwrap();
    assert_eq!(own.send(&get(&base)).await.unwrap().status, 204);
    let other_name = base.replace("localhost", "127.0.0.1");
    let error = own.send(&get(&other_name)).await.unwrap_err();
    assert!(error.to_string().contains("for another name"), "{error}");
}

#[test]
fn a_certificate_file_without_certificates_is_refused() {
    for pem in [b"".as_slice(), b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let options = ClientOptions { ca_pem: Some(pem.to_vec()), ..ClientOptions::default() };
        assert_eq!(Client::new(options).unwrap_err().code(), "certificate_authority");
    }
}

/// An account whose keys are in a key store, at a server on this machine.
async fn enrolled(server: &crate::testing::FakeServer) -> (DeviceClient, Account) {
    let store = MemoryKeyStore::new(Arc::new(SystemRng)).with_der_signatures();
    let device = DeviceClient::new(client(), Arc::new(store.clone()));
    let id = AccountId::new([3; 16]);
    let mut points = Vec::new();
    for purpose in [KeyPurpose::Possession, KeyPurpose::Verification] {
        points.push(store.generate(id.to_string(), purpose, vec![7; 32]).await.unwrap().point);
    }
    let key = |at: usize| countersign_protocol::jwk::PublicKey::from_point(&points[at]).unwrap();
    let keys = countersign_protocol::challenge::DeviceKeys { possession: key(0), verification: key(1) };
    let start = crate::enroll::Start::new(&server.link().to_string()).unwrap();
    let reply = client().send(&start.request()).await.unwrap();
    let offer = start.take(&reply).unwrap();
    let asked = offer.accept("Phone", Platform::Android, "t", id.clone(), keys).unwrap();
    let sign = |purpose, input: &[u8]| {
        let (device, id, input) = (device.clone(), id.clone(), input.to_vec());
        async move { device.sign(&id, purpose, &input, "Example").await.unwrap() }
    };
    let possession = sign(KeyPurpose::Possession, asked.possession_input()).await;
    let verification = sign(KeyPurpose::Verification, asked.verification_input()).await;
    let completion = asked.signed(&possession, &verification).unwrap();
    let reply = client().send(&completion.request()).await.unwrap();
    let account = completion.take(&reply, crate::testing::SERVER_TIME).unwrap().account;
    (device, account)
}

#[tokio::test]
async fn a_stale_nonce_is_followed_exactly_once() {
    let listening = listen();
    let server = &listening.server;
    let (device, account) = enrolled(server).await;
    assert!(device.ask(&account, Ask::inbox(0)).await.unwrap().is_success());
    let count = |server: &crate::testing::FakeServer| server.log().len();
    server.refuse_all_nonces();
    let before = count(server);
    let reply = device.ask(&account, Ask::inbox(0)).await.unwrap();
    assert_eq!((reply.status, count(server) - before), (401, 2));
    let before = count(server);
    let error = device.events(&account).await.unwrap_err();
    assert!(matches!(error, DeviceError::Client(ClientError::Reply(ReplyError::Refused(_)))), "{error}");
    assert_eq!(count(server) - before, 2);
}

#[tokio::test]
async fn events_bring_the_inbox() {
    let listening = listen();
    let (device, mut account) = enrolled(&listening.server).await;
    listening.server.ask(account.device, Some(2), false);
    let mut events = device.events(&account).await.unwrap();
    let inbox = events.next().await.unwrap().unwrap();
    assert_eq!(device.read(&mut account, &inbox).await.pending.len(), 1);
    assert!(events.next().await.unwrap().is_none(), "bye");
}

#[tokio::test]
async fn a_silent_or_endless_event_stream_is_given_up() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 99999999\r\n\r\n";
    let endless = canned([format!("{head}data: {}", "x".repeat(2 * MAX_REPLY_BYTES))]);
    let page = canned([ok("{}")]);
    let store = Arc::new(MemoryKeyStore::new(Arc::new(SystemRng)));
    store.generate(AccountId::new([3; 16]).to_string(), KeyPurpose::Possession, vec![7; 32]).await.unwrap();
    let mut account = Phone::new().enroll(&crate::testing::FakeServer::new("https://x.example"), 0).account;
    let device = DeviceClient::new(client(), store.clone());

    account.server = endless.base;
    let error = device.events(&account).await.unwrap().next().await.unwrap_err();
    assert!(matches!(error, ClientError::TooLarge { .. }), "{error}");

    account.server = page.base;
    let error = device.events(&account).await.unwrap_err();
    let not_ours = ReplyError::NotCountersign { status: 200 };
    assert!(matches!(error, DeviceError::Client(ClientError::Reply(ref r)) if *r == not_ours), "{error}");

    let device = DeviceClient::new(waiting(SHORT), store);
    account.server = silent();
    let error = device.events(&account).await.unwrap_err();
    assert!(matches!(error, DeviceError::Client(ClientError::Timeout { .. })), "{error}");
}
