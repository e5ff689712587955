//! `/oauth/token` itself: which carriers it reads, who may ask, whose words it answers in, and every row of refusals that
//! needs no second factor.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_server::engine::oauth::OauthChanges;
use countersign_tests::http::{Connection, Reply, Request};
use countersign_tests::oauth::{AUTH0_GRANTS, OauthParty, PASSWORD, text};
use countersign_tests::server_here::ServerHere;
use serde_json::{Value, json};

use super::{USER, refused, stage};

/// Whoever has no factor is let in by the password.
async fn lenient_stage() -> (ServerHere, OauthParty) {
    let (server, bank) = stage().await;
    bank.set(&server, "demand", "enrolled").await;
    (server, bank)
}

fn post(body: impl Into<Vec<u8>>) -> Request {
    Request::new("POST", "/oauth/token").body(body)
}

fn password_grant() -> [(&'static str, &'static str); 3] {
    [("grant_type", "password"), ("username", USER), ("password", PASSWORD)]
}

#[tokio::test]
async fn a_right_password_begins_a_login_whose_token_proves_nothing_else() {
    let (_server, bank) = stage().await;
    let reply = bank.login(USER, &[]).await;
    refused(&reply, 403, "mfa_required", "Multifactor authentication required");
    let body = reply.json();
    let token = text(&body["mfa_token"]);
    assert_eq!(body.as_object().unwrap().len(), 3, "{body}");
    assert!(token.starts_with("mfa_") && token.len() == 73, "{token}");
    assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{token}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let again = bank.mfa_token(USER).await;
    assert_ne!(token, again);
}

#[tokio::test]
async fn the_body_of_auth0_python_with_its_nulls() {
    let (_server, bank) = lenient_stage().await;
    let body = json!({
        "client_id": bank.party.client_id, "username": USER, "password": PASSWORD, "realm": null, "scope": null,
        "audience": null, "grant_type": format!("{AUTH0_GRANTS}password-realm"),
        "client_secret": bank.party.client_secret,
    });
    let json = post(body.to_string()).header("Content-Type", "application/json");
    for request in [json, post(body.to_string()), post(format!("\n {body}"))] {
        let tokens = bank.send(&request).await.expect(200);
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(86_400)));
        let names: Vec<_> = tokens.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["access_token", "expires_in", "token_type"], "no scope was asked for");
    }
    let realm = [("realm", "Username-Password-Authentication"), ("scope", "openid offline_access")];
    let grant = format!("{AUTH0_GRANTS}password-realm");
    let all = [&[("grant_type", grant.as_str())], &password_grant()[1..], &realm[..]].concat();
    let tokens = bank.token(&all).await.expect(200);
    assert_eq!(tokens["scope"], "openid offline_access");
    assert!(tokens["id_token"].is_string() && tokens["refresh_token"].is_string(), "{tokens}");
}

#[tokio::test]
async fn an_application_shows_itself_as_basic_or_in_the_body_or_by_its_id_alone() {
    let (server, bank) = lenient_stage().await;
    let (id, secret) = (&bank.party.client_id, &bank.party.client_secret);
    let basic = |pair: String| format!("Basic {}", STANDARD.encode(pair));
    let own = "grant_type=password&username=sam%40example.org&password=correct+horse+battery+staple";
    let good = basic(format!("{id}:{secret}"));
    let encoded = basic(format!("{}:{}", id.replace('_', "%5F"), secret.replace('_', "%5F")));
    for header in [&good, &encoded] {
        let request = post(own).header("Authorization", header);
        assert_eq!(bank.send(&request).await.status, 200);
    }
    let both = post(format!("{own}&client_id={id}&client_secret={secret}")).header("Authorization", &good);
    assert_eq!(bank.send(&both).await.status, 200);
    let two = post(format!("{own}&client_id={id}x")).header("Authorization", &good);
    let reply = bank.send(&two).await;
    assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()));
    for (request, challenged) in [
        (post(own), false),
        (post(format!("{own}&client_id={id}")), false),
        (post(format!("{own}&client_id={id}&client_secret=cs_secret_x")), false),
        (post(format!("{own}&client_id=app_x&client_secret={secret}")), false),
        (post(own).header("Authorization", &basic(format!("{id}:x"))), true),
        (post(own).header("Authorization", "Basic !"), true),
        (
            Request::new("POST", &format!("/oauth/token?client_id={id}&client_secret={secret}")).body(own),
            false,
        ),
    ] {
        let reply = bank.send(&request).await;
        refused(&reply, 401, "access_denied", "Unauthorized");
        assert_eq!(reply.header("www-authenticate").is_some(), challenged, "{request:?}");
    }
    let spa = bank.beside(&server, "auth0", true).await;
    spa.set(&server, "demand", "enrolled").await;
    assert_eq!(spa.login(USER, &[]).await.status, 200);
}

