//! Every form that changes something is in the log with who sent it, and from where (S53). The list of forms is the server's
//! own route table, so a new one that is not carried out here fails the test.

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign_core::otp::OtpEntry;
use countersign_protocol::answer::Decision;
use countersign_protocol::id::TenantId;
use countersign_server::config::{Config, Environment};
use countersign_server::console_table;
use countersign_server::delivery::Couriers;
use countersign_server::engine::audit::list::EventFilter;
use countersign_server::engine::console::{Operator, Role, Scope};
use countersign_server::engine::people::{Reset, ResetDone};
use countersign_server::engine::policy;
use countersign_tests::browser::attribute;
use countersign_tests::device::Device;
use countersign_tests::mail_server::MailServer;
use countersign_tests::operator::Seat;
use countersign_tests::receiver::{Behaviour, Receiver};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use serde_json::json;

use super::owner::{PASSWORD, code};

const HERE: &str = "192.0.2.7";

/// Forms that change nothing, and why they are forms all the same.
const CHANGE_NOTHING: [(&str, &str); 4] = [
    (
        "/{tenant}/api",
        "puts what was typed into the command that the page shows; a form, so that it is in no address",
    ),
    ("/account/passkeys/options", "asks the browser; what it answers is kept or refused by another form"),
    ("/audit/check", "reads the log; that it was read changes nothing that counts"),
    ("/{tenant}/audit/check", "the same"),
];

/// A server with an owner, and the forms that they have sent.
struct World {
    server: ServerHere,
    couriers: Arc<Couriers>,
    bank: RelyingParty,
    tenant: TenantId,
    owner: Operator,
    sent: BTreeSet<&'static str>,
    /// What was not as it must be.
    wrong: Vec<String>,
}

impl World {
    async fn new() -> Self {
        let server = ServerHere::start_seen_from(HERE.parse().unwrap()).await;
        let config = Config {
            data_dir: server.data_dir().to_owned(),
            environment: Some(Environment::Development),
            webhook_allow_networks: vec!["127.0.0.0/8".to_owned()].try_into().unwrap(),
            ..Config::default()
        };
        let couriers = Arc::new(Couriers::new(&config).unwrap());
        server.engine.carry_by(Arc::<Couriers>::clone(&couriers));
        let bank = server.relying_party("Bank", None).await;
        let tenant = bank.tenant.parse().unwrap();
        let owner = Seat::operator(&server, Role::Owner, Scope::Server).await;
        Self { server, couriers, bank, tenant, owner, sent: BTreeSet::new(), wrong: Vec::new() }
    }

    /// How often the logs, of tenants and of the operators themselves, say that the owner did something from where they are.
    async fn done(&self) -> usize {
        let (engine, by, mut found) = (&self.server.engine, self.owner.id.to_string(), 0);
        for log in engine.tenants().await.unwrap() {
            let all = engine.latest_events(log.id, &EventFilter::default(), 1000).await.unwrap();
            found += all.iter().filter(|row| row.actor == by && row.address.as_deref() == Some(HERE)).count();
        }
        found
    }

    /// Sends the form of this route, whose address has these in the place of what is named in it, and notes if it is not done or
    /// not in the log. Returns the page that came back.
    async fn send(&mut self, route: &'static str, names: &[&str], fields: &[(&str, &str)]) -> String {
        let mut names = names.iter();
        let pieces = route.split('/').map(|piece| match piece {
            "{tenant}" => self.tenant.to_string(),
            named if named.starts_with('{') => (*names.next().unwrap()).to_owned(),
            plain => plain.to_owned(),
        });
        let path = pieces.collect::<Vec<_>>().join("/");
        // Some forms end the session. Ids grow with time, and the clock stands still.
        self.server.clock.advance(1);
        let mut seat = Seat::signed_in(&self.server, &self.owner).await;
        let before = self.done().await;
        let reply = seat.send(&path, fields).await;
        if ![200, 303].contains(&reply.status) {
            self.wrong.push(format!("{path}: {} {}", reply.status, reply.text()));
        } else if self.done().await == before {
            self.wrong.push(format!("{path} was done, and the log does not say who did it"));
        }
        self.sent.insert(route);
        reply.text()
    }

