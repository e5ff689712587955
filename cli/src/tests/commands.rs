//! The commands as a whole. What needs a server is tested end to end elsewhere.

use std::io;

use super::machine::{Machine, SECRET, URI};

#[tokio::test]
async fn a_vault_is_made_by_the_first_thing_that_is_stored() {
    let machine = Machine::new();
    let done = machine.run(&["add", URI], Some(&["pw", "pw"])).await;
    assert_eq!(done.asked, ["New password for the vault: ", "The same once more: "]);
    assert!(done.remarks.contains("shell's history"), "{}", done.remarks);
    assert_eq!(done.ok(), "Added GitHub (alice).\n");
    let done = machine.run(&["add", URI], Some(&["pw"])).await;
    assert_eq!(done.asked, ["Password: "]);
    assert_eq!(done.ok(), "GitHub (alice) was here before; nothing was changed.\n");
}

#[tokio::test]
async fn a_command_that_is_told_goes_on_with_the_same_vault() {
    let machine = Machine::new();
    machine.run(&["add", URI], Some(&["pw", "pw"])).await.ok();
    let done = machine.run(&["accounts"], Some(&["pw"])).await;
    let told = format!("countersign --vault {} enroll LINK", machine.vault.display());
    assert!(done.remarks.contains(&told), "{}", done.remarks);
}

#[tokio::test]
async fn p1_a_missing_vault_is_said_and_never_an_empty_list() {
    let machine = Machine::new();
    for line in
        [&["codes"][..], &["list"], &["accounts"], &["inbox"], &["history"], &["doctor"], &["password"]]
    {
        let done = machine.run(line, Some(&[])).await;
        assert_eq!(done.failure(), (9, "vault_not_found"), "{line:?}");
        assert!(done.out.is_empty() && done.asked.is_empty(), "{line:?}");
        assert!(done.result.unwrap_err().sentence().contains("begin with"), "{line:?}");
    }
    assert!(!machine.vault.exists(), "looking makes nothing");
}

#[tokio::test]
async fn p1_p4_a_file_that_is_no_vault_is_said_before_a_password_is_asked() {
    let machine = Machine::new();
    std::fs::create_dir_all(machine.vault.parent().unwrap()).unwrap();
    for (bytes, code) in
        [(&b"just a text, long enough to be looked at"[..], "not_a_vault"), (b"", "vault_corrupt")]
    {
        std::fs::write(&machine.vault, bytes).unwrap();
        for line in [&["codes"][..], &["add", URI]] {
            let done = machine.run(line, Some(&[])).await;
            assert_eq!(done.failure(), (4, code), "{line:?}");
            assert!(done.asked.is_empty() && done.out.is_empty());
        }
        assert_eq!(std::fs::read(&machine.vault).unwrap(), bytes, "the file stays as it is");
    }
}

#[tokio::test]
async fn a_password_may_be_mistyped_twice() {
    let machine = Machine::with_entry().await;
    let done = machine.run(&["list"], Some(&["no", "nein", "pw"])).await;
    assert!(done.ok().contains("GitHub (alice)"));
    let done = machine.run(&["list"], Some(&["no", "nein", "non", "pw"])).await;
    assert_eq!((done.failure(), done.asked.len()), ((3, "wrong_password"), 3));
    assert!(done.out.is_empty());
}

#[tokio::test]
async fn without_a_terminal_a_password_has_to_be_given() {
    let machine = Machine::with_entry().await;
    let done = machine.run(&["list"], None).await;
    assert_eq!(done.failure(), (2, "no_terminal"));
    assert!(done.result.unwrap_err().sentence().contains("--password-fd"));
}

#[tokio::test]
async fn a_new_password_is_typed_twice_and_is_something() {
    let machine = Machine::new();
    let differ = machine.run(&["add", URI], Some(&["pw", "wp"])).await;
    assert_eq!(differ.failure(), (2, "passwords_differ"));
    let empty = machine.run(&["add", URI], Some(&["", ""])).await;
    assert_eq!(empty.failure(), (2, "empty_password"));
    assert!(!machine.vault.exists());
}

