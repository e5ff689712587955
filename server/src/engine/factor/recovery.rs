//! Recovery codes (S23): 24 characters each, shown once, kept as Argon2id, good for one use.
//!
//! A code's first four characters find its row; the other twenty are 100 random bits behind Argon2id. A code that finds
//! no row costs the same work as one that does.

use std::fmt;

use countersign_protocol::id::{TenantId, to_base32};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::engine::factor::{FactorId, Judged, ListedFactor, Word};
use crate::engine::hashing::{Hash, Salt};
use crate::engine::policy::{Factor, Policy};
use crate::engine::{Engine, Error};
use crate::host::{Rng, random};
use crate::store::{Counted, RecoveryRow, Statement, StoreError, UserRow, recovery};

/// Characters of a code, and of the part that finds it.
const LENGTH: usize = 24;
const SELECTOR: usize = 4;
/// Digits and capitals without those that are taken for others (Crockford's).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many codes a set may have.
pub(in crate::engine) const CODES: std::ops::RangeInclusive<usize> = 1..=16;

type Text = Zeroizing<String>;

/// Recovery codes that were made for a person. They are told here and never again.
#[derive(Clone)]
pub struct RecoveryCodes {
    /// Whose they are.
    pub user: UserRow,
    /// The factor that they are.
    pub factor: ListedFactor,
    /// The codes.
    pub codes: Vec<Text>,
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoveryCodes").field("user", &self.user.id).finish_non_exhaustive()
    }
}

/// What a recovery code is offered together with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferedWith {
    /// A factor that waits for its first code.
    Factor(FactorId),
    /// An enrolment link: the hash of its token.
    Link(String),
}

impl fmt::Display for OfferedWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Factor(id) => id.fmt(f),
            Self::Link(hash) => f.write_str(hash),
        }
    }
}

/// A new code: 120 random bits.
fn new_code(rng: &dyn Rng) -> Result<Text, Error> {
    let bytes = Zeroizing::new(random::<15>(rng)?);
    let bits = bytes.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let character = |place: usize| {
        let index = (bits >> (5 * place)) & 31;
        ALPHABET.get(usize::try_from(index).unwrap_or(0)).map_or('0', |c| char::from(*c))
    };
    Ok(Zeroizing::new((0..LENGTH).map(character).collect()))
}

/// A code as it was typed: spaces, hyphens and small letters do not matter, nor letters that look like digits.
fn normal(typed: &str) -> Option<Text> {
    let mut code = Zeroizing::new(String::with_capacity(LENGTH));
    for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let c = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        if code.len() == LENGTH || !c.is_ascii() || !ALPHABET.contains(&u8::try_from(c).ok()?) {
            return None;
        }
        code.push(c);
    }
    (code.len() == LENGTH).then_some(code)
}

/// The part that finds a code, and its secret.
fn parts(code: &str) -> (&str, Text) {
    let (selector, secret) = code.split_at_checked(SELECTOR).unwrap_or((code, ""));
    (selector, Zeroizing::new(secret.to_owned()))
}

/// The count of a person's wrong recovery codes.
pub(in crate::engine) fn counted(tenant: TenantId, user: uuid::Uuid) -> Counted {
    Counted { tenant, user, factor: Factor::Recovery.as_str() }
}

impl Engine {
    /// Judges a recovery code. A right one is used up by the statements.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what cannot be one, which is not counted.
    pub(in crate::engine) async fn judge_recovery(
        &self,
        policy: &Policy,
        user: &UserRow,
        code: &str,
    ) -> Result<Judged, Error> {
        let what = "a recovery code has 24 letters and digits; type one as it was written down";
        let code = normal(code).ok_or_else(|| Error::Invalid(what.to_owned()))?;
        let (selector, secret) = parts(&code);
        let row = self.store.recovery_code(user.tenant, user.id, selector).await?;
        let (salt, expected) = match &row {
            Some(row) => self.hasher.read(&row.hash).ok_or(Error::Damaged("recovery code"))?,
            None => ([0; 16], [0; 32]),
        };
        let hashes = self.hasher.hash(vec![(secret, salt)]).await?;
        let same = hashes.first().is_some_and(|hash| hash.ct_eq(&expected).into());
        let (counted, now) = (counted(user.tenant, user.id), self.now());
        Ok(match row.filter(|_| same) {
            Some(row) => Judged {
                right: true,
                statements: vec![
                    counted.succeed(),
                    row.consume(),
                    recovery::note_use(user.tenant, user.id, now),
                ],
            },
            None => Judged { right: false, statements: vec![counted.fail(policy.failure_limit, now)] },
        })
    }

