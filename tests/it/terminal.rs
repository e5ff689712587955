//! The terminal authenticator as a program of its own, against the server as another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_core::host::{Clock as _, SystemClock};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::{Ended, Program, ServerProcess};
use ring::hmac;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server;

const CLI: &str = env!("CARGO_BIN_EXE_cli_under_test");
const PASSWORD: &[u8] = b"correct horse battery\n";

/// A person's terminal with a vault of its own.
struct Terminal {
    program: Program,
    home: TempDir,
}

impl Terminal {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let vault = home.path().join("vault.db");
        let program = Program::new(CLI).env("COUNTERSIGN_VAULT", vault).env("HOME", home.path());
        Self { program, home }
    }

    async fn run(&self, arguments: &[&str]) -> Ended {
        self.program.run_with(&[arguments, &["--password-fd", "0"]].concat(), PASSWORD).await
    }

    /// Runs with `--json` to its good end and returns each line.
    async fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let ended = self.run(&[arguments, &["--json", "--yes"]].concat()).await;
        assert_eq!(ended.code, Some(0), "{arguments:?} {ended:?}");
        ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Runs with `--json` to its bad end and returns the code in the error.
    async fn fails(&self, arguments: &[&str], exit: i32) -> String {
        let ended = self.run(&[arguments, &["--json", "--yes"]].concat()).await;
        assert_eq!(ended.code, Some(exit), "{arguments:?} {ended:?}");
        let line = ended.stderr.lines().last().unwrap_or_default();
        let error: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{ended:?}"));
        error["error"]["code"].as_str().unwrap().to_owned()
    }
}

async fn enrolled() -> (ServerProcess, RelyingParty, Terminal) {
    enrolled_with(&[]).await
}

/// The same at a tenant with these settings.
async fn enrolled_with(settings: &[&str]) -> (ServerProcess, RelyingParty, Terminal) {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    if !settings.is_empty() {
        server.program().json(&[&["policy", "set", "--tenant", &cms.tenant], settings].concat()).await;
    }
    let terminal = Terminal::new();
    let issued = cms.enroll("sam").await;
    let picture = terminal.home.path().join("qr.png");
    std::fs::write(&picture, STANDARD.decode(issued["qr_png"].as_str().unwrap()).unwrap()).unwrap();
    let arguments = ["enroll", picture.to_str().unwrap(), "--name", "Sam's desk"];
    let made = terminal.json(&arguments).await.remove(0);
    let devices = cms.devices("sam").await;
    assert_eq!(devices[0]["confirmation_code"], made["confirmation_code"]);
    assert_eq!(
        (&devices[0]["platform"], &devices[0]["device_name"]),
        (&json!("terminal"), &json!("Sam's desk"))
    );
    (server, cms, terminal)
}

#[tokio::test]
async fn a_picture_enrols_and_requests_are_answered_with_and_without_number() {
    let (_server, cms, terminal) = enrolled().await;
    assert!(terminal.json(&["inbox"]).await.is_empty());
    let session = cms.ask_with_number("sam").await;
    let request = terminal.json(&["inbox"]).await.remove(0);
    assert_eq!((&request["id"], &request["application"]), (&json!(session.id), &json!("Case Management")));
    assert_eq!(
        (&request["digits"], &request["number"]),
        (&json!(2), &Value::Null),
        "it does not know the number"
    );
    let told = terminal.run(&["inbox"]).await.stdout;
    assert!(told.contains("Case Management") && told.contains("--number"), "{told}");
    let number = session.number.clone().unwrap();
    let needed = terminal.fails(&["approve", &session.id], 2).await;
    assert_eq!(needed, "number_needed");
    let taken = terminal.json(&["approve", &session.id, "--number", &number]).await.remove(0);
    assert_eq!(taken, json!({"id": session.id, "decision": "approve", "outcome": "approved"}));
    assert_eq!(cms.status(&session).await, "approved");
    assert_eq!(terminal.fails(&["approve", &session.id, "--number", &number], 6).await, "unknown_challenge");

    let plain = cms.ask("sam").await;
    terminal.json(&["approve", &plain.id]).await;
    assert_eq!(cms.status(&plain).await, "approved");
}