#[tokio::test]
async fn an_application_that_is_no_oauth_client_is_told_what_an_unknown_one_is() {
    let (server, bank) = stage().await;
    let party = server.application(bank.tenant(), "Case Management").await;
    let plain = OauthParty { party, ..bank.clone() };
    refused(&plain.login(USER, &[]).await, 401, "access_denied", "Unauthorized");
}

#[tokio::test]
async fn nothing_is_read_from_the_query_and_only_post_and_put_act() {
    let (server, bank) = lenient_stage().await;
    let own = "grant_type=password&username=sam%40example.org&password=correct+horse+battery+staple";
    let (id, secret) = (&bank.party.client_id, &bank.party.client_secret);
    let body = format!("{own}&client_id={id}&client_secret={secret}");
    for method in ["GET", "HEAD", "DELETE", "PATCH"] {
        for target in ["/oauth/token".to_owned(), format!("/oauth/token?{body}")] {
            let mut connection = Connection::open(server.address).await.unwrap();
            connection.write(&Request::new(method, &target).bytes(server.address, false)).await;
            let head = connection.head().await;
            let told = (head.status, head.header("allow"));
            assert_eq!(told, (405, Some("POST, PUT")), "{method} {target}");
        }
    }
    let reply = bank.send(&Request::new("POST", &format!("/oauth/token?{body}"))).await;
    refused(&reply, 400, "invalid_request", "Missing required parameter: grant_type");
    let put = Request::new("PUT", "/oauth/token").body(body);
    assert_eq!(bank.send(&put).await.status, 200);
    let got = bank.send(&Request::new("GET", "/oauth/token")).await.json();
    assert_eq!(got["error"], "method_not_allowed");
    assert!(got["error_description"].is_string());
    let nowhere = bank.send(&Request::new("POST", "/oauth/nowhere")).await;
    assert_eq!(nowhere.refusal(), (404, "not_found".to_owned()));
    assert!(nowhere.json()["error_description"].is_string());
}

#[tokio::test]
async fn each_flavour_has_its_own_grants() {
    let (server, bank) = lenient_stage().await;
    let mdm = bank.beside(&server, "reltio", false).await;
    let tokens = bank.login(USER, &[]).await.expect(200);
    assert_eq!((&tokens["token_type"], tokens.get("refresh_token")), (&json!("Bearer"), None));
    let tokens = mdm.login(USER, &[]).await.expect(200);
    assert_eq!(tokens["token_type"], "bearer");
    assert!(tokens["refresh_token"].is_string(), "{tokens}");
    let grants = |words: &[&str]| OauthChanges {
        grants: Some(words.iter().map(|word| (*word).to_owned()).collect()),
        ..OauthChanges::default()
    };
    let otp = format!("{AUTH0_GRANTS}mfa-otp");
    for (party, grant) in [(&bank, "state_token"), (&mdm, otp.as_str())] {
        let reply = party.token(&[("grant_type", grant)]).await;
        assert_eq!(reply.json()["error"], "unauthorized_client", "{}", reply.text());
    }
    bank.change(&server, grants(&["client_credentials"])).await;
    let told = "Grant type 'password' not allowed for the client.";
    refused(&bank.login(USER, &[]).await, 403, "unauthorized_client", told);
    let own = bank.token(&[("grant_type", "client_credentials")]).await.expect(200);
    assert_eq!((&own["token_type"], own.get("refresh_token")), (&json!("Bearer"), None));
}

