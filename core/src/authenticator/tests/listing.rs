//! The list of codes: what is found, shown and hidden, and by which clock; and the settings that say so.

use super::*;
use crate::settings::{LockAfter, Order};
use crate::testing::listen;

const URI: &str =
    "otpauth://totp/Example:sam@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example";

fn list(phone: &Phone) -> CodesView {
    phone.authenticator.codes(&CodesQuery::default()).unwrap()
}

fn found(phone: &Phone, search: &str, tag: Option<&str>) -> Vec<String> {
    let query = CodesQuery { search: search.into(), tag: tag.map(str::to_owned) };
    let rows = phone.authenticator.codes(&query).unwrap().rows;
    rows.iter().map(|row| row.account.clone()).collect()
}

/// Adds an entry, a second after the one before: entries of one moment have no order.
fn add(phone: &Phone, uri: &str) -> EntryId {
    phone.later(1);
    phone.authenticator.add_uri(uri).unwrap().id().clone()
}

#[test]
fn entries_are_found_by_words_and_tags() {
    let phone = phone();
    let ids: Vec<_> =
        ["zoe", "sam", "ann"].iter().map(|name| add(&phone, &URI.replace("sam@example.org", name))).collect();
    let tagged = |tags: &[&str]| EntryEdit {
        tags: Some(tags.iter().map(|tag| (*tag).to_owned()).collect()),
        ..EntryEdit::default()
    };
    phone.authenticator.edit_entry(&ids[0], &tagged(&["Work", "Bänk"])).unwrap();
    phone.authenticator.edit_entry(&ids[1], &tagged(&["Work"])).unwrap();
    phone
        .authenticator
        .edit_entry(&ids[2], &EntryEdit { pinned: Some(true), ..EntryEdit::default() })
        .unwrap();
    assert_eq!(found(&phone, "", None), ["ann", "zoe", "sam"]);
    assert_eq!(found(&phone, "bank", None), ["zoe"]);
    assert_eq!(found(&phone, "", Some("Work")), ["zoe", "sam"]);
    assert_eq!(found(&phone, "s", Some("Work")), ["sam"]);
    assert!(found(&phone, "nothing", None).is_empty());
    let view = list(&phone);
    let tags: Vec<_> = view.tags.iter().map(|tag| (tag.tag.as_str(), tag.entries)).collect();
    assert_eq!((tags, view.total), (vec![("Bänk", 1), ("Work", 2)], 3));
}

#[test]
fn the_next_code_is_shown_in_the_last_ten_seconds_and_the_list_says_when_it_changes() {
    let phone = phone();
    phone.clock.set(1);
    add(&phone, URI);
    for (now, left, next, change) in [(30, 30, None, 50), (49, 11, None, 50), (50, 10, Some("359152"), 60)] {
        phone.clock.set(now);
        let view = list(&phone);
        let row = &view.rows[0];
        assert_eq!((row.seconds_left, row.next.as_deref()), (Some(left), next), "{now}");
        assert_eq!(view.next_change_at, Some(change), "{now}");
    }
    phone.clock.set(45);
    assert_eq!(list(&phone).rows[0].life_left, 500);
    add(&phone, &format!("{URI}&period=10"));
    phone.clock.set(56);
    let view = list(&phone);
    assert_eq!((view.rows[1].seconds_left, view.rows[1].next.as_deref()), (Some(4), None));
    phone.clock.set(57);
    assert!(list(&phone).rows[1].next.is_some(), "a third of a short life");
}

#[test]
fn notes_keep_their_lines_and_show_what_would_mislead() {
    let phone = phone();
    let id = add(&phone, URI);
    let edit = EntryEdit { note: Some("one\ntwo \u{202e}\u{1b}[2J".into()), ..EntryEdit::default() };
    phone.authenticator.edit_entry(&id, &edit).unwrap();
    assert_eq!(list(&phone).rows[0].note, "one\ntwo \\u{202e}\\u{1b}[2J");
}

#[test]
fn hidden_codes_are_not_in_the_list_and_come_when_asked_for() {
    let phone = phone();
    let id = add(&phone, URI);
    phone.clock.set(59);
    phone.authenticator.set_settings(&Settings { hide_codes: true, ..Settings::default() }).unwrap();
    let view = list(&phone);
    let row = &view.rows[0];
    assert!(row.hidden);
    assert_eq!((&row.code, &row.grouped, &row.next, row.seconds_left), (&None, &None, &None, Some(1)));
    assert!(!serde_json::to_string(&view).unwrap().contains("287"));
    assert_eq!(phone.authenticator.code(&id).unwrap().code.as_deref(), Some("287082"));
}

