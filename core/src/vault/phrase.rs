//! The recovery phrase: twelve words on paper that unlock the vault when the password is forgotten and the device gone.
//!
//! 128 random bits as words of BIP-39 (English list, with its checksum). They need no slow derivation: nobody can try
//! 2¹²⁸ phrases. How the slot is made of them is `slots`; putting it into a vault is [`super::Vault::add_phrase_slot`].

use std::fmt;

use bip39::{Error, Language, Mnemonic};
use ring::hkdf;
use zeroize::Zeroizing;

use super::VaultError;
use super::seal::{KEY_BYTES, Key};
use crate::host::{Rng, RngError};

/// Words of a phrase.
pub const PHRASE_WORDS: usize = 12;
/// 128 bits.
const ENTROPY_BYTES: usize = 16;
/// Words that a person types back before the phrase counts.
const ASKED: usize = 3;
/// What the key is derived for (RFC 5869 §2.3).
const INFO: &[u8] = b"countersign vault phrase";

/// A recovery phrase. Wiped when dropped, and not in `Debug`.
#[derive(Clone)]
pub struct RecoveryPhrase(Mnemonic);

impl RecoveryPhrase {
    /// Reads what a person typed: any case, any space between the words.
    ///
    /// # Errors
    /// [`PhraseError`].
    pub fn parse(typed: &str) -> Result<Self, PhraseError> {
        let lower = Zeroizing::new(typed.to_lowercase());
        match lower.split_whitespace().count() {
            PHRASE_WORDS => {}
            found => return Err(PhraseError::WordCount { found }),
        }
        match Mnemonic::parse_in_normalized(Language::English, &lower) {
            Ok(words) => Ok(Self(words)),
            Err(Error::UnknownWord(at)) => Err(PhraseError::UnknownWord { position: at.saturating_add(1) }),
            Err(_) => Err(PhraseError::Checksum),
        }
    }

    /// The words in order, separated by spaces.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(PHRASE_WORDS * 9));
        for word in self.0.words() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        text
    }

    /// The key that this phrase and `salt` give.
    pub(super) fn derive(&self, salt: &[u8]) -> Result<Key, VaultError> {
        let bad = || VaultError::corrupt("a derived key");
        let entropy = Zeroizing::new(self.0.to_entropy());
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
            .extract(&entropy)
            .expand(&[INFO], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(key.as_mut_slice()))
            .map_err(|_| bad())?;
        Key::from_slice(key.as_slice()).ok_or_else(bad)
    }
}

impl fmt::Debug for RecoveryPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryPhrase(…)")
    }
}

/// A new phrase that is shown once and counts when some of its words were typed back.
#[derive(Debug)]
pub struct NewPhrase {
    phrase: RecoveryPhrase,
    asked: [usize; ASKED],
}

impl NewPhrase {
    /// Draws one.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn draw(rng: &dyn Rng) -> Result<Self, VaultError> {
        let mut entropy = Zeroizing::new([0; ENTROPY_BYTES]);
        rng.fill(entropy.as_mut_slice())?;
        let words = Mnemonic::from_entropy(entropy.as_slice())
            .map_err(|_| VaultError::corrupt("a phrase of the wrong length"))?;
        Ok(Self { phrase: RecoveryPhrase(words), asked: places(rng)? })
    }

    /// The phrase, to be shown.
    #[must_use]
    pub fn phrase(&self) -> &RecoveryPhrase {
        &self.phrase
    }

    /// Which words have to be typed back: positions from 1, rising.
    #[must_use]
    pub const fn asked(&self) -> [usize; ASKED] {
        self.asked
    }

    /// The phrase, once the asked words were typed right.
    pub(super) fn confirmed(&self, typed: &[&str]) -> Result<&RecoveryPhrase, PhraseError> {
        for (number, position) in self.asked.into_iter().enumerate() {
            let word = self.phrase.0.words().nth(position.saturating_sub(1));
            let given = typed.get(number).map(|given| Zeroizing::new(given.trim().to_lowercase()));
            if word.is_none() || given.as_deref().map(String::as_str) != word {
                return Err(PhraseError::Unconfirmed { position });
            }
        }
        Ok(&self.phrase)
    }
}

/// Three different positions from 1 to 12, rising. Which ones is no secret, so a slight preference does no harm.
fn places(rng: &dyn Rng) -> Result<[usize; ASKED], RngError> {
    let mut dice = [0_u8; ASKED];
    rng.fill(&mut dice)?;
    let mut left: Vec<usize> = (1..=PHRASE_WORDS).collect();
    let mut places = dice.map(|die| left.remove(usize::from(die) % left.len()));
    places.sort_unstable();
    Ok(places)
}

/// Why typed words are no recovery phrase. Says nothing of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// Too few or too many words.
    #[error("a recovery phrase has {PHRASE_WORDS} words, and {found} were typed; type all of them")]
    WordCount {
        /// How many there were.
        found: usize,
    },
    /// A word that is not in the list.
    #[error("word {position} is not one that recovery phrases are made of; look at it again")]
    UnknownWord {
        /// Which one, from 1.
        position: usize,
    },
    /// All words are in the list, but they do not belong together.
    #[error("these words do not belong together: one is wrong or the order is; look at them again")]
    Checksum,
    /// A word that was to be typed back is another one.
    #[error("word {position} is not the one that was shown; write the phrase down and try again")]
    Unconfirmed {
        /// Which one, from 1.
        position: usize,
    },
}
