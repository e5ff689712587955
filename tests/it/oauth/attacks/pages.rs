//! Pages of others in somebody's browser, and methods that only look.

use countersign_server::engine::oauth::OauthChanges;
use countersign_tests::http::{Connection, Reply, Request, segment};
use countersign_tests::mailbox;
use countersign_tests::oauth::{OauthParty, authorized, text};
use serde_json::json;

use super::{NUMBER, Stage};

const OWN: &str = "https://app.example.org";

async fn with_a_page() -> Stage {
    let (stage, _seed) = Stage::with_totp().await;
    let changes = OauthChanges { origins: Some(vec![OWN.to_owned()]), ..OauthChanges::default() };
    stage.bank.change(&stage.server, changes).await;
    stage
}

fn preflight(path: &str, origin: &str, method: &str) -> Request {
    Request::new("OPTIONS", path)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", method)
        .header("Access-Control-Request-Headers", "authorization, content-type, auth0-client, dpop")
}

fn allowed(reply: &Reply) -> Option<&str> {
    reply.header("access-control-allow-origin")
}

const PATHS: [(&str, &str); 5] = [
    ("/oauth/token", "POST"),
    ("/mfa/authenticators", "GET"),
    ("/mfa/associate", "POST"),
    ("/mfa/challenge", "POST"),
    ("/mfa/authenticators/totp%7Cfac_1", "DELETE"),
];

#[tokio::test]
async fn pages_may_call_from_the_origins_that_were_named_and_from_no_other() {
    let stage = with_a_page().await;
    for (path, method) in PATHS {
        let good = stage.bank.send(&preflight(path, OWN, method)).await;
        assert_eq!(allowed(&good), Some(OWN), "{path}: {}", good.status);
        assert!(
            good.header("access-control-allow-credentials").is_none(),
            "{path}: nothing here needs cookies"
        );
        assert!(
            good.header("vary").is_some_and(|vary| vary.to_ascii_lowercase().contains("origin")),
            "{path}"
        );
        for bad in [
            "https://thief.example",
            "null",
            "http://app.example.org",
            "https://app.example.org:8443",
            "https://app.example.org.thief.example",
            "https://thief.example/https://app.example.org",
            "https://APP.example.org/",
            "https://sub.app.example.org",
            "",
        ] {
            let reply = stage.bank.send(&preflight(path, bad, method)).await;
            assert_eq!(allowed(&reply), None, "{path} from {bad}");
            let asked = stage.bank.send(&Request::new(method, path).header("Origin", bad)).await;
            assert_eq!(allowed(&asked), None, "{path} from {bad}");
        }
        let real = stage.bank.send(&Request::new(method, path).header("Origin", OWN)).await;
        assert_eq!(allowed(&real), Some(OWN), "{path}: refusals are read by pages too");
    }
}

#[tokio::test]
async fn s40_an_origin_of_another_tenant_opens_nothing() {
    let stage = with_a_page().await;
    let foreign = OauthParty::of_new_tenant(&stage.server, "auth0", "elsewhere.example").await;
    let theirs = "https://other.example.org";
    let changes = OauthChanges { origins: Some(vec![theirs.to_owned()]), ..OauthChanges::default() };
    foreign.change(&stage.server, changes).await;
    for (path, method) in PATHS {
        assert_eq!(allowed(&stage.bank.send(&preflight(path, theirs, method)).await), None, "{path}");
    }
}

#[tokio::test]
async fn reltios_paths_and_the_native_api_are_for_no_page() {
    let stage = with_a_page().await;
    for path in
        ["/oauth/users/mfaDetails", "/users/mfa/resetMyQRCodeEnroll", "/api/v1/mfa/send", "/api/v1/users"]
    {
        let reply = stage.bank.send(&preflight(path, OWN, "POST")).await;
        assert_eq!(allowed(&reply), None, "{path}");
    }
}

#[tokio::test]
async fn looking_does_not_act() {
    let (stage, seed) = Stage::with_totp().await;
    stage.bank.give_contact(&stage.server, "sam", "sms", NUMBER).await;
    let sent = mailbox::all(&stage.server).await.len();
    let login = stage.bank.mfa_token("sam").await;
    let factors = stage.bank.factors_token(&stage.server, "sam", &seed, 1).await;
    let id = &stage.factors("sam").await[0]["id"];
    let one = format!("/mfa/authenticators/{}", segment(&format!("totp|{}", text(id))));
    let query = format!(
        "grant_type=password&username=sam&password=x&client_id={}&mfa_token={login}&challenge_type=oob",
        stage.bank.party.client_id
    );
    for method in ["HEAD", "GET"] {
        for path in ["/oauth/token", "/mfa/challenge", "/mfa/associate", &one] {
            let target = format!("{path}?{query}");
            let request = authorized(method, &target, &factors);
            let mut connection = Connection::open(stage.server.address).await.unwrap();
            connection.write(&request.bytes(stage.server.address, false)).await;
            // A reply to HEAD has no body, whatever its length says.
            assert_eq!(connection.head().await.status, 405, "{method} {path}");
        }
    }
    for (method, path) in [
        ("DELETE", "/mfa/authenticators"),
        ("POST", one.as_str()),
        ("PATCH", &one),
        ("PUT", "/mfa/challenge"),
    ] {
        let body =
            json!({"mfa_token": login, "client_id": stage.bank.party.client_id, "challenge_type": "oob"});
        let reply = stage.bank.send(&authorized(method, path, &factors).json(&body)).await;
        assert_eq!(reply.status, 405, "{method} {path}: {}", reply.text());
    }
    assert_eq!(stage.factors("sam").await.len(), 2);
    assert_eq!(mailbox::all(&stage.server).await.len(), sent);
}

#[tokio::test]
async fn secrets_in_an_address_are_not_read() {
    let (stage, _seed) = Stage::with_totp().await;
    let query = format!(
        "client_id={}&client_secret={}&grant_type=password&username=sam&password=x",
        stage.bank.party.client_id, stage.bank.party.client_secret
    );
    let reply = stage.bank.send(&Request::new("POST", &format!("/oauth/token?{query}"))).await;
    assert!(matches!(reply.status, 400 | 401), "{}", reply.text());
}
