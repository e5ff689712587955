//! Attacks on the pages of a sign-in, as bytes that no browser would send and as requests that one can be made to send: away to
//! another site, from another site, in a frame, by guessing, from another browser, and with text that wants to be markup.

mod browsers;
mod codes;
mod forms;
mod framing;
mod guessing;
mod logs;
mod markup;
mod redirects;

use std::net::SocketAddr;

use countersign_server::engine::WebChanges;
use countersign_tests::device::Device;
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::mailbox;
use countersign_tests::oauth::{NOTICED, OauthParty};
use countersign_tests::server_here::ServerHere;
use serde_json::Value;
use url::form_urlencoded::Serializer;

/// Where the application has its people sent back to.
const HOME: &str = "https://shop.example.org/auth/mfa_check";
const KIM: &str = "kim@example.org";
const NUMBER: &str = "+966501234567";
/// The pages that are asked for with a channel.
const PAGES: [&str; 5] = ["index", "waiting", "passcode", "result", "events"];

/// A server, an application that sends browsers to its pages, and somebody with a phone and a number.
struct Scene {
    server: ServerHere,
    shop: OauthParty,
    kim: Device,
}

/// A person's browser: it sends the cookies that it got.
#[derive(Clone)]
struct Browser {
    address: SocketAddr,
    cookies: Vec<String>,
}

impl Scene {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let shop = OauthParty::auth0(&server).await;
        let link = shop.party.link(KIM).await;
        let kim = Device::enroll(server.address, &link).await;
        shop.give_contact(&server, KIM, "sms", NUMBER).await;
        let scene = Self { server, shop, kim };
        scene.goes_home(&scene.shop, &[HOME]).await;
        scene
    }

    async fn goes_home(&self, shop: &OauthParty, uris: &[&str]) {
        let redirect_uris = Some(uris.iter().map(|&uri| uri.to_owned()).collect());
        let changes = WebChanges { redirect_uris, ..WebChanges::default() };
        self.server
            .engine
            .change_web_client(shop.party.client_id.parse().unwrap(), changes, &"operator")
            .await
            .unwrap();
        self.server.clock.advance(NOTICED);
    }

    /// A call to the API as the application makes it.
    async fn api(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let party = &self.shop.party;
        let own = [("uid", party.client_id.as_str()), ("secret", party.client_secret.as_str())];
        let request = form("POST", &format!("/api/v9/{path}"), &[&own[..], fields].concat());
        http::send(self.server.address, &request).await.expect(200)
    }

    /// The channel of a sign-in that has begun, with nothing asked.
    async fn begin(&self) -> String {
        self.begin_with(&[]).await
    }

    async fn begin_with(&self, fields: &[(&str, &str)]) -> String {
        let fields = [&[("email", KIM)], fields].concat();
        let begun = self.api("authenticate_with_options", &fields).await;
        let channel = begun["channel"].as_str().expect("a channel").to_owned();
        assert!(channel.starts_with("ch_"), "{begun}");
        channel
    }

    /// How a sign-in stands.
    async fn status(&self, channel: &str) -> String {
        let told = self.api("check", &[("email", KIM), ("channel", channel)]).await;
        told["status"].as_str().expect("a status").to_owned()
    }

    fn browser(&self) -> Browser {
        Browser { address: self.server.address, cookies: Vec::new() }
    }

    /// A browser that was sent to the page of a new sign-in, and the channel of that.
    async fn visit(&self) -> (Browser, String) {
        let (mut browser, channel) = (self.browser(), self.begin().await);
        assert_eq!(browser.get("index", &[("channel", &channel)]).await.status, 200);
        (browser, channel)
    }

    /// The same after a short message was chosen, with its code.
    async fn visit_with_code(&self) -> (Browser, String, String) {
        let (mut browser, channel) = self.visit().await;
        self.choose(&mut browser, &channel, "sms").await;
        (browser, channel, mailbox::code_by(&self.server, "sms", NUMBER).await)
    }

    /// Chooses a way of answering as the page offers it.
    async fn choose(&self, browser: &mut Browser, channel: &str, way: &str) {
        let page = browser.get("index", &[("channel", channel), ("choose", "1")]).await.text();
        let factor = offered(&page, way);
        let fields = [("channel", channel), ("way", way), ("factor", factor.as_str())];
        let reply = browser.post("index", &fields).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
    }
}

/// The factor that the page's form for this way names; nothing where it names none.
fn offered(page: &str, way: &str) -> String {
    let form = page
        .split("<form")
        .find(|form| form.contains("name=\"way\"") && form.contains(&format!("value=\"{way}\"")));
    let form = form.unwrap_or_else(|| panic!("{way} is not offered: {page}"));
    let field = form.split("<input").find(|input| input.contains("name=\"factor\"")).unwrap_or_default();
    let value = field.split("value=\"").nth(1).and_then(|rest| rest.split('"').next());
    value.unwrap_or_default().to_owned()
}

fn encoded(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn form(method: &str, path: &str, fields: &[(&str, &str)]) -> Request {
    let request = Request::new(method, path).header("Content-Type", "application/x-www-form-urlencoded");
    request.body(encoded(fields))
}

impl Browser {
    /// Looks at a page of a sign-in.
    async fn get(&mut self, page: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(Request::new("GET", &format!("/mfa/{page}?{}", encoded(fields)))).await
    }

    /// Sends a form of a page, as a browser does that says where it comes from.
    async fn post(&mut self, page: &str, fields: &[(&str, &str)]) -> Reply {
        let request = form("POST", &format!("/mfa/{page}"), fields);
        self.send(request.header("Origin", "null").header("Sec-Fetch-Site", "same-origin")).await
    }

    async fn send(&mut self, request: Request) -> Reply {
        let cookies = self.cookies.join("; ");
        let request = if cookies.is_empty() { request } else { request.header("Cookie", &cookies) };
        let reply = http::send(self.address, &request).await;
        for (_, cookie) in reply.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default().to_owned();
            let name = pair.split('=').next().unwrap_or_default().to_owned();
            self.cookies.retain(|kept| kept.split('=').next() != Some(&name));
            self.cookies.push(pair);
        }
        reply
    }
}
