//! Entries as the person wants them, settings, and the vault's ways in and states.

use serde_json::json;

use super::machine::{Machine, SECRET};

const COUNTED: &str = "otpauth://hotp/Door:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Door&counter=0";

#[tokio::test]
async fn an_entry_is_renamed_tagged_and_found_again() {
    let machine = Machine::with_entry().await;
    let nothing = machine.run(&["edit", "github"], Some(&[])).await;
    assert_eq!((nothing.failure(), nothing.asked.len()), ((2, "usage"), 0));
    let line = [
        "edit", "github", "--issuer", "Forge", "--tag", "work", "--tag", "code", "--pinned", "true", "--json",
    ];
    let now = machine.run(&line, Some(&["pw"])).await.json().remove(0);
    assert_eq!(
        (&now["issuer"], &now["tags"], &now["pinned"]),
        (&json!("Forge"), &json!(["work", "code"]), &json!(true))
    );
    let shown = machine.run(&["codes", "work"], Some(&["pw"])).await.ok();
    assert!(shown.ends_with("★ Forge (alice)  #work  #code\n"), "{shown}");
    machine.run(&["edit", "forge", "--no-tags"], Some(&["pw"])).await.ok();
    assert_eq!(machine.run(&["codes", "work"], Some(&["pw"])).await.failure(), (6, "unknown_entry"));
    let no_pin = machine.run(&["edit", "forge", "--pin"], Some(&["pw", "1234"])).await;
    assert_eq!(no_pin.failure().0, 2, "its codes have no PIN");
}

#[tokio::test]
async fn a_counted_code_is_given_out_once() {
    let machine = Machine::with_entry().await;
    machine.run(&["add", COUNTED], Some(&["pw"])).await.ok();
    assert!(machine.run(&["codes", "door"], Some(&["pw"])).await.ok().starts_with("next?"));
    // RFC 4226, appendix D.
    for code in ["755 224", "287 082"] {
        let shown = machine.run(&["next", "door"], Some(&["pw"])).await.ok();
        assert!(shown.starts_with(code) && shown.ends_with("Door (ann)\n"), "{shown}");
    }
    let json = machine.run(&["next", "door", "--json"], Some(&["pw"])).await.json();
    assert_eq!((&json[0]["code"], &json[0]["seconds_left"]), (&json!("359152"), &json!(null)));
    assert_eq!(machine.run(&["next", "github"], Some(&["pw"])).await.failure().0, 2);
}

#[tokio::test]
async fn entries_stand_in_the_persons_own_order() {
    let machine = Machine::with_entry().await;
    machine.run(&["add", COUNTED], Some(&["pw"])).await.ok();
    let moved = machine.run(&["move", "door", "--before", "github"], Some(&["pw"])).await;
    assert!(moved.remarks.contains("settings order manual"), "{}", moved.remarks);
    assert_eq!(moved.ok(), "Door (ann) stands before GitHub (alice) now.\n");
    machine.run(&["settings", "order", "manual"], Some(&["pw"])).await.ok();
    let order = machine.run(&["codes", "--json"], Some(&["pw"])).await.json();
    assert_eq!((&order[0]["issuer"], &order[1]["issuer"]), (&json!("Door"), &json!("GitHub")));
}

#[tokio::test]
async fn settings_are_shown_changed_and_kept() {
    let machine = Machine::with_entry().await;
    let all = machine.run(&["settings", "--json"], Some(&["pw"])).await.json().remove(0);
    assert_eq!((&all["clipboard_seconds"], &all["hide_codes"]), (&json!(30), &json!(false)));
    machine.run(&["settings", "clipboard_seconds", "45"], Some(&["pw"])).await.ok();
    let one = machine.run(&["settings", "clipboard_seconds"], Some(&["pw"])).await.ok();
    assert!(one.starts_with("clipboard_seconds  45"), "{one}");
    let far = machine.run(&["settings", "clipboard_seconds", "9000"], Some(&["pw"])).await;
    assert_eq!(far.failure(), (2, "setting_out_of_range"));
    // Hidden codes are for a screen that others see: a program that asks gets them.
    machine.run(&["settings", "hide_codes", "on"], Some(&["pw"])).await.ok();
    let code = machine.run(&["codes", "--json"], Some(&["pw"])).await.json().remove(0);
    assert_eq!(code["code"].as_str().unwrap().len(), 6);
}

