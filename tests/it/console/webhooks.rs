//! Webhooks: adding one, trying it out, its secrets, and telling it again.

use std::sync::Arc;

use countersign_protocol::answer::Decision;
use countersign_protocol::id::TenantId;
use countersign_server::config::Config;
use countersign_server::delivery::Couriers;
use countersign_server::engine::WebhookId;
use countersign_server::engine::console::{Role, Scope};
use countersign_tests::device::Device;
use countersign_tests::operator::Seat;
use countersign_tests::receiver::{Behaviour, Receiver};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use serde_json::json;

/// A server that calls this machine, with somebody at the console.
struct World {
    server: ServerHere,
    bank: RelyingParty,
    seat: Seat,
    couriers: Arc<Couriers>,
}

impl World {
    async fn new(role: Role) -> Self {
        let server = ServerHere::start().await;
        let bank = server.relying_party("Bank", None).await;
        let here = vec!["127.0.0.0/8".to_owned()].try_into().unwrap();
        let config = Config { webhook_allow_networks: here, ..Config::default() };
        let couriers = Arc::new(Couriers::new(&config).unwrap());
        server.engine.carry_by(Arc::<Couriers>::clone(&couriers));
        let seat = Seat::of(&server, role, Scope::Tenant(bank.tenant.parse().unwrap())).await;
        Self { server, bank, seat, couriers }
    }

    fn tenant(&self) -> TenantId {
        self.bank.tenant.parse().unwrap()
    }

    fn path(&self) -> String {
        format!("/{}/webhooks", self.bank.tenant)
    }

    /// Adds one on the page; its id, and its secret.
    async fn added(&mut self, url: &str) -> (WebhookId, String) {
        let fields = [("url", url), ("of", ""), ("format", "sha256=hex")];
        let page = self.seat.send(&self.path(), &fields).await.text();
        let at = page.find("<code>whsec_").expect("a secret");
        let secret = page[at + "<code>".len()..].split('<').next().unwrap().to_owned();
        let row = self.server.engine.webhooks(self.tenant()).await.unwrap().pop().unwrap();
        (WebhookId { tenant: row.tenant, local: row.id }, secret)
    }
}

fn url(receiver: &Receiver) -> String {
    format!("http://{}/hook", receiver.address)
}

#[tokio::test]
async fn a_webhook_is_added_and_a_ping_says_what_came_back() {
    let mut world = World::new(Role::Admin).await;
    let mut receiver = Receiver::start().await;
    let (id, secret) = world.added(&url(&receiver)).await;
    let own = format!("{}/{id}", world.path());
    let page = world.seat.send(&format!("{own}/test"), &[]).await.text();
    assert!(page.contains("The webhook took the ping.") && page.contains("status 204"), "{page}");
    assert!(!page.contains(&secret), "nobody sees it a second time");
    let ping = receiver.next().await;
    assert!(ping.mypass_signed_by(&secret) && ping.body.contains("mfa.ping"));
    for (behaviour, sentence) in [
        (Behaviour::Status(500), "not with success"),
        (Behaviour::Status(410), "it wants no more"),
        (Behaviour::HangUp, "no answer"),
    ] {
        receiver.always(behaviour);
        let page = world.seat.send(&format!("{own}/test"), &[]).await.text();
        assert!(page.contains("did not take the ping") && page.contains(sentence), "{page}");
    }
}

#[tokio::test]
async fn s45_an_address_inside_is_refused_with_what_to_do() {
    let mut world = World::new(Role::Admin).await;
    for bad in [
        "http://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "ftp://example.org/",
        "nonsense",
        "https://sam:secret@example.org/",
    ] {
        let fields = [("url", bad), ("of", ""), ("format", "hex")];
        let reply = world.seat.send(&world.path(), &fields).await;
        assert_eq!(reply.status, 400, "{bad}");
        let page = reply.text();
        assert!(page.contains("id=\"problem\"") && page.contains(bad), "{page}");
        assert!(page.contains("<option value=\"hex\" selected>"), "what was chosen is kept");
    }
    let other = world.server.relying_party("Shop", None).await;
    let fields = [("url", "https://example.org/"), ("of", &*other.client_id), ("format", "hex")];
    assert_eq!(world.seat.send(&world.path(), &fields).await.status, 404, "not the tenant's");
    assert!(world.server.engine.webhooks(world.tenant()).await.unwrap().is_empty());
}

