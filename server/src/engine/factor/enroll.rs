//! Giving a person a factor: a seed, a number or an address, a set of recovery codes. At an application's word a factor
//! counts once its first code has come back (`bind`); at the operator's at once.

use std::fmt;

use countersign_protocol::id::{TenantId, to_base32};
use zeroize::Zeroizing;

use crate::engine::audit::Actor;
use crate::engine::directory::users::check_email;
use crate::engine::factor::recovery::{self, CODES};
use crate::engine::factor::tell::contact_kind;
use crate::engine::factor::{ListedFactor, Phone, Proof, RecoveryCodes, Word, totp};
use crate::engine::policy::Factor;
use crate::engine::{
    ANSWER_WINDOWS, AskCode, Caller, CodeAsked, CodePurpose, Engine, Error, FactorRef, Language, Origin,
    Template, Whom,
};
use crate::store::recovery::{forget_all, put_factor};
use crate::store::{ContactRow, Expect, FactorRow, Statement, StoreError, UserRow, contacts, factors};

/// Factors with a contact that one person may have.
const CONTACTS: usize = 20;
/// How often a contact is looked for again when somebody else changes it at the same moment.
const ATTEMPTS: usize = 4;

/// A seed that was given to a person. It is told here and never again.
#[derive(Clone)]
pub struct TotpSeed {
    /// Whose it is.
    pub user: UserRow,
    /// The factor.
    pub factor: ListedFactor,
    /// The `otpauth` link, for an authenticator app.
    pub link: Zeroizing<String>,
    /// The seed alone, in base32.
    pub secret: Zeroizing<String>,
}

impl fmt::Debug for TotpSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TotpSeed").field("user", &self.user.id).finish_non_exhaustive()
    }
}

/// A number or an address that is to become somebody's factor.
#[derive(Clone)]
pub struct NewContact {
    /// [`Factor::Sms`], [`Factor::Voice`] or [`Factor::Email`].
    pub kind: Factor,
    /// The number with its country code, or the address.
    pub to: String,
    /// The language of the message with its code; the person's own when not given.
    pub language: Option<Language>,
}

impl fmt::Debug for NewContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewContact").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A number or an address that waits for its first code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolling {
    /// The factor. It does not count yet.
    pub factor: ListedFactor,
    /// The challenge whose code is on its way. A right answer to it makes the factor count.
    pub asked: CodeAsked,
}

impl NewContact {
    /// What kind of contact it is, and its one spelling.
    fn checked(&self) -> Result<(&'static str, String), Error> {
        let none = || Error::Invalid(format!("{} has no number or address", self.kind.as_str()));
        let kind = contact_kind(self.kind).ok_or_else(none)?;
        let value = match self.kind {
            Factor::Email => {
                let address = check_email(&self.to)?;
                // Domains are the same in capitals; what stands before is its owner's business.
                address.rsplit_once('@').map(|(l, d)| format!("{l}@{}", d.to_lowercase())).unwrap_or(address)
            }
            _ => Phone::parse(&self.to)?.as_str().to_owned(),
        };
        Ok((kind, value))
    }
}

impl Engine {
    /// Gives a person a TOTP seed at the operator's word, in place of one whose codes were never used. It counts at
    /// once. Failures and locks of an earlier seed are forgotten.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::FactorExists`] when they have used one already.
    pub async fn add_totp(
        &self,
        tenant: TenantId,
        user_ref: &str,
        by: &dyn Actor,
    ) -> Result<TotpSeed, Error> {
        self.enrol_totp(Word::Operator(tenant, by), user_ref).await
    }

    /// Gives a person a TOTP seed. At an application's word it counts once a code of it was given to
    /// [`Engine::confirm_factor`]; the newest of several such wishes counts.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::FactorExists`] when they have one that counts; [`Error::FactorNotAllowed`],
    /// [`Error::ProofNeeded`].
    pub async fn enrol_totp(&self, word: Word<'_>, user_ref: &str) -> Result<TotpSeed, Error> {
        let (user, first) = self.changeable(word, user_ref, Factor::Totp).await?;
        let issuer = self.store.tenant(user.tenant).await?;
        let issuer = issuer.ok_or(Error::TenantNotFound(user.tenant.to_string()))?.name;
        let active_at = word.is_operator().then(|| self.now());
        let (row, seed) = self.new_seed(&issuer, &user, active_at)?;
        let put = if word.is_operator() { row.put() } else { row.put_pending() };
        let mut batch = vec![put, totp::counted(user.tenant, user.id).unlock()];
        batch.push(factors::associate(user.tenant, user.id, row.id, first));
        batch.extend(self.given(word, &user, Factor::Totp, (active_at.is_some(), None)).await?);
        match self.store.write_for(&user, batch).await {
            Err(StoreError::Unmet(0)) => return Err(Error::FactorExists),
            result => result?,
        }
        self.outbox_changed();
        let factor = ListedFactor::new(row.id, Factor::Totp, (row.created_at, active_at), None);
        Ok(TotpSeed { user, factor, link: seed.link, secret: seed.secret })
    }