#[tokio::test]
async fn what_is_missing_or_unknown_is_said_with_its_name() {
    let (_server, bank) = stage().await;
    for (parameters, name) in [
        (&[("scope", "openid")][..], "grant_type"),
        (&[("grant_type", "password"), ("password", "x")], "username"),
        (&[("grant_type", "password"), ("username", USER)], "password"),
        (&[("grant_type", "password"), ("username", USER), ("password", "")], "password"),
        (&[("grant_type", "refresh_token")], "refresh_token"),
    ] {
        let told = format!("Missing required parameter: {name}");
        refused(&bank.token(parameters).await, 400, "invalid_request", &told);
    }
    let reply = bank.token(&[("grant_type", "urn:x")]).await;
    refused(&reply, 400, "unsupported_grant_type", "Unsupported grant type: urn:x");
    let twice = post("grant_type=password&grant_type=password");
    refused(&bank.send(&twice).await, 400, "invalid_request", "grant_type is there twice");
    let number = post(json!({"grant_type": 5}).to_string());
    refused(&bank.send(&number).await, 400, "invalid_request", "grant_type must be a text");
    let long = bank.login(USER, &[("scope", &"x".repeat(1_001))]).await;
    assert_eq!(long.refusal(), (400, "invalid_request".to_owned()));
    let elsewhere = bank.login(USER, &[("audience", "https://api.example.org/")]).await;
    refused(&elsewhere, 403, "access_denied", "Service not found: https://api.example.org/");
    let large = bank.send(&post(vec![b'x'; 70_000])).await;
    assert_eq!(large.refusal(), (413, "invalid_request".to_owned()));
}

#[tokio::test]
async fn s27_an_unknown_name_and_a_wrong_password_are_the_same_reply() {
    let (_server, bank) = stage().await;
    let wrong = |user: &'static str| [("grant_type", "password"), ("username", user), ("password", "no")];
    let (known, unknown) = (bank.token(&wrong(USER)).await, bank.token(&wrong("nobody@example.org")).await);
    refused(&known, 403, "invalid_grant", "Wrong email or password.");
    assert_eq!(known.body, unknown.body);
    let names = |reply: &Reply| reply.headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!((known.status, names(&known)), (unknown.status, names(&unknown)));
    // Nor by what is asked for: an audience that the application may not have is refused before anybody is looked up.
    let extras = [("audience", "https://api.example.org/")];
    let (known, unknown) = (bank.login(USER, &extras).await, bank.login("nobody@example.org", &extras).await);
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
}

#[tokio::test]
async fn s26_after_many_wrong_passwords_the_wait_is_said() {
    let (_server, bank) = stage().await;
    let wrong = [("grant_type", "password"), ("username", USER), ("password", "no such password")];
    for _ in 0..10 {
        refused(&bank.token(&wrong).await, 403, "invalid_grant", "Wrong email or password.");
    }
    let reply = bank.login(USER, &[]).await;
    assert_eq!(reply.refusal(), (429, "too_many_attempts".to_owned()));
    assert!(reply.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
}

#[tokio::test]
async fn a_refresh_token_gives_way_to_the_next_and_the_scope_is_told() {
    let (_server, bank) = lenient_stage().await;
    let first = bank.login(USER, &[("scope", "openid offline_access read:x")]).await.expect(200);
    let refresh = |token: &Value| {
        let token = text(token);
        let bank = bank.clone();
        async move { bank.token(&[("grant_type", "refresh_token"), ("refresh_token", &token)]).await }
    };
    let second = refresh(&first["refresh_token"]).await.expect(200);
    assert_eq!((&second["token_type"], &second["scope"]), (&json!("Bearer"), &first["scope"]));
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let told = "Unknown or invalid refresh token.";
    refused(&refresh(&json!("none")).await, 403, "invalid_grant", told);
    refused(&refresh(&json!("a|b*c")).await, 403, "invalid_grant", told);
}
