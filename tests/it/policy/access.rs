//! From where sign-ins may come.

use countersign_tests::key::claims;
use serde_json::{Value, json};

use super::Place;

fn from(address: &str) -> Value {
    json!({"number_match": true, "context": {"ip": address}})
}

#[tokio::test]
async fn networks_are_allowed_refused_or_need_the_verification_key() {
    let place = Place::with(&[("pending_limit", "0"), ("pushes_per_minute", "0")]).await;
    let engine = &place.server.engine;
    for (matches, effect) in [("192.0.2.0/24", "allow"), ("2001:db8::/32", "verify"), ("anyone", "deny")] {
        engine.add_access_rule(place.scope(), matches, effect, &"operator").await.unwrap();
    }
    place.server.clock.advance(super::NOTICED);
    let (_, office) = place.asked(from("192.0.2.7")).await;
    assert_eq!(claims(&office)["verify"], false);
    let (_, home) = place.asked(from("2001:db8::7")).await;
    assert_eq!(claims(&home)["verify"], true);
    let waiting = place.phone.inbox().await.len();
    for refused in [from("198.51.100.1"), json!({}), json!({"context": {"ip": "::ffff:198.51.100.1"}})] {
        assert_eq!(place.send(refused).await.refusal(), (403, "refused_by_policy".to_owned()));
    }
    assert_eq!(place.phone.inbox().await.len(), waiting);
}

#[tokio::test]
async fn a_rule_of_one_application_concerns_no_other() {
    let place = Place::with(&[]).await;
    let payroll = place.server.application(place.scope().tenant, "Payroll").await;
    let scope = countersign_server::engine::policy::Scope {
        application: Some(payroll.client_id.parse().unwrap()),
        ..place.scope()
    };
    let rule = place.server.engine.add_access_rule(scope, "anyone", "deny", &"operator").await.unwrap();
    place.server.clock.advance(super::NOTICED);
    let body = json!({"user_ref": "sam"});
    assert_eq!(payroll.post("/api/v1/mfa/send", &body).await.status, 403);
    place.send(json!({})).await.expect(200);
    place.server.engine.remove_access_rule(scope.tenant, &rule, &"operator").await.unwrap();
    place.server.clock.advance(super::NOTICED);
    payroll.post("/api/v1/mfa/send", &body).await.expect(200);
}
