//! Passwords: kept as Argon2id, checked by as many as may be at once, and counted apart from codes (S26).
//!
//! A password is hashed as the bytes that were typed, in UTF-8: nothing is cut, folded or normalised. Nobody learns from a
//! refusal whether a name is anybody's (S27): an unknown name, a person without a password and a wrong password ask the
//! same questions of the store, cost the same hash, and are counted and noted alike.
//!
//! Names rest after ten wrong passwords in a row, for a while that grows to a quarter of an hour and no longer: a lock for
//! good would let anybody lock anybody out. While a name rests not even the right password is judged, or guessing would go
//! on. Addresses are counted for public clients only: those of the others are their own servers', which everybody shares.

use std::net::IpAddr;

use countersign_protocol::id::{TenantId, to_base32};
use ring::hmac;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::engine::audit::Actor;
use crate::engine::directory::attempts::group;
use crate::engine::directory::check_user_ref;
use crate::engine::directory::users::names;
use crate::engine::oauth::SignInError;
use crate::engine::{Caller, Engine, Error};
use crate::host::random;
use crate::store::passwords::{self, Rests, SigningIn, Subject, Tries};
use crate::store::refresh_tokens::end_refresh_tokens;
use crate::store::{Batch, Statement, StoreError, UserRow};

/// Characters of a password.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=256;
/// How names rest: after ten in a row half a minute, then 2, 4½, 8 and 12½ minutes, and 15 from then on. Wrong ones are
/// remembered for a day.
const RESTS: Rests = Rests { after: 10, first: 30_000, longest: 15 * 60_000, kept: 24 * 60 * 60_000 };
/// What a wrong password costs an address, in milliseconds, and how much it may owe before the next is judged: sixty at
/// once, and one a second from then on.
const EACH: i64 = 1_000;
const ROOM: i64 = 59_000;
/// Counts removed at once.
const AT_ONCE: i64 = 500;

/// That this may be somebody's password.
pub(crate) fn check_new_password(password: &str, user_ref: &str, email: Option<&str>) -> Result<(), Error> {
    if !LENGTHS.contains(&password.chars().count()) {
        let (least, most) = (LENGTHS.start(), LENGTHS.end());
        return Err(Error::Invalid(format!(
            "a password has {least} to {most} characters; choose another one"
        )));
    }
    let same = |name: &str| name.to_lowercase() == password.trim().to_lowercase();
    let own = |name: &str| same(name) || name.split_once('@').is_some_and(|(local, _)| same(local));
    if own(user_ref) || email.is_some_and(own) {
        let why = "a password must not be the person's own name or address; choose another one";
        return Err(Error::Invalid(why.to_owned()));
    }
    Ok(())
}

fn seconds(milliseconds: i64) -> u64 {
    u64::try_from((milliseconds + 999) / 1000).unwrap_or(1).max(1)
}

/// Whether the name or the address must wait, and how many seconds.
fn rest(by_name: Tries, by_address: Tries, now: i64) -> Result<(), SignInError> {
    let wait = (by_name.rest_until - now).max(by_address.rest_until - now - ROOM);
    if wait > 0 { Err(SignInError::TooManyPasswords { retry_after: seconds(wait) }) } else { Ok(()) }
}

impl Engine {
    /// Gives a person a password, in place of the one that they have. What was begun with that one ends: logins that wait
    /// for their second factor, and refresh tokens.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::Invalid`] for one with fewer than 8 or more than 256 characters, and for the
    /// person's own name or address; [`Error::Busy`].
    pub async fn set_password(
        &self,
        tenant: TenantId,
        user_ref: &str,
        password: &str,
        actor: &dyn Actor,
    ) -> Result<(), Error> {
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        check_new_password(password, user_ref, user.email.as_deref())?;
        let salt = random(&*self.rng)?;
        let hashes = self.hasher.hash(vec![(Zeroizing::new(password.to_owned()), salt)]).await?;
        let hash = self.hasher.written(&salt, hashes.first().ok_or(Error::Damaged("password"))?);
        let now = self.now();
        let mut batch = vec![passwords::put(tenant, user.id, &hash, now)];
        batch.extend([passwords::end_logins(tenant, user.id, now), end_refresh_tokens(tenant, user.id, now)]);
        batch.push(passwords::forget(tenant, self.name_subject(tenant, user_ref)));
        batch.push(self.event(tenant, "user.password_set", actor, &to_base32(user.id))?);
        Ok(self.store.write_for(&user, batch).await?)
    }

