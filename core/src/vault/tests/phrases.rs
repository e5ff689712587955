//! The recovery phrase: twelve words, confirmed before they count, and what they unlock.

use super::super::{NewPhrase, PhraseError, RecoveryPhrase, SlotKind};
use super::*;
use crate::keys::MemoryKeyStore;

/// Test vector of BIP-39 for 128 bits of ones at the top.
const KNOWN: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

/// The words that were asked for.
fn answers(phrase: &NewPhrase) -> Vec<String> {
    let text = phrase.phrase().text();
    let words: Vec<&str> = text.split(' ').collect();
    phrase.asked().map(|position| words[position - 1].to_owned()).to_vec()
}

fn add(vault: &Vault) -> RecoveryPhrase {
    let phrase = NewPhrase::draw(&SystemRng).unwrap();
    let typed = answers(&phrase);
    vault.add_phrase_slot(&phrase, &typed.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    phrase.phrase().clone()
}

#[test]
fn a_phrase_unlocks_like_the_password() {
    let place = Place::new();
    let vault = place.filled();
    let sealed = vault.seal_with_presence("x", b"kept").unwrap();
    let phrase = add(&vault);
    let by_phrase = Vault::open_with_phrase(&place.path(), &phrase, rng()).unwrap();
    assert_eq!(contents(&by_phrase), contents(&vault));
    assert_eq!(by_phrase.open_with_presence("x", &sealed).unwrap().unwrap().as_slice(), b"kept");

    // What it is for: the password is forgotten.
    by_phrase.add_password_slot("a new one", CHEAP).unwrap();
    let again = Vault::open(&place.path(), "a new one", rng()).unwrap();
    assert_eq!(again.open_with_presence("x", &sealed).unwrap().unwrap().as_slice(), b"kept");
    Vault::open_with_phrase(&place.path(), &phrase, rng()).unwrap();
}

#[test]
fn a_phrase_counts_only_once_its_words_were_typed_back() {
    let place = Place::new();
    let vault = place.filled();
    let phrase = NewPhrase::draw(&SystemRng).unwrap();
    let good = answers(&phrase);
    let bytes = place.bytes();
    for (number, position) in phrase.asked().into_iter().enumerate() {
        let mut typed: Vec<&str> = good.iter().map(String::as_str).collect();
        typed[number] = "zzzz";
        let error = vault.add_phrase_slot(&phrase, &typed).unwrap_err();
        assert!(
            matches!(error, VaultError::Phrase(PhraseError::Unconfirmed { position: p }) if p == position)
        );
        assert!(vault.add_phrase_slot(&phrase, &typed[..number]).is_err());
    }
    assert!(place.bytes() == bytes);
    let typed: Vec<String> = good.iter().map(|word| format!(" {} ", word.to_uppercase())).collect();
    vault.add_phrase_slot(&phrase, &typed.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
}

#[test]
fn the_asked_words_are_three_different_ones_in_order() {
    for _ in 0..200 {
        let [a, b, c] = NewPhrase::draw(&SystemRng).unwrap().asked();
        assert!(1 <= a && a < b && b < c && c <= 12, "{a} {b} {c}");
    }
}

#[test]
fn what_is_typed_is_read_kindly_and_told_apart() {
    let same = RecoveryPhrase::parse(&format!("  {}\n", KNOWN.to_uppercase().replace(' ', " \t "))).unwrap();
    assert_eq!(same.text().as_str(), KNOWN);
    let error = |typed: &str| RecoveryPhrase::parse(typed).unwrap_err();
    assert_eq!(error("legal winner"), PhraseError::WordCount { found: 2 });
    assert_eq!(error(""), PhraseError::WordCount { found: 0 });
    assert_eq!(error(&KNOWN.replace("year", "yeer")), PhraseError::UnknownWord { position: 4 });
    assert_eq!(error(&KNOWN.replace("yellow", "legal")), PhraseError::Checksum);
    // A phrase of another length is another kind of phrase.
    assert_eq!(error(&format!("{KNOWN} {KNOWN}")), PhraseError::WordCount { found: 24 });
}

#[test]
fn another_phrase_opens_nothing_and_a_replaced_one_no_more() {
    let place = Place::new();
    let vault = place.filled();
    let known = RecoveryPhrase::parse(KNOWN).unwrap();
    let open = |phrase| Vault::open_with_phrase(&place.path(), phrase, rng());
    assert!(matches!(open(&known), Err(VaultError::NoSuchSlot { kind: SlotKind::Phrase })));
    let first = add(&vault);
    assert!(matches!(open(&known), Err(VaultError::WrongPhrase)));
    let second = add(&vault);
    assert!(matches!(open(&first), Err(VaultError::WrongPhrase)));
    open(&second).unwrap();
    vault.remove_slot(SlotKind::Phrase).unwrap();
    assert!(open(&second).is_err());
}

#[test]
fn p9_a_phrase_is_not_in_debug() {
    let phrase = NewPhrase::draw(&SystemRng).unwrap();
    assert_eq!(format!("{:?}", phrase.phrase()), "RecoveryPhrase(…)");
    let expected = format!("NewPhrase {{ phrase: RecoveryPhrase(…), asked: {:?} }}", phrase.asked());
    assert_eq!(format!("{phrase:?}"), expected);
}

#[tokio::test]
async fn the_platform_key_alone_gives_no_phrase_that_grants_presence() {
    let (place, keys) = (Place::new(), MemoryKeyStore::new(rng()));
    let vault = place.filled();
    vault.add_keystore_slot(&keys, "vault").await.unwrap();
    let by_key = Vault::open_with_keystore(&place.path(), &keys, rng()).await.unwrap();
    let phrase = NewPhrase::draw(&SystemRng).unwrap();
    let typed = answers(&phrase);
    let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
    assert!(matches!(by_key.add_phrase_slot(&phrase, &typed), Err(VaultError::PasswordRequired)));

    // Nor does a password that was replaced because it was forgotten leave the old presence on paper.
    let paper = add(&vault);
    let sealed = vault.seal_with_presence("x", b"kept").unwrap();
    let by_key = Vault::open_with_keystore(&place.path(), &keys, rng()).await.unwrap();
    by_key.replace_forgotten_password("mine now", CHEAP).unwrap();
    assert!(Vault::open_with_phrase(&place.path(), &paper, rng()).is_err());
    let again = Vault::open(&place.path(), "mine now", rng()).unwrap();
    assert!(again.open_with_presence("x", &sealed).unwrap().is_none());
}

#[tokio::test]
async fn a_vault_of_the_platform_key_may_have_a_phrase_and_no_password() {
    let (place, keys) = (Place::new(), MemoryKeyStore::new(rng()));
    let vault = Vault::create_with_keystore(&place.path(), &keys, "vault", rng()).await.unwrap();
    let phrase = add(&vault);
    assert!(vault.has_presence());
    // The words are for the worst day; they are not the only way in.
    assert!(matches!(vault.remove_slot(SlotKind::KeyStore), Err(VaultError::LastSlot)));
    keys.invalidate("vault");
    let by_phrase = Vault::open_with_phrase(&place.path(), &phrase, rng()).unwrap();
    by_phrase.add_password_slot(PASSWORD, CHEAP).unwrap();
    by_phrase.remove_slot(SlotKind::KeyStore).unwrap();
    place.open().unwrap();
}
