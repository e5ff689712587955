//! Ways to unlock: passwords, the platform's key, presence.

use super::super::SlotKind;
use super::*;
use crate::keys::{KeyError, KeyStore as _, MemoryKeyStore};

fn keys() -> MemoryKeyStore {
    MemoryKeyStore::new(rng())
}

#[test]
fn p5_costs_out_of_bounds_are_refused_before_memory_is_taken() {
    let place = Place::new();
    for (memory_kib, passes, lanes) in [
        (u32::MAX, 1, 1),
        (1_048_577, 1, 1),
        (8, 101, 1),
        (8, 0, 1),
        (8, 1, 0),
        (7, 1, 1),
        (8, 1, 2),
        (1024, 1, u32::MAX),
    ] {
        let cost = PasswordCost { memory_kib, passes, lanes };
        let error = Vault::create(&place.path(), PASSWORD, cost, rng()).unwrap_err();
        assert!(matches!(error, VaultError::CostOutOfBounds { .. }), "{cost:?}");
        assert_eq!(place.names(), Vec::<String>::new());
    }
}

#[test]
fn p5_a_slot_that_asks_for_terabytes_is_refused() {
    let place = Place::new();
    let vault = place.filled();
    // With a right checksum, as somebody makes it who wants the phone to run out of memory.
    let slot = {
        let _gate = super::super::file::gate();
        let mut slot = super::super::format::Image::read(&place.path()).unwrap().slots.remove(0);
        slot.cost.memory_kib = u32::MAX;
        slot.with_checksum(&vault.id())
    };
    place
        .sql()
        .execute("UPDATE slots SET memory_kib = ?1, checksum = ?2", (slot.cost.memory_kib, slot.checksum))
        .unwrap();
    let error = place.open().unwrap_err();
    assert!(matches!(error, VaultError::CostOutOfBounds { memory_kib: u32::MAX, .. }), "{error:?}");
}

#[test]
fn the_default_cost_is_64_mib_and_opens() {
    let place = Place::new();
    let cost = PasswordCost::default();
    assert_eq!(cost, PasswordCost { memory_kib: 64 * 1024, passes: 3, lanes: 1 });
    drop(Vault::create(&place.path(), PASSWORD, cost, rng()).unwrap());
    place.open().unwrap();
    assert!(matches!(Vault::open(&place.path(), "no", rng()), Err(VaultError::WrongPassword)));
}

#[test]
fn a_changed_password_opens_and_the_old_one_does_not() {
    let place = Place::new();
    let vault = place.filled();
    let sealed = vault.seal_with_presence("x", b"kept").unwrap();
    vault.add_password_slot("new password", CHEAP).unwrap();
    assert!(matches!(place.open(), Err(VaultError::WrongPassword)));
    let again = Vault::open(&place.path(), "new password", rng()).unwrap();
    assert_eq!(contents(&again), contents(&vault));
    assert_eq!(again.open_with_presence("x", &sealed).unwrap().unwrap().as_slice(), b"kept");
    assert!(matches!(vault.add_password_slot("", CHEAP), Err(VaultError::EmptyPassword)));
}

#[tokio::test]
async fn the_platform_key_opens_what_the_password_opens() {
    let (place, keys) = (Place::new(), keys());
    let vault = place.filled();
    let missing = Vault::open_with_keystore(&place.path(), &keys, rng()).await;
    assert!(matches!(missing, Err(VaultError::NoSuchSlot { kind: SlotKind::KeyStore })));

    vault.add_keystore_slot(&keys, "vault").await.unwrap();
    assert_eq!(Vault::ways_to_unlock(&place.path()).unwrap(), [SlotKind::KeyStore, SlotKind::Password]);
    let by_key = Vault::open_with_keystore(&place.path(), &keys, rng()).await.unwrap();
    assert_eq!(contents(&by_key), contents(&vault));
    assert!(!by_key.has_presence());
    assert!(place.open().unwrap().has_presence());
}

#[tokio::test]
async fn p10_an_invalidated_key_leads_to_the_password() {
    let (place, keys) = (Place::new(), keys());
    place.filled().add_keystore_slot(&keys, "vault").await.unwrap();
    keys.invalidate("vault");
    let bytes = place.bytes();
    let error = Vault::open_with_keystore(&place.path(), &keys, rng()).await.unwrap_err();
    assert!(matches!(error, VaultError::KeyLost { source: KeyError::Invalidated }));
    assert!(error.to_string().contains("password"));
    keys.delete("vault".into()).await.unwrap();
    let error = Vault::open_with_keystore(&place.path(), &keys, rng()).await.unwrap_err();
    assert!(matches!(error, VaultError::KeyLost { source: KeyError::Missing }));
    assert_eq!(place.bytes(), bytes);

    let vault = place.open().unwrap();
    vault.add_keystore_slot(&keys, "vault").await.unwrap();
    Vault::open_with_keystore(&place.path(), &keys, rng()).await.unwrap();
}

