//! P9: after a lock nothing secret is in the memory of the process. Another process reads all of it, before and after.

use std::io::BufRead as _;

use super::*;
use crate::testing::{Holder, held_vault, say};

/// Lines that the holder says.
const UNLOCKED: &str = "it is unlocked";
const LOCKED: &str = "it is locked";

/// Does nothing unless the test below started it. Its password comes in through standard input.
#[test]
fn holder() {
    let Some(path) = held_vault() else { return };
    let mut line = Zeroizing::new(String::with_capacity(256));
    let mut input = std::io::stdin().lock();
    input.read_line(&mut line).unwrap();
    let vault = Vault::open(&path, line.trim_end(), rng()).unwrap();
    drop(line);
    // What an app does between unlocking and locking.
    let records = vault.list(Table::Entries).unwrap();
    assert!(!records.is_empty());
    let plain = vault.get(Table::Entries, "a").unwrap().unwrap();
    vault.write(vec![Change::Put { table: Table::Entries, id: "b".into(), plain: plain.clone() }]).unwrap();
    drop((records, plain));
    say(UNLOCKED);
    let mut go = String::new();
    input.read_line(&mut go).unwrap();
    vault.lock();
    say(LOCKED);
    input.read_line(&mut go).unwrap();
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
    let needles = [
        ("the data key", data),
        ("the presence key", presence),
        ("a record", record.to_vec()),
        ("a record of bytes", vec![0xC7; 40]),
        ("the secret in base32", b"KRSXG5CTMVRXEZLUKRSXG5CT".to_vec()),
    ];
    let mut holder = Holder::start(concat!(module_path!(), "::holder"), &place.path(), password);
    holder.wait_for(UNLOCKED);
    let while_open = holder.finds(&needles);
    assert_eq!(while_open.len(), needles.len(), "the search finds what is there: {while_open:?}");

    holder.go();
    holder.wait_for(LOCKED);
    let with_password: Vec<_> =
        needles.into_iter().chain([("the password", password.as_bytes().to_vec())]).collect();
    let left = holder.finds(&with_password);
    holder.end();
    assert!(left.is_empty(), "still in memory after the lock: {left:?}");
}
