//! Entries that are changed: by the person, and by two programs at once.

use super::*;
use crate::entries::{EditError, MAX_NOTE};
use crate::settings::Order;
use crate::vault::VaultError;

const SECRET: &str = "MV4GC3LQNRSS243FMNZGK5BNGI";

/// A second program with the same vault unlocked.
fn another(phone: &Phone) -> Authenticator {
    let rng = Arc::new(SystemRng);
    let vault = Vault::open(phone.authenticator.vault().path(), "password", rng.clone()).unwrap();
    let keys = Arc::new(phone.keys.clone());
    Authenticator::new(Arc::new(vault), keys, Options::default(), phone.clock.clone(), rng).unwrap()
}

fn uri(name: &str) -> String {
    format!("otpauth://totp/Acme:{name}?secret={SECRET}")
}

/// Adds an entry, a second after the one before: entries of one moment have no order.
fn add(phone: &Phone, uri: &str) -> EntryId {
    phone.later(1);
    let added = phone.authenticator.add_uri(uri).unwrap();
    assert!(matches!(added, Added::New(_)));
    added.id().clone()
}

fn accounts(authenticator: &Authenticator) -> Vec<String> {
    let rows = authenticator.codes(&CodesQuery::default()).unwrap().rows;
    rows.iter().map(|row| row.account.clone()).collect()
}

#[test]
fn p6_two_programs_that_are_given_the_same_links_at_once_make_one_entry_of_each() {
    let phone = phone();
    let other = another(&phone);
    std::thread::scope(|scope| {
        for authenticator in [&phone.authenticator, &other] {
            scope.spawn(move || {
                for n in 0..40 {
                    authenticator.add_uri(&uri(&n.to_string())).unwrap();
                }
            });
        }
    });
    for authenticator in [&phone.authenticator, &other] {
        authenticator.vault().refresh().unwrap();
        assert_eq!(authenticator.entries().unwrap().len(), 40);
    }
}

#[test]
fn p6_the_counter_and_a_pin_do_not_make_another_entry() {
    let phone = phone();
    let counted = format!("otpauth://hotp/Beta:bob?secret={SECRET}&counter=7");
    let id = add(&phone, &counted);
    phone.authenticator.next_code(&id).unwrap();
    assert_eq!(phone.authenticator.add_uri(&counted).unwrap(), Added::AlreadyThere(id));
    let yandex = format!("otpauth://yaotp/dan?secret={SECRET}");
    let id = add(&phone, &yandex);
    phone.authenticator.set_pin(&id, "4321").unwrap();
    assert_eq!(phone.authenticator.add_uri(&yandex).unwrap(), Added::AlreadyThere(id));
}

#[test]
fn a_counted_code_is_shown_when_its_counter_is_stored_and_until_the_next_is_asked_for() {
    let phone = phone();
    let id =
        add(&phone, &format!("otpauth://hotp/Beta:bob?secret={SECRET}&algorithm=SHA256&digits=8&counter=7"));
    assert_eq!(phone.authenticator.code(&id).unwrap().code, None, "none was asked for");
    let first = phone.authenticator.next_code(&id).unwrap();
    assert_eq!(first.code.as_deref(), Some("02303504"));
    assert_eq!(phone.authenticator.entry(&id).unwrap().counter, Some(8));
    assert_eq!(phone.authenticator.code(&id).unwrap(), first, "asked again, it is the same");
    let other = another(&phone);
    assert_eq!(other.code(&id).unwrap(), first, "also after the vault was closed");
    let second = other.next_code(&id).unwrap();
    assert_ne!(second.code, first.code);
    // This program has not looked at the file since, and still does not give the second code out again.
    let third = phone.authenticator.next_code(&id).unwrap();
    assert!(![&first.code, &second.code].contains(&&third.code));
    assert_eq!(phone.authenticator.entry(&id).unwrap().counter, Some(10));
}

