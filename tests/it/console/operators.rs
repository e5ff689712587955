//! The operators' page: who may change whom, and that an owner stays.

use countersign_server::engine::console::{Role, Scope};
use countersign_tests::browser::location;
use countersign_tests::operator::{Seat, after};
use countersign_tests::server_here::ServerHere;

#[tokio::test]
async fn an_owner_invites_sees_who_waits_and_takes_it_back() {
    let server = ServerHere::start().await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await;
    let fields = [("email", "New@Example.org"), ("role", "helpdesk"), ("way", "link")];
    let page = seat.send("/operators", &fields).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("/console/join/"), "{}", page.text());
    let page = seat.open("/operators").await.text();
    assert!(page.contains("new@example.org") && !page.contains("/console/join/"), "a link is shown once");
    let page = seat.done("/operators/uninvite", &[("email", "new@example.org")]).await.text();
    assert!(page.contains("taken back") && !page.contains("new@example.org"), "{page}");
    let page = seat.done("/operators/uninvite", &[("email", "new@example.org")]).await.text();
    assert!(page.contains("ended already"), "{page}");
    for (email, sentence) in [("nobody", "no e-mail address"), (&*seat.operator.email.clone(), "already")] {
        let page = seat.send("/operators", &[("email", email), ("role", "owner"), ("way", "link")]).await;
        assert!(page.status == 400 && page.text().contains(sentence), "{email}: {}", page.text());
    }
    assert_eq!(
        seat.send("/operators", &[("email", "a@b.example"), ("role", "god"), ("way", "link")]).await.status,
        400
    );
}

#[tokio::test]
async fn s52_the_last_owner_stays_and_nobody_changes_themselves() {
    let server = ServerHere::start().await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await;
    let own = format!("/operators/change/{}", seat.operator.id);
    for fields in [
        &[("do", "role"), ("role", "auditor")][..],
        &[("do", "disable")],
        &[("do", "remove")],
        &[("do", "role"), ("role", "owner")],
    ] {
        let reply = seat.send(&own, fields).await;
        assert!(reply.status == 400 && reply.text().contains("another owner"), "{}", reply.text());
    }
    // Not even whoever has the machine ends the last one.
    let change = countersign_server::engine::console::OperatorChange::Disable;
    let ended = server.engine.change_operator_as(Scope::Server, seat.operator.id, change, &"operator").await;
    assert!(ended.is_err());
    assert_eq!(seat.open("/operators").await.status, 200);
}

#[tokio::test]
async fn s52_an_operator_is_changed_disabled_and_removed_and_out_at_once() {
    let server = ServerHere::start().await;
    let mut owner = Seat::of(&server, Role::Owner, Scope::Server).await;
    let mut other = Seat::of(&server, Role::Auditor, Scope::Server).await;
    let path = format!("/operators/change/{}", other.operator.id);
    assert_eq!(other.open("/tenants").await.status, 200);
    let page = owner.done(&path, &[("do", "role"), ("role", "admin")]).await.text();
    assert!(page.contains("The role was changed."), "{page}");
    assert_eq!(other.open("/tenants").await.status, 303, "what was begun in one role ends with it");
    let mut again = Seat::signed_in(&server, &other.operator).await;
    owner.done(&path, &[("do", "disable")]).await;
    assert_eq!(again.open("/tenants").await.status, 303);
    owner.done(&path, &[("do", "enable")]).await;
    owner.done(&path, &[("do", "remove")]).await;
    assert_eq!(owner.send(&path, &[("do", "remove")]).await.status, 404, "twice");
    assert!(!owner.open("/operators").await.text().contains(&other.operator.email));
}

#[tokio::test]
async fn s40_a_tenants_owner_sees_and_changes_that_tenants_operators_alone() {
    let server = ServerHere::start().await;
    let own = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let foreign = server.relying_party("Shop", None).await.tenant.parse().unwrap();
    let above = Seat::operator(&server, Role::Owner, Scope::Server).await;
    let beside = Seat::operator(&server, Role::Auditor, Scope::Tenant(foreign)).await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Tenant(own)).await;
    let page = seat.open(&format!("/{own}/operators")).await.text();
    assert!(!page.contains(&above.email) && !page.contains(&beside.email));
    for id in [above.id, beside.id] {
        for page in [format!("/{own}/operators"), format!("/{foreign}/operators"), "/operators".to_owned()] {
            let fields = [("do", "remove"), ("role", "auditor")];
            let reply = seat.send(&format!("{page}/change/{id}"), &fields).await;
            assert_eq!(reply.status, 404, "{page}");
        }
    }
    // Whom they invite looks after that tenant, whatever the form says.
    let fields = [
        ("email", "new@example.org"),
        ("role", "owner"),
        ("way", "link"),
        ("tenant", ""),
        ("scope", "server"),
    ];
    assert_eq!(seat.send(&format!("/{own}/operators"), &fields).await.status, 200);
    assert!(server.engine.operator_invitations(Scope::Server).await.unwrap().is_empty());
    assert_eq!(server.engine.operator_invitations(Scope::Tenant(own)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_is_led_back_is_led_to_the_same_page() {
    let server = ServerHere::start().await;
    let tenant = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let mut seat = Seat::of(&server, Role::Owner, Scope::Tenant(tenant)).await;
    let other = Seat::operator(&server, Role::Auditor, Scope::Tenant(tenant)).await;
    let path = format!("/{tenant}/operators/change/{}", other.id);
    let reply = seat.send(&path, &[("do", "disable")]).await;
    let next = after(&format!("/console{path}"), &location(&reply));
    assert_eq!(next, format!("/console/{tenant}/operators?done=disabled"));
}