#[tokio::test]
async fn p10_a_cancelled_prompt_is_not_a_lost_key() {
    let (place, keys) = (Place::new(), keys());
    place.filled().add_keystore_slot(&keys, "vault").await.unwrap();
    for refusal in [
        KeyError::Cancelled,
        KeyError::AuthenticationRequired,
        KeyError::Unavailable { reason: "busy".into() },
    ] {
        keys.refuse(Some(refusal.clone()));
        let error = Vault::open_with_keystore(&place.path(), &keys, rng()).await.unwrap_err();
        assert!(matches!(error, VaultError::KeyRefused { source } if source == refusal));
    }
    keys.refuse(None);
    Vault::open_with_keystore(&place.path(), &keys, rng()).await.unwrap();
}

#[tokio::test]
async fn a_vault_without_password_gets_one_later() {
    let (place, keys) = (Place::new(), keys());
    let vault = Vault::create_with_keystore(&place.path(), &keys, "vault", rng()).await.unwrap();
    assert!(!vault.has_presence());
    assert!(matches!(place.open(), Err(VaultError::NoSuchSlot { kind: SlotKind::Password })));
    assert!(matches!(vault.remove_slot(SlotKind::KeyStore), Err(VaultError::LastSlot)));

    vault.add_password_slot(PASSWORD, CHEAP).unwrap();
    assert!(vault.has_presence() && place.open().unwrap().has_presence());
    vault.remove_slot(SlotKind::KeyStore).unwrap();
    assert!(matches!(vault.remove_slot(SlotKind::KeyStore), Err(VaultError::NoSuchSlot { .. })));
    assert_eq!(Vault::ways_to_unlock(&place.path()).unwrap(), [SlotKind::Password]);
    place.open().unwrap();
}

#[tokio::test]
async fn presence_is_not_had_by_the_platform_key_alone() {
    let (place, keys) = (Place::new(), keys());
    let vault = place.filled();
    vault.add_keystore_slot(&keys, "vault").await.unwrap();
    let sealed = vault.seal_with_presence("x", b"kept").unwrap();

    let by_key = Vault::open_with_keystore(&place.path(), &keys, rng()).await.unwrap();
    assert!(matches!(by_key.open_with_presence("x", &sealed), Err(VaultError::PasswordRequired)));
    assert!(matches!(by_key.seal_with_presence("x", b""), Err(VaultError::PasswordRequired)));
    assert!(matches!(by_key.add_password_slot("mine now", CHEAP), Err(VaultError::PasswordRequired)));

    by_key.replace_forgotten_password("mine now", CHEAP).unwrap();
    assert!(by_key.has_presence());
    assert!(by_key.open_with_presence("x", &sealed).unwrap().is_none(), "a new presence, not the old one");
    let again = Vault::open(&place.path(), "mine now", rng()).unwrap();
    assert!(again.open_with_presence("x", &sealed).unwrap().is_none());

    // The handle that had the old presence notices with its next look at the file.
    assert!(vault.refresh().unwrap());
    assert!(!vault.has_presence());
}

#[tokio::test]
async fn a_platform_slot_of_another_vault_opens_nothing() {
    let (place, other, keys) = (Place::new(), Place::new(), keys());
    place.filled().add_keystore_slot(&keys, "vault").await.unwrap();
    let foreign = other.filled();
    foreign.add_keystore_slot(&keys, "vault").await.unwrap();
    let slot = {
        let _gate = super::super::file::gate();
        let slots = super::super::format::Image::read(&other.path()).unwrap().slots;
        slots.into_iter().find(|slot| slot.kind == SlotKind::KeyStore).unwrap()
    };
    let id = place.open().unwrap().id();
    let slot = slot.with_checksum(&id);
    place
        .sql()
        .execute(
            "UPDATE slots SET wrapped = ?1, checksum = ?2 WHERE kind = 'keystore'",
            (slot.wrapped, slot.checksum),
        )
        .unwrap();
    let opened = Vault::open_with_keystore(&place.path(), &keys, rng()).await;
    assert!(matches!(opened, Err(VaultError::Corrupt { .. })));
}
