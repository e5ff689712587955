//! TLS of the server's own, with certificates of a test's own authority.

use countersign_tests::authority::{Authority, shown};
use countersign_tests::http::{self, Connection, Request};
use countersign_tests::phone::Phone;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::SERVER;

/// Far enough for everybody who runs these tests.
const LATER: i32 = 2090;

struct Secured {
    server: ServerProcess,
    authority: Authority,
    files: TempDir,
}

async fn secured() -> Secured {
    let (authority, files) = (Authority::new(), tempfile::tempdir().unwrap());
    authority.issue(files.path(), LATER);
    let program = authority.serve_from(files.path(), Program::new(SERVER));
    Secured { server: ServerProcess::start(program).await, authority, files }
}

fn client(authority: &Authority) -> reqwest::ClientBuilder {
    let tls = authority.client(&["h2", "http/1.1"]);
    reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls)
}

#[tokio::test]
async fn both_versions_of_http_are_spoken_over_tls() {
    let Secured { server, authority, .. } = secured().await;
    let url = format!("{}/healthz", server.url());
    assert!(url.starts_with("https://"));
    let newest = client(&authority).build().unwrap().get(&url).send().await.unwrap();
    assert_eq!((newest.version(), newest.status().as_u16()), (reqwest::Version::HTTP_2, 200));
    let tls = authority.client(&["http/1.1"]);
    let older = reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls).build().unwrap();
    let older = older.get(&url).send().await.unwrap();
    assert_eq!((older.version(), older.status().as_u16()), (reqwest::Version::HTTP_11, 200));
    let silent = Connection::over(authority.connect(server.address).await.unwrap());
    let reply = authority.send(server.address, &Request::new("GET", "/healthz")).await;
    assert_eq!(reply.text(), "ok\n", "while another says nothing");
    drop(silent);
}

#[tokio::test]
async fn nobody_gets_in_without_the_right_authority_or_without_tls() {
    let Secured { server, authority, .. } = secured().await;
    let stranger = Authority::new().connect(server.address).await.unwrap_err();
    assert!(stranger.to_string().contains("certificate"), "{stranger}");
    let plain = http::send(server.address, &Request::new("GET", "/healthz")).await;
    assert_eq!((plain.status, plain.text().contains("https://")), (400, true), "{}", plain.text());
    for garbage in [&b"\x16\x03\x01\xff\xff garbage"[..], b"\0\0\0\0", b"\x15\x03\x01\0\x02\x02\x28"] {
        let mut connection = Connection::open(server.address).await.unwrap();
        connection.write(garbage).await;
        connection.end().await;
        assert!(connection.reply().await.is_err());
    }
    assert_eq!(authority.send(server.address, &Request::new("GET", "/readyz")).await.status, 200);
}

#[tokio::test]
async fn a_phone_enrols_and_approves_over_tls() {
    let Secured { server, authority, .. } = secured().await;
    let cms = server.relying_party("Case Management").await;
    let enroll = cms.request("POST", "/api/v1/users/enroll").json(&json!({"user_ref": "sam"}));
    let issued = authority.send(server.address, &enroll).await.expect(201);
    let phone = Phone::believing(&authority.pem());
    phone.enroll(issued["enrollment_url"].as_str().unwrap()).await;
    let send =
        cms.request("POST", "/api/v1/mfa/send").json(&json!({"user_ref": "sam", "number_match": true}));
    let sent = authority.send(server.address, &send).await.expect(200);
    let request = phone.the_request().await;
    phone.core.approve(request.id, sent["number"].as_str()).await.unwrap();
    let look = cms.request("GET", &format!("/api/v1/mfa/status/{}", sent["session_id"].as_str().unwrap()));
    assert_eq!(authority.send(server.address, &look).await.expect(200)["status"], "approved");
}

#[tokio::test]
async fn a_new_certificate_is_shown_after_sighup_and_old_connections_go_on() {
    let Secured { mut server, authority, files } = secured().await;
    let before = authority.connect(server.address).await.unwrap();
    let first = shown(&before);
    let mut before = Connection::over(before);
    let second = authority.issue(files.path(), LATER + 1);
    assert_eq!(shown(&authority.connect(server.address).await.unwrap()), first, "nobody has told it yet");
    assert_eq!(server.sighup().await["event"], "reloaded");
    let after = authority.connect(server.address).await.unwrap();
    assert_eq!(shown(&after), second);
    before.write(&Request::new("GET", "/healthz").bytes(server.address, true)).await;
    assert_eq!(before.reply().await.unwrap().text(), "ok\n");

    let (cert, key) = (files.path().join("cert.pem"), files.path().join("key.pem"));
    let (whole, its_key) = (std::fs::read(&cert).unwrap(), std::fs::read(&key).unwrap());
    let others = tempfile::tempdir().unwrap();
    authority.issue(others.path(), LATER);
    std::fs::write(&cert, &whole[..whole.len() / 4]).unwrap();
    assert_eq!(server.sighup().await["event"], "not_reloaded", "half a file");
    std::fs::write(&cert, &whole).unwrap();
    std::fs::copy(others.path().join("key.pem"), &key).unwrap();
    let told = server.sighup().await;
    assert!(told["error"].as_str().unwrap().contains("key.pem"), "somebody else's key: {told}");
    std::fs::remove_file(&key).unwrap();
    assert_eq!(server.sighup().await["event"], "not_reloaded", "no file");
    assert_eq!(shown(&authority.connect(server.address).await.unwrap()), second);
    std::fs::write(&key, its_key).unwrap();
    assert_eq!(server.sighup().await["event"], "reloaded");
    let log = server.terminate().await;
    assert!(log.contains("the one from before stays") && !log.contains("PRIVATE"), "{log}");
}

#[tokio::test]
async fn without_tls_sighup_changes_nothing() {
    let mut server = crate::server().await;
    assert_eq!(server.sighup().await["event"], "reloaded");
    assert_eq!(http::send(server.address, &Request::new("GET", "/healthz")).await.status, 200);
}

#[tokio::test]
async fn config_check_judges_the_certificate() {
    let (authority, files, data) =
        (Authority::new(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program =
        authority.serve_from(files.path(), Program::new(SERVER)).env("COUNTERSIGN_DATA_DIR", data.path());
    let check = ["config", "check"];
    authority.issue(files.path(), LATER);
    let good = program.json(&check).await;
    assert_eq!((&good["warnings"], &good["public_url"]), (&json!([]), &json!("https://127.0.0.1:8480")));
    let elsewhere = program.clone().env("COUNTERSIGN_PUBLIC_URL", "https://mfa.example.org");
    let warned = elsewhere.json(&check).await["warnings"][0].as_str().unwrap().to_owned();
    assert!(warned.contains("mfa.example.org"), "{warned}");
    authority.issue(files.path(), 2020);
    let ended = program.run(&[&check[..], &["--json"]].concat()).await;
    let said: Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!(
        (ended.code, said["error"].as_str().unwrap().contains("2020-01-01")),
        (Some(2), true),
        "{said}"
    );
    std::fs::write(files.path().join("cert.pem"), "nothing").unwrap();
    for arguments in [&["serve"][..], &check] {
        let refused = program.run(arguments).await;
        assert_eq!(refused.code, Some(2));
        assert!(refused.stderr.contains("cert.pem"), "{}", refused.stderr);
    }
}
