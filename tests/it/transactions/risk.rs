//! The three risk profiles.

use countersign_protocol::answer::Decision;
use countersign_protocol::base64url;
use countersign_protocol::jws::Purpose;
use countersign_protocol::risk::Risk;
use countersign_protocol::rule::Rule;
use countersign_server::engine::policy::Factor;
use countersign_server::engine::{Begin, Error, Origin, Standing};
use countersign_tests::key::claims;
use serde_json::json;

use super::{Place, waits_for};

impl Place {
    /// A rule of sam's that approves this application from one network.
    async fn give_rule(&self) {
        let now = u64::try_from(self.server.clock.now() / 1000).unwrap();
        let rule = Rule {
            iss: self.phone.id,
            aud: self.phone.server.clone(),
            jti: base64url(&[7; 16]),
            app: self.cms.client_id.clone(),
            app_name: "Case Management".to_owned(),
            network: "192.0.2.0/24".parse().unwrap(),
            iat: now,
            exp: now + 86_400,
        };
        let signed = self.phone.keys.verification.sign(Purpose::Rule, &rule);
        self.phone.renew_nonce().await;
        self.phone.call("POST", "/api/v1/device/rules", &json!({"rule": signed})).await.expect(201);
    }

    async fn at_home(&self, risk: Option<Risk>) -> Begin {
        let origin = Origin { address: "192.0.2.7".parse().ok(), ..Origin::default() };
        Begin { risk, origin, at_once: Some(Factor::Push), ..self.plain().await }
    }
}

#[tokio::test]
async fn a_rule_approves_at_1_and_at_2_and_3_the_person_is_asked() {
    let place =
        Place::with(&[("auto_accept", "on"), ("pending_limit", "0"), ("pushes_per_minute", "0")]).await;
    place.give_rule().await;
    for risk in [None, Some(Risk::Ordinary)] {
        let begun = place.begin(place.at_home(risk).await).await;
        assert_eq!((begun.standing, place.standing(&begun).await), (Standing::Approved, Standing::Approved));
        let transaction = place.look(&begun).await;
        let device = place.engine().device_of_transaction(&transaction).await.unwrap();
        assert_eq!(device, Some(place.phone.id.to_string()));
    }
    for risk in [Risk::Raised, Risk::High] {
        let begun = place.begin(place.at_home(Some(risk)).await).await;
        assert_eq!(waits_for(begun.standing), Some(Factor::Push));
        place.decide(&begun, Decision::Approve).await;
        assert_eq!(place.standing(&begun).await, Standing::Approved);
    }
    // Chosen on the page, it is judged the same.
    let begun = place.begin(Begin { at_once: None, ..place.at_home(None).await }).await;
    place.choose(&begun, Factor::Push).await.unwrap();
    assert_eq!(place.standing(&begun).await, Standing::Approved);
}

#[tokio::test]
async fn s13_at_3_the_verification_key_signs_and_no_code_is_enough() {
    let place = Place::new().await;
    let begun = place.begin(Begin { risk: Some(Risk::High), ..place.plain().await }).await;
    let ways = place.engine().ways(&place.look(&begun).await).await.unwrap();
    assert_eq!(ways.iter().map(|way| way.kind).collect::<Vec<_>>(), [Factor::Push]);
    assert_eq!(place.choose(&begun, Factor::Sms).await, Err(Error::FactorTooWeak("sms")));
    place.choose(&begun, Factor::Push).await.unwrap();
    let question = place.look(&begun).await.question.unwrap();
    let challenge = place.phone.challenge(&question.to_string()).await;
    assert_eq!((&claims(&challenge)["verify"], &claims(&challenge)["risk"]), (&json!(true), &json!(3)));
}

#[tokio::test]
async fn s13_an_access_rule_that_wants_the_person_verified_leaves_only_the_phone() {
    let place = Place::new().await;
    place.engine().add_access_rule(place.scope(), "anyone", "verify", &"operator").await.unwrap();
    place.server.clock.advance(super::NOTICED);
    let begun = place.open().await;
    let ways = place.engine().ways(&place.look(&begun).await).await.unwrap();
    assert_eq!(ways.iter().map(|way| way.kind).collect::<Vec<_>>(), [Factor::Push]);
    assert_eq!(place.choose(&begun, Factor::Sms).await, Err(Error::FactorTooWeak("sms")));
}