#[tokio::test]
async fn a_bad_link_is_refused_before_anything_is_asked_or_made() {
    let machine = Machine::new();
    let done = machine.run(&["add", "otpauth://totp/x?secret=1"], Some(&[])).await;
    assert_eq!(done.failure(), (8, "invalid_setup_link"));
    assert!(done.asked.is_empty() && !machine.vault.exists());
}

#[tokio::test]
async fn codes_for_people_and_for_programs() {
    let machine = Machine::with_entry().await;
    let shown = machine.run(&["codes"], Some(&["pw"])).await.ok();
    let json = machine.run(&["codes", "--json", "hub"], Some(&["pw"])).await.json();
    let code = &json[0];
    let grouped = code["grouped"].as_str().unwrap();
    assert_eq!(shown, format!("{grouped}  ━━━━━━━━━┄  27 s  GitHub (alice)\n"));
    let keys: Vec<&String> = code.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "account",
            "code",
            "grouped",
            "has_icon",
            "hidden",
            "id",
            "issuer",
            "kind",
            "life_left",
            "needs_pin",
            "next",
            "next_grouped",
            "note",
            "period",
            "pinned",
            "seconds_left",
            "tags"
        ]
    );
    assert!(code["code"].as_str().unwrap().bytes().all(|b| b.is_ascii_digit()));
    let none = machine.run(&["codes", "bank"], Some(&["pw"])).await;
    assert_eq!(none.failure(), (6, "unknown_entry"));
}

#[tokio::test]
async fn p9_only_qr_shows_a_secret_and_only_after_a_yes() {
    let machine = Machine::with_entry().await;
    for line in [&["codes"][..], &["codes", "--json"], &["list"], &["list", "--json"], &["doctor", "--json"]]
    {
        assert!(!machine.run(line, Some(&["pw"])).await.ok().contains(SECRET), "{line:?}");
    }
    let no = machine.run(&["qr", "github"], Some(&["pw", "n"])).await;
    assert_eq!((no.failure(), no.out.as_str()), ((1, "declined"), ""));
    assert!(no.asked[1].starts_with("Show the secret of GitHub (alice)?"), "{:?}", no.asked);
    let unasked = machine.run(&["qr", "github", "--json"], Some(&["pw"])).await;
    assert_eq!((unasked.failure(), unasked.out.as_str()), ((2, "confirmation_needed"), ""));
    let json = machine.run(&["qr", "github", "--json", "--yes"], Some(&["pw"])).await.json();
    assert!(json[0]["uri"].as_str().unwrap().contains(SECRET));
    let drawn = machine.run(&["qr", "github"], Some(&["pw", "y"])).await.ok();
    assert!(drawn.contains('█') && !drawn.contains(SECRET));
}

#[tokio::test]
async fn removing_asks_first() {
    let machine = Machine::with_entry().await;
    let no = machine.run(&["remove", "github"], Some(&["pw", ""])).await;
    assert_eq!(no.failure(), (1, "declined"));
    let id = machine.run(&["list", "--json"], Some(&["pw"])).await.json()[0]["id"].clone();
    let yes = machine.run(&["remove", "--json", "--yes", "github"], Some(&["pw"])).await.json();
    assert_eq!(yes, [serde_json::json!({"id": id, "removed": true})]);
    let again = machine.run(&["remove", "--yes", id.as_str().unwrap()], Some(&["pw"])).await;
    assert_eq!(again.failure(), (6, "unknown_entry"));
    assert_eq!(machine.run(&["list"], Some(&["pw"])).await.ok(), "");
}

#[tokio::test]
async fn the_password_can_be_changed() {
    let machine = Machine::with_entry().await;
    machine.run(&["password"], Some(&["pw", "better", "better"])).await.ok();
    assert_eq!(machine.run(&["list"], Some(&["pw", "pw", "pw"])).await.failure(), (3, "wrong_password"));
    assert!(machine.run(&["list"], Some(&["better"])).await.ok().contains("GitHub"));
    let same = machine.run(&["password", "--password-fd", "3", "--new-password-fd", "3"], None).await;
    assert_eq!(same.failure(), (2, "password_fd"));
}

