//! `application web` and `application end-token`, beside a running server, and what is logged of secrets in addresses.

use countersign_tests::http::{self, Request};
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::json;

use super::{KIM, query};
use crate::{SERVER, server};

#[tokio::test]
async fn an_applications_settings_for_the_web_are_made_changed_shown_and_taken_away() {
    let server = server().await;
    let shop = server.relying_party("Web Shop").await;
    let program = server.program();
    let web = async |more: &[&str]| {
        program.json(&[&["application", "web", "--application", &shop.client_id][..], more].concat()).await
    };
    let none = json!({"client_id": shop.client_id, "set": false, "redirect_uris": [], "match": "origin",
        "asks_at_once": "none", "legacy_check": "off", "pending_word": "nil"});
    assert_eq!(web(&[]).await, none);
    let made =
        web(&["--redirect-uri", "https://Shop.example.org/auth", "--redirect-uri", "http://localhost:8080/"])
            .await;
    assert_eq!(made["redirect_uris"], json!(["https://shop.example.org/auth", "http://localhost:8080/"]));
    let changes =
        ["--match", "exact", "--asks-at-once", "push", "--legacy-check", "on", "--pending-word", "null"];
    let changed = web(&changes).await;
    assert_eq!(changed["redirect_uris"], made["redirect_uris"], "what is not given stays");
    let words = ["match", "asks_at_once", "legacy_check", "pending_word"].map(|name| changed[name].clone());
    assert_eq!(words, ["exact", "push", "on", "null"].map(|word| json!(word)));
    assert_eq!(web(&[]).await, changed);
    let listed = program.run(&["audit", "list", "--tenant", &shop.tenant, "--json"]).await;
    assert!(listed.stdout.contains("application.web"), "{listed:?}");
    assert_eq!(web(&["--off"]).await, none);
}

#[tokio::test]
async fn what_cannot_be_registered_is_refused_and_what_is_dangerous_is_said() {
    let server = server().await;
    let shop = server.relying_party("Web Shop").await;
    let program = server.program();
    let web = async |more: &[&str]| {
        program.run(&[&["application", "web", "--application", &shop.client_id][..], more].concat()).await
    };
    for uri in [
        "https://shop.example.org@evil.example/",
        "https://shop.example.org/#x",
        "javascript:alert(1)",
        "shop",
    ] {
        let refused = web(&["--redirect-uri", uri]).await;
        assert!(
            refused.code == Some(1) && refused.stderr.contains("cannot be registered"),
            "{uri}: {refused:?}"
        );
    }
    let open = web(&["--redirect-uri", "http://shop.example.org/"]).await;
    assert!(
        open.code == Some(0) && open.stdout.contains("Warning: http://shop.example.org/ is not https"),
        "{open:?}"
    );
    let here = web(&["--redirect-uri", "http://localhost:8080/"]).await;
    assert!(!here.stdout.contains("Warning"), "{here:?}");
    let legacy = web(&["--legacy-check", "on"]).await;
    assert!(legacy.stdout.contains("Warning: whoever sees a channel"), "{legacy:?}");
    let nothing = program
        .run(&["application", "web", "--application", &shop.client_id, "--off", "--match", "exact"])
        .await;
    assert_eq!(nothing.code, Some(2), "{nothing:?}");
}

#[tokio::test]
async fn a_token_is_ended_by_an_operator() {
    let server = server().await;
    let shop = server.relying_party("Web Shop").await;
    shop.enroll(KIM).await;
    let own = query(&[("uid", &shop.client_id), ("secret", &shop.client_secret), ("email", KIM)]);
    let made =
        http::send(server.address, &Request::new("POST", &format!("/api/v9/create_token?{own}"))).await;
    let token = made.expect(200)["token"].as_str().unwrap().to_owned();
    let bearer =
        Request::new("POST", "/api/v9/authenticate").header("Authorization", &format!("Bearer {token}"));
    http::send(server.address, &bearer).await.expect(200);
    let end = ["application", "end-token", "--application", &shop.client_id, "--user", KIM];
    assert_eq!(server.program().json(&end).await, json!({"ended": true}));
    assert_eq!(http::send(server.address, &bearer).await.status, 403);
    let again = server.program().run(&end).await;
    assert!(again.code == Some(1) && again.stderr.contains("has no token for that person"), "{again:?}");
}

#[tokio::test]
async fn s53_nothing_secret_of_an_address_or_a_form_is_logged() {
    let program = Program::new(SERVER).env("COUNTERSIGN_LOG", "trace");
    let mut server = ServerProcess::start(program).await;
    let shop = server.relying_party("Web Shop").await;
    shop.enroll(KIM).await;
    let mut secrets = vec![shop.client_secret.clone(), KIM.to_owned(), "kim%40example.org".to_owned()];
    let own = [("uid", shop.client_id.as_str()), ("secret", &shop.client_secret), ("email", KIM)];
    let target =
        |name: &str, more: &[(&str, &str)]| format!("/api/v9/{name}?{}", query(&[&own[..], more].concat()));
    let get = async |target: String| http::send(server.address, &Request::new("GET", &target)).await;
    let begun = get(target("authenticate", &[])).await.expect(200);
    let channel = begun["channel"].as_str().unwrap().to_owned();
    let made = get(target("create_token", &[])).await.expect(200);
    let token = made["token"].as_str().unwrap().to_owned();
    for (name, more) in [
        ("check", [("channel", channel.as_str()), ("otp", "483920")]),
        ("otp_verify", [("channel", &channel), ("otp", "483920")]),
        ("get_user_by_websocket_channel", [("websocket_channel", &channel), ("otp", "483920")]),
        ("no_such_call", [("channel", &channel), ("otp", "483920")]),
        ("authenticate", [("timeout", "cs_secret_in_the_wrong_place"), ("otp", "483920")]),
    ] {
        get(target(name, &more)).await;
        http::send(server.address, &Request::new("POST", &format!("/api/v9/{name}")).body(query(&more)))
            .await;
    }
    let bearer = Request::new("POST", "/api/v9/check").header("Authorization", &format!("Bearer {token}x"));
    http::send(server.address, &bearer.body(query(&[("channel", &channel)]))).await;
    let log = server.terminate().await;
    assert!(log.contains("authenticate"), "routes are logged");
    secrets.extend([channel, token, "483920".to_owned(), "cs_secret_in_the_wrong_place".to_owned()]);
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
}
