//! What real clients send, byte for byte as it was captured or stands in their source, and what they must be answered.

use countersign_server::engine::WebChanges;
use countersign_tests::http::Reply;
use countersign_tests::oauth::text;

use super::{KIM, NO_APPLICATION, NOBODY, NOT_FOUND, Ready, told};

/// A GET of PHP's curl, as the WordPress plugin sends it.
fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nConnection: close\r\n\r\n")
}

/// A form of Python's requests or Ruby's HTTP library.
fn form(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: python-requests/2.31.0\r\nAccept: */*\r\n\
         Content-Length: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// A POST with everything in the query and an empty body, as Apache's HTTP client sends it.
fn empty_post(target: &str) -> String {
    format!("POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

impl Ready {
    /// Bytes whose length is known only once id and secret stand in them.
    async fn form(&self, path: &str, body: &str, channel: &str) -> Reply {
        let body = body.replace("{U}", &self.shop.client_id).replace("{S}", &self.shop.client_secret);
        self.raw(&form(path, &body.replace("{C}", channel)), "").await
    }
}

#[track_caller]
fn channel(reply: &Reply) -> String {
    let channel = text(&reply.expect(200)["channel"]);
    assert!(channel.len() == 72 && channel.starts_with("ch_"), "{channel}");
    channel
}

#[tokio::test]
async fn what_the_wordpress_plugin_sends() {
    let ready = Ready::new().await;
    ready.set(WebChanges { legacy_check: Some(true), ..WebChanges::default() }).await;
    let valid = ready.raw(&get("/api/v9/is_application_valid?&uid={U}&secret={S}"), "").await;
    told(&valid, 200, r#"{"valid":true}"#);
    let asks = "/api/v9/authenticate_with_options?message=WordPress+is+wishing+to+authorize&type=Login\
                &email=kim@example.org&uid={U}&secret={S}";
    let begun = ready.raw(&get(asks), "").await;
    let channel = channel(&begun);
    told(&begun, 200, &format!(r#"{{"channel":"{channel}","success":true,"status":"pending"}}"#));
    let check = ready.raw(&get("/api/v9/check?channel={C}&email=kim@example.org"), &channel).await;
    told(&check, 200, &ready.answered("pending"));
    let user = ready.raw(&get("/api/v9/is_user_valid?email=kim@example.org&uid={U}&secret={S}"), "").await;
    told(&user, 200, r#"{"valid":true,"registration_state":"finished","device_paired":true}"#);
}

#[tokio::test]
async fn what_the_django_sample_sends() {
    let ready = Ready::new().await;
    let asks = "uid={U}&secret={S}&email=kim%40example.org&message=Django+is+wishing+to+authorize";
    let channel = channel(&ready.form("/api/v9/authenticate_with_options", asks, "").await);
    let check = "uid={U}&secret={S}&email=kim%40example.org&channel={C}";
    told(&ready.form("/api/v9/check", check, &channel).await, 200, &ready.answered("pending"));
}

#[tokio::test]
async fn what_the_cas_module_sends() {
    let ready = Ready::new().await;
    let user = "/api/v9/is_user_valid?uid={U}&secret={S}&email=kim%40example.org";
    assert_eq!(ready.raw(&empty_post(user), "").await.expect(200)["device_paired"], true);
    let asks = "/api/v9/authenticate_with_options?uid={U}&secret={S}&email=kim%40example.org\
                &message=CAS+wishes+to+authorize&timeout=60&auth_type=1&jwt=eyJhbGciOiJIUzI1NiJ9.e30.x";
    let channel = channel(&ready.raw(&empty_post(asks), "").await);
    let check = "/api/v9/check?uid={U}&secret={S}&email=kim%40example.org&channel={C}";
    told(&ready.raw(&empty_post(check), &channel).await, 200, &ready.answered("pending"));
    let who = "/api/v9/get_user_by_websocket_channel?uid={U}&secret={S}&websocket_channel={C}";
    let who = ready.raw(&empty_post(who), &channel).await;
    told(&who, 200, r#"{"success":false,"user_email":"","message":"the sign-in is not approved"}"#);
    // It tells these two apart by their status.
    let wrong = "/api/v9/authenticate_with_options?uid={U}&secret=wrong&email=kim%40example.org";
    told(&ready.raw(&empty_post(wrong), "").await, 403, NO_APPLICATION);
    let nobody = "/api/v9/authenticate_with_options?uid={U}&secret={S}&email=nobody%40example.org";
    told(&ready.raw(&empty_post(nobody), "").await, 401, NOBODY);
}

#[tokio::test]
async fn what_the_play_sample_sends() {
    let ready = Ready::new().await;
    let asks = "/api/v9/authenticate?uid={U}&secret={S}&email=kim@example.org&message=Play&type=Login\
                &callback_url=http://localhost:9000/auth";
    channel(&ready.raw(&empty_post(asks), "").await);
    let wrong = ready.raw(&empty_post("/api/v9/authenticate?uid=x&secret=y&email=kim@example.org"), "").await;
    told(&wrong, 403, NO_APPLICATION);
}

#[tokio::test]
async fn what_the_go_and_cake_samples_send() {
    let ready = Ready::new().await;
    ready.set(WebChanges { legacy_check: Some(true), ..WebChanges::default() }).await;
    let go = "/api/v9/authenticate?timeout=60&message=Go&type=Login&email=kim@example.org&uid={U}&secret={S}";
    let channel_of_go = channel(&ready.raw(&get(go), "").await);
    assert_eq!(ready.kim.inbox().await.len(), 1, "it waits for a push without saying so");
    let check = get("/api/v9/check?channel={C}&email=kim@example.org");
    told(&ready.raw(&check, &channel_of_go).await, 200, &ready.answered("pending"));
    let cake = "/api/v9/authenticate_with_options?message=Cake&type=Login&timeout=90&email=kim@example.org\
                &uid={U}&secret={S}";
    let channel_of_cake = channel(&ready.raw(&get(cake), "").await);
    let check = get("/api/v9/check?email=kim@example.org&channel={C}");
    told(&ready.raw(&check, &channel_of_cake).await, 200, &ready.answered("pending"));
    told(&ready.raw(&check, "").await, 200, NOT_FOUND);
}

#[tokio::test]
async fn what_the_casino_fork_sends() {
    let ready = Ready::new().await;
    let channel = ready.begin(&[]).await;
    let (uid, secret) = (&ready.shop.client_id, &ready.shop.client_secret);
    let json = format!(r#"{{"uid":"{uid}","secret":"{secret}","email":"{KIM}","channel":"{channel}"}}"#);
    let head = "POST /api/v9/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    let check = format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n{json}", json.len());
    told(&ready.raw(&check, "").await, 200, &ready.answered("pending"));
}

#[tokio::test]
async fn what_the_redmine_plugin_and_the_ruby_gem_send() {
    let ready = Ready::new().await;
    let made = ready.form("/api/v9/create_token", "uid={U}&secret={S}&email=kim%40example.org", "").await;
    assert_eq!(made.expect(200)["success"], true);
    let token = text(&made.json()["token"]);
    told(&made, 200, &format!(r#"{{"success":true,"token":"{token}"}}"#));
    let bearer = format!("Authorization: Bearer {token}\r\nConnection: close\r\n");
    let redmine = "/api/v9/authenticate_with_options?oauth=true&type=Login&message=Redmine&timeout=60\
                   &ip_address=10.0.0.9&remote_ip_address=192.0.2.7&hash1=a&hash2=b&hash3=c&hash4=d";
    let begun = ready.raw(&empty_post(redmine).replace("Connection: close\r\n", &bearer), "").await;
    let first = channel(&begun);
    assert_eq!(begun.json()["status"], "pending");
    let check = form("/api/v8/check", &format!("channel={first}")).replace("Connection: close\r\n", &bearer);
    told(&ready.raw(&check, "").await, 200, &ready.answered("pending"));
    let gem =
        empty_post("/api/v8/authenticate?message=Gem&type=Login").replace("Connection: close\r\n", &bearer);
    let second = channel(&ready.raw(&gem, "").await);
    assert_ne!(first, second);
    assert_eq!(ready.kim.inbox().await.len(), 1, "the gem's call always pushes");
}
