//! The pages on which people finish a sign-in, by raw HTTP: what a browser without a script does and sees.

mod binding;
mod choosing;
mod ending;
mod live;
mod passcode;
mod phone;
mod words;

use countersign_protocol::answer::Decision;
use countersign_protocol::id::TenantId;
use countersign_server::engine::policy::{Factor, Scope};
use countersign_server::engine::{Begin, Origin, WebChanges};
use countersign_tests::browser::{Browser, attribute, text_of};
use countersign_tests::device::Device;
use countersign_tests::http::Reply;
use countersign_tests::key::claims;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use countersign_tests::{given, mailbox};

/// A number of nobody's.
const NUMBER: &str = "+966501234567";
/// Where the application waits for its people.
const CALLBACK: &str = "https://app.example.org/mfa/back?site=1";

/// A server with one relying party, which sends browsers to its pages.
struct Place {
    server: ServerHere,
    cms: RelyingParty,
}

impl Place {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Case Management", None).await;
        let place = Self { server, cms };
        let redirect_uris = vec![CALLBACK.to_owned(), "https://other.example.org/".to_owned()];
        place.register(redirect_uris).await;
        place
    }

    async fn register(&self, redirect_uris: Vec<String>) {
        let changes = WebChanges { redirect_uris: Some(redirect_uris), ..WebChanges::default() };
        let id = self.cms.client_id.parse().unwrap();
        self.server.engine.change_web_client(id, changes, &"operator").await.unwrap();
        self.server.clock.advance(3_001);
    }

    /// With kim, who has a number for short messages.
    async fn with_number() -> Self {
        let place = Self::new().await;
        given::factor(&place.server, &place.cms, "kim", "sms", NUMBER).await;
        place
    }

    /// With kim, who has a phone.
    async fn with_phone() -> (Self, Device) {
        let place = Self::new().await;
        let device = Device::enroll(place.server.address, &place.cms.link("kim").await).await;
        (place, device)
    }

    async fn set(&self, name: &str, value: &str) {
        let tenant = self.cms.tenant.parse::<TenantId>().unwrap();
        let pairs = [(name.to_owned(), value.to_owned())];
        self.server
            .engine
            .set_policy(Scope { tenant, application: None }, &pairs, &"operator")
            .await
            .unwrap();
        self.server.clock.advance(3_001);
    }

    fn browser(&self) -> Browser {
        Browser::new(self.server.address)
    }

    /// A sign-in of kim's that has just begun: its channel.
    async fn begin(&self) -> String {
        self.begin_with(None, None).await
    }

    async fn begin_with(&self, at_once: Option<Factor>, timeout: Option<i64>) -> String {
        let engine = &self.server.engine;
        let caller = engine.authenticate(&self.cms.client_id, &self.cms.client_secret, None).await.unwrap();
        let user = engine.person_named(caller.application.tenant, "kim").await.unwrap().unwrap();
        let begin = Begin {
            user,
            kind: None,
            message: None,
            at_once,
            timeout,
            risk: None,
            origin: Origin::default(),
        };
        engine.begin_transaction(&caller, begin).await.unwrap().channel.to_string()
    }

    /// The newest code that went to kim's number.
    async fn code(&self) -> String {
        mailbox::code_by(&self.server, "sms", NUMBER).await
    }

    /// The chooser in a new browser, where kim then takes a way.
    async fn chosen(&self, channel: &str, way: &str) -> (Browser, Reply) {
        let mut browser = self.browser();
        let page = browser.open(&at("index", channel)).await;
        let taken = browser.press(&page, &format!("value=\"{way}\""), &[]).await;
        let page = browser.open(&next(&taken)).await;
        (browser, page)
    }

    /// kim's phone answers the one question that waits for it.
    async fn answer(&self, device: &Device, decision: Decision, number: Option<&str>) {
        let waiting = device.inbox().await;
        assert_eq!(waiting.len(), 1);
        let id = claims(&waiting[0])["jti"].as_str().unwrap().parse().unwrap();
        device.submit(id, &device.answer(&waiting[0], decision, number)).await.expect(200);
    }
}

/// The address of a page, with the callback.
fn at(page: &str, channel: &str) -> String {
    format!("/mfa/{page}?channel={channel}&callback_url={}", countersign_tests::http::segment(CALLBACK))
}

/// Where the browser goes in the end.
fn back(channel: &str) -> String {
    format!("{CALLBACK}&channel={channel}")
}

/// Where a reply leads, as an address of this server's.
#[track_caller]
fn next(reply: &Reply) -> String {
    let location = countersign_tests::browser::location(reply);
    assert!(!location.contains("://") && !location.starts_with('/'), "{location}");
    format!("/mfa/{location}")
}

/// What kind of page it is.
#[track_caller]
fn kind_of(page: &Reply) -> String {
    let html = page.text();
    attribute(&html, "main ", "data-page").unwrap_or_else(|| panic!("{}: {html}", page.status))
}

/// The sentence about what went wrong.
fn problem(page: &Reply) -> String {
    text_of(&page.text(), "id=\"problem\"").unwrap_or_default()
}

/// Another code.
fn wrong(code: &str) -> String {
    let (first, rest) = code.split_at(1);
    format!("{}{rest}", (first.parse::<u8>().unwrap() + 5) % 10)
}
