//! New keys: everything is sealed anew, the former key opens nothing, other handles notice.

use super::super::SlotKind;
use super::*;
use crate::keys::MemoryKeyStore;

#[tokio::test]
async fn new_keys_seal_everything_anew() {
    let (place, keys) = (Place::new(), MemoryKeyStore::new(rng()));
    let vault = place.filled();
    vault.add_keystore_slot(&keys, "vault").await.unwrap();
    let sealed = vault.seal_with_presence("x", b"kept").unwrap();
    let all = |vault: &Vault| -> Vec<_> {
        contents(vault).into_iter().map(|(table, id, _, plain)| (table, id, plain)).collect()
    };
    let before = all(&vault);
    let former = std::fs::read(place.path()).unwrap();
    assert!(matches!(vault.renew_keys("wrong"), Err(VaultError::WrongPassword)));
    assert!(place.bytes() == former);

    vault.renew_keys(PASSWORD).unwrap();
    assert_eq!(all(&vault), before);
    assert!(vault.has_presence());
    assert_eq!(Vault::ways_to_unlock(&place.path()).unwrap(), [SlotKind::Password]);
    let again = place.open().unwrap();
    assert_eq!(all(&again), before);
    assert_eq!(again.open_with_presence("x", &sealed).unwrap().unwrap().as_slice(), b"kept");
    vault.write(vec![put(Table::Entries, "a", b"on")]).unwrap();
    vault.add_keystore_slot(&keys, "vault").await.unwrap();
    Vault::open_with_keystore(&place.path(), &keys, rng()).await.unwrap();

    // The state before is kept, under the former keys.
    assert!(place.earlier().contains(&3));
    assert!(matches!(vault.restore(3), Err(VaultError::FormerKeys { generation: 3 })));
    let kept = Vault::earlier_states(&place.path()).unwrap();
    let kept = kept.iter().find(|state| state.generation == 3).unwrap();
    assert_eq!(all(&Vault::open(&kept.path, PASSWORD, rng()).unwrap()), before);
}

#[test]
fn a_handle_with_the_former_keys_says_so_and_writes_nothing() {
    let place = Place::new();
    let (vault, other) = (place.filled(), place.open().unwrap());
    vault.renew_keys(PASSWORD).unwrap();
    let bytes = place.bytes();
    assert!(matches!(other.refresh(), Err(VaultError::Replaced { .. })));
    assert!(matches!(other.write(vec![put(Table::Entries, "a", b"x")]), Err(VaultError::Replaced { .. })));
    assert!(matches!(other.add_password_slot("x", CHEAP), Err(VaultError::Replaced { .. })));
    assert!(place.bytes() == bytes);
}

#[test]
fn what_another_process_wrote_is_sealed_anew_too() {
    let place = Place::new();
    let (vault, other) = (place.filled(), place.open().unwrap());
    other.write(vec![put(Table::Entries, "d", b"delta")]).unwrap();
    vault.renew_keys(PASSWORD).unwrap();
    assert_eq!(text(&place.open().unwrap(), Table::Entries, "d").as_deref(), Some("delta"));
}

#[tokio::test]
async fn without_a_password_there_is_nothing_to_prove_it_by() {
    let (place, keys) = (Place::new(), MemoryKeyStore::new(rng()));
    let vault = Vault::create_with_keystore(&place.path(), &keys, "vault", rng()).await.unwrap();
    let error = vault.renew_keys(PASSWORD).unwrap_err();
    assert!(matches!(error, VaultError::NoSuchSlot { kind: SlotKind::Password }));
}
