//! The pages about a tenant's settings.

use countersign_protocol::id::TenantId;
use countersign_server::engine::console::{Role, Scope};
use countersign_server::engine::policy;
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;

async fn start() -> (ServerHere, TenantId, Seat) {
    let server = ServerHere::start().await;
    let bank = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let seat = Seat::of(&server, Role::Admin, Scope::Tenant(bank)).await;
    (server, bank, seat)
}

async fn in_force(server: &ServerHere, scope: policy::Scope, name: &str) -> (String, &'static str) {
    let all = server.engine.policy_in_force(scope).await.unwrap();
    let setting = all.into_iter().find(|setting| setting.name == name).unwrap();
    (setting.value, setting.by)
}

#[tokio::test]
async fn a_tenant_is_renamed_and_coloured() {
    let (server, bank, mut seat) = start().await;
    let page = seat.done(&format!("/{bank}/settings/name"), &[("name", " Bank of <b> ")]).await.text();
    assert!(page.contains("Renamed") && page.contains("Bank of &#60;b&#62;"), "{page}");
    assert_eq!(server.engine.tenant(bank).await.unwrap().name, "Bank of <b>");
    let bad = seat.send(&format!("/{bank}/settings/name"), &[("name", "\u{7}")]).await;
    assert!(bad.status == 400 && bad.text().contains("1 to 100 characters"));
    let color = format!("/{bank}/settings/color");
    let page = seat.done(&color, &[("color", "#AB12cd"), ("do", "look")]).await.text();
    assert!(page.contains("assets/color/ab12cd.css") && page.contains("not saved yet"), "{page}");
    assert_eq!(server.engine.tenant(bank).await.unwrap().color, None, "only looked at");
    let page = seat.done(&color, &[("color", "#ab12cd")]).await.text();
    assert!(page.contains("assets/color/ab12cd.css"), "{page}");
    assert_eq!(seat.send(&color, &[("color", "red;} body{")]).await.status, 400);
    seat.done(&color, &[("do", "none")]).await;
    assert_eq!(server.engine.tenant(bank).await.unwrap().color, None);
}

#[tokio::test]
async fn a_policy_is_changed_for_all_and_for_one_application_and_taken_back() {
    let (server, bank, mut seat) = start().await;
    let path = format!("/{bank}/settings/policy");
    let page = seat.open(&path).await.text();
    assert!(page.contains("A number on both screens") && page.contains("30–600"), "{page}");
    let wish = [
        ("was.number_match", ""),
        ("number_match", "required"),
        ("was.answer_window", ""),
        ("answer_window", "90"),
        ("own.factors", "yes"),
        ("factors", "totp"),
        ("factors", "push"),
    ];
    let page = seat.done(&path, &wish).await.text();
    assert!(page.contains("Saved"), "{page}");
    let tenant = policy::Scope { tenant: bank, application: None };
    assert_eq!(in_force(&server, tenant, "number_match").await, ("required".to_owned(), "tenant"));
    assert_eq!(in_force(&server, tenant, "factors").await.0, "push totp");
    let id = server.engine.applications(bank).await.unwrap().remove(0);
    let application = countersign_server::engine::ApplicationId { tenant: bank, local: id.id };
    let id = application.to_string();
    let own = [("application", &*id), ("was.answer_window", ""), ("answer_window", "45")];
    seat.done(&path, &own).await;
    let scope = policy::Scope { tenant: bank, application: Some(application) };
    assert_eq!(in_force(&server, scope, "answer_window").await, ("45".to_owned(), "application"));
    assert_eq!(in_force(&server, tenant, "answer_window").await, ("90".to_owned(), "tenant"));
    seat.done(&path, &[("was.answer_window", "90"), ("answer_window", "")]).await;
    assert_eq!(in_force(&server, tenant, "answer_window").await, ("120".to_owned(), "default"));
}

#[tokio::test]
async fn two_who_change_different_settings_do_not_undo_each_other() {
    let (server, bank, mut seat) = start().await;
    let path = format!("/{bank}/settings/policy");
    // Both forms were made when nothing was set.
    seat.done(&path, &[("was.risk", ""), ("risk", "2"), ("was.cool_down", ""), ("cool_down", "")]).await;
    seat.done(&path, &[("was.risk", ""), ("risk", ""), ("was.cool_down", ""), ("cool_down", "600")]).await;
    let tenant = policy::Scope { tenant: bank, application: None };
    assert_eq!(in_force(&server, tenant, "risk").await.0, "2");
    assert_eq!(in_force(&server, tenant, "cool_down").await.0, "600");
}

