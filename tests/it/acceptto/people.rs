//! Whether applications and people are known, and who signed in.

use countersign_protocol::answer::Decision;
use countersign_tests::http::{self, Request};

use super::{ALEX, KIM, NO_APPLICATION, Ready, post_as, send_form, told};

#[tokio::test]
async fn whether_somebody_is_known_and_has_something_to_answer_with() {
    let ready = Ready::new().await;
    let ask = async |email: &str| ready.post("v9/is_user_valid", &[("email", email)]).await;
    let finished = r#"{"valid":true,"registration_state":"finished","device_paired":true}"#;
    told(&ask(KIM).await, 200, finished);
    told(&ask("Kim@Example.org").await, 200, finished);
    told(&ask(ALEX).await, 200, r#"{"valid":true,"registration_state":"started","device_paired":false}"#);
    let unknown = r#"{"valid":false,"registration_state":"started","device_paired":false}"#;
    told(&ask("nobody@example.org").await, 200, unknown);
    assert_eq!(ask("").await.refusal(), (400, "invalid_request".to_owned()));
    let wrong = [("uid", ready.shop.client_id.as_str()), ("secret", "wrong"), ("email", KIM)];
    told(&send_form(&ready.shop, "v9/is_user_valid", &wrong, None).await, 403, NO_APPLICATION);
}

#[tokio::test]
async fn somebody_is_found_by_an_address_that_is_theirs_alone() {
    let ready = Ready::new().await;
    let person = |name: &str, email: &str| serde_json::json!({"user_ref": name, "email": email});
    let target = "/api/v1/users/enroll";
    ready.shop.post(target, &person("e-1", "robin@example.org")).await.expect(201);
    let valid = async || {
        let reply = ready.post("v9/is_user_valid", &[("email", "robin@example.org")]).await;
        reply.expect(200)["valid"].clone()
    };
    assert_eq!(valid().await, true);
    ready.shop.post(target, &person("e-2", "robin@example.org")).await.expect(201);
    assert_eq!(valid().await, false, "that of two people is nobody's");
}

#[tokio::test]
async fn whether_id_and_secret_are_right_is_never_403() {
    let ready = Ready::new().await;
    told(&ready.post("v9/is_application_valid", &[]).await, 200, r#"{"valid":true}"#);
    let secret = ready.shop.client_secret.as_str();
    for pairs in [
        [("uid", ready.shop.client_id.as_str()), ("secret", "wrong")],
        [("uid", ready.shop.client_id.as_str()), ("secret", "")],
        [("uid", "app_unknown"), ("secret", secret)],
        [("uid", ""), ("secret", secret)],
    ] {
        let reply = send_form(&ready.shop, "v9/is_application_valid", &pairs, None).await;
        told(&reply, 200, r#"{"valid":false}"#);
    }
    let bare = http::send(ready.server.address, &Request::new("GET", "/api/v9/is_application_valid")).await;
    told(&bare, 200, r#"{"valid":false}"#);
}

#[tokio::test]
async fn who_signed_in_is_told_of_an_approved_sign_in_to_its_own_application() {
    let ready = Ready::new().await;
    let other = ready.server.application(ready.shop.tenant.parse().unwrap(), "Another").await;
    let name = "v9/get_user_by_websocket_channel";
    let channel = ready.begin(&[("auth_type", "1")]).await;
    let pairs = [("websocket_channel", channel.as_str())];
    let pending = r#"{"success":false,"user_email":"","message":"the sign-in is not approved"}"#;
    told(&ready.post(name, &pairs).await, 200, pending);
    ready.answer(Decision::Approve).await;
    let kim = r#"{"success":true,"user_email":"kim@example.org","message":""}"#;
    told(&ready.post(name, &pairs).await, 200, kim);
    let unknown = r#"{"success":false,"user_email":"","message":"Transaction not found!"}"#;
    told(&post_as(&other, name, &pairs).await, 200, unknown);
    told(&ready.post(name, &[("websocket_channel", "x")]).await, 200, unknown);
    told(&ready.post(name, &[]).await, 200, unknown);
    let nobody = send_form(&ready.shop, name, &pairs, None).await.expect(200);
    assert_eq!((&nobody["success"], &nobody["user_email"]), (&false.into(), &"".into()));
    let denied = ready.begin(&[("auth_type", "1")]).await;
    ready.answer(Decision::Deny).await;
    told(&ready.post(name, &[("websocket_channel", &denied)]).await, 200, pending);
}

#[tokio::test]
async fn an_address_that_the_application_does_not_ask_with_is_not_told() {
    let ready = Ready::new().await;
    // Known to the shop as kim@example.org; the private address could be somebody else's name there.
    let change = serde_json::json!({"user_ref": KIM, "email": "private@example.org"});
    ready.shop.post("/api/v1/users/enroll", &change).await.expect(201);
    let channel = ready.begin(&[("auth_type", "1")]).await;
    ready.answer(Decision::Approve).await;
    let pairs = [("websocket_channel", channel.as_str())];
    let told = ready.post("v9/get_user_by_websocket_channel", &pairs).await.expect(200);
    assert_eq!(told["user_email"], KIM);
}
