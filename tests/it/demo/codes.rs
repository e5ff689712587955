//! What is typed: one-time passwords by Auth0's and Reltio's APIs, and a code that mPass's has sent to a number.

use std::sync::Arc;

use countersign_core::otp::OtpEntry;
use countersign_server::config::Config;
use countersign_server::host::System;
use countersign_server::running::Running;
use countersign_tests::browser::text_of;
use countersign_tests::http::Reply;
use countersign_tests::oauth::{code, wrong};
use serde_json::Value;

use super::{Open, Town, go, is_in, is_over, mark, type_code};

/// The app that the page's link sets up.
fn app(page: &Reply) -> OtpEntry {
    assert!(page.text().contains("<svg"), "as a QR code too: {}", page.text());
    OtpEntry::parse(&text_of(&page.text(), "id=\"uri\"").unwrap()).unwrap()
}

#[track_caller]
fn is_wrong(page: &Reply) {
    assert!(mark(page) == "typing" && page.text().contains("id=\"problem\""), "{}", page.text());
}

#[tokio::test]
async fn auth0s_otp_is_set_up_the_first_time_and_typed_from_then_on() {
    let town = Town::new().await;
    let mut browser = town.bank.browser();
    let seed = app(&go(&mut browser, "/demo/auth0-otp", &[]).await);
    let first = code(&town.server, &seed, 0);
    is_wrong(&type_code(&mut browser, "auth0-otp", &wrong(&first)).await);
    is_in(&type_code(&mut browser, "auth0-otp", &format!(" {} {} ", &first[..3], &first[3..])).await);

    let page = go(&mut browser, "/demo/auth0-otp", &[]).await;
    assert!(mark(&page) == "typing" && !page.text().contains("<svg"), "{}", page.text());
    is_wrong(&type_code(&mut browser, "auth0-otp", &first).await);
    is_in(&type_code(&mut browser, "auth0-otp", &code(&town.server, &seed, 1)).await);

    go(&mut browser, "/demo/auth0-otp", &[]).await;
    town.server.clock.advance(600_000);
    is_over(&type_code(&mut browser, "auth0-otp", &code(&town.server, &seed, 0)).await, "Too late.");
}

#[tokio::test]
async fn reltios_app_is_set_up_with_the_passwords_token_and_then_a_state_token_waits_for_its_code() {
    let town = Town::new().await;
    let mut browser = town.bank.browser();
    let seed = app(&go(&mut browser, "/demo/reltio", &[]).await);
    let first = code(&town.server, &seed, 0);
    is_wrong(&type_code(&mut browser, "reltio", &wrong(&first)).await);
    let page = type_code(&mut browser, "reltio", &first).await;
    assert!(mark(&page) == "typing" && page.text().contains("no longer enough"), "{}", page.text());
    is_wrong(&type_code(&mut browser, "reltio", &first).await);
    is_in(&type_code(&mut browser, "reltio", &code(&town.server, &seed, 1)).await);

    town.server.clock.advance(60_000);
    let page = go(&mut browser, "/demo/reltio", &[]).await;
    assert!(mark(&page) == "typing" && !page.text().contains("id=\"uri\""), "{}", page.text());
    is_in(&type_code(&mut browser, "reltio", &code(&town.server, &seed, 0)).await);
    go(&mut browser, "/demo/reltio", &[]).await;
    town.server.clock.advance(601_000);
    is_over(&type_code(&mut browser, "reltio", &code(&town.server, &seed, 0)).await, "Too late.");
}

/// The code in the one message that the server has written instead of sending it.
fn in_a_file(outbox: &str) -> String {
    let files: Vec<_> = std::fs::read_dir(outbox).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let message: Value = serde_json::from_str(&std::fs::read_to_string(&files[0]).unwrap()).unwrap();
    assert_eq!(message["to"], "+966501234567");
    message["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn mpasss_code_lies_where_the_page_says_and_verifies_the_number() {
    let home = tempfile::tempdir().unwrap();
    let data_dir = home.path().join("server");
    let config =
        Config { listen: "127.0.0.1:0".parse().unwrap(), data_dir: data_dir.clone(), ..Config::default() };
    let running = Running::start(&config).await.unwrap();
    let bank = Open::over(&running.engine, Arc::new(System), &data_dir).await;
    let mut browser = bank.browser();
    is_over(&go(&mut browser, "/demo/mpass", &[("number", "12")]).await, "That is no telephone number.");
    let page = go(&mut browser, "/demo/mpass", &[("number", " 050 123 4567 ")]).await;
    let code = in_a_file(&text_of(&page.text(), "id=\"outbox\"").unwrap());
    assert!(!page.text().contains(&code), "whoever sees the page has not read the message");
    is_wrong(&type_code(&mut browser, "mpass", &wrong(&code)).await);
    is_in(&type_code(&mut browser, "mpass", &code).await);
    is_over(&go(&mut browser, "/demo/mpass", &[("number", "+966501234567")]).await, "Too often.");
    running.stop().await;
}
