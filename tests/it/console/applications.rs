//! Applications: making one, its secrets, its settings, and who sees what of it.

use countersign_protocol::id::TenantId;
use countersign_server::engine::audit::list::EventFilter;
use countersign_server::engine::console::{Role, Scope};
use countersign_server::engine::{ApplicationId, NewApplication};
use countersign_tests::operator::Seat;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;

/// A server with a bank, and somebody at the console.
struct World {
    server: ServerHere,
    bank: RelyingParty,
    seat: Seat,
}

impl World {
    async fn new(role: Role) -> Self {
        let server = ServerHere::start().await;
        let bank = server.relying_party("Bank", None).await;
        let tenant = bank.tenant.parse().unwrap();
        let seat = Seat::of(&server, role, Scope::Tenant(tenant)).await;
        Self { server, bank, seat }
    }

    fn tenant(&self) -> TenantId {
        self.bank.tenant.parse().unwrap()
    }

    fn id(&self) -> ApplicationId {
        self.bank.client_id.parse().unwrap()
    }

    fn path(&self, rest: &str) -> String {
        format!("/{}/applications{rest}", self.bank.tenant)
    }

    fn own(&self, rest: &str) -> String {
        self.path(&format!("/{}{rest}", self.bank.client_id))
    }

    async fn events(&self) -> Vec<String> {
        let filter = EventFilter::default();
        let all = self.server.engine.latest_events(self.tenant(), &filter, 200).await.unwrap();
        all.into_iter().map(|event| event.name).collect()
    }
}

