//! Choosing among more applications than a list holds.

use countersign_server::engine::console::{Role, Scope};
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;

const MANY: &str = "There are more than 200.";
/// The pages with such a choice.
const PAGES: [&str; 5] =
    ["/", "/settings/policy", "/settings/access", "/webhooks", "/api?operation=listUsers"];

#[tokio::test]
async fn where_a_list_is_too_short_an_application_is_named_by_its_id() {
    let server = ServerHere::start().await;
    let first = server.relying_party("First", None).await;
    let tenant = first.tenant.parse().unwrap();
    for nth in 2..=200 {
        server.application(tenant, &format!("Program {nth}")).await;
    }
    let mut seat = Seat::of(&server, Role::Owner, Scope::Tenant(tenant)).await;
    for page in PAGES {
        let text = seat.open(&format!("/{tenant}{page}")).await.text();
        assert!(
            text.contains("Program 200") && !text.contains(MANY) && !text.contains("<datalist"),
            "{page}"
        );
    }
    // Ids are in the order of time.
    server.clock.advance(1);
    let last = server.application(tenant, "Latecomer").await;
    let id = last.client_id.as_str();
    for page in PAGES {
        let text = seat.open(&format!("/{tenant}{page}")).await.text();
        assert!(text.contains(MANY) && text.contains("<datalist") && !text.contains("Latecomer"), "{page}");
    }
    let chosen = format!("value=\"{id}\"");
    for page in ["/?application=", "/settings/policy?application=", "/api?operation=listUsers&application="] {
        let text = seat.open(&format!("/{tenant}{page}{id}")).await.text();
        assert!(text.contains(&chosen), "{page}: {text}");
    }
    let text = seat.open(&format!("/{tenant}/api?operation=listUsers&application={id}")).await.text();
    let command = text.split("id=\"curl\"").nth(1).unwrap();
    assert!(
        command.contains(id) && !command.contains(&first.client_id),
        "the call is the chosen one's: {command}"
    );
    let rule = [("place", "192.0.2.0/24"), ("effect", "deny"), ("application", id)];
    seat.done(&format!("/{tenant}/settings/access"), &rule).await;
    let text = seat.open(&format!("/{tenant}/settings/access")).await.text();
    assert!(text.contains("<bdi>Latecomer</bdi>"), "{text}");
}

#[tokio::test]
async fn whoever_mistypes_a_client_id_is_told_so() {
    let server = ServerHere::start().await;
    let own = server.relying_party("Own", None).await;
    let tenant = own.tenant.parse().unwrap();
    let mut seat = Seat::of(&server, Role::Owner, Scope::Tenant(tenant)).await;
    let cut = &own.client_id[..own.client_id.len() - 1];
    let mut replies = Vec::new();
    for page in ["/?application=", "/settings/policy?application=", "/api?operation=listUsers&application="] {
        replies.push(seat.open(&format!("/{tenant}{page}{cut}")).await);
        // As long as an id, and nobody's.
        replies.push(seat.open(&format!("/{tenant}{page}{cut}0")).await);
    }
    let rule = [("application", cut), ("place", "anyone"), ("effect", "deny")];
    replies.push(seat.send(&format!("/{tenant}/settings/access"), &rule).await);
    let webhook = [("of", cut), ("url", "https://shop.example.org/hook"), ("format", "hex")];
    replies.push(seat.send(&format!("/{tenant}/webhooks"), &webhook).await);
    replies.push(seat.open(&format!("/{tenant}/applications/{cut}")).await);
    for (nth, reply) in replies.into_iter().enumerate() {
        let (status, text) = (reply.status, reply.text());
        assert!(
            status == 404 && text.contains("There is no such application here"),
            "{nth}: {status} {text}"
        );
    }
    assert!(server.engine.access_rules(tenant).await.unwrap().is_empty());
    assert!(server.engine.webhooks(tenant).await.unwrap().is_empty());
}

#[tokio::test]
async fn s49_another_tenants_application_cannot_be_chosen() {
    let server = ServerHere::start().await;
    let own = server.relying_party("Own", None).await;
    let other = server.relying_party("Somebody else", None).await;
    let tenant = own.tenant.parse().unwrap();
    let mut seat = Seat::of(&server, Role::Owner, Scope::Tenant(tenant)).await;
    for page in ["/?application=", "/settings/policy?application=", "/api?operation=listUsers&application="] {
        let text = seat.open(&format!("/{tenant}{page}{}", other.client_id)).await.text();
        assert!(
            !text.contains("Somebody else") && !text.contains(&format!("value=\"{}\"", other.client_id)),
            "{page}"
        );
    }
    let fields = [("url", "no address"), ("of", other.client_id.as_str()), ("format", "hex")];
    let text = seat.send(&format!("/{tenant}/webhooks"), &fields).await.text();
    assert!(!text.contains("Somebody else"), "{text}");
}
