//! Whatever comes in: a documented 4xx, never a 5xx, and a server that goes on.

use countersign_tests::device::Device;
use countersign_tests::dice::Dice;
use countersign_tests::http::{self, Connection, Reply, Request, exchange};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::ServerProcess;
use serde_json::{Value, json};

use crate::server;

async fn enrolled() -> (ServerProcess, RelyingParty, Device) {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    (server, cms, device)
}

/// The routes that take a body, with credentials where they want some.
fn posts(cms: &RelyingParty) -> Vec<(&'static str, Request)> {
    let answer = "/api/v1/device/challenges/0190f3c2-0000-7000-8000-000000000000/answer";
    vec![
        ("/api/v1/mfa/send", cms.request("POST", "/api/v1/mfa/send")),
        ("/api/v1/users/enroll", cms.request("POST", "/api/v1/users/enroll")),
        ("complete-enrollment", Request::new("POST", "/api/v1/devices/complete-enrollment")),
        ("answer", Request::new("POST", answer)),
        ("transfer", Request::new("POST", "/api/v1/device/transfer")),
    ]
}

fn is_refusal(reply: &Reply) -> bool {
    let (status, code) = reply.refusal();
    (400..500).contains(&status) && !code.is_empty()
}

async fn is_alive(server: &mut ServerProcess, cms: &RelyingParty) {
    assert_eq!(server.ended(), None);
    cms.call("GET", "/api/v1/users").await.expect(200);
}

#[tokio::test]
async fn bodies_that_are_no_json_object_are_400() {
    let (mut server, cms, _device) = enrolled().await;
    let deep = [b"{\"user_ref\":".repeat(3000), b"[".repeat(3000)];
    let bodies: &[&[u8]] = &[
        b"",
        b" ",
        b"{",
        b"}",
        b"{}}",
        b"[]",
        b"null",
        b"true",
        b"0",
        b"\"user_ref\"",
        b"{\"user_ref\":}",
        b"{'user_ref':'sam'}",
        b"{\"user_ref\":\"sam\",}",
        b"{\"user_ref\":\"sam\"} trailing",
        b"{\"user_ref\":\"sam\"}{\"user_ref\":\"sam\"}",
        b"{\"user_ref\":\"sam\",\"user_ref\":\"alex\"}",
        b"{\"user_ref\":\"\xff\xfe\"}",
        b"{\"user_ref\":\"\xc0\xaf\"}",
        b"{\"user_ref\":\"\\ud800\"}",
        b"{\"user_ref\":1e999}",
        b"{\"user_ref\":\"a\0b\"}",
        b"\xef\xbb\xbf{\"user_ref\":\"sam\"}",
        b"user_ref=sam&message=hi",
        b"<?xml version=\"1.0\"?><user_ref>sam</user_ref>",
        b"\0\0\0\0",
        &deep[0],
        &deep[1],
    ];
    for (name, request) in posts(&cms) {
        for body in bodies {
            let reply = http::send(server.address, &request.clone().body(*body)).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
            assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "{name} {shown}");
        }
        let none = http::send(server.address, &request).await;
        assert_eq!(none.refusal(), (400, "invalid_request".to_owned()), "{name} without a body");
    }
    is_alive(&mut server, &cms).await;
}

#[tokio::test]
async fn s41_a_body_over_64_kib_is_413() {
    let (mut server, cms, device) = enrolled().await;
    let (limit, mebibyte) = (64 * 1024, 1024 * 1024);
    for (name, request) in posts(&cms) {
        for size in [limit + 1, mebibyte] {
            let reply = http::send(server.address, &request.clone().body(vec![b'x'; size])).await;
            assert_eq!(reply.refusal(), (413, "too_large".to_owned()), "{name} {size}");
        }
        let reply = http::send(server.address, &request.clone().body(vec![b' '; limit])).await;
        assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "{name}: as long as it may be");
    }
    for (method, target) in [("PUT", "/api/v1/device/push-token"), ("PATCH", "/api/v1/device")] {
        let reply = http::send(server.address, &device.request(method, target, &vec![b'x'; mebibyte])).await;
        assert_eq!(reply.refusal(), (413, "too_large".to_owned()), "{target}");
    }
    let chunked = [
        b"POST /api/v1/devices/complete-enrollment HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            .to_vec(),
        format!("{mebibyte:x}\r\n").into_bytes(),
        vec![b'x'; mebibyte],
        b"\r\n0\r\n\r\n".to_vec(),
    ];
    let reply = exchange(server.address, &chunked.concat()).await.unwrap();
    assert_eq!(reply.refusal(), (413, "too_large".to_owned()), "without an announced length");
    is_alive(&mut server, &cms).await;
}