/// What stands on a page between the beginning of a secret and its end.
fn secret_on(page: &str) -> String {
    let at = page.find("<code>cs_secret_").expect("a secret");
    page[at + "<code>".len()..].split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_application_is_made_with_a_secret_that_works_and_is_shown_once() {
    let mut world = World::new(Role::Admin).await;
    for (dialect, shown) in [
        ("native", "/api/v1/mfa/send"),
        ("acceptto", "API Host"),
        ("auth0", "Domain"),
        ("reltio", "oauth_uri"),
    ] {
        let fields = [("name", "Shop <b>"), ("color", "#AA0000"), ("dialect", dialect)];
        let reply = world.seat.send(&world.path(""), &fields).await;
        let page = reply.text();
        assert_eq!(reply.status, 200, "{page}");
        assert!(page.contains("Shop &#60;b&#62;") && page.contains(shown), "{page}");
        let secret = secret_on(&page);
        let id = page.split("/applications/app_").nth(1).unwrap().split('"').next().unwrap();
        let id = format!("app_{id}");
        assert!(world.server.engine.authenticate(&id, &secret, None).await.is_ok(), "{dialect}");
        let page = world.seat.open(&world.path(&format!("/{id}"))).await.text();
        assert!(!page.contains(&secret), "nobody sees it a second time");
        assert!(page.contains(&secret[..14]) && page.contains("#aa0000"), "{page}");
    }
    let list = world.seat.open(&world.path("")).await.text();
    for words in ["MyPass", "Acceptto", "Auth0", "Reltio"] {
        assert!(list.contains(&format!("<td>{words}")), "{words} in {list}");
    }
}

#[tokio::test]
async fn a_name_that_is_none_is_told_and_what_was_typed_is_kept() {
    let world = World::new(Role::Owner).await;
    let mut seat = world.seat.clone().speaking("ar");
    let long = "x".repeat(101);
    let fields = [("name", &*long), ("color", "#3b5bdb"), ("dialect", "reltio")];
    let reply = seat.send(&world.path(""), &fields).await;
    let page = reply.text();
    assert_eq!(reply.status, 400);
    assert!(
        page.contains("role=\"alert\"") && page.contains(&long) && page.contains("dir=\"rtl\""),
        "{page}"
    );
    assert!(page.contains("<option value=\"reltio\" selected>"), "{page}");
    for fields in [[("name", "a"), ("dialect", "none")], [("name", ""), ("dialect", "native")]] {
        assert_eq!(seat.send(&world.path(""), &fields).await.status, 400);
    }
    assert_eq!(world.server.engine.applications(world.tenant()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn name_and_colour_change_and_the_log_says_so() {
    let mut world = World::new(Role::Admin).await;
    let fields = [("name", "New Bank"), ("color", "#FFEE00")];
    let page = world.seat.done(&world.own("/face"), &fields).await.text();
    assert!(page.contains("New Bank") && page.contains("id=\"done\""), "{page}");
    let row = world.server.engine.application(world.id()).await.unwrap();
    assert_eq!((row.name.as_str(), row.color.as_str()), ("New Bank", "#ffee00"));
    let reply = world.seat.send(&world.own("/face"), &[("name", " "), ("color", "red")]).await;
    assert_eq!(reply.status, 400);
    assert!(world.events().await.contains(&"application.changed".to_owned()));
}

#[tokio::test]
async fn s33_a_secret_is_rotated_and_ended_and_no_third_one_is_made() {
    let mut world = World::new(Role::Admin).await;
    let fields = [("old", "24h"), ("from", "only"), ("networks", "192.0.2.0/28\n2001:db8::1"), ("ends", "")];
    let page = world.seat.send(&world.own("/secrets"), &fields).await.text();
    let secret = secret_on(&page);
    let there = Some("192.0.2.7".parse().unwrap());
    assert!(world.server.engine.authenticate(&world.bank.client_id, &secret, there).await.is_ok());
    assert!(world.server.engine.authenticate(&world.bank.client_id, &secret, None).await.is_err());
    // The form once more: two work already.
    let reply = world.seat.send(&world.own("/secrets"), &fields).await;
    assert_eq!(reply.status, 400);
    assert!(reply.text().contains("192.0.2.0/28"), "what was typed is kept");
    let all = world.server.engine.secrets(world.id()).await.unwrap();
    let newest = all.iter().rev().find(|secret| secret.active).unwrap().id.clone();
    let page = world.seat.done(&world.own("/secrets/end"), &[("secret", &newest)]).await.text();
    assert!(page.contains("id=\"done\"") && page.contains("class=\"state\">ended"), "{page}");
    let again = world.seat.done(&world.own("/secrets/end"), &[("secret", &newest)]).await.text();
    assert!(again.contains("had ended before"), "{again}");
}

#[tokio::test]
async fn what_is_wrong_about_a_new_secret_is_told() {
    let mut world = World::new(Role::Admin).await;
    for (from, networks, ends) in [
        ("only", "", ""),
        ("only", "the office", ""),
        ("only", "10.1.2.3/8", ""),
        ("same", "", "2001-01-01"),
        ("same", "", "soon"),
        ("elsewhere", "", ""),
    ] {
        let fields = [("old", "now"), ("from", from), ("networks", networks), ("ends", ends)];
        let reply = world.seat.send(&world.own("/secrets"), &fields).await;
        assert_eq!(reply.status, 400, "{fields:?}");
    }
    assert_eq!(world.server.engine.secrets(world.id()).await.unwrap().len(), 1);
    assert!(world.bank.call("GET", "/api/v1/users").await.status == 200, "the old secret works");
}

#[tokio::test]
async fn web_settings_are_set_and_taken_away_and_hazards_are_named() {
    let mut world = World::new(Role::Admin).await;
    let uris = "https://shop.example.org/auth/mfa_check\r\nhttp://shop.example.org/";
    let fields = [("uris", uris), ("legacy_check", "on"), ("exact", "on")];
    let page = world.seat.done(&world.own("/web"), &fields).await.text();
    assert!(
        page.contains("is not https") && page.contains("let people in without a second factor"),
        "{page}"
    );
    let client = world.server.engine.web_client(world.id()).await.unwrap().unwrap();
    assert_eq!((client.redirect_uris.len(), client.legacy_check, client.exact), (2, true, true));
    let page = world.seat.done(&world.own("/web"), &[("uris", "https://shop.example.org/")]).await.text();
    assert!(!page.contains("is not https"), "{page}");
    assert!(!world.server.engine.web_client(world.id()).await.unwrap().unwrap().legacy_check, "not ticked");
    let reply = world.seat.send(&world.own("/web"), &[("uris", "javascript:alert(1)")]).await;
    assert_eq!(reply.status, 400);
    assert!(reply.text().contains("javascript:alert(1)"), "what was typed is kept");
    for _ in 0..2 {
        let page = world.seat.done(&world.own("/web/off"), &[]).await.text();
        assert!(page.contains("id=\"done\""), "{page}");
    }
    assert_eq!(world.server.engine.web_client(world.id()).await.unwrap(), None);
}

#[tokio::test]
async fn an_oauth_client_is_made_changed_and_taken_away() {
    let mut world = World::new(Role::Admin).await;
    world.seat.done(&world.own("/oauth"), &[("flavour", "auth0")]).await;
    let fields = [
        ("grant", "password"),
        ("grant", "client_credentials"),
        ("origins", "https://app.example.org"),
        ("set.demand", "enrolled"),
        ("set.rejected", "default"),
    ];
    let page = world.seat.done(&world.own("/oauth"), &fields).await.text();
    assert!(page.contains("value=\"client_credentials\" checked"), "{page}");
    let info = world.server.engine.oauth_client(world.id()).await.unwrap().unwrap();
    assert_eq!(info.client.grants, ["password", "client_credentials"]);
    assert_eq!(info.client.origins, ["https://app.example.org"]);
    assert!(info.settings.iter().any(|setting| setting.name == "demand" && setting.value == "enrolled"));
    // A public client keeps no secret, so it may not have that grant.
    let public = [("public", "on"), ("grant", "client_credentials"), ("set.demand", "enrolled")];
    let reply = world.seat.send(&world.own("/oauth"), &public).await;
    assert_eq!(reply.status, 400);
    assert!(reply.text().contains("name=\"public\" value=\"on\" checked"), "what was chosen is kept");
    for _ in 0..2 {
        world.seat.done(&world.own("/oauth/off"), &[]).await;
    }
    assert_eq!(world.server.engine.oauth_client(world.id()).await.unwrap(), None);
}

#[tokio::test]
async fn s40_another_tenants_application_is_not_there() {
    let mut world = World::new(Role::Owner).await;
    let other = world.server.relying_party("Shop", None).await;
    let theirs = world.path(&format!("/{}", other.client_id));
    assert_eq!(world.seat.open(&theirs).await.status, 404);
    for (form, fields) in [
        ("/face", vec![("name", "Mine"), ("color", "#000000")]),
        ("/secrets", vec![("old", "now"), ("from", "anywhere")]),
        ("/secrets/end", vec![("secret", "cs_secret_")]),
        ("/web", vec![("uris", "https://evil.example/")]),
        ("/web/off", vec![]),
        ("/oauth", vec![("flavour", "auth0")]),
        ("/oauth/off", vec![]),
    ] {
        assert_eq!(world.seat.send(&format!("{theirs}{form}"), &fields).await.status, 404, "{form}");
    }
    assert_eq!(other.call("GET", "/api/v1/users").await.status, 200);
}

#[tokio::test]
async fn s52_an_auditor_sees_the_page_without_a_form_that_changes_anything() {
    let mut world = World::new(Role::Auditor).await;
    for path in [world.path(""), world.own("")] {
        let page = world.seat.open(&path).await.text();
        let forms = page.matches("<form method=\"post\"").count();
        let disabled = page.matches("<fieldset disabled>").count();
        assert_eq!(forms - 1, disabled, "all but signing out: {page}");
        assert!(!page.contains("type=\"submit\" class=\"danger\""), "{page}");
    }
    let mut help_desk = Seat::of(&world.server, Role::HelpDesk, Scope::Tenant(world.tenant())).await;
    assert_eq!(help_desk.open(&world.own("")).await.status, 403);
}

#[tokio::test]
async fn many_applications_come_page_by_page() {
    let mut world = World::new(Role::Owner).await;
    for n in 0..100 {
        world.server.clock.advance(1);
        let new = NewApplication { name: format!("Program {n}"), color: None };
        world.server.engine.create_application(world.tenant(), new, &"operator").await.unwrap();
    }
    let (mut path, mut seen) = (world.path(""), 0);
    let mut pages = 0;
    loop {
        let page = world.seat.open(&path).await.text();
        seen += page.matches("<th scope=\"row\">").count();
        pages += 1;
        let Some(next) = page.split("rel=\"next\" href=\"").nth(1) else { break };
        path = world.path(next.split('"').next().unwrap().rsplit("/applications").next().unwrap());
    }
    assert_eq!((seen, pages), (101, 3));
}
