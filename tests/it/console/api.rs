//! The API explorer, without a script: it shows the command for a call, and no form of it sends a secret.

use countersign_server::engine::console::{Role, Scope};
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;

#[tokio::test]
async fn each_call_has_a_form_and_its_command() {
    let server = ServerHere::start().await;
    let bank = server.relying_party("Bank", None).await;
    let mut seat = Seat::of(&server, Role::Auditor, Scope::Tenant(bank.tenant.parse().unwrap())).await;
    let path = format!("/{}/api", bank.tenant);
    let page = seat.open(&path).await.text();
    let links: Vec<String> = page
        .split("/api?operation=")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert!(links.len() > 30, "{links:?}");
    for link in links {
        let page = seat.open(&format!("{path}?operation={link}")).await;
        assert_eq!(page.status, 200, "{link}");
        let text = page.text();
        assert!(text.contains("id=\"curl\"") && text.contains("<code>curl"), "{link}: {text}");
        // What is secret stands in fields that have no name.
        for field in text.split("<input type=\"password\"").skip(1) {
            assert!(!field.split('>').next().unwrap().contains(" name="), "{link}: {field}");
        }
    }
    assert_eq!(seat.open(&format!("{path}?operation=nothing")).await.status, 404);
}

#[tokio::test]
async fn what_was_typed_stands_in_the_command_quoted() {
    let server = ServerHere::start().await;
    let bank = server.relying_party("Bank", None).await;
    let mut seat = Seat::of(&server, Role::Admin, Scope::Tenant(bank.tenant.parse().unwrap())).await;
    let fields = [
        ("operation", "send"),
        ("application", &*bank.client_id),
        ("body.user_ref", "o'hara"),
        ("body.number_match", "true"),
    ];
    let page = seat.send(&format!("/{}/api", bank.tenant), &fields).await.text();
    let expected = "\"number_match\":true".replace('"', "&#34;");
    assert!(page.contains(&expected) && page.contains(&bank.client_id), "{page}");
    assert!(page.contains("o&#39;\\&#39;&#39;hara"), "{page}");
    assert!(page.contains("CS_SECRET") && !page.contains(&bank.client_secret), "{page}");
}

#[tokio::test]
async fn s33_a_secret_that_is_sent_all_the_same_is_not_shown() {
    let server = ServerHere::start().await;
    let bank = server.relying_party("Bank", None).await;
    let mut seat = Seat::of(&server, Role::Admin, Scope::Tenant(bank.tenant.parse().unwrap())).await;
    let fields = [
        ("operation", "token"),
        ("body.password", "correct horse"),
        ("body.client_secret", &*bank.client_secret),
        ("secret", &*bank.client_secret),
    ];
    let page = seat.send(&format!("/{}/api", bank.tenant), &fields).await.text();
    assert!(!page.contains("correct horse") && !page.contains(&bank.client_secret), "{page}");
}
