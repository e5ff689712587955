//! The picture in the hands of our own authenticator: the program that people have scans it, and its code verifies.

use countersign_core::host::{Clock as _, SystemClock};
use countersign_core::scan::{Scanned, scan_file};
use countersign_tests::oauth::text;
use countersign_tests::server_process::Program;
use serde_json::{Value, json};

use super::{Ready, details};

const CLI: &str = env!("CARGO_BIN_EXE_cli_under_test");

#[tokio::test]
async fn a_picture_scanned_by_the_program_gives_codes_that_verify_and_sign_in() {
    let ready = Ready::new().await;
    // The program reads the machine's clock.
    ready.server.clock.set(SystemClock.unix_ms());
    let token = ready.password_alone().await;
    let picture = ready.put("/users/mfa/associateQRCode?mfatype=AUTHENTICATOR", &token).await;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("qr.png");
    std::fs::write(&file, &picture.body).unwrap();
    let vault = home.path().join("vault.db");
    let program = Program::new(CLI).env("COUNTERSIGN_VAULT", vault).env("HOME", home.path());
    let run = async |arguments: &[&str]| {
        let ended =
            program.run_with(&[arguments, &["--password-fd", "0"]].concat(), b"correct horse\n").await;
        assert_eq!(ended.code, Some(0), "{arguments:?} {ended:?}");
        ended.stdout
    };
    run(&["scan", file.to_str().unwrap(), "--yes"]).await;
    let shown: Value = serde_json::from_str(run(&["codes", "--json"]).await.trim()).unwrap();
    assert_eq!((&shown["issuer"], &shown["account"]), (&json!("Online Banking"), &json!("sam@example.org")));
    ready.server.clock.set(SystemClock.unix_ms());
    let verify = "/users/mfa/verifyQRCodeEnroll";
    ready.put_code(verify, &token, "AUTHENTICATOR", &text(&shown["code"])).await.expect(200);
    assert_eq!(ready.details(&token).await, details(true, false));
    // The next one, which is good from half a minute before its time on, signs in. The program shows it in the last seconds
    // only; the core reads it from the same picture.
    let Some(Scanned::OtpAuth(entry)) = scan_file(&picture.body).unwrap().into_iter().next() else {
        panic!("the picture holds no account");
    };
    let now = entry.code_at(SystemClock.unix_seconds()).unwrap();
    let next = if now.value == text(&shown["code"]) { &now.next } else { &now.value };
    let login = ready.waits().await;
    ready.goes_on(&login, next).await.expect(200);
}