#[tokio::test]
async fn codes_go_by_the_servers_clock_only_when_the_person_agreed() {
    let (phone, listening) = (phone_ahead(-120), listen());
    phone.authenticator.add_uri(URI).unwrap();
    let alone = list(&phone);
    assert_eq!(alone.clock, None);
    phone.enroll(&listening.server).await;
    let told = list(&phone);
    assert_eq!(told.clock, Some(ClockWarning { seconds: 120, followed: false }));
    assert_eq!(told.rows, alone.rows, "a server alone moves nothing");

    phone
        .authenticator
        .set_settings(&Settings { follow_servers_clock: true, ..Settings::default() })
        .unwrap();
    let followed = list(&phone);
    assert_eq!(followed.clock, Some(ClockWarning { seconds: 120, followed: true }));
    phone.clock.set(i64::try_from(crate::testing::SERVER_TIME).unwrap());
    phone.authenticator.set_settings(&Settings::default()).unwrap();
    assert_eq!(followed.rows[0].code, list(&phone).rows[0].code);
}

#[test]
fn settings_are_kept_within_their_ranges() {
    let phone = phone();
    assert_eq!(phone.authenticator.settings().unwrap(), Settings::default());
    let wished = Settings {
        order: Order::Usage,
        clipboard_seconds: 5,
        lock: LockAfter { idle_seconds: 0, in_background: false },
        remind_of_password_days: 0,
        ..Settings::default()
    };
    phone.authenticator.set_settings(&wished).unwrap();
    let plan = |folder: &str, keep| Some(crate::settings::BackupPlan { folder: folder.into(), keep });
    let lock = |idle_seconds| LockAfter { idle_seconds, in_background: true };
    for wrong in [
        Settings { clipboard_seconds: 4, ..Settings::default() },
        Settings { clipboard_seconds: 301, ..Settings::default() },
        Settings { lock: lock(14), ..Settings::default() },
        Settings { lock: lock(86_401), ..Settings::default() },
        Settings { remind_of_password_days: 366, ..Settings::default() },
        Settings { backup: plan(" ", 5), ..Settings::default() },
        Settings { backup: plan("/backups", 0), ..Settings::default() },
        Settings { backup: plan("/backups", 101), ..Settings::default() },
    ] {
        let error = phone.authenticator.set_settings(&wrong).unwrap_err();
        assert_eq!(error.code(), "setting_out_of_range");
        assert!(error.to_string().ends_with('.'), "{error}");
    }
    assert_eq!(phone.authenticator.settings().unwrap(), wished);
    let view = phone.authenticator.settings_view().unwrap();
    assert_eq!((view.settings, view.clipboard_seconds), (wished, Allowed { least: 5, most: 300 }));
    assert_eq!((view.ways_to_unlock.len(), view.last_backup_at, view.password_due), (1, None, false));
}

#[tokio::test]
async fn the_password_is_asked_for_when_it_was_not_typed_for_long() {
    let phone = phone();
    phone.authenticator.password_typed().unwrap();
    let generation = phone.authenticator.vault().generation().unwrap();
    phone.authenticator.password_typed().unwrap();
    assert_eq!(phone.authenticator.vault().generation().unwrap(), generation, "once a day");

    // From now on the device unlocks the vault, so that the password could be forgotten.
    let rng = Arc::new(SystemRng);
    phone.authenticator.vault().add_keystore_slot(&phone.keys, "vault").await.unwrap();
    let path = phone.authenticator.vault().path().to_owned();
    phone.authenticator.lock();
    let vault = Vault::open_with_keystore(&path, &phone.keys, rng.clone()).await.unwrap();
    let keys = Arc::new(phone.keys.clone());
    let reopened =
        Authenticator::new(Arc::new(vault), keys, Options::default(), phone.clock.clone(), rng).unwrap();
    let due = || reopened.settings_view().unwrap().password_due;
    let typed_at = i64::try_from(crate::testing::SERVER_TIME).unwrap();
    for (days, expected) in [(0, false), (29, false), (30, true)] {
        phone.clock.set(typed_at + days * 86_400);
        assert_eq!(due(), expected, "{days}");
    }
    reopened.set_settings(&Settings { remind_of_password_days: 0, ..Settings::default() }).unwrap();
    assert!(!due());
}