#[tokio::test]
async fn secrets_are_rotated_and_the_one_before_is_ended() {
    let mut world = World::new(Role::Owner).await;
    let mut receiver = Receiver::start().await;
    let (id, first) = world.added(&url(&receiver)).await;
    let own = format!("{}/{id}", world.path());
    let page = world.seat.send(&format!("{own}/rotate"), &[]).await.text();
    let at = page.find("<code>whsec_").expect("a secret");
    let second = page[at + "<code>".len()..].split('<').next().unwrap().to_owned();
    world.seat.send(&format!("{own}/test"), &[]).await;
    let ping = receiver.next().await;
    assert!(ping.standard_signed_by(&first) && ping.standard_signed_by(&second));
    let page = world.seat.done(&format!("{own}/end-old"), &[]).await.text();
    assert!(!page.contains(&first) && !page.contains(&second), "{page}");
    world.seat.send(&format!("{own}/test"), &[]).await;
    let ping = receiver.next().await;
    assert!(!ping.standard_signed_by(&first) && ping.standard_signed_by(&second));
}

#[tokio::test]
async fn what_was_told_is_listed_and_told_again() {
    let mut world = World::new(Role::Admin).await;
    let mut receiver = Receiver::start().await;
    let (id, _) = world.added(&url(&receiver)).await;
    let own = format!("{}/{id}", world.path());
    assert!(world.seat.open(&own).await.text().contains("There is nothing here"));
    let device = Device::enroll(world.server.address, &world.bank.link("sam").await).await;
    let sent = world.bank.post("/api/v1/mfa/send", &json!({"user_ref": "sam"})).await.expect(200);
    let challenge = device.challenge(sent["session_id"].as_str().unwrap()).await;
    let answer = device.answer(&challenge, Decision::Approve, None);
    device.submit(sent["session_id"].as_str().unwrap().parse().unwrap(), &answer).await.expect(200);
    receiver.always(Behaviour::Status(410));
    world.couriers.send_due(&world.server.engine).await.unwrap();
    let told = receiver.next().await;
    let page = world.seat.open(&own).await.text();
    assert!(
        page.contains("given up") && page.contains("it wants no more") && page.contains("disabled"),
        "{page}"
    );
    let delivery = told.header("webhook-id").to_owned();
    assert!(page.contains(&delivery), "{page}");
    receiver.always(Behaviour::Status(200));
    world.seat.done(&format!("{own}/enable"), &[]).await;
    let page = world.seat.done(&format!("{own}/replay"), &[("delivery", &delivery)]).await.text();
    assert!(page.contains("It is sent again, now."), "{page}");
    // The form once more.
    let page = world.seat.done(&format!("{own}/replay"), &[("delivery", &delivery)]).await.text();
    assert!(page.contains("being tried already"), "{page}");
    world.couriers.send_due(&world.server.engine).await.unwrap();
    assert_eq!(receiver.next().await.header("webhook-id"), delivery);
    let page = world.seat.open(&own).await.text();
    assert!(page.contains("class=\"state\">taken"), "{page}");
    let dead = world.seat.open(&format!("{own}?state=dead")).await.text();
    assert!(dead.contains("There is nothing here"), "{dead}");
    let page = world.seat.done(&format!("{own}/replay-dead"), &[]).await.text();
    assert!(page.contains("There was nothing to send again."), "{page}");
    for _ in 0..2 {
        world.seat.done(&format!("{own}/remove"), &[]).await;
    }
    assert_eq!(world.seat.open(&own).await.status, 404);
}

#[tokio::test]
async fn s40_another_tenants_webhook_is_not_there() {
    let mut world = World::new(Role::Owner).await;
    let (id, _) = world.added("https://example.org/hook").await;
    let other: TenantId = world.server.relying_party("Shop", None).await.tenant.parse().unwrap();
    let mut stranger = Seat::of(&world.server, Role::Owner, Scope::Tenant(other)).await;
    let theirs = format!("/{other}/webhooks/{id}");
    assert_eq!(stranger.open(&theirs).await.status, 404);
    for form in ["test", "rotate", "end-old", "enable", "remove", "replay", "replay-dead"] {
        let reply = stranger.send(&format!("{theirs}/{form}"), &[("delivery", "x")]).await;
        assert_eq!(reply.status, 404, "{form}");
    }
    assert_eq!(world.server.engine.webhooks(world.tenant()).await.unwrap().len(), 1);
}
