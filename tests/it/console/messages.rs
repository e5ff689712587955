//! The pages about messages.

use std::sync::Arc;

use countersign_protocol::id::TenantId;
use countersign_server::config::{Config, Environment};
use countersign_server::delivery::Couriers;
use countersign_server::engine::console::{Role, Scope};
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;
use serde_json::json;

async fn told(server: &ServerHere, name: &str, address: &str) -> TenantId {
    let cms = server.relying_party(name, None).await;
    let body = json!({"user_ref": "sam", "email": address, "challenge": "email_otp"});
    cms.post("/api/v1/users/enroll", &body).await.expect(201);
    cms.tenant.parse().unwrap()
}

fn couriers(server: &ServerHere, environment: Environment) -> Arc<Couriers> {
    let config = Config {
        data_dir: server.data_dir().to_owned(),
        environment: Some(environment),
        ..Config::default()
    };
    let couriers = Arc::new(Couriers::new(&config).unwrap());
    server.engine.carry_by(Arc::<Couriers>::clone(&couriers));
    couriers
}

#[tokio::test]
async fn a_message_is_listed_masked_while_it_is_on_its_way_and_to_nobody_afterwards() {
    let server = ServerHere::start().await;
    let bank = told(&server, "Bank", "someone@example.org").await;
    let couriers = couriers(&server, Environment::Development);
    let mut seat = Seat::of(&server, Role::Admin, Scope::Tenant(bank)).await;
    let page = seat.open(&format!("/{bank}/messages")).await.text();
    assert!(page.contains("s…e@example.org") && !page.contains("someone@"), "{page}");
    assert!(page.contains("on its way"), "{page}");
    couriers.send_due(&server.engine).await.unwrap();
    let page = seat.open(&format!("/{bank}/messages")).await.text();
    assert!(page.contains("not kept") && !page.contains("s…e@"), "{page}");
    let none = seat.open(&format!("/{bank}/messages?channel=voice")).await.text();
    assert!(none.contains("There are no such messages"), "{none}");
    assert_eq!(seat.open(&format!("/{bank}/messages?after=nothing")).await.status, 404);
}

#[tokio::test]
async fn while_developing_the_files_are_shown_with_code_and_words() {
    let server = ServerHere::start().await;
    let bank = told(&server, "Bank", "someone@example.org").await;
    let shop = told(&server, "Shop", "other@example.org").await;
    let couriers = couriers(&server, Environment::Development);
    couriers.send_due(&server.engine).await.unwrap();
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await;
    let page = seat.open(&format!("/{bank}/messages/files")).await.text();
    assert!(page.contains("For development") && page.contains("someone@example.org"), "{page}");
    assert!(page.contains("<dt>Code</dt>") && page.contains("Bank"), "{page}");
    assert!(!page.contains("other@example.org"), "another tenant's: {page}");
    let page = seat.open(&format!("/{shop}/messages/files")).await.text();
    assert!(page.contains("other@example.org"), "{page}");
}

#[tokio::test]
async fn s40_the_platforms_files_are_for_those_who_look_after_the_whole_server() {
    let server = ServerHere::start().await;
    let bank = told(&server, "Bank", "someone@example.org").await;
    let couriers = couriers(&server, Environment::Development);
    let mut seat = Seat::of(&server, Role::Admin, Scope::Server).await;
    let page = seat.open("/messages/files").await.text();
    assert!(page.contains("There are none yet. Invite"), "{page}");
    let mut owner = Seat::of(&server, Role::Owner, Scope::Server).await;
    let fields = [("email", "new@example.org"), ("role", "auditor"), ("way", "mail")];
    assert_eq!(owner.send("/operators", &fields).await.status, 303);
    couriers.send_due(&server.engine).await.unwrap();
    assert!(seat.open("/providers").await.text().contains("../console/messages/files\""));
    for seat in [&mut seat, &mut owner] {
        let page = seat.open("/messages/files").await.text();
        assert!(page.contains("new@example.org") && page.contains("/console/join/"), "{page}");
        assert!(page.contains("Invitation to the console") && !page.contains("someone@"), "{page}");
    }
    let mut own = Seat::of(&server, Role::Owner, Scope::Tenant(bank)).await;
    assert_eq!(own.open("/messages/files").await.status, 404);
    assert!(!own.open(&format!("/{bank}/messages/files")).await.text().contains("new@example.org"));
    let mut auditor = Seat::of(&server, Role::Auditor, Scope::Server).await;
    assert_eq!(auditor.open("/messages/files").await.status, 403);
    assert!(!auditor.open("/providers").await.text().contains("messages/files"));
}

#[tokio::test]
async fn s53_in_production_no_page_shows_what_a_message_says() {
    let server = ServerHere::start().await;
    let bank = told(&server, "Bank", "someone@example.org").await;
    couriers(&server, Environment::Development).send_due(&server.engine).await.unwrap();
    // Files of an earlier time are there; the same data, now run in production.
    let production = server.another(|engine| engine).await;
    couriers(&production, Environment::Production);
    let mut seat = Seat::of(&production, Role::Owner, Scope::Server).await;
    for path in [format!("/{bank}/messages/files"), "/messages/files".to_owned()] {
        assert_eq!(seat.open(&path).await.status, 404, "{path}");
    }
    for path in [format!("/{bank}/messages"), "/providers".to_owned()] {
        assert!(!seat.open(&path).await.text().contains("messages/files"), "{path}");
    }
}

#[tokio::test]
async fn only_owners_and_administrators_see_messages_and_a_code_is_never_sent_again() {
    let server = ServerHere::start().await;
    let bank = told(&server, "Bank", "someone@example.org").await;
    let mut seat = Seat::of(&server, Role::Admin, Scope::Tenant(bank)).await;
    let page = seat.open(&format!("/{bank}/messages")).await.text();
    let at = page.find("id=\"d-").unwrap() + 6;
    let id = page[at..at + 36].to_owned();
    let reply = seat.send(&format!("/{bank}/messages/{id}/replay"), &[]).await;
    assert_eq!(reply.status, 404, "a code is asked for anew");
    let mut auditor = Seat::of(&server, Role::Auditor, Scope::Tenant(bank)).await;
    assert_eq!(auditor.open(&format!("/{bank}/messages")).await.status, 403);
}
