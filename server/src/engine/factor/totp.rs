//! One-time passwords by time (RFC 6238): giving a person a seed, and judging their codes.
//!
//! Judging gives the statements that take effect with the judgement: a right code burns its time step and clears the
//! failures, a wrong one is counted. Both are guarded, so two requests at the same moment cannot both pass with one
//! code (S17), and no more codes are judged than the limit allows (S6).

use std::fmt;

use countersign_protocol::id::{TenantId, to_base32};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::engine::{Engine, Error};
use crate::host::random;
use crate::seal::Place;
use crate::store::{Counted, Statement, StoreError, TotpRow, UserRow, factors};

/// Bytes of a new seed: 160 bits (S16).
const SEED: usize = 20;
/// Seconds that a code lives, and digits that it has: what every authenticator app can do.
const PERIOD: i64 = 30;
const DIGITS: i64 = 6;
/// Time steps before and after the present one whose codes pass too (S18).
const WINDOW: i64 = 1;
/// Wrong codes in a row that lock the factor (S6: never above 100).
pub(in crate::engine) const FAILURES: i64 = 10;

/// A seed that was given to a person. It is told here and never again.
#[derive(Clone)]
pub struct TotpSeed {
    /// Whose it is.
    pub user: UserRow,
    /// The `otpauth` link, for an authenticator app.
    pub link: Zeroizing<String>,
}

impl fmt::Debug for TotpSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TotpSeed").field("user", &self.user.id).finish_non_exhaustive()
    }
}

/// A code that was judged, and the statements that take effect with the judgement.
#[derive(Debug)]
pub(in crate::engine) struct Judged {
    /// Whether it is right. It passes only if the statements find what they must.
    pub(in crate::engine) right: bool,
    /// Exactly [`Judged::STATEMENTS`] of them: the count first, then the factor.
    pub(in crate::engine) statements: Vec<Statement>,
}

impl Engine {
    /// Gives a person a TOTP seed, in place of one whose codes were never used. It counts at once, at the operator's
    /// word; its first code confirms that the person has it. Failures and locks of an earlier seed are forgotten.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::FactorExists`] when they have used one already.
    pub async fn add_totp(&self, tenant: TenantId, user_ref: &str) -> Result<TotpSeed, Error> {
        let issuer = self.store.tenant(tenant).await?.ok_or(Error::TenantNotFound(tenant.to_string()))?.name;
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        let seed = Zeroizing::new(random::<SEED>(&*self.rng)?);
        let id = self.new_id()?;
        let row = TotpRow {
            tenant,
            user: user.id,
            id,
            seed: self.master.seal(&*self.rng, place(tenant, id), seed.as_slice())?,
            algorithm: "SHA1".to_owned(),
            digits: DIGITS,
            period: PERIOD,
            last_step: 0,
            created_at: self.now(),
            active_at: Some(self.now()),
            used_at: None,
        };
        let event = self.event(tenant, "factor.added", &"operator", &to_base32(user.id))?;
        match self.store.write(vec![row.put(), counted(tenant, &user).unlock(), event]).await {
            Ok(()) => {}
            Err(StoreError::Unmet(0)) => return Err(Error::FactorExists),
            Err(error) => return Err(error.into()),
        }
        let link = Zeroizing::new(link(&issuer, &user.user_ref, seed.as_slice()));
        Ok(TotpSeed { user, link })
    }

    /// Takes a person's TOTP seed away.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::FactorNotFound`] when they have none.
    pub async fn remove_totp(&self, tenant: TenantId, user_ref: &str) -> Result<(), Error> {
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        let event = self.event(tenant, "factor.removed", &"operator", &to_base32(user.id))?;
        match self.store.write(vec![factors::remove_totp(tenant, user.id), event]).await {
            Err(StoreError::Unmet(0)) => Err(Error::FactorNotFound),
            result => Ok(result?),
        }
    }

    /// Whether the person can give codes at all.
    pub(in crate::engine) async fn has_totp(&self, tenant: TenantId, user_ref: &str) -> Result<bool, Error> {
        let Some(user) = self.store.user_by_ref(tenant, user_ref).await? else { return Ok(false) };
        Ok(self.store.totp(tenant, user.id).await?.is_some())
    }

    /// Judges a code of six digits by the server's clock (S19).
    ///
    /// # Errors
    /// [`Error::FactorNotFound`].
    pub(in crate::engine) async fn judge_totp(&self, user: &UserRow, code: &str) -> Result<Judged, Error> {
        let row = self.store.totp(user.tenant, user.id).await?.ok_or(Error::FactorNotFound)?;
        let seed = self.master.open(place(user.tenant, row.id), &row.seed)?;
        let totp = arithmetic(&row, &seed)?;
        let counted = counted(user.tenant, user);
        let step = matching_step(&totp, code, self.now() / 1000 / row.period, row.last_step);
        Ok(match step {
            Some(step) => {
                Judged { right: true, statements: vec![counted.succeed(), row.accept(step, self.now())] }
            }
            None => Judged { right: false, statements: vec![counted.fail(FAILURES, self.now())] },
        })
    }
}

