//! Entries and codes.

use super::*;
use crate::scan::Scanned;

const URI: &str =
    "otpauth://totp/Example:sam@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example";

#[test]
fn p6_one_link_one_entry() {
    let phone = phone();
    let Added::New(id) = phone.authenticator.add_uri(URI).unwrap() else { panic!() };
    let again = phone.authenticator.add_uri(&format!("{URI}&image=x")).unwrap();
    assert_eq!(again, Added::AlreadyThere(id));
    assert_eq!(phone.authenticator.entries().unwrap().len(), 1);
    let other = phone.authenticator.add_uri(&URI.replace("sam", "kim")).unwrap();
    assert!(matches!(other, Added::New(_)));
}

#[test]
fn p6_a_link_that_is_delivered_twice_at_once_is_one_entry() {
    let phone = phone();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| phone.authenticator.add_uri(URI).unwrap());
        }
    });
    assert_eq!(phone.authenticator.entries().unwrap().len(), 1);
}

#[test]
fn codes_are_those_of_rfc_6238() {
    let phone = phone();
    phone.authenticator.add_uri(URI).unwrap();
    phone.clock.set(59);
    let codes = phone.authenticator.codes(&CodesQuery::default()).unwrap().rows;
    assert_eq!((codes[0].code.as_deref(), codes[0].grouped.as_deref()), (Some("287082"), Some("287 082")));
    assert_eq!((codes[0].seconds_left, codes[0].period), (Some(1), Some(30)));
    phone.clock.set(60);
    assert_eq!(phone.authenticator.codes(&CodesQuery::default()).unwrap().rows[0].code, codes[0].next);
    assert!(!format!("{codes:?}").contains("287082"));
}

#[test]
fn entries_keep_their_order_and_can_be_removed() {
    let phone = phone();
    for (at, name) in [(0, "zoe"), (1, "adam"), (2, "mia")] {
        phone.clock.set(1_800_000_000 + at);
        phone.authenticator.add_uri(&URI.replace("sam", name)).unwrap();
    }
    let entries = phone.authenticator.entries().unwrap();
    let names: Vec<_> = entries.iter().map(|e| e.account.as_str()).collect();
    assert_eq!(names, ["zoe@example.org", "adam@example.org", "mia@example.org"]);
    phone.authenticator.remove_entry(&entries[1].id).unwrap();
    assert_eq!(phone.authenticator.entries().unwrap().len(), 2);
    let error = phone.authenticator.remove_entry(&entries[1].id).unwrap_err();
    assert_eq!(error.code(), "unknown_entry");
}

#[test]
fn p9_a_locked_vault_shows_nothing() {
    let phone = phone();
    phone.authenticator.add_uri(URI).unwrap();
    phone.authenticator.lock();
    assert_eq!(phone.authenticator.codes(&CodesQuery::default()).unwrap_err().code(), "vault_locked");
    assert_eq!(phone.authenticator.accounts().unwrap_err().code(), "vault_locked");
}

#[test]
fn a_text_is_classified_and_nothing_is_stored() {
    let phone = phone();
    assert!(matches!(phone.authenticator.scan_text(URI), Scanned::OtpAuth(_)));
    let link = FakeServer::new("https://mfa.example.org").link();
    assert!(matches!(phone.authenticator.scan_text(&link.app_link()), Scanned::Enrollment(_)));
    assert_eq!(phone.authenticator.scan_file(b"").unwrap_err().code(), "picture_unusable");
    assert_eq!(phone.rows(Table::Entries), 0);
}
