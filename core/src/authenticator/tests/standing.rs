//! Standing permissions: offered only where the server's signature says so, signed by the person's key, listed as theirs.

use countersign_protocol::challenge::Challenge;
use countersign_protocol::jws::Purpose;
use countersign_protocol::risk::Risk;
use countersign_protocol::rule::Rule;

use super::*;
use crate::keys::KeyError;
use crate::testing::{SERVER_TIME, Signer, listen};

fn allowed(challenge: &mut Challenge) {
    challenge.rules_allowed = true;
}

#[tokio::test]
async fn property_4_a_rule_is_signed_by_the_verification_key_for_what_was_shown() {
    let (phone, listening) = (phone(), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask_with(device, allowed);
    assert!(phone.authenticator.inbox(0).await.unwrap().pending[0].rules_allowed);
    let offer = phone.authenticator.rule_offer(id).await.unwrap();
    assert_eq!((offer.application(), offer.network().to_string().as_str()), ("Payroll", "192.0.2.7/32"));
    let made = phone.authenticator.make_rule(&offer, 7).await.unwrap();
    assert_eq!((made.made_at, made.ends_at), (SERVER_TIME, SERVER_TIME + 7 * 86_400));
    assert!(phone.keys.contexts().contains(&"Payroll".to_owned()), "the prompt names the application");

    let verification = phone.authenticator.inner.account(&account).unwrap().keys.verification;
    let sent = listening.server.rules(device).remove(0);
    let rule = Rule::verify(&sent, &verification).unwrap();
    assert_eq!(rule.check_new(&listening.server.base, device, SERVER_TIME), Ok(()));
    assert_eq!((rule.app.as_str(), rule.jti.as_str()), ("app_payroll", made.id.as_str()));

    let listed = phone.authenticator.rules(&account).await.unwrap();
    assert_eq!((listed.rules.as_slice(), listed.foreign), ([made.clone()].as_slice(), 0));
    phone.authenticator.end_rule(&account, &made.id).await.unwrap();
    assert!(phone.authenticator.rules(&account).await.unwrap().rules.is_empty());
    // As when the reply to the first was lost and it is sent once more.
    phone.authenticator.end_rule(&account, &made.id).await.unwrap();
}

#[tokio::test]
async fn property_4_no_rule_is_offered_where_the_server_does_not_allow_one() {
    type Case = (fn(&mut Challenge), &'static str);
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let changes: [Case; 4] = [
        (|_| (), "rules_not_allowed"),
        (|c| (c.rules_allowed, c.risk) = (true, Risk::Raised), "rules_not_allowed"),
        (|c| (c.rules_allowed, c.context.ip) = (true, None), "rule_not_possible"),
        (|c| (c.rules_allowed, c.app.id) = (true, None), "rule_not_possible"),
    ];
    for (change, code) in changes {
        let id = listening.server.ask_with(device, change);
        let pending = phone.authenticator.inbox(0).await.unwrap().pending;
        assert!(pending.iter().all(|p| !p.rules_allowed), "{code}");
        assert_eq!(phone.authenticator.rule_offer(id).await.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn property_4_days_out_of_bounds_and_a_refused_prompt_make_no_rule() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask_with(device, allowed);
    let offer = phone.authenticator.rule_offer(id).await.unwrap();
    for days in [0, 31, u32::MAX] {
        assert_eq!(phone.authenticator.make_rule(&offer, days).await.unwrap_err().code(), "rule_days");
    }
    phone.keys.refuse(Some(KeyError::Cancelled));
    assert_eq!(phone.authenticator.make_rule(&offer, 30).await.unwrap_err().code(), "cancelled");
    phone.keys.refuse(None);
    assert!(listening.server.rules(device).is_empty());
    phone.authenticator.make_rule(&offer, 30).await.unwrap();
}

#[tokio::test]
async fn property_4_a_rule_that_this_device_did_not_sign_is_not_listed_as_its_own() {
    let (phone, listening) = (phone(), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask_with(device, allowed);
    let offer = phone.authenticator.rule_offer(id).await.unwrap();
    phone.authenticator.make_rule(&offer, 1).await.unwrap();
    let own = listening.server.rules(device).remove(0);
    let claims = countersign_protocol::jws::peek::<Rule>(&own, Purpose::Rule).unwrap();
    listening.server.plant_rule(device, Signer::new().jws(Purpose::Rule, claims.peek()));
    listening.server.plant_rule(device, "nonsense".into());
    let listed = phone.authenticator.rules(&account).await.unwrap();
    assert_eq!((listed.rules.len(), listed.foreign), (1, 2));
    for id in ["", "../server-keys", "nonsense", &"A".repeat(43)] {
        assert_eq!(
            phone.authenticator.end_rule(&account, id).await.unwrap_err().code(),
            "unknown_rule",
            "{id}"
        );
    }
}
