//! P9: after a lock no secret of an account is in the memory of a process that has shown its codes, neither as it is
//! written nor as the bytes that it stands for.

use std::io::BufRead as _;

use zeroize::Zeroizing;

use super::*;
use crate::otp::OtpEntry;
use crate::testing::{Holder, held_vault, say};

const UNLOCKED: &str = "its codes were shown";
const LOCKED: &str = "it is locked";
const SECRET: &str = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU";
/// What the base32 text stands for.
const BYTES: &[u8] = b"TestSecretTestSecret";

/// Does nothing unless the test below started it.
#[test]
fn holder() {
    let Some(path) = held_vault() else { return };
    let mut line = Zeroizing::new(String::with_capacity(256));
    let mut input = std::io::stdin().lock();
    input.read_line(&mut line).unwrap();
    let rng = Arc::new(SystemRng);
    let vault = Arc::new(Vault::open(&path, line.trim_end(), rng.clone()).unwrap());
    drop(line);
    let keys = Arc::new(MemoryKeyStore::new(rng.clone()));
    let client = Client::new(ClientOptions::default()).unwrap();
    let authenticator = Authenticator::with_client(vault, keys, client, phone_clock(0), rng);
    let shown = authenticator.codes(&CodesQuery::default()).unwrap();
    let entry = shown.rows.first().unwrap().id.clone();
    drop(shown);
    drop(authenticator.code(&entry).unwrap());
    authenticator.used(&entry).unwrap();
    say(UNLOCKED);
    let mut go = String::new();
    input.read_line(&mut go).unwrap();
    authenticator.lock();
    say(LOCKED);
    input.read_line(&mut go).unwrap();
}

#[test]
fn p9_after_a_lock_no_secret_of_a_shown_code_is_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let rng = Arc::new(SystemRng);
    let cost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
    let vault = Vault::create(&path, "xylophone quarry 7391", cost, rng.clone()).unwrap();
    let keys = Arc::new(MemoryKeyStore::new(rng.clone()));
    let client = Client::new(ClientOptions::default()).unwrap();
    let authenticator = Authenticator::with_client(Arc::new(vault), keys, client, phone_clock(0), rng);
    let entry = OtpEntry::parse(&format!("otpauth://totp/Acme:ann?secret={SECRET}&issuer=Acme")).unwrap();
    authenticator.add_entry(&entry).unwrap();
    drop(authenticator);

    let needles = [("the bytes of the secret", BYTES.to_vec()), ("its text", SECRET.as_bytes().to_vec())];
    let mut holder = Holder::start(concat!(module_path!(), "::holder"), &path, "xylophone quarry 7391");
    holder.wait_for(UNLOCKED);
    assert!(!holder.finds(&needles).is_empty(), "the search finds what is there");
    holder.go();
    holder.wait_for(LOCKED);
    let left = holder.finds(&needles);
    holder.end();
    assert!(left.is_empty(), "still in memory after the lock: {left:?}");
}
