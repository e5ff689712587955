//! P9: after a lock nothing secret is in the memory of the process. Another process reads all of it, before and after.

use super::*;
use crate::testing::{Holder, hold};

/// Does nothing unless the test below started it. Its password comes in through standard input.
#[test]
fn holder() {
    hold(|path, password| {
        let vault = Vault::open(path, password, rng()).unwrap();
        // What an app does between unlocking and locking.
        let records = vault.list(Table::Entries).unwrap();
        assert!(!records.is_empty());
        let plain = vault.get(Table::Entries, "a").unwrap().unwrap();
        vault.write(vec![Change::Put { table: Table::Entries, id: "b".into(), plain }]).unwrap();
        move || vault.lock()
    });
}

#[test]
fn p9_after_a_lock_no_secret_is_in_the_memory_of_the_process() {
    let place = Place::new();
    let password = "xylophone quarry 7391 lantern";
    let record = br#"{"secret":"KRSXG5CTMVRXEZLUKRSXG5CT","note":"marker of one record"}"#;
    let vault = Vault::create(&place.path(), password, CHEAP, rng()).unwrap();
    vault.write(vec![put(Table::Entries, "a", record), put(Table::Entries, "c", &[0xC7; 40])]).unwrap();
    let (data, presence) = vault
        .with(|unlocked| {
            let presence = unlocked.presence.as_ref().unwrap();
            Ok((unlocked.data.as_bytes().to_vec(), presence.as_bytes().to_vec()))
        })
        .unwrap();
    let needles = vec![
        ("the data key", data),
        ("the presence key", presence),
        ("a record", record.to_vec()),
        ("a record of bytes", vec![0xC7; 40]),
        ("the secret in base32", b"KRSXG5CTMVRXEZLUKRSXG5CT".to_vec()),
    ];
    let holder = Holder::start(concat!(module_path!(), "::holder"), &place.path(), password);
    let all = needles.len();
    let (open, left) = holder.search(needles, vec![("the password", password.as_bytes().to_vec())]);
    assert_eq!(open.len(), all, "the search finds what is there: {open:?}");
    assert!(left.is_empty(), "still in memory after the lock: {left:?}");
}
