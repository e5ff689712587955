//! What both software key stores promise.

use std::path::Path;
use std::sync::Arc;

use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

use super::*;
use crate::host::{Rng, SystemRng};
use crate::vault::{PasswordCost, Table, Vault};

const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
const BOTH: [KeyPurpose; 2] = [KeyPurpose::Possession, KeyPurpose::Verification];

fn rng() -> Arc<dyn Rng> {
    Arc::new(SystemRng)
}

fn create(path: &Path) -> Arc<Vault> {
    Arc::new(Vault::create(path, "password", CHEAP, rng()).unwrap())
}

async fn sign(keys: &dyn KeyStore, alias: &str, purpose: KeyPurpose) -> Result<Vec<u8>, KeyError> {
    keys.sign(alias.into(), purpose, b"challenge".to_vec(), "Payroll".into()).await
}

fn verifies(public: &[u8], signature: &[u8]) -> bool {
    let raw = signature_to_raw(signature).unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public).verify(b"challenge", &raw).is_ok()
}

#[tokio::test]
async fn each_store_signs_with_two_different_keys() {
    let directory = tempfile::tempdir().unwrap();
    let stores: [Box<dyn KeyStore>; 3] = [
        Box::new(MemoryKeyStore::new(rng())),
        Box::new(MemoryKeyStore::new(rng()).with_der_signatures()),
        Box::new(VaultKeyStore::new(create(&directory.path().join("vault")))),
    ];
    for keys in stores {
        let mut public = Vec::new();
        for purpose in BOTH {
            assert_eq!(sign(&*keys, "work", purpose).await, Err(KeyError::Missing));
            let key = keys.generate("work".into(), purpose, vec![7; 32]).await.unwrap().point;
            assert_eq!((key.len(), key[0]), (65, 4));
            assert!(verifies(&key, &sign(&*keys, "work", purpose).await.unwrap()));
            public.push(key);
        }
        let possession = sign(&*keys, "work", KeyPurpose::Possession).await.unwrap();
        assert!(verifies(&public[0], &possession) && !verifies(&public[1], &possession));

        let replaced = keys.generate("work".into(), KeyPurpose::Possession, vec![7; 32]).await.unwrap().point;
        let signature = sign(&*keys, "work", KeyPurpose::Possession).await.unwrap();
        assert!(verifies(&replaced, &signature) && !verifies(&public[0], &signature));

        keys.generate("home".into(), KeyPurpose::Possession, vec![7; 32]).await.unwrap();
        for _ in 0..2 {
            keys.delete("work".into()).await.unwrap();
        }
        for purpose in BOTH {
            assert_eq!(sign(&*keys, "work", purpose).await, Err(KeyError::Missing));
        }
        sign(&*keys, "home", KeyPurpose::Possession).await.unwrap();
    }
}

#[tokio::test]
async fn der_signatures_come_as_der() {
    let keys = MemoryKeyStore::new(rng()).with_der_signatures();
    let public = keys.generate("a".into(), KeyPurpose::Possession, vec![7; 32]).await.unwrap().point;
    for _ in 0..50 {
        let signature = sign(&keys, "a", KeyPurpose::Possession).await.unwrap();
        assert_eq!(signature[0], 0x30);
        assert!(verifies(&public, &signature));
    }
}

#[tokio::test]
async fn p10_invalidation_takes_verification_and_wrapping_but_not_possession() {
    let keys = MemoryKeyStore::new(rng());
    for purpose in BOTH {
        keys.generate("a".into(), purpose, vec![7; 32]).await.unwrap();
    }
    let wrapped = keys.wrap("a".into(), b"data key".to_vec()).await.unwrap();
    assert_eq!(keys.unwrap("a".into(), wrapped.clone()).await.unwrap(), b"data key");
    assert_eq!(keys.unwrap("b".into(), wrapped.clone()).await, Err(KeyError::Missing));

    keys.invalidate("a");
    assert_eq!(sign(&keys, "a", KeyPurpose::Verification).await, Err(KeyError::Invalidated));
    assert_eq!(keys.unwrap("a".into(), wrapped.clone()).await, Err(KeyError::Invalidated));
    assert_eq!(keys.wrap("a".into(), vec![1]).await, Err(KeyError::Invalidated));
    sign(&keys, "a", KeyPurpose::Possession).await.unwrap();

    keys.delete("a".into()).await.unwrap();
    keys.wrap("a".into(), vec![1]).await.unwrap();
    assert!(matches!(keys.unwrap("a".into(), wrapped).await, Err(KeyError::Unavailable { .. })));
}

