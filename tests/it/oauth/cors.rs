//! Calls from web pages: what browsers ask beforehand, and which pages may read the answers.

use countersign_server::engine::oauth::OauthChanges;
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::oauth::OauthParty;
use countersign_tests::server_here::ServerHere;

const PAGE: &str = "https://app.example.org";
const OTHER: &str = "https://elsewhere.example";

async fn here() -> (ServerHere, OauthParty) {
    let server = ServerHere::start().await;
    let bank = OauthParty::auth0(&server).await;
    register(&server, &bank, &[PAGE, "http://localhost:3000"]).await;
    (server, bank)
}

async fn register(server: &ServerHere, bank: &OauthParty, origins: &[&str]) {
    let origins = Some(origins.iter().map(|&origin| origin.to_owned()).collect());
    bank.change(server, OauthChanges { origins, ..OauthChanges::default() }).await;
}

/// What a browser asks before it sends a page's request.
async fn beforehand(server: &ServerHere, target: &str, host: Option<&str>, origin: &str) -> Reply {
    let asked = Request::new("OPTIONS", target)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST");
    let asked = asked.header("Access-Control-Request-Headers", "authorization,auth0-client");
    let bytes = String::from_utf8(asked.bytes(server.address, false)).unwrap();
    let own = server.address.to_string();
    let bytes = bytes.replacen(&format!("Host: {own}"), &format!("Host: {}", host.unwrap_or(&own)), 1);
    http::exchange(server.address, bytes.as_bytes()).await.unwrap()
}

fn allowed(reply: &Reply) -> Option<&str> {
    reply.header("access-control-allow-origin")
}

#[tokio::test]
async fn pages_of_a_registered_origin_are_allowed_and_no_others() {
    let (server, _) = here().await;
    for target in ["/oauth/token", "/mfa/challenge", "/mfa/associate", "/mfa/authenticators"] {
        for origin in [PAGE, "http://localhost:3000"] {
            let reply = beforehand(&server, target, None, origin).await;
            assert_eq!((reply.status, allowed(&reply)), (204, Some(origin)), "{target}");
            let headers = reply.header("access-control-allow-headers").unwrap();
            assert_eq!(headers, "authorization, content-type, auth0-client, dpop");
            assert_eq!(reply.header("vary"), Some("origin"));
            assert_eq!(reply.header("access-control-allow-credentials"), None, "no cookie is ever looked at");
        }
        for origin in
            [OTHER, "null", "*", "https://app.example.org.elsewhere.example", "http://app.example.org", ""]
        {
            let reply = beforehand(&server, target, None, origin).await;
            let said = reply.headers.iter().find(|(name, _)| name.starts_with("access-control-"));
            assert_eq!((reply.status, said), (204, None), "{target} {origin}");
        }
    }
}

#[tokio::test]
async fn an_origin_of_one_tenant_is_nothing_to_another() {
    let (server, _) = here().await;
    OauthParty::of_new_tenant(&server, "auth0", "login.example.org").await;
    assert_eq!(allowed(&beforehand(&server, "/oauth/token", Some("login.example.org"), PAGE).await), None);
    assert_eq!(allowed(&beforehand(&server, "/oauth/token", Some("nobody.example"), PAGE).await), None);
}

#[tokio::test]
async fn an_answer_says_who_may_read_it_and_is_given_to_everybody() {
    let (server, bank) = here().await;
    bank.person(&server, "ann").await;
    let request =
        bank.token_request(&[("grant_type", "password"), ("username", "ann"), ("password", "wrong one")]);
    let by_page = bank.send(&request.clone().header("Origin", PAGE)).await;
    assert_eq!((by_page.status, allowed(&by_page)), (403, Some(PAGE)));
    let exposed = by_page.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("retry-after") && exposed.contains("x-ratelimit-reset"), "{exposed}");
    let by_other = bank.send(&request.clone().header("Origin", OTHER)).await;
    assert_eq!((by_other.status, allowed(&by_other), by_other.header("vary")), (403, None, Some("origin")));
    assert_eq!(by_other.text(), by_page.text(), "it is the browser that withholds it");
    let by_two = bank.send(&request.header("Origin", PAGE).header("Origin", OTHER)).await;
    assert_eq!(allowed(&by_two), None);
}

#[tokio::test]
async fn what_is_published_may_be_read_from_anywhere() {
    let (server, _) = here().await;
    for target in ["/.well-known/jwks.json", "/.well-known/openid-configuration"] {
        assert_eq!(allowed(&beforehand(&server, target, None, OTHER).await), Some("*"));
        let reply = http::send(server.address, &Request::new("GET", target).header("Origin", OTHER)).await;
        assert_eq!((allowed(&reply), reply.header("vary")), (Some("*"), None));
    }
}

#[tokio::test]
async fn other_addresses_answer_browsers_as_before() {
    let (server, _) = here().await;
    for target in ["/api/v1/mfa/send", "/enroll/x", "/mfa", "/oauth/users/mfaDetails"] {
        let reply = beforehand(&server, target, None, PAGE).await;
        assert!(reply.status >= 400 && allowed(&reply).is_none(), "{target}: {}", reply.status);
    }
    let plain =
        http::send(server.address, &Request::new("OPTIONS", "/oauth/token").header("Origin", PAGE)).await;
    assert_eq!(plain.status, 405, "nobody asks anything beforehand there");
}

#[tokio::test]
async fn an_origin_that_is_taken_away_is_refused_within_three_seconds() {
    let (server, bank) = here().await;
    assert_eq!(allowed(&beforehand(&server, "/oauth/token", None, PAGE).await), Some(PAGE));
    register(&server, &bank, &[]).await;
    assert_eq!(allowed(&beforehand(&server, "/oauth/token", None, PAGE).await), None);
}