    /// Makes a set of recovery codes for a person, in place of those that they have. They count at once: only whoever
    /// is shown them has them.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::Invalid`] for a number outside 1…16; [`Error::FactorNotAllowed`],
    /// [`Error::ProofNeeded`].
    pub async fn make_recovery_codes(
        &self,
        word: Word<'_>,
        user_ref: &str,
        how_many: usize,
    ) -> Result<RecoveryCodes, Error> {
        if !CODES.contains(&how_many) {
            return Err(Error::Invalid(format!(
                "a set has {} to {} recovery codes",
                CODES.start(),
                CODES.end()
            )));
        }
        let (user, _) = self.changeable(word, user_ref, Factor::Recovery).await?;
        let codes = self.new_recovery_codes(how_many)?;
        let rows = self.recovery_rows(&user, &codes).await?;
        let id = self.new_id()?;
        let (tenant, local, now) = (user.tenant, user.id, self.now());
        let mut batch = vec![put_factor(tenant, local, id, now), forget_all(tenant, local)];
        batch.extend(rows.iter().map(crate::store::RecoveryRow::insert));
        batch.push(recovery::counted(tenant, local).unlock());
        batch.extend(self.given(word, &user, Factor::Recovery, (true, None)).await?);
        self.store.write_for(&user, batch).await?;
        self.outbox_changed();
        let factor = ListedFactor::new(id, Factor::Recovery, (now, Some(now)), i64::try_from(how_many).ok());
        Ok(RecoveryCodes { user, factor, codes })
    }

    /// Gives a person a number or an address at the operator's word. It counts at once.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::Invalid`], [`Error::FactorExists`], [`Error::TooManyFactors`].
    pub async fn add_contact(
        &self,
        tenant: TenantId,
        user_ref: &str,
        new: &NewContact,
        by: &dyn Actor,
    ) -> Result<ListedFactor, Error> {
        let word = Word::Operator(tenant, by);
        let (user, _) = self.changeable(word, user_ref, new.kind).await?;
        let row = self.put_contact(word, (&user, false), new).await?;
        self.outbox_changed();
        ListedFactor::of(row)
    }

    /// Gives a person a number or an address at an application's word, and sends a code there. It counts once the code
    /// comes back; a new number is a new binding, whatever other numbers the person has (S14).
    ///
    /// # Errors
    /// As [`Engine::add_contact`]; [`Error::FactorNotAllowed`], [`Error::ProofNeeded`]; and whatever stands against
    /// sending a code there ([`Engine::ask_code`]), in which case nothing is kept.
    pub async fn enrol_contact(
        &self,
        caller: &Caller,
        proof: Option<&Proof>,
        user_ref: &str,
        new: &NewContact,
    ) -> Result<Enrolling, Error> {
        self.enrol_contact_at(Word::Application(caller, proof), caller, user_ref, new).await
    }

    /// The same at a person's own word, who holds a token of this application.
    ///
    /// # Errors
    /// As [`Engine::enrol_contact`].
    pub async fn enrol_own_contact(
        &self,
        caller: &Caller,
        proof: Option<&Proof>,
        user_ref: &str,
        new: &NewContact,
    ) -> Result<Enrolling, Error> {
        self.enrol_contact_at(Word::User(caller, proof), caller, user_ref, new).await
    }

