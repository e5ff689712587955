//! What is secret is on no page that the help desk or an auditor can open: one of everything is made, and every page of the
//! server's own route table is searched for it, however it might be written.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign_protocol::id::{TenantId, to_base32};
use countersign_server::config::{Config, Environment};
use countersign_server::console_table;
use countersign_server::delivery::Couriers;
use countersign_server::engine::console::{NewLink, Role, Scope};
use countersign_server::engine::providers::WebPushAccount;
use countersign_server::engine::{WebhookId, Word};
use countersign_tests::device::Device;
use countersign_tests::operator::Seat;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use countersign_tests::{given, mailbox};
use serde_json::json;

const NUMBER: &str = "+966501234567";
const ADDRESS: &str = "hidden.address@bank.example";
const MAILED: &str = "told.by.mail@bank.example";
const PASSWORD: &str = "provider+password/7f3c";

/// Ways in which pages might show more than by their plain address; and what somebody typed there, which stands in the box
/// again.
const QUERIES: [(&str, &str); 9] = [
    ("", ""),
    ("?q=sam", "sam"),
    ("?q=hidden.address%40bank.example", ADDRESS),
    ("?q=%2B966501234567", NUMBER),
    ("?state=dead", ""),
    ("?channel=email", ""),
    ("?kind=smtp", ""),
    ("?days=30", ""),
    ("?operation=send", ""),
];

/// A server with one of everything.
struct World {
    server: ServerHere,
    bank: RelyingParty,
    tenant: TenantId,
    /// What each is, and what it says.
    secrets: Vec<(&'static str, String)>,
    channel: String,
    webhook: String,
    person: String,
    /// The hash of the enrolment link of a person, and of the help desk's own.
    links: Vec<String>,
}

/// What stands between these on a page.
fn between(page: &str, from: &str, to: &str) -> String {
    page.split(from)
        .nth(1)
        .unwrap_or_else(|| panic!("no {from}: {page}"))
        .split(to)
        .next()
        .unwrap()
        .to_owned()
}

/// The token at the end of a link.
fn token(link: &str) -> String {
    link.rsplit('/').next().unwrap().split(['?', '#']).next().unwrap().to_owned()
}

impl World {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let config = Config {
            data_dir: server.data_dir().to_owned(),
            environment: Some(Environment::Development),
            ..Config::default()
        };
        let couriers = Arc::new(Couriers::new(&config).unwrap());
        server.engine.carry_by(Arc::<Couriers>::clone(&couriers));
        let bank = server.relying_party("Bank", None).await;
        let tenant = bank.tenant.parse().unwrap();
        let mut world = Self {
            server,
            bank,
            tenant,
            secrets: Vec::new(),
            channel: String::new(),
            webhook: String::new(),
            person: String::new(),
            links: Vec::new(),
        };
        world.have("secret of an application", world.bank.client_secret.clone());
        world.people().await;
        // Before there is an account for mail: so it goes to a file.
        world.mailed(&couriers).await;
        world.settings().await;
        world.operators().await;
        world
    }

    fn have(&mut self, what: &'static str, secret: impl Into<String>) {
        self.secrets.push((what, secret.into()));
    }

    async fn people(&mut self) {
        let (server, bank, tenant) = (&self.server, &self.bank, self.tenant);
        let engine = &server.engine;
        let new = countersign_server::engine::NewUser {
            user_ref: "sam".to_owned(),
            email: Some(ADDRESS.to_owned()),
            display_name: Some("Sam".to_owned()),
            language: None,
        };
        let sam = engine.ensure_user(tenant, new, &"operator").await.unwrap();
        let phone = Device::enroll(server.address, &bank.link("sam").await).await;
        let link = bank.link("sam").await;
        given::factor(server, bank, "sam", "sms", NUMBER).await;
        given::factor(server, bank, "sam", "email", MAILED).await;
        let seed = engine.add_totp(tenant, "sam", &"operator").await.unwrap();
        let by = Word::Operator(tenant, &"operator");
        let codes = engine.make_recovery_codes(by, "sam", 3).await.unwrap().codes;
        let device = server.data().store.device(phone.id).await.unwrap().unwrap();
        bank.ask_with_number("sam").await;
        self.person = to_base32(sam.id);
        let link_token: countersign_protocol::id::EnrollmentToken = token(&link).parse().unwrap();
        self.links.push(link_token.hash());
        self.have("enrolment link", token(&link));
        self.have("seed", seed.secret.to_string());
        self.have("push token", device.device_token);
        self.have("number", NUMBER);
        self.have("number without its country", &NUMBER[4..]);
        self.have("address", ADDRESS);
        self.have("address of a factor", MAILED);
        for code in codes {
            self.have("recovery code", code.to_string());
        }
    }

