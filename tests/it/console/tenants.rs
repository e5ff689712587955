//! Where an operator begins.

use countersign_server::engine::console::{Role, Scope};
use countersign_tests::browser::location;
use countersign_tests::operator::{Seat, after};
use countersign_tests::server_here::ServerHere;

#[tokio::test]
async fn an_operator_of_the_server_sees_its_tenants_and_makes_one() {
    let server = ServerHere::start().await;
    server.relying_party("Bank & Söhne <b>", None).await;
    let mut seat = Seat::of(&server, Role::Admin, Scope::Server).await;
    let reply = seat.open("/").await;
    assert_eq!(after("/console/", &location(&reply)), "/console/tenants");
    let page = seat.open("/tenants").await.text();
    assert!(page.contains("Bank &#38; Söhne &#60;b&#62;"), "{page}");
    assert!(
        !page.contains("Countersign console</bdi></a>"),
        "the console's own tenant is no customer: {page}"
    );
    let reply = seat.send("/tenants", &[("name", "Shop")]).await;
    let made = after("/console/tenants", &location(&reply));
    assert!(made.starts_with("/console/ten_") && made.ends_with("/?done=tenant_created"), "{made}");
    assert!(seat.open("/tenants").await.text().contains("<bdi>Shop</bdi>"));
}

#[tokio::test]
async fn a_name_that_is_none_is_told_beside_the_form_with_what_was_typed() {
    let server = ServerHere::start().await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await.speaking("ar");
    let long = "x".repeat(101);
    let reply = seat.send("/tenants", &[("name", &long)]).await;
    let page = reply.text();
    assert_eq!(reply.status, 400);
    assert!(
        page.contains("dir=\"rtl\"") && page.contains("role=\"alert\"") && page.contains(&long),
        "{page}"
    );
    assert!(server.engine.tenants().await.unwrap().iter().all(|tenant| tenant.name != long));
}

#[tokio::test]
async fn an_operator_of_one_tenant_is_led_to_it() {
    let server = ServerHere::start().await;
    let tenant = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let mut seat = Seat::of(&server, Role::HelpDesk, Scope::Tenant(tenant)).await;
    let reply = seat.open("/").await;
    assert_eq!(after("/console/", &location(&reply)), format!("/console/{tenant}/"));
    assert_eq!(seat.open("/tenants").await.status, 404);
}

#[tokio::test]
async fn two_servers_that_begin_at_once_have_one_console() {
    let server = ServerHere::start().await;
    let (one, two) = (server.beside(), server.beside());
    let (first, second) = tokio::join!(one.console_home(), two.console_home());
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(server.engine.tenants().await.unwrap().len(), 1);
}