/// The count of a person's wrong codes.
fn counted(tenant: TenantId, user: &UserRow) -> Counted {
    Counted { tenant, user: user.id, factor: "totp" }
}

fn place(tenant: TenantId, id: uuid::Uuid) -> Place {
    Place { tenant, column: "factors.seed", row: id }
}

fn arithmetic(row: &TotpRow, seed: &[u8]) -> Result<Totp, Error> {
    let damaged = || Error::Damaged("TOTP factor");
    if row.algorithm != "SHA1" || row.digits != DIGITS || row.period != PERIOD {
        return Err(damaged());
    }
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(PERIOD.unsigned_abs())
        .with_secret(seed.to_vec());
    totp.build().map_err(|_| damaged())
}

/// The time step that `code` belongs to, if that is one of the window and later than the last one that was used. All
/// candidates are compared, each in constant time, whichever one fits (S20).
fn matching_step(totp: &Totp, code: &str, now: i64, last: i64) -> Option<i64> {
    let mut found = i64::MIN;
    for step in (now - WINDOW)..=(now + WINDOW) {
        let time = u64::try_from(step).unwrap_or(0) * totp.step();
        let expected = Zeroizing::new(totp.generate(time).to_string());
        let fits = expected.as_bytes().ct_eq(code.as_bytes());
        found.conditional_assign(&step, fits);
    }
    (found > last).then_some(found)
}

/// `otpauth://totp/issuer:user?…` as every authenticator app reads it.
fn link(issuer: &str, user_ref: &str, seed: &[u8]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let secret = Zeroizing::new(Secret::from(seed.to_vec()).to_base32());
    // A colon would end the issuer inside the label.
    let (issuer, user) = (encode(&issuer.replace(':', " ")), encode(user_ref));
    format!(
        "otpauth://totp/{issuer}:{user}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={PERIOD}",
        secret.as_str()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B: its SHA-1 seed, and codes of six digits (the last six of its eight).
    fn rfc() -> Totp {
        let row = TotpRow {
            tenant: TenantId(uuid::Uuid::nil()),
            user: uuid::Uuid::nil(),
            id: uuid::Uuid::nil(),
            seed: Vec::new(),
            algorithm: "SHA1".to_owned(),
            digits: DIGITS,
            period: PERIOD,
            last_step: 0,
            created_at: 0,
            active_at: None,
            used_at: None,
        };
        assert!(arithmetic(&row, &[7; 15]).is_err(), "a seed below 128 bits");
        assert!(arithmetic(&TotpRow { algorithm: "MD5".to_owned(), ..row.clone() }, &[7; 20]).is_err());
        arithmetic(&row, b"12345678901234567890").unwrap()
    }

    #[test]
    fn rfc_6238_appendix_b() {
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(matching_step(&rfc(), code, time / 30, 0), Some(time / 30), "{time}");
        }
    }

    #[test]
    fn s18_s20_a_code_of_the_window_passes_wherever_it_stands_in_it() {
        let totp = rfc();
        let code = |step: u64| totp.generate(step * 30).to_string();
        let now = 1_000_000;
        for step in [999_998, 999_999, 1_000_000, 1_000_001, 1_000_002_u64] {
            let inside = (999_999..=1_000_001).contains(&step);
            let step_then = i64::try_from(step).unwrap();
            assert_eq!(matching_step(&totp, &code(step), now, 0), inside.then_some(step_then), "{step}");
        }
        for wrong in ["", "1", "00000000000", "abcdef"] {
            assert_eq!(matching_step(&totp, wrong, now, 0), None, "{wrong}");
        }
    }

    #[test]
    fn s17_only_a_later_step_than_the_last_one_passes() {
        let totp = rfc();
        let code = totp.generate(1_000_000 * 30).to_string();
        for (last, passes) in [(999_999, true), (1_000_000, false), (1_000_001, false)] {
            assert_eq!(matching_step(&totp, &code, 1_000_000, last).is_some(), passes, "after {last}");
        }
    }

    #[test]
    fn s16_a_seed_has_160_bits_and_its_link_says_everything() {
        let link = link("Ex: ample", "sam+1@example.org", &[0xff; SEED]);
        assert_eq!(
            link,
            "otpauth://totp/Ex%20%20ample:sam%2B1%40example%2Eorg?secret=77777777777777777777777777777777\
             &issuer=Ex%20%20ample&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(SEED * 8, 160);
    }
}
