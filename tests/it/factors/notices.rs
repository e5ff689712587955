//! Factors change only with what the policy wants shown, and the person hears of it elsewhere (S49).

use countersign_protocol::answer::Decision;
use countersign_server::engine::{Language, Template};
use countersign_tests::device::Device;
use countersign_tests::relying_party::RelyingParty;
use serde_json::{Value, json};

use super::{NUMBER, OTHER, Ready};

impl Ready {
    /// What sam was told, without codes: where, what, in which language.
    async fn notices(&self) -> Vec<(String, Template, Language)> {
        let messages = self.messages().await.into_iter().filter(|message| message.code.is_none());
        messages.map(|message| (message.to, message.template, message.language)).collect()
    }

    /// A device of `user`'s that has approved a session of `cms`'s: the session.
    async fn approved(&self, cms: &RelyingParty, device: &Device, user: &str) -> Value {
        let session = cms.ask(user).await;
        let challenge = device.challenge(&session.id).await;
        let answer = device.answer(&challenge, Decision::Approve, None);
        device.submit(session.challenge(), &answer).await.expect(200);
        json!(session.id)
    }
}

#[tokio::test]
async fn s49_a_new_factor_is_told_elsewhere_in_the_persons_language_and_so_is_its_end() {
    let ready = Ready::new().await;
    let sam = json!({"user_ref": "sam", "email": "sam@example.org", "language": "ar"});
    ready.cms.post("/api/v1/users/enroll", &sam).await.expect(201);
    let (id, _) = ready.totp().await;
    let to = "sam@example.org".to_owned();
    assert_eq!(ready.notices().await, [(to.clone(), Template::FactorAdded, Language::Ar)]);
    ready.server.clock.advance(1_000);
    ready.remove(&id).await.expect(200);
    assert_eq!(ready.notices().await[1], (to, Template::FactorRemoved, Language::Ar));
}

#[tokio::test]
async fn s49_whoever_adds_a_number_or_address_is_not_the_one_who_is_told() {
    let ready = Ready::new().await;
    ready.contact("sms", NUMBER).await;
    assert!(ready.notices().await.is_empty(), "there is nothing else to tell it by");
    ready.contact("email", "sam@example.org").await;
    ready.contact("sms", OTHER).await;
    let told: Vec<_> = ready.notices().await.into_iter().map(|(to, template, _)| (to, template)).collect();
    let expected = [(NUMBER, Template::FactorAdded), ("sam@example.org", Template::FactorAdded)];
    assert_eq!(told, expected.map(|(to, template)| (to.to_owned(), template)));
}

#[tokio::test]
async fn s49_a_pending_factor_is_no_place_to_tell_things_by() {
    let ready = Ready::new().await;
    ready.add(json!({"type": "email", "to": "thief@example.org"})).await.expect(201);
    ready.contact("sms", NUMBER).await;
    ready.add(json!({"type": "recovery"})).await.expect(201);
    let told: Vec<_> = ready.notices().await.into_iter().map(|(to, ..)| to).collect();
    assert_eq!(told, [NUMBER]);
}

#[tokio::test]
async fn s49_where_the_policy_wants_proof_a_fresh_sign_in_by_the_strongest_factor_is_needed() {
    let ready = Ready::new().await;
    ready.policy("factor_changes", "proof").await;
    let refused = (403, "fresh_sign_in_required".to_owned());
    // Whoever has nothing yet has nothing to show.
    let (totp, _) = ready.totp().await;
    assert_eq!(ready.add(json!({"type": "recovery"})).await.refusal(), refused);
    assert_eq!(ready.remove(&totp).await.refusal(), refused);
    let phone = Device::enroll(ready.server.address, &ready.cms.link("sam").await).await;
    let session = ready.approved(&ready.cms, &phone, "sam").await;
    ready.add(json!({"type": "recovery", "session_id": session})).await.expect(201);
    ready.server.clock.advance(600_001);
    phone.renew_nonce().await;
    let late = ready.add(json!({"type": "recovery", "session_id": session})).await;
    assert_eq!(late.refusal(), refused, "ten minutes are over");
    let fresh = ready.approved(&ready.cms, &phone, "sam").await;
    let target = format!(
        "/api/v1/users/sam/factors/{}?session_id={}",
        totp.as_str().unwrap(),
        fresh.as_str().unwrap()
    );
    ready.cms.call("DELETE", &target).await.expect(200);
}

#[tokio::test]
async fn s49_no_other_session_proves_anything() {
    let ready = Ready::new().await;
    ready.policy("factor_changes", "proof").await;
    let tenant = ready.cms.tenant.parse().unwrap();
    let neighbour = ready.server.application(tenant, "Neighbour").await;
    let stranger = ready.server.relying_party("Stranger", None).await;
    let phone = Device::enroll(ready.server.address, &ready.cms.link("sam").await).await;
    let other = Device::enroll(ready.server.address, &ready.cms.link("alex").await).await;
    let strangers = Device::enroll(ready.server.address, &stranger.link("sam").await).await;
    let with =
        async |session: Value| ready.add(json!({"type": "totp", "session_id": session})).await.refusal();
    let refused = (403, "fresh_sign_in_required".to_owned());
    assert_eq!(with(ready.approved(&ready.cms, &other, "alex").await).await, refused, "another person's");
    assert_eq!(with(ready.approved(&neighbour, &phone, "sam").await).await, refused, "another application's");
    let theirs = ready.approved(&stranger, &strangers, "sam").await;
    assert_eq!(with(theirs).await, (404, "session_not_found".to_owned()), "another tenant's");
    let waiting = ready.cms.ask("sam").await;
    assert_eq!(with(json!(waiting.id)).await, refused, "one that waits");
    let denial = phone.answer(&phone.challenge(&waiting.id).await, Decision::Deny, None);
    phone.submit(waiting.challenge(), &denial).await.expect(200);
    assert_eq!(with(json!(waiting.id)).await, refused, "one that was denied");
}

#[tokio::test]
async fn s49_the_first_code_of_a_factor_proves_nothing_about_the_others() {
    let ready = Ready::new().await;
    ready.policy("factor_changes", "proof").await;
    let added = ready.add(json!({"type": "sms", "to": NUMBER})).await.expect(201);
    ready.verify(&added["factor"]["id"], &ready.code_to(NUMBER).await).await.expect(200);
    let refused = ready.add(json!({"type": "totp", "session_id": added["session_id"]})).await;
    assert_eq!(refused.refusal(), (403, "fresh_sign_in_required".to_owned()));
}