    async fn settings(&mut self) {
        let mut seat = Seat::of(&self.server, Role::Owner, Scope::Tenant(self.tenant)).await;
        let at = |rest: &str| format!("/{}{rest}", self.tenant);
        let fields = [("name", "Website"), ("networks", "192.0.2.0/28")];
        let page = seat.send(&at("/channels"), &fields).await.text();
        let key = between(&page, "<code>cs_channel_", "<");
        let fields = [("url", "https://example.org/hook"), ("of", ""), ("format", "hex")];
        let page = seat.send(&at("/webhooks"), &fields).await.text();
        let hook = between(&page, "<code>whsec_", "<");
        let mail = [
            ("kind", "smtp"),
            ("host", "mail.example.org"),
            ("port", "587"),
            ("security", "starttls"),
            ("from", "Bank <mfa@bank.example>"),
            ("user", "bank"),
            ("password", PASSWORD),
        ];
        let reply = seat.send(&at("/providers/email/set"), &mail).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let private = WebPushAccount::new_key().unwrap();
        let push = [
            ("kind", "apns"),
            ("key_id", "ABCDE12345"),
            ("team_id", "TEAM123456"),
            ("topic", "org.example.app"),
            ("key", private.reveal()),
        ];
        let reply = seat.send(&at("/providers/apns/set"), &push).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        self.channel = self.server.engine.channels(self.tenant).await.unwrap()[0].id.to_string();
        let row = self.server.engine.webhooks(self.tenant).await.unwrap().pop().unwrap();
        self.webhook = WebhookId { tenant: row.tenant, local: row.id }.to_string();
        self.have("key of a channel", key);
        self.have("secret of a webhook", hook);
        self.have("password of a provider", PASSWORD);
        self.have("key of a provider", private.reveal().lines().nth(1).unwrap());
    }

    async fn operators(&mut self) {
        for scope in [Scope::Server, Scope::Tenant(self.tenant)] {
            let new = NewLink { email: Some("new@example.org".to_owned()), role: Role::Auditor, scope };
            let link = self.server.engine.new_operator_link(new, &"operator").await.unwrap();
            self.have("invitation", token(&link));
            let owner = Seat::of(&self.server, Role::Owner, scope).await;
            let cookie = owner.browser.cookies[0].strip_prefix("cs-console=").unwrap().to_owned();
            self.have("cookie of a session", cookie);
            self.have("what forms of another session carry", owner.form_token());
        }
    }

    /// A code that went out by mail, and stands in the files of whoever develops.
    async fn mailed(&mut self, couriers: &Arc<Couriers>) {
        let body = json!({"user_ref": "kim", "email": "kim@bank.example", "challenge": "email_otp"});
        self.bank.post("/api/v1/users/enroll", &body).await.expect(201);
        let code = mailbox::code_to(&self.server, "kim@bank.example").await;
        couriers.send_due(&self.server.engine).await.unwrap();
        self.have("code of a message", code);
    }

    /// The addresses that this route may have here.
    fn paths(&self, route: &str) -> Vec<String> {
        let choices = |named: &str| -> Vec<String> {
            let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect();
            match named {
                "{tenant}" => vec![self.tenant.to_string()],
                "{application}" => vec![self.bank.client_id.clone()],
                "{channel}" if route.contains("/providers/") => {
                    words(&["apns", "fcm", "webpush", "sms", "voice", "email"])
                }
                "{channel}" => vec![self.channel.clone()],
                "{webhook}" => vec![self.webhook.clone()],
                "{person}" => vec![self.person.clone()],
                "{link}" => self.links.clone(),
                "{medium}" => words(&["sms", "email"]),
                "{message}" => words(&["sign_in_code"]),
                "{language}" => words(&["en", "ar"]),
                other => panic!("say here what {other} of {route} is"),
            }
        };
        let mut paths = vec![String::new()];
        for piece in route.split('/').skip(1) {
            let choices = if piece.starts_with('{') { choices(piece) } else { vec![piece.to_owned()] };
            paths = paths
                .iter()
                .flat_map(|path| choices.iter().map(move |one| format!("{path}/{one}")))
                .collect();
        }
        paths
    }