#[tokio::test]
async fn s41_a_head_over_16_kib_is_431() {
    let (mut server, cms, _device) = enrolled().await;
    let big = Request::new("GET", "/healthz").header("X-Filler", &"x".repeat(64 * 1024));
    assert_eq!(http::send(server.address, &big).await.status, 431);
    let long = Request::new("GET", &format!("/{}", "x".repeat(64 * 1024)));
    assert!(matches!(http::send(server.address, &long).await.status, 414 | 431));
    let many = (0..5000).fold(Request::new("GET", "/healthz"), |request, _| request.header("A", "b"));
    assert_eq!(http::send(server.address, &many).await.status, 431);
    let fits = Request::new("GET", "/healthz").header("X-Filler", &"x".repeat(8 * 1024));
    assert_eq!(http::send(server.address, &fits).await.status, 200);
    is_alive(&mut server, &cms).await;
}

#[tokio::test]
async fn a_body_that_ends_early_is_an_error_and_nothing_is_done() {
    let (mut server, cms, _device) = enrolled().await;
    let whole = cms.request("POST", "/api/v1/users/enroll").json(&json!({"user_ref": "alex"}));
    let bytes = whole.bytes(server.address, false);
    for missing in [1, 5, 19] {
        let mut connection = Connection::open(server.address).await.unwrap();
        connection.write(&bytes[..bytes.len() - missing]).await;
        connection.end().await;
        if let Ok(reply) = connection.reply().await {
            assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()));
        }
    }
    let users = cms.call("GET", "/api/v1/users").await.expect(200);
    assert_eq!(users["users"].as_array().unwrap().len(), 1, "{users}");
    is_alive(&mut server, &cms).await;
}

#[tokio::test]
async fn what_is_no_http_is_400_or_hung_up_on() {
    let (mut server, cms, _device) = enrolled().await;
    let lines: &[&[u8]] = &[
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        b"G\0T / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nNo colon here\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n",
        b"POST /api/v1/mfa/send HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/mfa/send HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /api/v1/mfa/send HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST /api/v1/mfa/send HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\0\0\0\0\0\0\0\0\0",
    ];
    for bytes in lines {
        let mut connection = Connection::open(server.address).await.unwrap();
        connection.write(bytes).await;
        connection.end().await;
        if let Ok(reply) = connection.reply().await {
            assert!(
                (400..500).contains(&reply.status),
                "{}: {}",
                String::from_utf8_lossy(bytes),
                reply.status
            );
        }
    }
    is_alive(&mut server, &cms).await;
}

#[tokio::test]
async fn paths_and_queries_of_any_kind_are_refused_in_the_right_form() {
    let (mut server, cms, device) = enrolled().await;
    let long = "9".repeat(6000);
    for (target, status) in [
        ("/api/v1/devices/user/%ff%fe", 400),
        ("/api/v1/devices/user/%C0%AF", 400),
        ("/api/v1/devices/enrollment/%ff", 400),
        ("/api/v1/mfa/status/%ff", 400),
        ("/api/v1/devices/user/%00", 404),
        ("/api/v1/devices/user/%", 404),
        ("/api/v1/devices/user/%zz", 404),
        ("/api/v1/devices/user/", 404),
        ("/api/v1/devices/user/a/b", 404),
        ("/api/v1/devices/user/%2e%2e", 404),
        (&format!("/api/v1/devices/user/{long}"), 404),
        (&format!("/api/v1/mfa/status/{long}"), 404),
        (&format!("/api/v1/devices/enrollment/{long}"), 404),
        ("/api/v1/users?limit=%ff", 400),
        (&format!("/api/v1/users?cursor={long}"), 400),
    ] {
        let reply = cms.call("GET", target).await;
        assert!(is_refusal(&reply) && reply.status == status, "{target}: {} {}", reply.status, reply.text());
    }
    let session = cms.ask("sam").await;
    for wait in ["61", "999", "-1", "abc", "1.5", "", "18446744073709551616", "%ff", "1&wait=2"] {
        let reply = cms.look(&format!("{}?wait={wait}", session.id)).await;
        assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "status wait={wait}");
        let reply = device.call("GET", &format!("/api/v1/device/challenges?wait={wait}"), &Value::Null).await;
        assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "inbox wait={wait}");
    }
    let odd = device.call("GET", "/api/v1/device/challenges?unknown=%00&wait=0", &Value::Null).await;
    assert_eq!(odd.status, 200);
    is_alive(&mut server, &cms).await;
}