    async fn enrol_contact_at(
        &self,
        word: Word<'_>,
        caller: &Caller,
        user_ref: &str,
        new: &NewContact,
    ) -> Result<Enrolling, Error> {
        let (user, first) = self.changeable(word, user_ref, new.kind).await?;
        let row = self.put_contact(word, (&user, first), new).await?;
        let ask = AskCode {
            turn: None,
            whom: Whom::Id(user.id),
            factor: FactorRef::Id(row.id),
            purpose: CodePurpose::Bind,
            session_ref: None,
            language: new.language,
            risk: None,
            // Mail can take its time; nobody waits at a login page.
            answer_window: Some(*ANSWER_WINDOWS.end()),
            origin: Origin::default(),
        };
        match self.ask_code(caller, ask).await {
            Ok(asked) => Ok(Enrolling { factor: ListedFactor::of(row)?, asked }),
            Err(error) => {
                let remove = Statement { expect: Expect::Any, ..row.remove() };
                self.store.write(vec![remove, contacts::forget_unused(user.tenant, user.id)]).await?;
                Err(error)
            }
        }
    }

    /// The person, if they may be given a factor of this kind at this word; and whether it is to be their first, at the
    /// word of somebody who has shown no more than a password.
    pub(in crate::engine) async fn changeable(
        &self,
        word: Word<'_>,
        user_ref: &str,
        kind: Factor,
    ) -> Result<(UserRow, bool), Error> {
        word.allows(kind)?;
        let (user, all) = self.factors_of(word.tenant(), user_ref).await?;
        word.may_change(&user, &all, self.now())?;
        let first = matches!(word, Word::User(..)) && all.iter().all(|factor| !factor.active);
        Ok((user, first))
    }

    /// The entry in the log that a factor was given, and the notice of it if it counts from now on.
    async fn given(
        &self,
        word: Word<'_>,
        user: &UserRow,
        kind: Factor,
        (counts, about): (bool, Option<&str>),
    ) -> Result<Vec<Statement>, Error> {
        let name = if counts { "factor.added" } else { "factor.offered" };
        let mut statements =
            vec![self.event_with(user.tenant, name, &word, &to_base32(user.id), kind.as_str())?];
        if counts {
            let factors = self.store.factors(user.tenant, user.id).await?;
            statements.extend(self.notice(word, user, &factors, (Template::FactorAdded, about)).await?);
        }
        Ok(statements)
    }

    /// Adds the contact, if it is a new one, and the factor that leads there.
    pub(in crate::engine) async fn put_contact(
        &self,
        word: Word<'_>,
        (user, first): (&UserRow, bool),
        new: &NewContact,
    ) -> Result<FactorRow, Error> {
        let (kind, value) = new.checked()?;
        let (tenant, user_id, now) = (user.tenant, user.id, self.now());
        for _ in 0..ATTEMPTS {
            let others = self.store.factors(tenant, user_id).await?;
            if others.iter().filter(|other| other.contact.is_some()).count() >= CONTACTS {
                return Err(Error::TooManyFactors);
            }
            let verified_at = word.is_operator().then_some(now);
            let (contact, known) = match self.store.contact(tenant, user_id, kind, &value).await? {
                Some(known) => (known.clone(), known.hold()),
                None => {
                    let id = self.new_id()?;
                    let (kind, value) = (kind.to_owned(), value.clone());
                    let new = ContactRow {
                        tenant,
                        user: user_id,
                        id,
                        kind,
                        value,
                        created_at: now,
                        verified_at: None,
                    };
                    (new.clone(), new.insert())
                }
            };
            let row = FactorRow {
                tenant,
                user: user_id,
                id: self.new_id()?,
                kind: new.kind.as_str().to_owned(),
                contact: Some(contact.clone()),
                created_at: now,
                active_at: verified_at,
                used_at: None,
                codes_left: 0,
                is_first: first,
            };
            let mut batch = vec![known, row.put(), factors::associate(tenant, user_id, row.id, first)];
            if verified_at.is_some() {
                batch.push(contact.verify(now));
            }
            batch.push(factors::forget_pending(tenant, user_id, new.kind.as_str(), row.id));
            batch.push(contacts::forget_unused(tenant, user_id));
            let about = Some(value.as_str());
            batch.extend(self.given(word, user, new.kind, (verified_at.is_some(), about)).await?);
            match self.store.write_for(user, batch).await {
                Ok(()) => return Ok(row),
                Err(StoreError::Unmet(1)) => return Err(Error::FactorExists),
                // The contact came or went at this moment: look again.
                Err(StoreError::Unmet(_) | StoreError::Duplicate) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Unavailable("a contact is being changed many times at once".to_owned()).into())
    }
}