    /// Opens every page there is, and says which secrets it found where, and how many pages opened.
    async fn walk(&self, seat: &mut Seat) -> (Vec<(&'static str, String)>, usize) {
        let (mut found, mut opened) = (Vec::new(), 0);
        for (_, route, _) in console_table().into_iter().filter(|(method, ..)| *method == "GET") {
            for (number, path) in self.paths(route).into_iter().enumerate() {
                // What can be asked for is the same on pages of one kind.
                let queries = if number == 0 { &QUERIES[..] } else { &QUERIES[..1] };
                for (query, typed) in queries {
                    let reply = seat.open(&format!("{path}{query}")).await;
                    assert!([200, 303, 403, 404].contains(&reply.status), "{path}{query}: {}", reply.status);
                    opened += usize::from(reply.status == 200);
                    let headers = reply.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
                    let text = headers.collect::<String>() + &reply.text();
                    let text = text.replace(&format!(" value=\"{typed}\""), "");
                    let here = self.secrets.iter().filter(|(_, secret)| says(&text, secret));
                    found.extend(here.map(|(what, _)| (*what, format!("{path}{query}"))));
                }
            }
        }
        (found, opened)
    }
}

/// Whether a text has this in it, as it is or as machines write it.
fn says(text: &str, secret: &str) -> bool {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let url: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let entities = secret.replace('&', "&#38;").replace('"', "&#34;");
    let [padded, safe] = [STANDARD.encode(secret), URL_SAFE_NO_PAD.encode(secret)];
    let padded = padded.trim_end_matches('=');
    let forms = [secret, &hex, &hex.to_uppercase(), &url, &url.replace('+', "%20"), &entities, padded, &safe];
    forms.iter().any(|form| {
        text.match_indices(form).any(|(at, _)| {
            // Six digits may stand inside any id.
            let beside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let (before, behind) = (text[..at].chars().next_back(), text[at + form.len()..].chars().next());
            form.len() > 8 || !(beside(before) || beside(behind))
        })
    })
}

#[test]
fn a_secret_is_found_however_it_is_written() {
    let secret = "p+w/s ecret";
    for text in [
        "<td>p+w/s ecret</td>",
        "cCt3L3MgZWNyZXQ=",
        "cCt3L3MgZWNyZXQ",
        "?x=p%2Bw%2Fs+ecret&",
        "?x=p%2Bw%2Fs%20ecret&",
        "702b772f73206563726574",
        "702B772F73206563726574",
    ] {
        assert!(says(text, secret), "{text}");
    }
    assert!(says("code: 123456.", "123456") && !says("id_a123456b", "123456"));
    assert!(!says("nothing of it", secret));
}

#[tokio::test]
async fn s52_no_page_that_the_help_desk_or_an_auditor_can_open_says_a_secret() {
    let mut world = World::new().await;
    for role in [Role::HelpDesk, Role::Auditor] {
        for scope in [Scope::Tenant(world.tenant), Scope::Server] {
            let mut seat = Seat::of(&world.server, role, scope).await;
            // Their own link is told to them once, and by no page afterwards.
            let (link, hash) = super::factors::link_of(&seat.send("/account/phones", &[]).await.text());
            world.links.push(hash);
            world.secrets.push(("their own enrolment link", token(&link)));
            let (found, opened) = world.walk(&mut seat).await;
            assert!(found.is_empty(), "{} of {scope:?} was shown {found:?}", role.as_str());
            assert!(opened > 50, "{} of {scope:?} could open {opened} pages", role.as_str());
        }
    }
    // The same walk finds what an owner may see.
    let mut owner = Seat::of(&world.server, Role::Owner, Scope::Server).await;
    let found = world.walk(&mut owner).await.0;
    for known in ["address", "code of a message"] {
        assert!(
            found.iter().any(|(what, _)| *what == known),
            "{known} was looked for and is found nowhere: {found:?}"
        );
    }
    for never in found.iter().map(|(what, _)| *what) {
        assert!(
            ["address", "address of a factor", "code of a message"].contains(&never),
            "not even an owner: {never}"
        );
    }
}