#[test]
fn no_counted_code_is_given_out_twice_by_two_programs_or_two_threads() {
    let phone = phone();
    let id = add(&phone, &format!("otpauth://hotp/Beta:bob?secret={SECRET}&digits=8&counter=0"));
    let other = another(&phone);
    let codes = std::thread::scope(|scope| {
        let ask = |authenticator| {
            let id = &id;
            let next = move |_| Authenticator::next_code(authenticator, id).unwrap().code.clone();
            scope.spawn(move || (0..10).map(next).collect::<Vec<_>>())
        };
        let threads = [&phone.authenticator, &phone.authenticator, &other, &other].map(ask);
        threads.map(|thread| thread.join().unwrap()).concat()
    });
    assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), 40, "{codes:?}");
    other.vault().refresh().unwrap();
    assert_eq!(other.entry(&id).unwrap().counter, Some(40));
}

#[test]
fn a_counter_that_cannot_be_stored_shows_no_code() {
    let phone = phone();
    let last = add(&phone, &format!("otpauth://hotp/Beta:bob?secret={SECRET}&counter=9223372036854775807"));
    assert_eq!(phone.authenticator.next_code(&last).unwrap_err().code(), "counter_at_its_end");
    let timed = add(&phone, &uri("ann"));
    assert_eq!(phone.authenticator.next_code(&timed).unwrap_err().code(), "not_counted");
    let counted = add(&phone, &format!("otpauth://hotp/Beta:eve?secret={SECRET}&counter=1"));
    std::fs::remove_file(phone.authenticator.vault().path()).unwrap();
    assert!(phone.authenticator.next_code(&counted).is_err());
    assert_eq!(phone.authenticator.code(&counted).unwrap().code, None);
    phone.authenticator.lock();
    assert_eq!(phone.authenticator.next_code(&counted).unwrap_err().code(), "vault_locked");
}

#[test]
fn codes_wait_for_their_pin() {
    let phone = phone();
    phone.clock.set(1_700_000_000);
    let id = add(&phone, "otpauth://yaotp/dan?secret=MV4GC3LQNRSS26LBNZSGK6BNGE");
    let row = phone.authenticator.code(&id).unwrap();
    assert_eq!((row.needs_pin, row.code.as_deref(), row.seconds_left), (true, None, None));
    assert_eq!(phone.authenticator.set_pin(&id, "").unwrap_err().code(), "invalid_setup_link");
    phone.authenticator.set_pin(&id, "4321").unwrap();
    let row = phone.authenticator.code(&id).unwrap();
    assert_eq!((row.needs_pin, row.code.as_deref()), (false, Some("jaibedod")));
    for keyboard in ["٤٣٢١", "۴۳۲۱"] {
        phone.authenticator.set_pin(&id, "1").unwrap();
        phone.authenticator.set_pin(&id, keyboard).unwrap();
        assert_eq!(phone.authenticator.code(&id).unwrap().code.as_deref(), Some("jaibedod"), "{keyboard}");
    }
    let timed = add(&phone, &uri("ann"));
    assert_eq!(phone.authenticator.set_pin(&timed, "1").unwrap_err().code(), "no_pin_needed");
}