#[tokio::test]
async fn a_recovery_phrase_opens_the_vault_once_its_words_were_typed_back() {
    let machine = Machine::with_entry().await;
    let unseen = machine.run(&["vault", "phrase", "--json"], Some(&[])).await;
    assert_eq!(unseen.failure(), (2, "no_terminal"));
    let wrong = machine
        .run(&["vault", "phrase"], Some(&["pw", "", "a", "b", "c", "a", "b", "c", "a", "b", "c"]))
        .await;
    assert_eq!(wrong.failure(), (3, "phrase_not_confirmed"));
    let words: Vec<&str> =
        wrong.out.lines().skip(1).take(12).filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(words.len(), 12, "{}", wrong.out);
    let phrase = words.join(" ");
    let refused = machine.run(&["list", "--phrase"], Some(&[&phrase])).await;
    assert_eq!(refused.failure(), (3, "vault_no_such_slot"), "it was not confirmed, so it opens nothing");
}

#[tokio::test]
async fn earlier_states_are_listed_and_brought_back() {
    let machine = Machine::with_entry().await;
    // Another password puts the state before it aside.
    machine.run(&["password"], Some(&["pw", "better", "better"])).await.ok();
    machine.run(&["remove", "--yes", "github"], Some(&["better"])).await.ok();
    let states = machine.run(&["vault", "generations", "--json"], Some(&[])).await.json();
    assert!(!states.is_empty(), "some are kept");
    let unknown = machine.run(&["vault", "restore", "999"], Some(&["better"])).await;
    assert_eq!(unknown.failure(), (6, "unknown_generation"));
    let newest = states[0]["generation"].to_string();
    machine.run(&["vault", "restore", &newest, "--yes"], Some(&["better"])).await.ok();
    assert!(machine.run(&["list"], Some(&["better"])).await.ok().contains("GitHub (alice)"));
    machine.run(&["vault", "forget", "--yes"], Some(&["better"])).await.ok();
    assert!(machine.run(&["vault", "generations", "--json"], Some(&[])).await.json().is_empty());
}

#[tokio::test]
async fn an_older_copy_of_the_vault_is_opened_only_at_a_persons_word() {
    let machine = Machine::with_entry().await;
    let old = std::fs::read(&machine.vault).unwrap();
    machine.run(&["add", COUNTED], Some(&["pw"])).await.ok();
    std::fs::write(&machine.vault, &old).unwrap();
    let program = machine.run(&["list", "--json", "--yes"], Some(&["pw"])).await;
    assert_eq!((program.failure(), program.out.as_str()), ((4, "vault_rolled_back"), ""));
    let no = machine.run(&["list", "--yes"], Some(&["pw", "y"])).await;
    assert_eq!(no.failure(), (4, "vault_rolled_back"), "yes is not the word");
    let older = machine.run(&["list"], Some(&["pw", "older"])).await.ok();
    assert!(older.contains("GitHub") && !older.contains("Door"), "{older}");
    assert!(machine.run(&["list"], Some(&["pw"])).await.ok().contains("GitHub"), "asked once");
}

#[tokio::test]
async fn new_keys_leave_everything_where_it_was() {
    let machine = Machine::with_entry().await;
    machine.run(&["vault", "rekey", "--yes"], Some(&["pw"])).await.ok();
    assert!(machine.run(&["list"], Some(&["pw"])).await.ok().contains("GitHub (alice)"));
}

#[tokio::test]
async fn p1_what_is_whole_of_a_damaged_vault_is_saved_as_a_new_one() {
    let machine = Machine::with_entry().await;
    let new = machine.folder.path().join("new.db");
    let name = new.to_str().unwrap();
    let before = std::fs::read(&machine.vault).unwrap();
    let saved = machine
        .run(&["vault", "recover", name, "--json", "--yes"], Some(&["pw", "better", "better"]))
        .await
        .json();
    assert_eq!((&saved[0]["whole"], &saved[0]["all_pages_read"]), (&saved[0]["expected"], &json!(true)));
    assert_eq!(std::fs::read(&machine.vault).unwrap(), before, "the damaged file is only read");
    let again = machine.run(&["vault", "recover", name], Some(&[])).await;
    assert_eq!(again.failure(), (1, "output"));
    assert!(!String::from_utf8_lossy(&std::fs::read(&new).unwrap()).contains(SECRET));
}

#[tokio::test]
async fn completions_and_the_manual_page_need_no_vault() {
    let machine = Machine::new();
    assert!(machine.run(&["completions", "bash"], None).await.ok().contains("countersign"));
    assert!(machine.run(&["man"], None).await.ok().contains(".SH COMMANDS"));
}