    /// A recovery code for a person who is about to get their first factor, to be shown together with it. It counts from
    /// the moment on that `with` does, and never without: whoever knows a password, begins and gives up, must not leave
    /// a code behind that works one day. It takes the place of one that was offered before; codes that count stay, and
    /// none is offered beside them.
    ///
    /// # Errors
    /// [`Error::FactorNotAllowed`], [`Error::ProofNeeded`], [`Error::UserNotFound`].
    pub async fn offer_recovery_code(
        &self,
        word: Word<'_>,
        user_ref: &str,
        with: &OfferedWith,
    ) -> Result<Option<Text>, Error> {
        let (user, _) = self.changeable(word, user_ref, Factor::Recovery).await?;
        let codes = self.new_recovery_codes(1)?;
        let rows = self.recovery_rows(&user, &codes).await?;
        let (tenant, id, now) = (user.tenant, user.id, self.now());
        let offer = recovery::offer_factor(tenant, id, self.new_id()?, &with.to_string(), now);
        let mut batch = vec![offer, recovery::forget_all(tenant, id)];
        batch.extend(rows.iter().map(RecoveryRow::insert));
        batch.push(counted(tenant, id).unlock());
        let kind = Factor::Recovery.as_str();
        batch.push(self.event_with(tenant, "factor.offered", &word, &to_base32(id), kind)?);
        match self.store.write_for(&user, batch).await {
            Ok(()) => Ok(codes.into_iter().next()),
            Err(StoreError::Unmet(0)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Another code for a person who has used one, for dialects that hand out the next one so. The statement adds it.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Randomness`].
    pub async fn another_recovery_code(&self, user: &UserRow) -> Result<(Text, Statement), Error> {
        for _ in 0..8 {
            let code = new_code(&*self.rng)?;
            // One that begins like another of the person's would not be found by its beginning.
            if self.store.recovery_code(user.tenant, user.id, parts(&code).0).await?.is_none() {
                let mut rows = self.recovery_rows(user, std::slice::from_ref(&code)).await?;
                let row = rows.pop().ok_or(Error::Damaged("recovery code"))?;
                return Ok((code, row.insert()));
            }
        }
        Err(Error::Damaged("random source"))
    }

    /// Codes that begin differently.
    pub(in crate::engine) fn new_recovery_codes(&self, how_many: usize) -> Result<Vec<Text>, Error> {
        let mut codes: Vec<Text> = Vec::with_capacity(how_many);
        for _ in 0..64 {
            if codes.len() == how_many {
                return Ok(codes);
            }
            let code = new_code(&*self.rng)?;
            if codes.iter().all(|other| parts(other).0 != parts(&code).0) {
                codes.push(code);
            }
        }
        Err(Error::Damaged("random source"))
    }

    /// What is kept of these codes.
    pub(in crate::engine) async fn recovery_rows(
        &self,
        user: &UserRow,
        codes: &[Text],
    ) -> Result<Vec<RecoveryRow>, Error> {
        let salts = codes.iter().map(|_| random(&*self.rng)).collect::<Result<Vec<Salt>, _>>()?;
        let secrets = codes.iter().zip(&salts).map(|(code, salt)| (parts(code).1, *salt)).collect();
        let hashes = self.hasher.hash(secrets).await?;
        let (tenant, user, created_at) = (user.tenant, user.id, self.now());
        let row = |((code, salt), hash): ((&Text, &Salt), &Hash)| RecoveryRow {
            tenant,
            user,
            selector: parts(code).0.to_owned(),
            hash: self.hasher.written(salt, hash),
            created_at,
        };
        Ok(codes.iter().zip(&salts).zip(&hashes).map(row).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::System;

    #[test]
    fn s23_a_code_has_24_characters_and_100_bits_behind_what_finds_it() {
        let code = new_code(&System).unwrap();
        assert_eq!((code.len(), (LENGTH - SELECTOR) * 5), (24, 100));
        assert!(code.bytes().all(|c| ALPHABET.contains(&c)), "of letters and digits only");
        assert_ne!(*code, *new_code(&System).unwrap());
    }

    #[test]
    fn a_code_is_known_however_it_was_typed() {
        let code = "0123456789ABCDEFGHJKMNPQ";
        for typed in
            [code, "0123-4567 89ab-cdef ghjk-mnpq", "Ol23456789ABCDEFGHJKMNPQ", "oi23456789abcdefghjkmnpq"]
        {
            assert_eq!(normal(typed).as_deref().map(String::as_str), Some(code), "{typed}");
        }
        for typed in
            ["", "0123456789ABCDEFGHJKMNP", "0123456789ABCDEFGHJKMNPQR", "0123456789ABCDEFGHJKMNPU", "é"]
        {
            assert!(normal(typed).is_none(), "{typed}");
        }
    }
}
