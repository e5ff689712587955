//! Administrators: what they may do, for whom, and what they have to show.

use countersign_server::engine::Template;
use countersign_tests::mailbox;
use countersign_tests::oauth::{OauthParty, text};
use serde_json::json;

use super::{ROOTS, Ready, SAM, details};

const ADA: &str = "ada@example.org";
const ROLE: &str = "ROLE_ADMIN_CUSTOMER";

/// Sam has an app; ada is an administrator without one, and this is her token.
async fn with_ada() -> (Ready, String) {
    let ready = Ready::new().await;
    ready.party.person(&ready.server, ADA).await;
    ready.server.engine.add_role(ready.party.tenant(), ADA, ROLE, &"operator").await.unwrap();
    let token = text(&ready.party.login(ADA, &[]).await.expect(200)["access_token"]);
    (ready, token)
}

#[tokio::test]
async fn an_administrator_looks_and_resets_under_both_roots_and_the_person_is_told() {
    for (root, name) in [(ROOTS[0], "sam@example.org"), (ROOTS[1], "SAM%40example.org")] {
        let (ready, ada) = with_ada().await;
        ready.enrolled().await;
        let look = format!("{root}/{name}/mfaDetails");
        assert_eq!(ready.get(&look, &ada).await.expect(200), details(true, false));
        let reset = format!("{root}/{name}/mfa/resetQRCodeEnroll");
        for _ in 0..2 {
            assert_eq!(ready.put(&reset, &ada).await.expect(200), json!({}), "once more is no error");
        }
        assert_eq!(ready.get(&look, &ada).await.expect(200), details(false, false));
        let mails = mailbox::waiting(&ready.server).await;
        let told: Vec<_> = mails.iter().filter(|mail| mail.template == Template::FactorRemoved).collect();
        assert_eq!((told.len(), told[0].to.as_str()), (1, SAM));
    }
}

#[tokio::test]
async fn s40_another_tenants_people_are_nobody() {
    let (ready, ada) = with_ada().await;
    let other = OauthParty::of_new_tenant(&ready.server, "reltio", "other.example.org").await;
    other.person(&ready.server, "kim@example.org").await;
    let seed = other.give_totp(&ready.server, "kim@example.org").await;
    let reset = |name: &str| format!("/users/{name}/mfa/resetQRCodeEnroll");
    let look = |name: &str| format!("/users/{name}/mfaDetails");
    let (foreign, nobody) = ("kim@example.org", "nobody@example.org");
    for pair in [
        [ready.put(&reset(foreign), &ada).await, ready.put(&reset(nobody), &ada).await],
        [ready.get(&look(foreign), &ada).await, ready.get(&look(nobody), &ada).await],
    ] {
        assert_eq!(pair[0].refusal(), (404, "user_not_found".to_owned()));
        assert_eq!(pair[0].text(), pair[1].text());
    }
    ready.server.clock.advance(30_000);
    let state = text(&other.login(foreign, &[]).await.expect(200)["state_token"]["token"]);
    let code = ready.code(&seed, 0);
    other.token(&[("grant_type", "state_token"), ("state_token", &state), ("totp", &code)]).await.expect(200);
}

#[tokio::test]
async fn a_role_is_looked_at_when_it_is_used() {
    let (ready, ada) = with_ada().await;
    ready.enrolled().await;
    let sam = ready.put("/users/sam@example.org/mfa/resetQRCodeEnroll", &ada).await;
    sam.expect(200);
    ready.server.engine.remove_role(ready.party.tenant(), ADA, ROLE, &"operator").await.unwrap();
    for name in ["sam@example.org", "nobody@example.org"] {
        let reset = ready.put(&format!("/users/{name}/mfa/resetQRCodeEnroll"), &ada).await;
        let look = ready.get(&format!("/users/{name}/mfaDetails"), &ada).await;
        assert_eq!(reset.refusal(), (403, "access_denied".to_owned()), "{name}");
        assert_eq!(look.refusal(), (403, "access_denied".to_owned()), "{name}");
    }
}

#[tokio::test]
async fn s49_an_administrator_with_a_factor_shows_it_first() {
    let (ready, stolen) = with_ada().await;
    ready.enrolled().await;
    let seed = ready.party.give_totp(&ready.server, ADA).await;
    let reset = "/users/sam@example.org/mfa/resetQRCodeEnroll";
    let refused = ready.put(reset, &stolen).await;
    assert_eq!(refused.refusal(), (401, "insufficient_user_authentication".to_owned()));
    ready.server.clock.advance(30_000);
    let state = text(&ready.party.login(ADA, &[]).await.expect(200)["state_token"]["token"]);
    let fresh = text(&ready.goes_on(&state, &ready.code(&seed, 0)).await.expect(200)["access_token"]);
    ready.put(reset, &fresh).await.expect(200);
    ready.server.clock.advance(601_000);
    assert_eq!(ready.put(reset, &fresh).await.refusal().0, 401, "ten minutes later once more");
}

#[tokio::test]
async fn somebody_whose_name_is_a_word_of_the_path_is_reached() {
    let (ready, ada) = with_ada().await;
    ready.party.person(&ready.server, "mfa").await;
    assert_eq!(ready.put("/users/mfa/mfa/resetQRCodeEnroll", &ada).await.expect(200), json!({}));
    assert_eq!(ready.get("/users/mfa/mfaDetails", &ada).await.expect(200), details(false, false));
    assert_eq!(ready.put("/users/a%2Fb/mfa/resetQRCodeEnroll", &ada).await.refusal().0, 404);
}