#[tokio::test]
async fn device_bodies_that_are_not_what_they_should_be_are_400() {
    let (mut server, cms, device) = enrolled().await;
    let put = "/api/v1/device/push-token";
    for (method, target, body) in [
        ("PUT", put, json!({})),
        ("PUT", put, json!({"device_token": ""})),
        ("PUT", put, json!({"device_token": "a b"})),
        ("PUT", put, json!({"device_token": "t".repeat(5000)})),
        ("PUT", put, json!({"device_token": "t", "extra": 1})),
        ("PUT", put, json!(["t"])),
        ("PATCH", "/api/v1/device", json!({"device_name": ""})),
        ("PATCH", "/api/v1/device", json!({"device_name": "  "})),
        ("PATCH", "/api/v1/device", json!({"device_name": "n".repeat(101)})),
        ("PATCH", "/api/v1/device", json!({"device_name": "a\nb"})),
        ("PATCH", "/api/v1/device", json!({"device_name": 5})),
        ("PATCH", "/api/v1/device", json!({"name": "x"})),
    ] {
        let reply = device.call(method, target, &body).await;
        assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "{method} {body}");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    }
    assert_eq!(cms.devices("sam").await[0]["device_name"], "Robot");
    for (method, target) in [
        ("POST", "/api/v1/device"),
        ("GET", "/api/v1/device/nothing"),
        ("POST", "/api/v1/device/challenges"),
        ("GET", "/api/v1/device/challenges/x/answer"),
    ] {
        let reply = device.call(method, target, &Value::Null).await;
        let refusal =
            if target.ends_with("nothing") { (404, "not_found") } else { (405, "method_not_allowed") };
        assert_eq!(reply.refusal(), (refusal.0, refusal.1.to_owned()), "{method} {target}");
    }
    is_alive(&mut server, &cms).await;
}

#[tokio::test]
async fn five_hundred_random_bodies_on_each_route_are_never_a_5xx() {
    let (mut server, cms, device) = enrolled().await;
    let mut dice = Dice::thrown_for("random bodies");
    let challenge = {
        cms.ask_with_number("sam").await;
        device.inbox().await.remove(0)
    };
    let answer = device.answer(&challenge, countersign_protocol::answer::Decision::Deny, None);
    let token = cms.enroll("sam").await["enrollment_token"].clone();
    let link = countersign_protocol::link::EnrollmentLink::parse(&cms.link("sam").await).unwrap();
    let seeds = [
        json!({"user_ref": "sam", "session_ref": "txn", "message": "hi", "number_match": true}),
        json!({"user_ref": "sam", "email": "a@example.org", "display_name": "Sam", "strict": false}),
        json!({"token": token, "device_token": "t", "platform": "android", "device_name": "n"}),
        countersign_tests::device::Keys::default().enrollment(&link.server, &link.token),
        json!({"answer": answer}),
        json!({"transfer": answer}),
    ];
    for (name, request) in posts(&cms) {
        let mut connection = Connection::open(server.address).await.unwrap();
        for round in 0..500 {
            let body = mutated(dice.one_of(&seeds), &mut dice.split());
            let bytes = request.clone().body(body.clone()).bytes(server.address, true);
            connection.write(&bytes).await;
            let reply = connection.reply().await.unwrap();
            let shown = String::from_utf8_lossy(&body).into_owned();
            assert!(reply.status < 500, "{name} round {round}: {} for {shown}", reply.status);
            assert!(reply.status < 300 || is_refusal(&reply), "{name}: {} for {shown}", reply.status);
        }
    }
    is_alive(&mut server, &cms).await;
    let log = server.terminate().await;
    assert!(!log.contains("panicked"), "{log}");
}

/// A good body after a few accidents.
fn mutated(seed: &Value, dice: &mut Dice) -> Vec<u8> {
    let mut value = seed.clone();
    let object = value.as_object_mut().unwrap();
    let names: Vec<String> = object.keys().cloned().collect();
    for _ in 0..dice.below(3) {
        let odd = [
            Value::Null,
            json!(-1),
            json!(1e300),
            json!(""),
            json!("\u{0}\u{202e}\u{ffff}"),
            json!([[], {}]),
            json!({"possession": {}}),
            json!("A".repeat(dice.below(2000))),
        ];
        object.insert(dice.one_of(&names).clone(), dice.one_of(&odd).clone());
    }
    let mut bytes = value.to_string().into_bytes();
    for _ in 0..dice.below(4) {
        let at = dice.below(bytes.len());
        match dice.below(4) {
            _ if bytes.len() < 2 => bytes.push(b'x'),
            0 => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, *dice.one_of(b"{}[]\",:\\\0\xff")),
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}
