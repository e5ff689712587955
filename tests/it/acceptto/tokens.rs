//! Tokens in the place of the secret: what they are good for, and that they end.

use countersign_protocol::answer::Decision;
use countersign_server::engine::{NewNetworks, Rotation};
use countersign_tests::http::Reply;
use countersign_tests::oauth::{NOTICED, text};

use super::{ALEX, KIM, NO_APPLICATION, NOBODY, NOT_FOUND, Ready, post_as, send_form, told, with_token};

impl Ready {
    async fn token(&self, email: &str) -> String {
        text(&self.post("v9/create_token", &[("email", email)]).await.expect(200)["token"])
    }

    async fn by_token(&self, token: &str, name: &str, pairs: &[(&str, &str)]) -> Reply {
        with_token(&self.shop, token, name, pairs).await
    }

    fn id(&self) -> countersign_server::engine::ApplicationId {
        self.shop.client_id.parse().unwrap()
    }
}

#[tokio::test]
async fn a_token_asks_one_person_and_reads_what_came_of_it() {
    let ready = Ready::new().await;
    let token = ready.token(KIM).await;
    assert_eq!(token, ready.token(KIM).await, "told again, and not anew");
    let begun = ready.by_token(&token, "v9/authenticate_with_options", &[("auth_type", "1")]).await;
    let channel = text(&begun.expect(200)["channel"]);
    let pairs = [("channel", channel.as_str())];
    told(&ready.by_token(&token, "v9/check", &pairs).await, 200, &ready.answered("pending"));
    ready.answer(Decision::Approve).await;
    told(&ready.by_token(&token, "v8/check", &pairs).await, 200, &ready.answered("approved"));
    assert_eq!(ready.check(&channel).await, ready.answered("approved"), "the secret reads it too");
    let user = ready.by_token(&token, "v9/is_user_valid", &[]).await.expect(200);
    assert_eq!(user["valid"], true);
}

#[tokio::test]
async fn a_token_is_about_nobody_else() {
    let ready = Ready::new().await;
    let (kims, alexs) = (ready.token(KIM).await, ready.token(ALEX).await);
    let refused = ready.by_token(&kims, "v9/authenticate", &[("email", ALEX)]).await;
    told(&refused, 401, NOBODY);
    let channel = ready.begin(&[("auth_type", "1")]).await;
    let pairs = [("channel", channel.as_str())];
    told(&ready.by_token(&alexs, "v9/check", &pairs).await, 200, NOT_FOUND);
    ready.answer(Decision::Approve).await;
    let who = [("websocket_channel", channel.as_str())];
    let told_alex = ready.by_token(&alexs, "v9/get_user_by_websocket_channel", &who).await.expect(200);
    assert_eq!((&told_alex["success"], &told_alex["user_email"]), (&false.into(), &"".into()));
    let other = ready.server.application(ready.shop.tenant.parse().unwrap(), "Another").await;
    let beside = [("uid", other.client_id.as_str()), ("secret", &other.client_secret)];
    told(&ready.by_token(&kims, "v9/authenticate", &beside).await, 403, NO_APPLICATION);
}

#[tokio::test]
async fn s33_a_forged_token_is_refused_and_one_that_was_ended() {
    let ready = Ready::new().await;
    let token = ready.token(KIM).await;
    let (head, proof) = token.rsplit_once('_').unwrap();
    let (_, of_alex) =
        ready.token(ALEX).await.rsplit_once('_').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let forged = [
        format!("{head}_{}", "A".repeat(43)),
        format!("{head}_{of_alex}"),
        format!("{head}_"),
        head.to_owned(),
        format!("{token}x"),
        format!("cs_access_{}", "0".repeat(78)),
        proof.to_owned(),
        ready.shop.client_secret.clone(),
        String::new(),
    ];
    for forged in forged {
        told(&ready.by_token(&forged, "v9/authenticate", &[]).await, 403, NO_APPLICATION);
    }
    ready.server.engine.end_authorization(ready.id(), KIM, &"operator").await.unwrap();
    told(&ready.by_token(&token, "v9/authenticate", &[]).await, 403, NO_APPLICATION);
    assert!(
        ready.server.engine.end_authorization(ready.id(), KIM, &"operator").await.is_err(),
        "there is none"
    );
    let new = ready.token(KIM).await;
    assert_ne!(new, token);
    told(&ready.by_token(&token, "v9/authenticate", &[]).await, 403, NO_APPLICATION);
    ready.by_token(&new, "v9/authenticate", &[]).await.expect(200);
}

#[tokio::test]
async fn s33_a_token_is_good_where_the_secrets_are() {
    let ready = Ready::new().await;
    let token = ready.token(KIM).await;
    let networks = vec!["198.51.100.0/24".to_owned()].try_into().unwrap();
    let only = Rotation { old_end_in: 0, expires_at: None, networks: NewNetworks::Only(networks) };
    ready.server.engine.rotate_secret(ready.id(), only, &"operator").await.unwrap();
    ready.server.clock.advance(NOTICED);
    told(&ready.by_token(&token, "v9/authenticate", &[]).await, 403, NO_APPLICATION);
    let anywhere = Rotation { old_end_in: 0, expires_at: None, networks: NewNetworks::Anywhere };
    ready.server.engine.rotate_secret(ready.id(), anywhere, &"operator").await.unwrap();
    ready.server.clock.advance(NOTICED);
    ready.by_token(&token, "v9/authenticate", &[]).await.expect(200);
}

#[tokio::test]
async fn why_there_is_no_token_is_said_with_200() {
    let ready = Ready::new().await;
    let nobody = ready.post("v9/create_token", &[("email", "nobody@example.org")]).await;
    told(&nobody, 200, r#"{"success":false,"message":"Acceptto email not registered!"}"#);
    let wrong = [("uid", ready.shop.client_id.as_str()), ("secret", "wrong"), ("email", KIM)];
    let wrong = send_form(&ready.shop, "v9/create_token", &wrong, None).await;
    let no_application = "Invalid uid and secret combination, application not found!";
    told(&wrong, 200, &format!(r#"{{"success":false,"message":"{no_application}"}}"#));
    let foreign = ready.server.relying_party("Elsewhere", None).await;
    assert_eq!(post_as(&foreign, "v9/create_token", &[("email", KIM)]).await.expect(200)["success"], false);
}