#[tokio::test]
async fn a_scanned_code_does_nothing_by_itself() {
    let machine = Machine::new();
    let picture = machine.folder.path().join("code.png");
    std::fs::write(&picture, png(URI)).unwrap();
    let name = picture.to_str().unwrap();
    let reported = machine.run(&["scan", "--json", "--yes", name], Some(&[])).await.json();
    assert_eq!(
        reported,
        [serde_json::json!({
            "kind": "otpauth", "issuer": "GitHub", "account": "alice", "algorithm": "SHA1", "digits": 6,
            "period": 30, "weak": false
        })]
    );
    let unasked = machine.run(&["scan", name], None).await.ok();
    assert_eq!(unasked, "This QR code holds the account “alice” of GitHub.\n");
    machine.run(&["scan", name], Some(&["n"])).await.ok();
    assert!(!machine.vault.exists(), "reported, not asked or declined: nothing is made");
    let added = machine.run(&["scan", name], Some(&["y", "pw", "pw"])).await;
    assert_eq!(added.asked[0], "Add GitHub (alice)? [y/N] ");
    assert!(added.ok().ends_with("Added GitHub (alice).\n"));
}

#[tokio::test]
async fn pictures_without_a_code_end_with_8() {
    let machine = Machine::new();
    let file = machine.folder.path().join("notes.txt");
    std::fs::write(&file, "no picture at all").unwrap();
    let done = machine.run(&["scan", file.to_str().unwrap()], Some(&[])).await;
    assert_eq!(done.failure(), (8, "picture_unusable"));
    let missing = machine.run(&["scan", "/nowhere.png"], Some(&[])).await;
    assert_eq!(missing.failure(), (1, "input"));
}

#[tokio::test]
async fn a_vault_without_accounts_says_how_to_begin() {
    let machine = Machine::with_entry().await;
    for line in [&["accounts"][..], &["inbox"], &["inbox", "--watch"], &["accounts", "--json"]] {
        assert_eq!(machine.run(line, Some(&["pw"])).await.ok(), "", "{line:?}");
    }
    let unknown = machine.run(&["unenroll", "acme"], Some(&["pw"])).await;
    assert_eq!(unknown.failure(), (6, "unknown_account"));
    let checks = machine.run(&["doctor", "--json"], Some(&["pw"])).await.json();
    let checks: Vec<_> =
        checks.iter().map(|c| (c["check"].as_str().unwrap(), c["ok"].as_bool().unwrap())).collect();
    assert_eq!(checks, [("vault", true), ("permissions", true)]);
}

#[tokio::test]
async fn certificates_that_cannot_be_used_are_said_before_anything_is_asked() {
    let machine = Machine::with_entry().await;
    let file = machine.folder.path().join("ca.pem");
    std::fs::write(&file, "no certificate").unwrap();
    for name in [file.to_str().unwrap(), "/nowhere.pem"] {
        let done = machine.run(&["list", "--ca", name], Some(&[])).await;
        assert_eq!((done.failure(), done.asked.len()), ((2, "certificate_authority"), 0));
    }
}

#[tokio::test]
async fn standard_input_cannot_be_two_things() {
    let machine = Machine::new();
    for line in [&["add", "-"][..], &["scan", "-"], &["enroll", "-"]] {
        let line: Vec<&str> = line.iter().copied().chain(["--password-fd", "0"]).collect();
        assert_eq!(machine.run(&line, None).await.failure(), (2, "stdin_twice"), "{line:?}");
    }
}

/// A picture of a QR code.
pub(super) fn png(text: &str) -> Vec<u8> {
    let drawn =
        qrcode::QrCode::new(text).unwrap().render::<char>().dark_color('#').module_dimensions(4, 4).build();
    let width = u32::try_from(drawn.lines().next().unwrap().chars().count()).unwrap();
    let pixels: Vec<u8> =
        drawn.lines().flat_map(str::chars).map(|c| if c == '#' { 0 } else { 255 }).collect();
    let height = u32::try_from(pixels.len()).unwrap() / width;
    let mut file = io::Cursor::new(Vec::new());
    let picture = image::GrayImage::from_raw(width, height, pixels).unwrap();
    picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}