#[tokio::test]
async fn wrong_numbers_denials_and_reports_end_as_they_should() {
    // Two questions at once: by default a newer one takes the older one's place.
    let (_server, cms, terminal) = enrolled_with(&["pending_limit=0"]).await;
    let mistyped = cms.ask_with_number("sam").await;
    let wrong = mistyped.wrong_number();
    assert_eq!(terminal.fails(&["approve", &mistyped.id, "--number", &wrong], 7).await, "wrong_number");
    let denied = cms.ask("sam").await;
    assert_eq!(terminal.json(&["deny", &denied.id]).await[0]["outcome"], "denied");
    let (reported, other) = (cms.ask("sam").await, cms.ask("sam").await);
    assert_eq!(terminal.json(&["deny", "--report", &reported.id]).await[0]["decision"], "report");
    for session in [&mistyped, &denied, &reported, &other] {
        assert_eq!(cms.status(session).await, "denied");
    }
    assert!(terminal.json(&["inbox"]).await.is_empty());
}

#[tokio::test]
async fn property_10_a_receipt_is_saved_and_verified_by_command() {
    let (_server, cms, terminal) = enrolled().await;
    let session = cms.ask_with_number("sam").await;
    let number = session.number.clone().unwrap();
    terminal.json(&["approve", &session.id, "--number", &number]).await;
    let file = terminal.home.path().join("receipt.json");
    let file = file.to_str().unwrap();
    terminal.json(&["receipt", "save", &session.id, file]).await;
    let again = terminal.fails(&["receipt", "save", &session.id, file], 1).await;
    assert_eq!(again, "output", "a file that is there is never written over");

    // The key from the vault's account, and from a link that the operator gave out.
    let link = cms.link("pat").await;
    let key = link.rsplit_once("k=").unwrap().1;
    let elsewhere = Terminal::new();
    for verified in [
        terminal.json(&["receipt", "verify", file]).await,
        elsewhere.json(&["receipt", "verify", file, "--key", key]).await,
    ] {
        let receipt = &verified[0];
        assert_eq!((&receipt["id"], &receipt["outcome"]), (&json!(session.id), &json!("approved")));
        assert_eq!((&receipt["decision"], &receipt["user"]), (&json!("approve"), &json!("sam")));
        assert_eq!(receipt["application"], "Case Management");
        assert!(receipt["application_id"].as_str().unwrap().starts_with("app_"), "{receipt}");
    }
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, text.replacen("\"v\":1", "\"v\":9", 1)).unwrap();
    assert_eq!(terminal.fails(&["receipt", "verify", file], 8).await, "receipt_version");
    let other = terminal.fails(&["receipt", "verify", file, "--key", &"A".repeat(43)], 8).await;
    assert_eq!(other, "receipt_version");
    std::fs::write(file, text).unwrap();
    assert_eq!(
        terminal.fails(&["receipt", "verify", file, "--key", &"A".repeat(43)], 1).await,
        "receipt_untrusted"
    );
}

#[tokio::test]
async fn property_4_a_rule_is_made_listed_and_revoked_by_command() {
    let (_server, cms, terminal) = enrolled_with(&["auto_accept=on", "pending_limit=0"]).await;
    let here = json!({"user_ref": "sam", "context": {"ip": "192.0.2.7"}});
    let send = async || cms.post("/api/v1/mfa/send", &here).await.expect(200);
    let first = send().await["session_id"].as_str().unwrap().to_owned();
    let unasked = terminal.run(&["approve", &first, "--remember", "7", "--json"]).await;
    assert!(unasked.code == Some(2) && unasked.stderr.contains("confirmation_needed"), "{unasked:?}");
    let told = terminal.json(&["approve", &first, "--remember", "7"]).await;
    let (approved, rule) = (&told[0], &told[1]["rule"]);
    assert_eq!((&approved["outcome"], &rule["network"]), (&json!("approved"), &json!("192.0.2.7/32")));
    assert_eq!(rule["ends_at"].as_u64().unwrap() - rule["made_at"].as_u64().unwrap(), 7 * 86_400);
    assert_eq!(terminal.json(&["rules"]).await[0]["id"], rule["id"]);
    assert_eq!(send().await["status"], "approved");
    let used = terminal.json(&["rules", "list"]).await.remove(0);
    assert!(used["last_used_at"].as_str().unwrap().ends_with('Z'), "{used}");

    let revoked = terminal.json(&["rules", "revoke", "case management"]).await.remove(0);
    assert_eq!(revoked, json!({"rule": rule["id"], "revoked": true}));
    assert!(terminal.json(&["rules"]).await.is_empty());
    let again = send().await;
    assert_eq!(again["status"], "pending");
    assert_eq!(terminal.fails(&["rules", "revoke", "case"], 6).await, "unknown_rule");
    let plain = cms.ask("sam").await;
    assert_eq!(terminal.fails(&["approve", &plain.id, "--remember", "7"], 1).await, "rule_not_possible");
}

