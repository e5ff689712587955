//! P9: after a lock no secret of an account is in the memory of a process that has shown its codes, neither as it is
//! written nor as the bytes that it stands for.

use super::*;
use crate::otp::OtpEntry;
use crate::testing::{Holder, hold};

const SECRET: &str = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU";
/// What the base32 text stands for.
const BYTES: &[u8] = b"TestSecretTestSecret";

/// Does nothing unless the test below started it.
#[test]
fn holder() {
    hold(|path, password| {
        let rng = Arc::new(SystemRng);
        let authenticator = authenticator(Vault::open(path, password, rng.clone()).unwrap(), rng);
        let shown = authenticator.codes(&CodesQuery::default()).unwrap();
        let entry = shown.rows.first().unwrap().id.clone();
        drop(shown);
        drop(authenticator.code(&entry).unwrap());
        authenticator.used(&entry).unwrap();
        move || authenticator.lock()
    });
}

fn authenticator(vault: Vault, rng: Arc<SystemRng>) -> Authenticator {
    let keys = Arc::new(MemoryKeyStore::new(rng.clone()));
    let client = Client::new(ClientOptions::default()).unwrap();
    Authenticator::with_client(Arc::new(vault), keys, client, phone_clock(0), rng)
}

#[test]
fn p9_after_a_lock_no_secret_of_a_shown_code_is_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let rng = Arc::new(SystemRng);
    let cost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
    let vault = Vault::create(&path, "xylophone quarry 7391", cost, rng.clone()).unwrap();
    let authenticator = authenticator(vault, rng);
    let entry = OtpEntry::parse(&format!("otpauth://totp/Acme:ann?secret={SECRET}&issuer=Acme")).unwrap();
    authenticator.add_entry(&entry).unwrap();
    drop(authenticator);

    let needles = [("the bytes of the secret", BYTES.to_vec()), ("its text", SECRET.as_bytes().to_vec())];
    let holder = Holder::start(concat!(module_path!(), "::holder"), &path, "xylophone quarry 7391");
    let (open, left) = holder.search(needles.to_vec(), Vec::new());
    assert!(!open.is_empty(), "the search finds what is there");
    assert!(left.is_empty(), "still in memory after the lock: {left:?}");
}