#[test]
fn an_entry_is_changed_in_part_and_within_limits() {
    let phone = phone();
    let id = add(&phone, &uri("ann"));
    let edit = EntryEdit {
        tags: Some(vec![" Work ".into(), "Work".into()]),
        pinned: Some(true),
        note: Some("n1".into()),
        ..EntryEdit::default()
    };
    phone.authenticator.edit_entry(&id, &edit).unwrap();
    phone.authenticator.used(&id).unwrap();
    let renamed = EntryEdit { issuer: Some(" Acme Mail ".into()), ..EntryEdit::default() };
    phone.authenticator.edit_entry(&id, &renamed).unwrap();
    let entry = another(&phone).entry(&id).unwrap();
    assert_eq!((entry.issuer.as_deref(), entry.account.as_str()), (Some("Acme Mail"), "ann"));
    assert_eq!((entry.tags, entry.pinned, entry.note.as_str()), (vec!["Work".to_owned()], true, "n1"));
    assert_eq!(entry.used.times, 1);

    let generation = phone.authenticator.vault().generation().unwrap();
    phone.authenticator.edit_entry(&id, &renamed).unwrap();
    let long = |characters| EntryEdit { note: Some("ä".repeat(characters)), ..EntryEdit::default() };
    let nameless =
        EntryEdit { issuer: Some(String::new()), account: Some(" ".into()), ..EntryEdit::default() };
    for (edit, error) in [
        (long(MAX_NOTE + 1), EditError::NoteTooLong(MAX_NOTE + 1)),
        (nameless, EditError::Nameless),
        (EntryEdit { account: Some("x".repeat(257)), ..EntryEdit::default() }, EditError::NameTooLong(257)),
    ] {
        let refused = phone.authenticator.edit_entry(&id, &edit).unwrap_err();
        assert_eq!(refused.code(), error.code());
    }
    assert_eq!(phone.authenticator.vault().generation().unwrap(), generation, "nothing was written");
    phone.authenticator.edit_entry(&id, &long(MAX_NOTE)).unwrap();
    phone.authenticator.remove_entry(&id).unwrap();
    assert_eq!(phone.authenticator.edit_entry(&id, &edit).unwrap_err().code(), "unknown_entry");
}

#[test]
fn a_change_is_made_to_what_another_program_made_of_the_entry() {
    let phone = phone();
    let id = add(&phone, &uri("ann"));
    let other = another(&phone);
    let note = EntryEdit { note: Some("theirs".into()), ..EntryEdit::default() };
    other.edit_entry(&id, &note).unwrap();
    let tags = EntryEdit { tags: Some(vec!["mine".into()]), ..EntryEdit::default() };
    phone.authenticator.edit_entry(&id, &tags).unwrap();
    let entry = phone.authenticator.entry(&id).unwrap();
    assert_eq!((entry.note.as_str(), entry.tags), ("theirs", vec!["mine".to_owned()]));
}

#[test]
fn entries_are_moved_before_others_in_one_write() {
    let phone = phone();
    let ids: Vec<_> = ["a", "b", "c", "d"].iter().map(|name| add(&phone, &uri(name))).collect();
    let settings = Settings { order: Order::Manual, ..Settings::default() };
    phone.authenticator.set_settings(&settings).unwrap();
    assert_eq!(accounts(&phone.authenticator), ["a", "b", "c", "d"]);
    let generation = phone.authenticator.vault().generation().unwrap();
    phone.authenticator.move_entry(&ids[3], Some(&ids[1])).unwrap();
    assert_eq!(accounts(&phone.authenticator), ["a", "d", "b", "c"]);
    assert_eq!(phone.authenticator.vault().generation().unwrap(), generation + 1);
    phone.authenticator.move_entry(&ids[0], None).unwrap();
    phone.authenticator.move_entry(&ids[2], Some(&ids[2])).unwrap();
    assert_eq!(accounts(&phone.authenticator), ["d", "b", "c", "a"]);
    // A new one comes after those that have their places.
    add(&phone, &uri("e"));
    assert_eq!(accounts(&another(&phone)), ["d", "b", "c", "a", "e"]);
    phone.authenticator.remove_entry(&ids[1]).unwrap();
    assert_eq!(phone.authenticator.move_entry(&ids[0], Some(&ids[1])).unwrap_err().code(), "unknown_entry");
}

#[test]
fn p9_entries_at_hand_go_when_anyone_locks_the_vault() {
    let phone = phone();
    let id = add(&phone, &uri("ann"));
    let held = Arc::downgrade(&phone.authenticator.inner.shelf().unwrap().value);
    assert!(held.upgrade().is_some());
    phone.authenticator.vault().lock();
    assert!(held.upgrade().is_none());
    let error = phone.authenticator.code(&id).unwrap_err();
    assert!(matches!(error, AuthenticatorError::Vault(VaultError::Locked)));
}
