//! One-time passwords by time (RFC 6238): seeds, and judging their codes. Giving a seed to a person is `enroll`'s.
//!
//! Judging gives the statements that take effect with the judgement: a right code burns its time step and clears the
//! failures, a wrong one is counted. Both are guarded, so two requests at the same moment cannot both pass with one
//! code (S17), and no more codes are judged than the limit allows (S6).

use countersign_protocol::id::TenantId;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::engine::factor::Judged;
use crate::engine::policy::{Factor, Policy};
use crate::engine::{Engine, Error};
use crate::host::random;
use crate::seal::Place;
use crate::store::{Counted, TotpRow, UserRow};

/// Bytes of a new seed: 160 bits (S16).
const SEED: usize = 20;
/// Seconds that a code lives, and digits that it has: what every authenticator app can do.
const PERIOD: i64 = 30;
const DIGITS: i64 = 6;

/// A seed as its owner's app takes it.
pub(in crate::engine) struct Seed {
    /// Base32.
    pub(in crate::engine) secret: Zeroizing<String>,
    /// The `otpauth` link.
    pub(in crate::engine) link: Zeroizing<String>,
}

impl Engine {
    /// Whether the person can give codes at all.
    pub(in crate::engine) async fn has_totp(&self, tenant: TenantId, user_ref: &str) -> Result<bool, Error> {
        let Some(user) = self.store.user_by_ref(tenant, user_ref).await? else { return Ok(false) };
        Ok(self.store.totp(tenant, user.id).await?.is_some_and(|row| row.active_at.is_some()))
    }

    /// Judges a code of six digits by the server's clock (S19).
    ///
    /// # Errors
    /// [`Error::FactorNotFound`], also for a seed whose first code has not come back.
    pub(in crate::engine) async fn judge_totp(
        &self,
        policy: &Policy,
        user: &UserRow,
        code: &str,
    ) -> Result<Judged, Error> {
        let row = self.store.totp(user.tenant, user.id).await?.filter(|row| row.active_at.is_some());
        self.judge_seed(policy, user, row.ok_or(Error::FactorNotFound)?, code)
    }

    /// The same for the first code, which makes the seed count. It burns its step (S17).
    ///
    /// # Errors
    /// [`Error::FactorNotFound`] when there is no seed.
    pub(in crate::engine) async fn judge_new_totp(
        &self,
        policy: &Policy,
        user: &UserRow,
        code: &str,
    ) -> Result<Judged, Error> {
        let row = self.store.totp(user.tenant, user.id).await?.ok_or(Error::FactorNotFound)?;
        self.judge_seed(policy, user, row, code)
    }

    fn judge_seed(&self, policy: &Policy, user: &UserRow, row: TotpRow, code: &str) -> Result<Judged, Error> {
        let counted = counted(user.tenant, user.id);
        Ok(match self.step_of(policy, &row, code)? {
            Some(step) => {
                Judged { right: true, statements: vec![counted.succeed(), row.accept(step, self.now())] }
            }
            None => Judged { right: false, statements: vec![counted.fail(policy.failure_limit, self.now())] },
        })
    }

    /// The time step that a code of this seed belongs to, if it is right now.
    pub(in crate::engine) fn step_of(
        &self,
        policy: &Policy,
        row: &TotpRow,
        code: &str,
    ) -> Result<Option<i64>, Error> {
        let seed = self.master.open(place(row.tenant, row.id), &row.seed)?;
        let totp = arithmetic(row, &seed)?;
        let step = self.now() / 1000 / row.period;
        Ok(matching_step(&totp, code, step, policy.totp_window, row.last_step))
    }

    /// A new seed for a person, which counts from `active_at` on, and its link.
    pub(in crate::engine) fn new_seed(
        &self,
        issuer: &str,
        user: &UserRow,
        active_at: Option<i64>,
    ) -> Result<(TotpRow, Seed), Error> {
        let seed = Zeroizing::new(random::<SEED>(&*self.rng)?);
        let id = self.new_id()?;
        let row = TotpRow {
            tenant: user.tenant,
            user: user.id,
            id,
            seed: self.master.seal(&*self.rng, place(user.tenant, id), seed.as_slice())?,
            algorithm: "SHA1".to_owned(),
            digits: DIGITS,
            period: PERIOD,
            last_step: 0,
            created_at: self.now(),
            active_at,
            used_at: None,
        };
        let secret = Zeroizing::new(Secret::from(seed.to_vec()).to_base32().to_string());
        let link = Zeroizing::new(link(issuer, &user.user_ref, &secret));
        Ok((row, Seed { secret, link }))
    }
}

/// The count of a person's wrong codes.
pub(in crate::engine) fn counted(tenant: TenantId, user: uuid::Uuid) -> Counted {
    Counted { tenant, user, factor: Factor::Totp.as_str() }
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
fn matching_step(totp: &Totp, code: &str, now: i64, window: i64, last: i64) -> Option<i64> {
    let mut found = i64::MIN;
    for step in (now - window)..=(now + window) {
        let time = u64::try_from(step).unwrap_or(0) * totp.step();
        let expected = Zeroizing::new(totp.generate(time).to_string());
        let fits = expected.as_bytes().ct_eq(code.as_bytes());
        found.conditional_assign(&step, fits);
    }
    (found > last).then_some(found)
}

/// `otpauth://totp/issuer:user?…` as every authenticator app reads it.
fn link(issuer: &str, user_ref: &str, secret: &str) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    // A colon would end the issuer inside the label.
    let (issuer, user) = (encode(&issuer.replace(':', " ")), encode(user_ref));
    format!(
        "otpauth://totp/{issuer}:{user}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={PERIOD}"
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
            assert_eq!(matching_step(&rfc(), code, time / 30, 1, 0), Some(time / 30), "{time}");
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
            assert_eq!(matching_step(&totp, &code(step), now, 1, 0), inside.then_some(step_then), "{step}");
        }
        for wrong in ["", "1", "00000000000", "abcdef"] {
            assert_eq!(matching_step(&totp, wrong, now, 1, 0), None, "{wrong}");
        }
    }

    #[test]
    fn s18_the_window_is_what_the_policy_says() {
        let totp = rfc();
        let code = |step: u64| totp.generate(step * 30).to_string();
        for window in 0..=2_i64 {
            for away in -3..=3_i64 {
                let code = code((1_000_000 + away).unsigned_abs());
                let passes = matching_step(&totp, &code, 1_000_000, window, 0).is_some();
                assert_eq!(passes, away.abs() <= window, "{away} steps away in a window of {window}");
            }
        }
    }

    #[test]
    fn s17_only_a_later_step_than_the_last_one_passes() {
        let totp = rfc();
        let code = totp.generate(1_000_000 * 30).to_string();
        for (last, passes) in [(999_999, true), (1_000_000, false), (1_000_001, false)] {
            assert_eq!(matching_step(&totp, &code, 1_000_000, 1, last).is_some(), passes, "after {last}");
        }
    }

    #[test]
    fn s16_a_seed_has_160_bits_and_its_link_says_everything() {
        let secret = Secret::from(vec![0xff; SEED]).to_base32();
        let link = link("Ex: ample", "sam+1@example.org", &secret);
        assert_eq!(
            link,
            "otpauth://totp/Ex%20%20ample:sam%2B1%40example%2Eorg?secret=77777777777777777777777777777777\
             &issuer=Ex%20%20ample&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(SEED * 8, 160);
    }
}
