//! Every page and form there is, by every role (S40, S52): the list is the server's own route table, so a new route is here
//! the moment that it is there.

use countersign_protocol::id::TenantId;
use countersign_server::engine::console::{Role, Scope};
use countersign_server::{ConsoleGate as Gate, console_table};
use countersign_tests::browser::Browser;
use countersign_tests::http::Request;
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;

/// The address with something in the place of what is named in it; its tenant is this one.
fn filled(path: &str, tenant: TenantId) -> String {
    let mut pieces = Vec::new();
    for piece in path.split('/') {
        pieces.push(match piece {
            "{tenant}" => tenant.to_string(),
            named if named.starts_with('{') => "nothing".to_owned(),
            plain => plain.to_owned(),
        });
    }
    pieces.join("/")
}

/// A page or a form with nothing in it but what makes it ours.
async fn ask(seat: &mut Seat, method: &str, path: &str) -> u16 {
    match method {
        "GET" => seat.open(path).await.status,
        _ => seat.send(path, &[]).await.status,
    }
}

fn may(gate: Gate, role: Role) -> bool {
    match gate {
        Gate::Own => true,
        Gate::Server(what) | Gate::Tenant(what) => role.may(what),
    }
}

#[tokio::test]
async fn s52_each_route_is_open_to_the_roles_that_it_names_and_to_no_other() {
    let server = ServerHere::start().await;
    let tenant: TenantId = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    for role in Role::ALL {
        for scope in [Scope::Tenant(tenant), Scope::Server] {
            let operator = Seat::operator(&server, role, scope).await;
            for (method, path, gate) in console_table() {
                // A session of its own for each: some routes end it.
                let mut seat = Seat::signed_in(&server, &operator).await;
                let status = ask(&mut seat, method, &filled(path, tenant)).await;
                let what = format!("{method} {path} as {} of {scope:?}: {status}", role.as_str());
                assert!(status < 500 && status != 401, "{what}");
                if matches!(gate, Gate::Server(_)) && scope != Scope::Server {
                    assert_eq!(status, 404, "{what}");
                } else {
                    assert_eq!(status == 403, !may(gate, role), "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn s40_another_tenants_pages_are_not_there() {
    let server = ServerHere::start().await;
    let own: TenantId = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let other: TenantId = server.relying_party("Shop", None).await.tenant.parse().unwrap();
    let nobody = TenantId(uuid::Uuid::from_u128(7));
    for role in Role::ALL {
        let operator = Seat::operator(&server, role, Scope::Tenant(own)).await;
        for (method, path, _) in console_table().into_iter().filter(|(_, path, _)| path.contains("{tenant}"))
        {
            for foreign in [other, nobody] {
                let mut seat = Seat::signed_in(&server, &operator).await;
                let status = ask(&mut seat, method, &filled(path, foreign)).await;
                assert_eq!(status, 404, "{method} {path} as {}", role.as_str());
            }
        }
    }
}

#[tokio::test]
async fn s52_whoever_is_not_signed_in_sees_nothing_and_does_nothing() {
    let server = ServerHere::start().await;
    let tenant: TenantId = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let made_up = format!("cs-console={}", countersign_protocol::base64url(&[7; 32]));
    for cookies in [vec![], vec![made_up], vec!["cs-console=".to_owned()]] {
        let mut browser = Browser { cookies, ..Browser::new(server.address) };
        for (method, path, _) in console_table() {
            let address = format!("/console{}", filled(path, tenant));
            if method == "GET" {
                let reply = browser.open(&address).await;
                assert_eq!(reply.status, 303, "{address}");
                assert!(reply.header("location").unwrap().contains("console/sign-in?to="), "{address}");
            } else {
                assert_eq!(browser.post(&address, &[]).await.status, 401, "{address}");
            }
        }
    }
}

#[tokio::test]
async fn s52_a_form_counts_only_when_a_page_of_ours_sent_it() {
    let server = ServerHere::start().await;
    let tenant: TenantId = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let operator = Seat::operator(&server, Role::Owner, Scope::Server).await;
    let other = Seat::signed_in(&server, &operator).await;
    for (_, path, _) in console_table().into_iter().filter(|(method, ..)| *method == "POST") {
        let address = format!("/console{}", filled(path, tenant));
        let seat = Seat::signed_in(&server, &operator).await;
        let form = |token: &str| {
            Request::new("POST", &address)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(format!("form={token}"))
        };
        let own = seat.form_token();
        let forged = [
            form(&own).header("Origin", "https://evil.example"),
            form(&own).header("Origin", "null"),
            form(&own).header("Sec-Fetch-Site", "cross-site"),
            form(&own).header("Sec-Fetch-Site", "same-site"),
            form(""),
            // Of another session of the same operator's.
            form(&other.form_token()),
        ];
        for request in forged {
            let mut browser = seat.browser.clone();
            let reply = browser.send(request.clone()).await;
            assert_eq!(reply.status, 403, "{request:?}");
        }
        let as_json = Request::new("POST", &address).header("Content-Type", "application/json").body("{}");
        let status = seat.browser.clone().send(as_json).await.status;
        assert!([400, 403].contains(&status), "{address}: {status}");
    }
}

#[tokio::test]
async fn every_page_forbids_what_it_does_not_need_and_is_kept_by_nobody() {
    let server = ServerHere::start().await;
    let tenant: TenantId = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await;
    for (_, path, _) in console_table().into_iter().filter(|(method, ..)| *method == "GET") {
        let reply = seat.open(&filled(path, tenant)).await;
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        if reply.status == 200
            && reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))
        {
            let policy = reply.header("content-security-policy").unwrap();
            assert!(
                policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
                "{path}"
            );
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
            let html = reply.text();
            for forbidden in [" style=\"", "<script>", " onclick=", "<style"] {
                assert!(!html.contains(forbidden), "{path} has {forbidden}");
            }
        }
    }
}