    async fn account(&mut self) {
        let home = self.server.engine.console_home().await.unwrap().tenant;
        self.server.engine.set_password(home, &self.owner.email, PASSWORD, &"operator").await.unwrap();
        self.send("/account/name", &[], &[("name", "Olga")]).await;
        self.send("/account/password", &[], &[("old", PASSWORD), ("new", "another password entirely")]).await;
        self.send("/account/recovery", &[], &[]).await;
        let page = self.send("/account/app", &[], &[]).await;
        let seed = OtpEntry::parse(&attribute(&page, "name=\"link\"", "value").unwrap()).unwrap();
        let code = code(&self.server, &seed);
        self.send("/account/app/code", &[], &[("code", &code)]).await;
        let page = self.send("/account/phones", &[], &[]).await;
        let (link, hash) = super::factors::link_of(&page);
        let phone = Device::enroll(self.server.address, &link).await;
        let page = self.send("/account/phones", &[], &[]).await;
        let (_, other) = super::factors::link_of(&page);
        assert_ne!(hash, other);
        self.send("/account/phones/{link}", &[&other], &[]).await;
        self.send("/account/factors/{factor}/remove", &[&phone.id.to_string()], &[]).await;
        self.send("/account/sign-out", &[], &[]).await;
        self.send("/sign-out", &[], &[]).await;
    }

    async fn passkeys(&mut self) {
        self.server.clock.advance(1);
        let mut seat = Seat::signed_in(&self.server, &self.owner).await;
        let before = self.done().await;
        let added = super::passkeys::add(&mut seat, &mut super::passkeys::device(&self.server)).await;
        assert_eq!(added.status, 303, "{}", added.text());
        if self.done().await == before {
            self.wrong.push("a passkey was added, and the log does not say who did it".to_owned());
        }
        self.sent.insert("/account/passkeys");
        let id = super::passkeys::adding::first_id(&mut seat).await;
        self.send("/account/passkeys/remove", &[], &[("id", &id)]).await;
    }

    async fn operators(&mut self) {
        let invited = [("email", "new@example.org"), ("role", "auditor"), ("way", "link")];
        let other = Seat::operator(&self.server, Role::HelpDesk, Scope::Server).await.id.to_string();
        self.send("/operators", &[], &invited).await;
        self.send("/operators/again", &[], &invited).await;
        self.send("/operators/uninvite", &[], &invited).await;
        self.send("/operators/change/{operator}", &[&other], &[("do", "role"), ("role", "admin")]).await;
        let other =
            Seat::operator(&self.server, Role::HelpDesk, Scope::Tenant(self.tenant)).await.id.to_string();
        self.send("/{tenant}/operators", &[], &invited).await;
        self.send("/{tenant}/operators/again", &[], &invited).await;
        self.send("/{tenant}/operators/uninvite", &[], &invited).await;
        self.send("/{tenant}/operators/change/{operator}", &[&other], &[("do", "disable")]).await;
        self.send("/tenants", &[], &[("name", "Shop")]).await;
    }

    async fn providers(&mut self, mails: &MailServer) {
        let port = mails.address.port().to_string();
        let account = [
            ("kind", "smtp"),
            ("host", "127.0.0.1"),
            ("port", &*port),
            ("security", "none"),
            ("from", "Bank <mfa@bank.example>"),
        ];
        let to = [("to", "sam@example.org"), ("language", "en")];
        self.send("/providers/{channel}/set", &["email"], &account).await;
        self.send("/providers/{channel}/test", &["email"], &to).await;
        self.send("/providers/{channel}/off", &["email"], &[]).await;
        self.send("/providers/{channel}/remove", &["email"], &[]).await;
        self.send("/{tenant}/providers/{channel}/set", &["email"], &account).await;
        // Nothing goes to the same address twice within half a minute.
        let another = [("to", "kim@example.org"), ("language", "en")];
        self.send("/{tenant}/providers/{channel}/test", &["email"], &another).await;
        self.send("/{tenant}/providers/{channel}/platform", &["email"], &[]).await;
        self.send("/{tenant}/providers/{channel}/off", &["email"], &[]).await;
        self.send("/{tenant}/providers/{channel}/remove", &["email"], &[]).await;
        let which = ["email", "sign_in_code", "en"];
        let words = [("body", "Subject: Your code\n\n{{ code }}\n"), ("do", "save")];
        self.send("/{tenant}/templates/{medium}/{message}/{language}", &which, &words).await;
        let third = [("to", "pat@example.org")];
        self.send("/{tenant}/templates/{medium}/{message}/{language}/test", &which, &third).await;
        self.send("/{tenant}/templates/{medium}/{message}/{language}/reset", &which, &[]).await;
    }

