//! People, their passwords and roles, and OAuth clients, all by command.

use serde_json::{Value, json};

use super::storm::{bank, sign_in};
use crate::server;

const RIGHT: &str = "a long and secret password";

#[tokio::test]
async fn a_person_is_made_with_an_address_a_password_and_roles() {
    let server = server().await;
    let bank = bank(&server).await;
    let program = server.program();
    let who = ["--tenant", bank.tenant.as_str()];
    let create = [
        "user",
        "create",
        "--email",
        "Ben@X.example",
        "--password-fd",
        "0",
        "--role",
        "ROLE_B",
        "--role",
        "ROLE_A",
    ];
    let made = program
        .run_with(&[&create[..], &who, &["--json"]].concat(), format!("{RIGHT}\r\nmore\n").as_bytes())
        .await;
    let facts: Value = serde_json::from_str(&made.stdout).unwrap();
    assert_eq!((&facts["user_ref"], &facts["password_set"]), (&json!("ben@x.example"), &json!(true)));
    for name in ["ben@x.example", "BEN@x.example"] {
        assert_eq!(sign_in(server.address, &bank, name, RIGHT).await.refusal().1, "mfa_required");
    }
    let ben = [&who[..], &["--user-ref", "ben@x.example"]].concat();
    let roles = async |words: &[&str]| {
        program.json(&[&["user", "role"], words, &ben].concat()).await["roles"].clone()
    };
    assert_eq!(roles(&["list"]).await, json!(["ROLE_A", "ROLE_B"]));
    assert_eq!(roles(&["add", "ROLE_C"]).await, json!(["ROLE_A", "ROLE_B", "ROLE_C"]));
    assert_eq!(roles(&["remove", "ROLE_B"]).await, json!(["ROLE_A", "ROLE_C"]));
    let again = program.run(&[&["user", "role", "remove", "ROLE_B"][..], &ben].concat()).await;
    assert!(again.code == Some(1) && again.stderr.contains("user role list"), "{again:?}");
    let set = [&["user", "set-password", "--password-fd", "0"][..], &ben].concat();
    assert_eq!(program.run_with(&set, b"  another one  ").await.code, Some(0));
    assert_eq!(
        sign_in(server.address, &bank, "ben@x.example", "  another one  ").await.refusal().1,
        "mfa_required"
    );
    assert_eq!(sign_in(server.address, &bank, "ben@x.example", RIGHT).await.refusal().1, "invalid_grant");
}

#[tokio::test]
async fn s53_a_password_is_taken_from_no_argument_and_stands_in_no_log() {
    let mut server = server().await;
    let bank = bank(&server).await;
    let program = server.program().clone();
    let create = ["user", "create", "--tenant", &bank.tenant, "--email", "ben@x.example"];
    let by_argument = program.run(&[&create[..], &["--password", RIGHT]].concat()).await;
    assert_eq!(by_argument.code, Some(2), "what stands there, others on the machine can see");
    let made = program.run_with(&[&create[..], &["--password-fd", "0"]].concat(), RIGHT.as_bytes()).await;
    assert_eq!(made.code, Some(0), "{made:?}");
    assert_eq!(sign_in(server.address, &bank, "ben@x.example", RIGHT).await.status, 403);
    assert_eq!(sign_in(server.address, &bank, RIGHT, "typed into the wrong field").await.status, 403);
    let log = program.run(&["audit", "list", "--tenant", &bank.tenant]).await.stdout;
    assert!(log.contains("user.password_accepted") && log.contains("user.password_refused"), "{log}");
    let written = [made.stdout, made.stderr, log, server.terminate().await].concat();
    assert!(!written.contains(RIGHT), "{written}");
}

#[tokio::test]
async fn what_is_no_password_is_refused_before_anything_is_done() {
    let server = server().await;
    let bank = server.relying_party("Online Banking").await;
    let program = server.program();
    let create =
        ["user", "create", "--tenant", &bank.tenant, "--email", "ben@x.example", "--password-fd", "0"];
    let long = "x".repeat(5_000);
    for (input, why) in [
        ("", "nothing in it"),
        ("\nsecond line", "nothing in it"),
        ("short\n", "8 to 256"),
        ("ben@x.example\n", "own name"),
        (&long, "too long"),
    ] {
        let refused = program.run_with(&create, input.as_bytes()).await;
        assert!(refused.code == Some(1) && refused.stderr.contains(why), "{input}: {refused:?}");
    }
    let no_text = program.run_with(&create, b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8").await;
    assert!(no_text.code == Some(1) && no_text.stderr.contains("UTF-8"), "{no_text:?}");
    let role = program.run_with(&[&create[..], &["--role", "admin"]].concat(), RIGHT.as_bytes()).await;
    assert!(role.code == Some(1) && role.stderr.contains("ROLE_ADMIN_CUSTOMER"), "{role:?}");
    let listed = bank.call("GET", "/api/v1/users").await.expect(200);
    assert_eq!(listed["users"], json!([]), "nobody was made");
}

#[tokio::test]
async fn an_application_becomes_an_oauth_client_and_is_changed_and_shown() {
    let server = server().await;
    let bank = server.relying_party("Online Banking").await;
    let program = server.program();
    let oauth = async |more: &[&str]| {
        program.json(&[&["application", "oauth", "--application", &bank.client_id][..], more].concat()).await
    };
    assert_eq!(oauth(&[]).await["oauth"], json!(false));
    let made = oauth(&["--flavour", "auth0", "--public", "--origin", "https://App.example.org/"]).await;
    assert_eq!((&made["flavour"], &made["public"]), (&json!("auth0"), &json!(true)));
    assert_eq!(made["origins"], json!(["https://app.example.org"]));
    assert_eq!(made["grants"].as_array().unwrap().len(), 6);
    assert_eq!(
        (&made["settings"]["demand"], &made["settings"]["rejected"]),
        (&json!("always"), &json!("invalid_grant"))
    );
    let set = ["--set", "demand=enrolled", "--audience", "https://api.example.org/"];
    let changed =
        oauth(&[&["--confidential", "--grant", "password", "--grant", "mfa-otp"][..], &set].concat()).await;
    assert_eq!(changed["grants"], json!(["password", "http://auth0.com/oauth/grant-type/mfa-otp"]));
    assert_eq!((&changed["public"], &changed["settings"]["demand"]), (&json!(false), &json!("enrolled")));
    assert_eq!(changed["origins"], made["origins"], "what is not given stays");
    assert_eq!(oauth(&[]).await, changed);
    let again = oauth(&["--flavour", "reltio"]).await;
    assert_eq!(again["grants"], json!(["password", "refresh_token", "state_token"]));
    assert_eq!((&again["origins"], &again["settings"]["verify_word"]), (&json!([]), &json!("VERIFY")));
    assert_eq!(oauth(&["--off"]).await["oauth"], json!(false));
    let off = program
        .run(&["application", "oauth", "--application", &bank.client_id, "--set", "demand=always"])
        .await;
    assert!(off.code == Some(1) && off.stderr.contains("--flavour"), "{off:?}");
}