#[tokio::test]
async fn a_memory_store_refuses_when_told_and_remembers_who_asked() {
    let keys = MemoryKeyStore::new(rng());
    keys.generate("a".into(), KeyPurpose::Possession, vec![7; 32]).await.unwrap();
    keys.refuse(Some(KeyError::Cancelled));
    assert_eq!(sign(&keys, "a", KeyPurpose::Possession).await, Err(KeyError::Cancelled));
    keys.refuse(None);
    sign(&keys.clone(), "a", KeyPurpose::Possession).await.unwrap();
    assert_eq!(keys.contexts(), ["Payroll"]);
}

#[tokio::test]
async fn verification_in_the_terminal_needs_the_password() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("vault");
    let vault = create(&path);
    let platform = MemoryKeyStore::new(rng());
    vault.add_keystore_slot(&platform, "vault").await.unwrap();
    let keys = VaultKeyStore::new(Arc::clone(&vault));
    let mut public = Vec::new();
    for purpose in BOTH {
        public.push(keys.generate("work".into(), purpose, vec![7; 32]).await.unwrap().point);
    }

    let without = Vault::open_with_keystore(&path, &platform, rng()).await.unwrap();
    let without = VaultKeyStore::new(Arc::new(without));
    assert!(verifies(&public[0], &sign(&without, "work", KeyPurpose::Possession).await.unwrap()));
    let refused = KeyError::AuthenticationRequired;
    assert_eq!(sign(&without, "work", KeyPurpose::Verification).await, Err(refused.clone()));
    assert_eq!(
        without.generate("b".into(), KeyPurpose::Verification, vec![7; 32]).await,
        Err(refused.clone())
    );

    let with = VaultKeyStore::new(Arc::new(Vault::open(&path, "password", rng()).unwrap()));
    assert!(verifies(&public[1], &sign(&with, "work", KeyPurpose::Verification).await.unwrap()));

    vault.lock();
    for purpose in BOTH {
        assert_eq!(sign(&keys, "work", purpose).await, Err(refused.clone()));
    }
}

#[tokio::test]
async fn a_forgotten_password_costs_the_verification_keys_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("vault");
    let vault = create(&path);
    let keys = VaultKeyStore::new(Arc::clone(&vault));
    for purpose in BOTH {
        keys.generate("work".into(), purpose, vec![7; 32]).await.unwrap();
    }
    vault.replace_forgotten_password("another", CHEAP).unwrap();
    assert_eq!(sign(&keys, "work", KeyPurpose::Verification).await, Err(KeyError::Invalidated));
    sign(&keys, "work", KeyPurpose::Possession).await.unwrap();
}

#[tokio::test]
async fn a_verification_key_of_another_alias_does_not_serve() {
    let directory = tempfile::tempdir().unwrap();
    let vault = create(&directory.path().join("vault"));
    let keys = VaultKeyStore::new(Arc::clone(&vault));
    keys.generate("work".into(), KeyPurpose::Verification, vec![7; 32]).await.unwrap();
    let plain = vault.get(Table::Keys, "verification/work").unwrap().unwrap();
    vault
        .write(vec![crate::vault::Change::Put { table: Table::Keys, id: "verification/home".into(), plain }])
        .unwrap();
    assert_eq!(sign(&keys, "home", KeyPurpose::Verification).await, Err(KeyError::Invalidated));
}

#[tokio::test]
async fn a_vault_cannot_hold_the_key_to_itself() {
    let directory = tempfile::tempdir().unwrap();
    let vault = create(&directory.path().join("vault"));
    let keys = VaultKeyStore::new(Arc::clone(&vault));
    let added = vault.add_keystore_slot(&keys, "vault").await;
    assert!(matches!(added, Err(crate::vault::VaultError::KeyRefused { .. })));
    assert!(matches!(keys.unwrap("vault".into(), vec![]).await, Err(KeyError::Unavailable { .. })));
}

#[test]
fn p9_debug_shows_no_key() {
    let keys = MemoryKeyStore::new(rng());
    assert_eq!(format!("{keys:?}"), "MemoryKeyStore { signing: 0, wrapping: 0 }");
}