    async fn applications(&mut self) {
        let own = self.bank.client_id.clone();
        let own = [&*own];
        let shop = [("name", "Shop"), ("color", "#aa0000"), ("dialect", "native")];
        self.send("/{tenant}/applications", &[], &shop).await;
        let face = [("name", "Bank's"), ("color", "#aa0000")];
        self.send("/{tenant}/applications/{application}/face", &own, &face).await;
        self.send("/{tenant}/applications/{application}/oauth", &own, &[("flavour", "auth0")]).await;
        self.send("/{tenant}/applications/{application}/oauth/off", &own, &[]).await;
        let uris = [("uris", "https://app.example.org/back")];
        self.send("/{tenant}/applications/{application}/web", &own, &uris).await;
        self.send("/{tenant}/applications/{application}/web/off", &own, &[]).await;
        let terms = [("old", "24h"), ("from", "anywhere")];
        self.send("/{tenant}/applications/{application}/secrets", &own, &terms).await;
        let all = self.server.engine.secrets(self.bank.client_id.parse().unwrap()).await.unwrap();
        let newest = all.iter().rev().find(|secret| secret.active).unwrap().id.clone();
        let ended = [("secret", &*newest)];
        self.send("/{tenant}/applications/{application}/secrets/end", &own, &ended).await;
        let place = [("name", "Website"), ("networks", "192.0.2.0/28"), ("country", "sa")];
        self.send("/{tenant}/channels", &[], &place).await;
        let id = self.server.engine.channels(self.tenant).await.unwrap()[0].id.to_string();
        self.send("/{tenant}/channels/{channel}/place", &[&id], &[("networks", HERE), ("country", "")]).await;
        self.send("/{tenant}/channels/{channel}/rotate", &[&id], &[("old", "24h")]).await;
        self.send("/{tenant}/channels/{channel}/disable", &[&id], &[]).await;
        self.send("/{tenant}/channels/{channel}/enable", &[&id], &[]).await;
    }

    async fn webhooks(&mut self) {
        let mut receiver = Receiver::start().await;
        let url = format!("http://{}/hook", receiver.address);
        let page = self
            .send("/{tenant}/webhooks", &[], &[("url", &url), ("of", ""), ("format", "sha256=hex")])
            .await;
        assert!(page.contains("whsec_"));
        let row = self.server.engine.webhooks(self.tenant).await.unwrap().pop().unwrap();
        let id = countersign_server::engine::WebhookId { tenant: row.tenant, local: row.id }.to_string();
        self.send("/{tenant}/webhooks/{webhook}/test", &[&id], &[]).await;
        receiver.next().await;
        self.send("/{tenant}/webhooks/{webhook}/rotate", &[&id], &[]).await;
        self.send("/{tenant}/webhooks/{webhook}/end-old", &[&id], &[]).await;
        receiver.always(Behaviour::Status(410));
        let delivery = self.given_up(&mut receiver).await;
        self.send("/{tenant}/webhooks/{webhook}/enable", &[&id], &[]).await;
        self.send("/{tenant}/webhooks/{webhook}/replay", &[&id], &[("delivery", &delivery)]).await;
        self.couriers.send_due(&self.server.engine).await.unwrap();
        self.server.engine.enable_webhook(id.parse().unwrap(), &"operator").await.unwrap();
        self.send("/{tenant}/webhooks/{webhook}/replay-dead", &[&id], &[]).await;
        self.couriers.send_due(&self.server.engine).await.unwrap();
        self.server.engine.enable_webhook(id.parse().unwrap(), &"operator").await.unwrap();
        self.send("/{tenant}/messages/{delivery}/replay", &[&delivery], &[]).await;
        self.send("/{tenant}/webhooks/{webhook}/remove", &[&id], &[]).await;
    }

    /// Something that the webhook was told and did not want: its delivery.
    async fn given_up(&self, receiver: &mut Receiver) -> String {
        let device = Device::enroll(self.server.address, &self.bank.link("hooked").await).await;
        let sent = self.bank.post("/api/v1/mfa/send", &json!({"user_ref": "hooked"})).await.expect(200);
        let id = sent["session_id"].as_str().unwrap();
        let answer = device.answer(&device.challenge(id).await, Decision::Approve, None);
        device.submit(id.parse().unwrap(), &answer).await.expect(200);
        self.couriers.send_due(&self.server.engine).await.unwrap();
        receiver.next().await.header("webhook-id").to_owned()
    }