#[tokio::test]
async fn property_5_a_number_is_picked_by_command() {
    let (_server, cms, terminal) = enrolled_with(&["number_kind=pick"]).await;
    let session = cms.ask_with_number("sam").await;
    let request = terminal.json(&["inbox"]).await.remove(0);
    let number = session.number.clone().unwrap();
    assert!(request["options"].as_array().unwrap().contains(&json!(number)), "{request}");
    assert_eq!(terminal.fails(&["approve", &session.id], 2).await, "number_needed");
    assert_eq!(terminal.fails(&["approve", &session.id, "--number", "421"], 2).await, "number_form");
    terminal.json(&["approve", &session.id, "--number", &number]).await;
    assert_eq!(cms.status(&session).await, "approved");
}

#[tokio::test]
async fn a_wrong_password_opens_nothing_and_a_missing_vault_is_said() {
    let (_server, cms, terminal) = enrolled().await;
    let session = cms.ask("sam").await;
    let arguments = ["approve", &session.id, "--password-fd", "0", "--json"];
    let ended = terminal.program.run_with(&arguments, b"wrong\n").await;
    assert!(ended.code == Some(3) && ended.stderr.contains("wrong_password"), "{ended:?}");
    assert_eq!(cms.status(&session).await, "pending");
    assert_eq!(Terminal::new().fails(&["inbox"], 9).await, "vault_not_found");
}

#[tokio::test]
async fn a_terminal_that_leaves_and_a_server_that_is_gone_are_told_apart() {
    let (mut server, cms, terminal) = enrolled().await;
    let account = terminal.json(&["accounts"]).await.remove(0);
    terminal.json(&["unenroll", account["id"].as_str().unwrap()]).await;
    assert!(cms.devices("sam").await.is_empty() && terminal.json(&["accounts"]).await.is_empty());
    terminal.json(&["enroll", &cms.link("sam").await]).await;
    server.terminate().await;
    assert_eq!(terminal.fails(&["inbox"], 5).await, "offline");
}

#[tokio::test]
async fn a_terminal_gives_the_code_that_a_link_asks_for() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    cms.enroll("sam").await;
    let command = ["user", "add-totp", "--tenant", &cms.tenant, "--user-ref", "sam"];
    let added = server.program().json(&command).await;
    let terminal = Terminal::new();
    terminal.json(&["add", added["otpauth_uri"].as_str().unwrap()]).await;
    let issued = json!({"user_ref": "sam", "challenge": "totp"});
    let issued = cms.post("/api/v1/users/enroll", &issued).await.expect(201);
    let link = issued["enrollment_url"].as_str().unwrap();
    assert_eq!(terminal.fails(&["enroll", link], 2).await, "enrollment_code_needed");
    let code = terminal.json(&["codes"]).await[0]["code"].as_str().unwrap().to_owned();
    terminal.json(&["enroll", link, "--code", &code]).await;
    assert_eq!(cms.devices("sam").await.len(), 1);
}

#[tokio::test]
async fn codes_are_those_of_rfc_6238() {
    let terminal = Terminal::new();
    let uri = "otpauth://totp/Example:sam@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example";
    terminal.json(&["add", uri]).await;
    let before = code(SystemClock.unix_seconds());
    let shown = terminal.json(&["codes"]).await.remove(0);
    let after = code(SystemClock.unix_seconds());
    let found = shown["code"].as_str().unwrap();
    assert!([before.as_str(), after.as_str()].contains(&found), "{shown}");
    assert_eq!((&shown["issuer"], &shown["account"]), (&json!("Example"), &json!("sam@example.org")));
}

/// RFC 6238 by hand, for the secret of its appendix B: six digits, 30 s, SHA-1.
fn code(unix_seconds: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"12345678901234567890");
    let tag = hmac::sign(&key, &(unix_seconds / 30).to_be_bytes());
    let offset = usize::from(tag.as_ref()[19] & 15);
    let four: [u8; 4] = tag.as_ref()[offset..offset + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}
