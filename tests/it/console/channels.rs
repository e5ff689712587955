//! Channels: keys for programs that verify numbers, each good from its own addresses alone.

use countersign_protocol::id::TenantId;
use countersign_server::engine::console::{Role, Scope};
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;

const THERE: &str = "192.0.2.7";

async fn world(role: Role) -> (ServerHere, TenantId, Seat) {
    let server = ServerHere::start().await;
    let tenant = server.relying_party("Clinic", None).await.tenant.parse().unwrap();
    let seat = Seat::of(&server, role, Scope::Tenant(tenant)).await;
    (server, tenant, seat)
}

fn key_on(page: &str) -> String {
    let at = page.find("<code>cs_channel_").expect("a key");
    page[at + "<code>".len()..].split('<').next().unwrap().to_owned()
}

async fn works(server: &ServerHere, key: &str, from: &str) -> bool {
    server.engine.channel_with_key(key, Some(from.parse().unwrap())).await.is_ok()
}

#[tokio::test]
async fn s33_a_channels_key_is_shown_once_works_from_its_addresses_and_is_rotated() {
    let (server, tenant, mut seat) = world(Role::Admin).await;
    let list = format!("/{tenant}/channels");
    let fields = [("name", "Website"), ("networks", "192.0.2.0/28"), ("country", "sa")];
    let page = seat.send(&list, &fields).await.text();
    let key = key_on(&page);
    assert!(works(&server, &key, THERE).await && !works(&server, &key, "198.51.100.1").await);
    let id = server.engine.channels(tenant).await.unwrap()[0].id;
    let own = format!("{list}/{id}");
    for path in [&list, &own] {
        let page = seat.open(path).await.text();
        assert!(page.contains("Website") && !page.contains(&key), "{page}");
    }
    let page = seat.send(&format!("{own}/rotate"), &[("old", "24h")]).await.text();
    let newer = key_on(&page);
    assert!(works(&server, &key, THERE).await && works(&server, &newer, THERE).await);
    let reply = seat.send(&format!("{own}/rotate"), &[("old", "24h")]).await;
    assert_eq!(reply.status, 400, "two work already");
    assert!(reply.text().contains("Two keys of this channel work already"));
    let newest = key_on(&seat.send(&format!("{own}/rotate"), &[("old", "now")]).await.text());
    assert!(!works(&server, &key, THERE).await && !works(&server, &newer, THERE).await);
    assert!(works(&server, &newest, THERE).await);
}

#[tokio::test]
async fn addresses_change_and_a_channel_is_disabled_and_enabled() {
    let (server, tenant, mut seat) = world(Role::Owner).await;
    let list = format!("/{tenant}/channels");
    let key = key_on(&seat.send(&list, &[("name", "Website"), ("networks", THERE)]).await.text());
    let own = format!("{list}/{}", server.engine.channels(tenant).await.unwrap()[0].id);
    let fields = [("networks", "198.51.100.0/24 2001:db8::/32"), ("country", "")];
    let page = seat.done(&format!("{own}/place"), &fields).await.text();
    assert!(page.contains("198.51.100.0/24") && page.contains("id=\"done\""), "{page}");
    assert!(works(&server, &key, "198.51.100.1").await && !works(&server, &key, THERE).await);
    for _ in 0..2 {
        let page = seat.done(&format!("{own}/disable"), &[]).await.text();
        assert!(page.contains("class=\"state bad\""), "{page}");
    }
    assert!(!works(&server, &key, "198.51.100.1").await);
    seat.done(&format!("{own}/enable"), &[]).await;
    assert!(works(&server, &key, "198.51.100.1").await);
}

#[tokio::test]
async fn s33_no_key_is_made_that_is_good_from_anywhere() {
    let (server, tenant, seat) = world(Role::Admin).await;
    let list = format!("/{tenant}/channels");
    for language in ["en", "ar"] {
        let mut seat = seat.clone().speaking(language);
        for (name, networks, country) in [
            ("Website", "", ""),
            ("Website", "0.0.0.0/0", ""),
            ("Website", "::/0", ""),
            ("Website", "192.0.2.7/24", ""),
            ("Website", "office", ""),
            ("", THERE, ""),
            ("Website", THERE, "XX"),
        ] {
            let fields = [("name", name), ("networks", networks), ("country", country)];
            let reply = seat.send(&list, &fields).await;
            assert_eq!(reply.status, 400, "{fields:?}");
            let page = reply.text();
            assert!(page.contains("id=\"problem\"") && page.contains(networks), "{page}");
        }
    }
    assert!(server.engine.channels(tenant).await.unwrap().is_empty());
}

#[tokio::test]
async fn s40_another_tenants_channel_is_not_there() {
    let (server, tenant, mut seat) = world(Role::Owner).await;
    let other: TenantId = server.relying_party("Shop", None).await.tenant.parse().unwrap();
    let mut their_owner = Seat::of(&server, Role::Owner, Scope::Tenant(other)).await;
    let fields = [("name", "Website"), ("networks", THERE)];
    let key = key_on(&their_owner.send(&format!("/{other}/channels"), &fields).await.text());
    let id = server.engine.channels(other).await.unwrap()[0].id;
    let theirs = format!("/{tenant}/channels/{id}");
    assert_eq!(seat.open(&theirs).await.status, 404);
    for (form, fields) in [
        ("place", vec![("networks", "198.51.100.1")]),
        ("rotate", vec![("old", "now")]),
        ("disable", vec![]),
        ("enable", vec![]),
    ] {
        assert_eq!(seat.send(&format!("{theirs}/{form}"), &fields).await.status, 404, "{form}");
    }
    assert!(works(&server, &key, THERE).await);
}