    async fn settings(&mut self) {
        let rule = [("place", "198.51.100.0/24"), ("effect", "deny")];
        self.send("/{tenant}/settings/access", &[], &rule).await;
        let id = self.server.engine.access_rules(self.tenant).await.unwrap().remove(0).id;
        self.send("/{tenant}/settings/access/{rule}/remove", &[&id], &[]).await;
        self.send("/{tenant}/settings/color", &[], &[("color", "#ab12cd")]).await;
        self.send("/{tenant}/settings/name", &[], &[("name", "Bank of all")]).await;
        let setting = [("was.answer_window", ""), ("answer_window", "90")];
        self.send("/{tenant}/settings/policy", &[], &setting).await;
        self.send("/{tenant}/settings/keys/rotate", &[], &[("sure", "yes")]).await;
        self.send("/{tenant}/settings/issuer", &[], &[("host", "login.example.org")]).await;
        self.send("/{tenant}/settings/token-keys", &[], &[("algorithm", "ES256")]).await;
        self.send("/{tenant}/settings/issuer/remove", &[], &[("sure", "yes")]).await;
    }

    async fn people(&mut self) {
        self.send("/{tenant}/users", &[], &[("user_ref", "sam"), ("email", ""), ("name", "Sam")]).await;
        let user = self.server.engine.person_called(self.tenant, "sam").await.unwrap().unwrap();
        let sam = countersign_protocol::id::to_base32(user.id);
        let sam = [&*sam];
        self.send("/{tenant}/users/{person}", &sam, &[("name", "Samira")]).await;
        let password = [("password", "a long password"), ("again", "a long password")];
        self.send("/{tenant}/users/{person}/password", &sam, &password).await;
        self.send("/{tenant}/users/{person}/totp", &sam, &[]).await;
        self.send("/{tenant}/users/{person}/recovery", &sam, &[]).await;
        self.send("/{tenant}/users/{person}/unlock", &sam, &[]).await;
        let page = self.send("/{tenant}/users/{person}/enrol", &sam, &[]).await;
        let hash = page.split("/enrol/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        self.send("/{tenant}/users/{person}/enrol/{link}", &[sam[0], &hash], &[]).await;
        Device::enroll(self.server.address, &self.bank.link("sam").await).await;
        let asked = self.bank.ask("sam").await.challenge().to_string();
        self.send("/{tenant}/challenges/{challenge}/cancel", &[&asked], &[]).await;
        let scope = policy::Scope { tenant: self.tenant, application: None };
        let two = [("two_person_resets".to_owned(), "on".to_owned())];
        self.server.engine.set_policy(scope, &two, &"operator").await.unwrap();
        let other = Seat::operator(&self.server, Role::Admin, Scope::Tenant(self.tenant)).await;
        for route in ["/{tenant}/users/requests/{reset}/refuse", "/{tenant}/users/requests/{reset}/approve"] {
            let asked =
                self.server.engine.reset_person(&other, None, (self.tenant, user.id), Reset::All).await;
            let ResetDone::Waits(id) = asked.unwrap() else { panic!("it was done at once") };
            self.send(route, &[&id.to_string()], &[]).await;
        }
        self.send("/{tenant}/users/{person}/reset", &sam, &[("what", "all")]).await;
        self.send("/{tenant}/users/{person}/remove", &sam, &[("sure", "yes")]).await;
    }
}

#[tokio::test]
async fn s53_every_form_that_changes_something_is_in_the_log_with_who_sent_it_and_from_where() {
    let mails = MailServer::start().await;
    let mut world = World::new().await;
    world.operators().await;
    world.providers(&mails).await;
    world.applications().await;
    world.webhooks().await;
    world.people().await;
    world.settings().await;
    world.account().await;
    world.passkeys().await;
    assert!(world.wrong.is_empty(), "{}", world.wrong.join("\n"));
    for (_, route, _) in console_table().into_iter().filter(|(method, ..)| *method == "POST") {
        let excused = CHANGE_NOTHING.iter().any(|(known, _)| *known == route);
        assert!(
            world.sent.contains(route) != excused,
            "the form {route} was not sent here, or is excused and was"
        );
    }
}
