//! Other apps' files in, exports and backups out.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::machine::{Machine, SECRET, URI};

const LINKS: &str = "otpauth://totp/GitHub:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=GitHub\n\
                     otpauth://totp/Mail:bob?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Mail\n\
                     otpauth://totp/Broken:cy?secret=1&issuer=Broken\n";

fn file(machine: &Machine, name: &str, content: &str) -> String {
    let path = machine.folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn place(machine: &Machine, name: &str) -> String {
    machine.folder.path().join(name).to_str().unwrap().to_owned()
}

#[tokio::test]
async fn p3_an_import_is_shown_asked_about_and_told_entry_by_entry() {
    let machine = Machine::with_entry().await;
    let links = file(&machine, "links.txt", LINKS);
    let no = machine.run(&["import", &links], Some(&["pw", "n"])).await;
    assert_eq!(no.failure(), (1, "declined"));
    assert!(no.out.contains("1 added, 1 here already, 1 refused"), "{}", no.out);
    assert!(no.out.contains("Mail (bob)") && !no.out.contains(SECRET), "{}", no.out);
    assert_eq!(machine.run(&["list", "--json"], Some(&["pw"])).await.json().len(), 1, "nothing was stored");

    let told = machine.run(&["import", "--json", "--yes", &links], Some(&["pw"])).await.json();
    let fates: Vec<_> = told.iter().map(|item| item["fate"].as_str().unwrap()).collect();
    assert_eq!(fates, ["duplicate", "added", "refused"]);
    assert_eq!((&told[1]["format"], &told[1]["issuer"]), (&json!("links"), &json!("Mail")));
    assert_eq!(machine.run(&["list", "--json"], Some(&["pw"])).await.json().len(), 2);

    let again = machine.run(&["import", &links], Some(&["pw"])).await.ok();
    assert!(again.ends_with("There is nothing new in it, so nothing was changed.\n"), "{again}");
}

#[tokio::test]
async fn an_import_that_is_none_is_said_before_a_password_is_asked_for() {
    let machine = Machine::with_entry().await;
    let notes = file(&machine, "notes.txt", "just some notes\n");
    let done = machine.run(&["import", &notes], Some(&[])).await;
    assert_eq!((done.failure(), done.asked.len()), ((8, "import_not_recognised"), 0));
    assert!(done.result.unwrap_err().sentence().contains("notes.txt"));
    let unasked = machine.run(&["import", "--json", &file(&machine, "l.txt", LINKS)], Some(&["pw"])).await;
    assert_eq!((unasked.failure(), unasked.out.as_str()), ((2, "confirmation_needed"), ""));
}

#[tokio::test]
async fn p7_a_backup_comes_back_and_a_wrong_password_asks_again() {
    let machine = Machine::with_entry().await;
    let backup = place(&machine, "all.backup");
    let done = machine.run(&["export", &backup], Some(&["pw", "sealed up", "sealed up"])).await;
    assert_eq!(done.asked[1], "New password for the file: ");
    assert!(done.ok().contains("It was opened again and is whole."));
    assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = std::fs::read(&backup).unwrap();
    assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()));
    let over = machine.run(&["export", &backup], Some(&[])).await;
    assert_eq!((over.failure(), over.asked.len()), ((1, "output"), 0));
    assert_eq!(std::fs::read(&backup).unwrap(), bytes, "never written over");

    let other = Machine::new();
    let script = ["pw", "pw", "wrong", "sealed up", "y"];
    let done = other.run(&["import", &backup], Some(&script)).await;
    assert!(done.asked[2].starts_with("Password of "), "{:?}", done.asked);
    assert!(done.remarks.contains("does not open the file"), "{}", done.remarks);
    assert!(done.ok().contains("1 added"));
    assert!(other.run(&["list"], Some(&["pw"])).await.ok().contains("GitHub (alice)"));
}

#[tokio::test]
async fn p9_plain_forms_are_written_only_after_a_yes() {
    let machine = Machine::with_entry().await;
    let links = place(&machine, "links.txt");
    let no = machine.run(&["export", "--form", "links", &links], Some(&["pw", "n"])).await;
    assert_eq!(no.failure(), (1, "declined"));
    assert!(!std::path::Path::new(&links).exists());
    machine.run(&["export", "--form", "links", &links], Some(&["pw", "y"])).await.ok();
    assert!(std::fs::read_to_string(&links).unwrap().contains(SECRET));
    let out =
        machine.run(&["export", "--form", "links", "--only", "github", "-"], Some(&["pw", "y"])).await.ok();
    assert!(out.starts_with("otpauth://totp/GitHub"), "{out}");
    let shown = machine.run(&["export", "--form", "google-qr"], Some(&["pw", "y"])).await.ok();
    assert!(shown.contains('█') && shown.contains("1 of 1"), "{shown}");
    let nowhere = machine.run(&["export"], Some(&[])).await;
    assert_eq!(nowhere.failure(), (2, "file_needed"));
}

#[tokio::test]
async fn p7_backups_go_by_themselves_and_say_when_they_stop() {
    let machine = Machine::with_entry().await;
    let folder = place(&machine, "copies");
    std::fs::create_dir(&folder).unwrap();
    let on = machine.run(&["backup", "on", &folder, "--keep", "3"], Some(&["pw", "sealed", "sealed"])).await;
    assert!(on.ok().starts_with("Written and opened again"));
    let status = machine.run(&["backup", "--json"], Some(&["pw"])).await.json().remove(0);
    assert_eq!((&status["on"], &status["keep"], &status["trouble"]), (&json!(true), &json!(3), &json!(null)));
    let now = machine.run(&["backup", "now"], Some(&["pw"])).await.ok();
    assert!(now.starts_with("Nothing has changed"), "{now}");
    let off = machine.run(&["backup", "off", "--json"], Some(&["pw"])).await.json();
    assert_eq!(off, [json!({"on": false})]);
    assert_eq!(machine.run(&["backup", "now"], Some(&["pw"])).await.failure(), (2, "backup_not_switched_on"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "what was written stays");
    let missing = machine.run(&["backup", "on", "/no/such/folder"], Some(&["pw", "sealed", "sealed"])).await;
    assert_eq!(missing.failure(), (10, "backup_folder_missing"));
}

#[tokio::test]
async fn a_link_twice_in_two_pictures_is_one_entry() {
    let machine = Machine::new();
    let picture = place(&machine, "code.png");
    std::fs::write(&picture, super::commands::png(URI)).unwrap();
    let script = ["pw", "pw", "y"];
    let done = machine.run(&["import", &picture, &picture], Some(&script)).await;
    assert_eq!(done.asked.last().unwrap(), "Add this entry? [y/N] ");
    done.ok();
    assert_eq!(machine.run(&["list", "--json"], Some(&["pw"])).await.json().len(), 1);
}