#[tokio::test]
async fn what_a_setting_cannot_be_is_said_beside_it_and_nothing_is_saved() {
    let (server, bank, seat) = start().await;
    let mut seat = seat.speaking("ar");
    let path = format!("/{bank}/settings/policy");
    for wrong in [
        [("answer_window", "601"), ("risk", "2")],
        [("number_match", "perhaps"), ("risk", "2")],
        [("own.factors", "yes"), ("risk", "2")],
        [("answer_window", "-1e3"), ("risk", "2")],
    ] {
        let reply = seat.send(&path, &wrong).await;
        let page = reply.text();
        assert!(reply.status == 400 && page.contains("لم يُحفظ شيء"), "{wrong:?}: {page}");
    }
    let tenant = policy::Scope { tenant: bank, application: None };
    assert_eq!(in_force(&server, tenant, "risk").await, ("1".to_owned(), "default"));
}

#[tokio::test]
async fn s40_another_tenants_application_is_not_there() {
    let (server, bank, mut seat) = start().await;
    let foreign = server.relying_party("Shop", None).await;
    let path = format!("/{bank}/settings/policy");
    assert_eq!(seat.open(&format!("{path}?application={}", foreign.client_id)).await.status, 404);
    let reply = seat.send(&path, &[("application", &foreign.client_id), ("risk", "3")]).await;
    assert_eq!(reply.status, 404);
    let rule = [("application", &*foreign.client_id), ("place", "anyone"), ("effect", "deny")];
    assert_eq!(seat.send(&format!("/{bank}/settings/access"), &rule).await.status, 404);
    let shop: TenantId = foreign.tenant.parse().unwrap();
    assert!(server.engine.access_rules(shop).await.unwrap().is_empty());
    let scope = policy::Scope { tenant: shop, application: None };
    let id = server.engine.add_access_rule(scope, "anyone", "deny", &"operator").await.unwrap();
    seat.send(&format!("/{bank}/settings/access/{id}/remove"), &[]).await;
    assert_eq!(server.engine.access_rules(shop).await.unwrap().len(), 1);
}

#[tokio::test]
async fn access_rules_are_added_and_removed() {
    let (server, bank, mut seat) = start().await;
    let path = format!("/{bank}/settings/access");
    let page = seat.done(&path, &[("place", "10.1.2.3/8"), ("effect", "deny")]).await.text();
    assert!(page.contains("10.0.0.0/8") && page.contains("refuse"), "{page}");
    let bad = seat.send(&path, &[("place", "everywhere"), ("effect", "deny")]).await;
    let page = bad.text();
    assert!(bad.status == 400 && page.contains("That is no place") && page.contains("value=\"everywhere\""));
    let id = server.engine.access_rules(bank).await.unwrap().remove(0).id;
    let page = seat.done(&format!("{path}/{id}/remove"), &[]).await.text();
    assert!(page.contains("Removed."), "{page}");
    let page = seat.done(&format!("{path}/{id}/remove"), &[]).await.text();
    assert!(page.contains("gone already"), "pressed twice: {page}");
}

#[tokio::test]
async fn keys_are_made_anew_only_by_whoever_is_sure() {
    let (server, bank, mut seat) = start().await;
    let path = format!("/{bank}/settings/keys");
    let before = server.engine.signing_key(bank).await.unwrap().to_string();
    assert!(seat.open(&path).await.text().contains(&before));
    assert_eq!(seat.send(&format!("{path}/rotate"), &[]).await.status, 400);
    let page = seat.done(&format!("{path}/rotate"), &[("sure", "yes")]).await.text();
    assert!(page.contains("There is a new key") && !page.contains(&before), "{page}");
    let issuer = format!("/{bank}/settings/issuer");
    let bad = seat.send(&issuer, &[("host", "https://login.example.org/")]).await;
    assert!(bad.status == 400 && bad.text().contains("That is no host name"));
    let page = seat.done(&issuer, &[("host", "login.example.org")]).await.text();
    assert!(page.contains("login.example.org/</code>"), "{page}");
    let other = server.relying_party("Shop", None).await.tenant;
    let mut shop = Seat::of(&server, Role::Admin, Scope::Tenant(other.parse().unwrap())).await;
    let taken = shop.send(&format!("/{other}/settings/issuer"), &[("host", "login.example.org")]).await;
    assert!(taken.status == 400 && taken.text().contains("Another tenant issues its tokens"));
    seat.done(&format!("/{bank}/settings/token-keys"), &[("algorithm", "ES256")]).await;
    assert_eq!(server.engine.token_keys(bank).await.unwrap().len(), 2);
    assert_eq!(seat.send(&format!("{issuer}/remove"), &[]).await.status, 400);
    seat.done(&format!("{issuer}/remove"), &[("sure", "yes")]).await;
    assert_eq!(server.engine.issuer_now(bank).await.unwrap(), None);
}