    /// The person with this name and password. An unknown name costs the same work as a wrong password, and is counted
    /// the same (S27).
    ///
    /// # Errors
    /// [`SignInError::WrongPassword`], [`SignInError::TooManyPasswords`], [`SignInError::Busy`].
    pub async fn check_password(
        &self,
        caller: &Caller,
        username: &str,
        password: &str,
    ) -> Result<UserRow, SignInError> {
        let (tenant, now) = (caller.application.tenant, self.now());
        let by_name = self.name_subject(tenant, username);
        let by_address = self.address_subject(caller);
        let found = self.signing_in(tenant, username, &by_name, by_address.as_deref()).await?;
        rest(found.by_name, found.by_address, now)?;
        let stored = match (&found.user, &found.hash) {
            (Some(_), Some(hash)) => Some(self.hasher.read(hash).ok_or(Error::Damaged("password"))?),
            _ => None,
        };
        // Where there is no password, one that nothing hashes to.
        let (salt, expected) = stored.unwrap_or(([0; 16], [0; 32]));
        let hashes = self.hasher.hash(vec![(Zeroizing::new(password.to_owned()), salt)]).await;
        let hashes = hashes.map_err(|error| match error {
            Error::Busy { retry_after } => SignInError::Busy { retry_after },
            error => error.into(),
        })?;
        let same = hashes.first().is_some_and(|hash| hash.ct_eq(&expected).into());
        let right = same && stored.is_some();
        let batch = self.counting(caller, &found, right, by_name.clone(), by_address)?;
        match (self.store.write(batch).await, found.user) {
            (Ok(()), Some(user)) if right => Ok(user),
            // The password was changed while it was checked.
            (Err(StoreError::Unmet(1)), _) if right => Err(SignInError::WrongPassword),
            (Ok(()), _) => Err(SignInError::WrongPassword),
            // Others were counted meanwhile, so that this one is not judged.
            (Err(StoreError::Unmet(0 | 1)), _) => {
                let rests = self.store.password_tries(tenant, &by_name).await?.rest_until - self.now();
                Err(SignInError::TooManyPasswords { retry_after: seconds(rests) })
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    async fn signing_in(
        &self,
        tenant: TenantId,
        username: &str,
        by_name: &[u8],
        by_address: Option<&[u8]>,
    ) -> Result<SigningIn, Error> {
        // Nobody is called what no user_ref can be, but the same is asked for it.
        let [name, small] = names(if check_user_ref(username).is_ok() { username } else { " " });
        Ok(self.store.signing_in(tenant, [&name, &small], by_name, by_address.unwrap_or_default()).await?)
    }

    /// Counts a try and notes it, the same for everybody. While the name rests nothing of it takes effect.
    fn counting(
        &self,
        caller: &Caller,
        found: &SigningIn,
        right: bool,
        by_name: Subject,
        by_address: Option<Subject>,
    ) -> Result<Batch, Error> {
        let (tenant, now) = (caller.application.tenant, self.now());
        let subject = found.user.as_ref().map_or_else(|| "unknown".to_owned(), |user| to_base32(user.id));
        let name = if right { "user.password_accepted" } else { "user.password_refused" };
        let event = self.event(tenant, name, &caller.actor(), &subject)?;
        Ok(match (&found.user, &found.hash) {
            (Some(user), Some(hash)) if right => {
                vec![passwords::succeed(tenant, by_name, now), passwords::still(tenant, user.id, hash), event]
            }
            _ => {
                let mut batch = vec![passwords::fail(tenant, by_name, RESTS, now)];
                batch.extend(by_address.map(|subject| passwords::charge(tenant, subject, EACH, ROOM, now)));
                batch.push(event);
                batch
            }
        })
    }

    /// What wrong passwords of a name are counted under. Names that may stand for the same person are counted as one.
    pub(in crate::engine) fn name_subject(&self, tenant: TenantId, username: &str) -> Subject {
        let [_, small] = names(username);
        self.subject(tenant, b"name", small.as_bytes())
    }

    /// What wrong passwords from the caller's address are counted under; none where the address says nothing of whoever
    /// signs in.
    fn address_subject(&self, caller: &Caller) -> Option<Subject> {
        // Whoever signs in to the console does so from a browser of their own.
        let console = self.console_home.get().is_some_and(|home| home.application == caller.id());
        let public = console || caller.oauth.as_ref().is_some_and(|oauth| oauth.public);
        let address: IpAddr = group(caller.address.filter(|_| public))?;
        Some(self.subject(caller.application.tenant, b"address", address.to_string().as_bytes()))
    }

    /// The statement that charges the caller's address as a wrong password does, for what is no password and could be tried
    /// as often; none where addresses are not counted. [`StoreError::Unmet`] when others were faster.
    pub(in crate::engine) async fn charge_address(
        &self,
        caller: &Caller,
    ) -> Result<Option<Statement>, Error> {
        let Some(subject) = self.address_subject(caller) else { return Ok(None) };
        let (tenant, now) = (caller.application.tenant, self.now());
        let wait = self.store.password_tries(tenant, &subject).await?.rest_until - now - ROOM;
        if wait > 0 {
            return Err(Error::TooManyAttempts { retry_after: seconds(wait) });
        }
        Ok(Some(passwords::charge(tenant, subject, EACH, ROOM, now)))
    }

    fn subject(&self, tenant: TenantId, what: &[u8], text: &[u8]) -> Subject {
        let parts = [b"passwords ".as_slice(), what, tenant.0.as_bytes(), text].concat();
        hmac::sign(self.master.code_key(), &parts).as_ref().to_vec()
    }

    /// Removes counts that say nothing any more, a bounded number. Returns whether there may be more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn forget_password_tries(&self) -> Result<bool, Error> {
        let found = self.store.forget_password_tries(self.now(), AT_ONCE).await?;
        Ok(i64::try_from(found).unwrap_or(i64::MAX) >= AT_ONCE)
    }

    /// How many passwords and recovery codes this server has hashed since it started: the same for a name that nobody has
    /// as for a wrong password.
    #[must_use]
    pub fn secrets_hashed(&self) -> u64 {
        self.hasher.runs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_8_to_256_characters_and_is_not_its_owners_name() {
        let check = |password: &str| {
            check_new_password(password, "Fatima.Hassan@x.example", Some("f.hassan@y.example"))
        };
        for good in [
            "12345678",
            "        ",
            "\u{634}\u{645}\u{633}\u{634}\u{645}\u{633}\u{634}\u{645}",
            &"x".repeat(256),
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "1234567",
            &"x".repeat(257),
            "fatima.hassan@x.example",
            "FATIMA.HASSAN",
            " f.hassan@y.example ",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn s26_however_an_address_is_typed_it_is_counted_as_one() {
        assert_eq!(names("Ann@X.example")[1], names("aNN@x.EXAMPLE")[1]);
        assert_eq!(names("Ann"), ["Ann", "Ann"], "names that are no addresses are as they are typed");
    }

    #[test]
    fn whoever_must_wait_is_told_whole_seconds() {
        let tries = |rest_until| Tries { failures: 0, rest_until };
        let wait = |by_name, by_address| match rest(tries(by_name), tries(by_address), 1_000_000) {
            Ok(()) => 0,
            Err(SignInError::TooManyPasswords { retry_after }) => retry_after,
            Err(other) => panic!("{other}"),
        };
        assert_eq!([wait(0, 0), wait(1_000_000, 1_059_000), wait(1_000_001, 0)], [0, 0, 1]);
        assert_eq!([wait(1_030_000, 1_060_000), wait(0, 1_060_001)], [30, 2]);
    }
}
