//! Acceptto's API, as its clients call it.

mod attacks;
mod carriers;
mod people;
mod program;
mod results;
mod shapes;
mod tokens;

use countersign_protocol::answer::Decision;
use countersign_server::engine::{ApplicationId, WebChanges};
use countersign_tests::device::Device;
use countersign_tests::http::{self, Reply, Request, exchange};
use countersign_tests::key::claims;
use countersign_tests::oauth::{NOTICED, OauthParty, text};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use url::form_urlencoded;

const KIM: &str = "kim@example.org";
const ALEX: &str = "alex@example.org";
const NUMBER: &str = "+12025550147";
const NO_APPLICATION: &str = r#"{"channel":"","success":false,"message":"Invalid uid and secret combination, application not found!"}"#;
const NOBODY: &str = r#"{"channel":"","message":"Acceptto email not registered!"}"#;
const NOT_FOUND: &str = r#"{"status":"Transaction not found!","device_id":""}"#;

/// A server with one application, kim with a device, and alex without one.
struct Ready {
    server: ServerHere,
    shop: RelyingParty,
    kim: Device,
}

impl Ready {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let shop = server.relying_party("Web Shop", None).await;
        let kim = Device::enroll(server.address, &shop.link(KIM).await).await;
        shop.enroll(ALEX).await;
        Self { server, shop, kim }
    }

    /// An application's settings, which the running server has noticed.
    async fn set(&self, changes: WebChanges) {
        let id: ApplicationId = self.shop.client_id.parse().unwrap();
        self.server.engine.change_web_client(id, changes, &"operator").await.unwrap();
        self.server.clock.advance(NOTICED);
    }

    /// These bytes on a connection of their own, with the shop's id, its secret and a channel in the place of `U`, `S` and
    /// `C` in braces.
    async fn raw(&self, bytes: &str, channel: &str) -> Reply {
        let bytes = bytes.replace("{U}", &self.shop.client_id).replace("{S}", &self.shop.client_secret);
        exchange(self.server.address, bytes.replace("{C}", channel).as_bytes()).await.unwrap()
    }

    /// A form by POST, with the shop's id and secret.
    async fn post(&self, name: &str, pairs: &[(&str, &str)]) -> Reply {
        post_as(&self.shop, name, pairs).await
    }

    /// The channel of a sign-in of kim's that has begun with this beside.
    async fn begin(&self, pairs: &[(&str, &str)]) -> String {
        let all = [&[("email", KIM)][..], pairs].concat();
        text(&self.post("v9/authenticate_with_options", &all).await.expect(200)["channel"])
    }

    /// The bytes that `check` answers for kim.
    async fn check(&self, channel: &str) -> String {
        let reply = self.post("v9/check", &[("email", KIM), ("channel", channel)]).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.text()
    }

    /// Kim's device answers the one question that waits for it.
    async fn answer(&self, decision: Decision) {
        let challenge = self.kim.inbox().await.remove(0);
        let id = text(&claims(&challenge)["jti"]).parse().unwrap();
        let answer = self.kim.answer(&challenge, decision, None);
        self.kim.submit(id, &answer).await.expect(200);
    }

    /// Kim's telephone, which counts.
    async fn give_number(&self) {
        let party = OauthParty { party: self.shop.clone(), issuer: String::new(), public: false };
        party.give_contact(&self.server, KIM, "sms", NUMBER).await;
    }

    fn answered(&self, status: &str) -> String {
        format!(r#"{{"status":"{status}","device_id":"{}"}}"#, self.kim.id)
    }
}

/// A form by POST, with an application's id and secret.
async fn post_as(party: &RelyingParty, name: &str, pairs: &[(&str, &str)]) -> Reply {
    let own = [("uid", party.client_id.as_str()), ("secret", &party.client_secret)];
    send_form(party, name, &[&own[..], pairs].concat(), None).await
}

/// A form by POST, with nothing but a token.
async fn with_token(party: &RelyingParty, token: &str, name: &str, pairs: &[(&str, &str)]) -> Reply {
    send_form(party, name, pairs, Some(token)).await
}

async fn send_form(party: &RelyingParty, name: &str, pairs: &[(&str, &str)], token: Option<&str>) -> Reply {
    let request = Request::new("POST", &format!("/api/{name}"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(query(pairs));
    let request = match token {
        Some(token) => request.header("Authorization", &format!("Bearer {token}")),
        None => request,
    };
    http::send(party.address, &request).await
}

fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// That a reply is these bytes with this status, is JSON, and is not kept by anybody.
#[track_caller]
fn told(reply: &Reply, status: u16, body: &str) {
    assert_eq!((reply.status, reply.text().as_str()), (status, body));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("access-control-allow-origin"), None);
}

/// A channel that was never given out.
fn guessed(party: &RelyingParty) -> String {
    let tenant = party.tenant.strip_prefix("ten_").unwrap();
    format!("ch_{tenant}{}", "A".repeat(43))
}
