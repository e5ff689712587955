//! An application's secrets over time: a second one, one that ends, one that is good from some networks only.

use countersign_server::engine::{Engine, Error, NewNetworks, NewSecret, Rotation};
use countersign_tests::http::{self, Request};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use countersign_tests::server_process::Ended;
use serde_json::Value;

use crate::server;

const DAY: i64 = 24 * 60 * 60 * 1000;

async fn here() -> (ServerHere, RelyingParty) {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    // Secrets are listed by age; two of one millisecond would be in any order.
    server.clock.advance(1);
    (server, cms)
}

fn after(old_end_in: i64) -> Rotation {
    Rotation { old_end_in, expires_at: None, networks: NewNetworks::Same }
}

async fn rotate(engine: &Engine, cms: &RelyingParty, rotation: Rotation) -> Result<NewSecret, Error> {
    engine.rotate_secret(cms.client_id.parse().unwrap(), rotation, &"operator").await
}

/// What a server says of this secret from this address.
async fn status(server: &ServerHere, cms: &RelyingParty, secret: &str, address: &str) -> u16 {
    let address = Some(address.parse().unwrap());
    match server.engine.authenticate(&cms.client_id, secret, address).await {
        Ok(caller) => {
            assert_eq!((caller.id().to_string(), caller.address), (cms.client_id.clone(), address));
            200
        }
        Err(Error::Unauthorized) => 401,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn s33_two_secrets_work_while_one_takes_over_from_the_other() {
    let (server, cms) = here().await;
    let new = rotate(&server.engine, &cms, after(DAY)).await.unwrap();
    assert!(new.text.starts_with("cs_secret_") && !format!("{new:?}").contains(&new.text));
    let at = async |secret: &str| status(&server, &cms, secret, "192.0.2.7").await;
    for _ in 0..2 {
        assert_eq!((at(&cms.client_secret).await, at(&new.text).await), (200, 200));
    }
    assert_eq!(rotate(&server.engine, &cms, after(DAY)).await.unwrap_err(), Error::TwoSecrets);
    server.clock.advance(DAY - 1);
    assert_eq!((at(&cms.client_secret).await, at(&new.text).await), (200, 200));
    // To the millisecond, also for one that was right a moment ago.
    server.clock.advance(1);
    assert_eq!((at(&cms.client_secret).await, at(&new.text).await), (401, 200));
    let third = rotate(&server.engine, &cms, after(0)).await.unwrap();
    server.clock.advance(3_000);
    assert_eq!((at(&new.text).await, at(&third.text).await), (401, 200));
}

#[tokio::test]
async fn s33_operators_who_rotate_at_once_never_make_three() {
    let (server, cms) = here().await;
    let engines: Vec<_> = (0..4).map(|_| server.beside()).collect();
    let racing = engines.iter().map(|engine| rotate(engine, &cms, after(DAY)));
    let made = futures_util::future::join_all(racing).await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1, "{made:?}");
    let refused = made.iter().filter(|made| matches!(made, Err(Error::TwoSecrets)));
    assert_eq!(refused.count(), 3, "{made:?}");
    let all = server.engine.secrets(cms.client_id.parse().unwrap()).await.unwrap();
    assert_eq!(all.iter().filter(|secret| secret.active).count(), 2);
}

#[tokio::test]
async fn s33_a_secret_is_good_from_its_networks_only() {
    let (server, cms) = here().await;
    let networks = vec!["192.0.2.0/24".to_owned(), "2001:db8::/32".to_owned()].try_into().unwrap();
    let only = Rotation { networks: NewNetworks::Only(networks), ..after(0) };
    let new = rotate(&server.engine, &cms, only).await.unwrap().text;
    let cases = [
        ("192.0.2.7", 200),
        ("::ffff:192.0.2.7", 200),
        ("192.0.3.1", 401),
        ("2001:db8:5::1", 200),
        ("2001:db9::1", 401),
        ("127.0.0.1", 401),
    ];
    // Twice: what was believed a moment ago from one address is not from another.
    for (address, wanted) in cases.into_iter().chain(cases) {
        assert_eq!(status(&server, &cms, &new, address).await, wanted, "{address}");
    }
    let unknown = server.engine.authenticate(&cms.client_id, &new, None).await;
    assert_eq!(unknown.unwrap_err(), Error::Unauthorized, "nobody knows from where");
    // The next one takes the list over, unless it is told otherwise.
    let same = rotate(&server.engine, &cms, after(0)).await.unwrap().text;
    assert_eq!(status(&server, &cms, &same, "127.0.0.1").await, 401);
    let wide = Rotation { networks: NewNetworks::Anywhere, ..after(0) };
    let wide = rotate(&server.engine, &cms, wide).await.unwrap().text;
    assert_eq!(status(&server, &cms, &wide, "127.0.0.1").await, 200);
}

#[tokio::test]
async fn s33_a_secret_ends_when_it_was_said_to_and_its_use_is_noted_rarely() {
    let (server, cms) = here().await;
    let ending = Rotation { expires_at: Some(server.clock.now() + DAY), ..after(0) };
    let new = rotate(&server.engine, &cms, ending).await.unwrap().text;
    let used = async || {
        let all = server.engine.secrets(cms.client_id.parse().unwrap()).await.unwrap();
        all.last().unwrap().row.last_used_at
    };
    assert_eq!(used().await, None);
    let first = server.clock.now();
    for (step, noted) in [(0, first), (5_000, first), (600_000, first + 605_000)] {
        server.clock.advance(step);
        assert_eq!(status(&server, &cms, &new, "192.0.2.7").await, 200);
        assert_eq!(used().await, Some(noted));
    }
    server.clock.set(first + DAY);
    assert_eq!(status(&server, &cms, &new, "192.0.2.7").await, 401);
    let late = Rotation { expires_at: Some(server.clock.now()), ..after(0) };
    assert!(matches!(rotate(&server.engine, &cms, late).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn s53_a_refused_secret_is_noted_with_its_address_and_not_at_each_try() {
    let (server, cms) = here().await;
    for _ in 0..20 {
        assert_eq!(status(&server, &cms, "cs_secret_wrong", "192.0.2.7").await, 401);
    }
    let filter = countersign_server::engine::audit::list::EventFilter {
        name: Some("application.refused".to_owned()),
        ..Default::default()
    };
    let tenant = cms.tenant.parse().unwrap();
    let noted = async || server.engine.latest_events(tenant, &filter, 100).await.unwrap();
    let events = noted().await;
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].subject.as_str(), events[0].address.as_deref()),
        (cms.client_id.as_str(), Some("192.0.2.7"))
    );
    server.clock.advance(600_000);
    assert_eq!(status(&server, &cms, "cs_secret_wrong", "192.0.2.8").await, 401);
    assert_eq!(noted().await.len(), 2);
}

#[tokio::test]
async fn s26_after_many_wrong_secrets_even_the_right_one_has_to_wait() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let call = async |secret: &str| {
        let request = Request::new("GET", "/api/v1/users");
        let request = request.header("X-Client-ID", &cms.client_id).header("X-Client-Secret", secret);
        http::send(server.address, &request).await
    };
    let mut refused = 0;
    let too_many = loop {
        let reply = call("cs_secret_wrong").await;
        match reply.status {
            401 => refused += 1,
            _ => break reply,
        }
    };
    // One more is let through with each second that this takes.
    assert!(refused >= 60, "{refused}");
    assert_eq!(too_many.refusal(), (429, "rate_limited".to_owned()));
    let wait: u64 = too_many.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn s33_secrets_are_rotated_and_revoked_by_command_beside_a_running_server() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let application = async |arguments: &[&str]| -> Ended {
        server.program().run(&[&["application"], arguments, &["--json"]].concat()).await
    };
    let json = |ended: &Ended| -> Vec<Value> {
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let id = cms.client_id.as_str();
    let listed = json(&application(&["list", "--tenant", &cms.tenant]).await);
    assert_eq!((listed.len(), listed[0]["client_id"].as_str()), (1, Some(id)));

    let rotated =
        json(&application(&["rotate-secret", "--application", id, "--cidr", "127.0.0.0/8"]).await).remove(0);
    let new =
        RelyingParty { client_secret: rotated["client_secret"].as_str().unwrap().to_owned(), ..cms.clone() };
    assert!(rotated["old_expires_at"].as_str().is_some(), "{rotated}");
    for party in [&cms, &new] {
        assert_eq!(party.call("GET", "/api/v1/users").await.status, 200);
    }
    let third = application(&["rotate-secret", "--application", id]).await;
    assert_eq!(third.code, Some(1));
    assert!(third.stderr.contains("revoke-secret"), "{third:?}");

    let revoke =
        ["revoke-secret", "--application", id, "--secret", rotated["old_secret_id"].as_str().unwrap()];
    assert_eq!(json(&application(&revoke).await)[0]["active_secrets"], 1);
    assert_eq!(application(&revoke).await.code, Some(1), "it has ended");
    let secrets = json(&application(&["secrets", "--application", id]).await);
    let active: Vec<_> = secrets.iter().map(|secret| secret["active"].as_bool().unwrap()).collect();
    assert_eq!((active, &secrets[1]["networks"]), (vec![false, true], &serde_json::json!(["127.0.0.0/8"])));

    let elsewhere = ["rotate-secret", "--application", id, "--now", "--cidr", "192.0.2.0/24"];
    let elsewhere = json(&application(&elsewhere).await).remove(0);
    let elsewhere = RelyingParty {
        client_secret: elsewhere["client_secret"].as_str().unwrap().to_owned(),
        ..cms.clone()
    };
    let wrong = RelyingParty { client_secret: "cs_secret_wrong".to_owned(), ..cms.clone() };
    let (from_here, never) =
        (elsewhere.call("GET", "/api/v1/users").await, wrong.call("GET", "/api/v1/users").await);
    assert_eq!((from_here.status, from_here.text()), (401, never.text()), "the same as a wrong one");
}
