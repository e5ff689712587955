//! The codes by which applications name what was asked of a person out of band, and how often they may ask for the answer.
//!
//! A code says what was asked and in whose name, sealed: it carries its tenant, nobody can make one, and one that belongs
//! to another login is told from one that is none of ours.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use countersign_protocol::from_base64url;
use countersign_protocol::id::{ChallengeId, TenantId, from_base32, to_base32};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::engine::oauth::SignInError;
use crate::engine::policy::Factor;
use crate::engine::{Engine, Error};
use crate::seal::Place;

const PREFIX: &str = "oob_";
/// Milliseconds that a code is good for, whatever it names: as long as a login.
const LIFETIME: i64 = 600_000;
/// Milliseconds between two looks at a question that nobody has answered (S39).
pub(in crate::engine) const INTERVAL: i64 = 5_000;
/// Codes in one generation; two are kept.
const GENERATION: usize = 8_192;

/// In whose name something was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum OobOf {
    /// A login's.
    Login(Uuid),
    /// A person's, who holds an access token.
    Person(Uuid),
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) enum Oob {
    /// To approve on the phone; and, when it `prompts`, to type the code that the phone shows.
    Push {
        /// The question.
        challenge: ChallengeId,
        /// Whether the login page takes the phone's code.
        prompts: bool,
    },
    /// For a code that was sent.
    Sent {
        /// The question.
        challenge: ChallengeId,
        /// By which way.
        kind: Factor,
        /// Whether it is the first code of a factor.
        binds: bool,
    },
    /// To take up an enrolment link with a phone; the hash of its token.
    Link(String),
}

/// What is sealed into a code.
#[derive(Serialize, Deserialize)]
struct Inside {
    /// When it ends, milliseconds since 1970.
    end: i64,
    /// `login` or `person`, and the id.
    of: (String, String),
    /// `push`, `shown`, `link`, or by which way a code was sent.
    what: String,
    /// Whether a right code makes a factor count.
    binds: bool,
    /// The challenge, or the hash.
    id: String,
}

impl OobOf {
    fn written(self) -> (String, String) {
        let (word, id) = match self {
            Self::Login(id) => ("login", id),
            Self::Person(id) => ("person", id),
        };
        (word.to_owned(), to_base32(id))
    }
}

impl Oob {
    fn inside(&self, of: OobOf, end: i64) -> Inside {
        let (what, binds, id) = match self {
            Self::Push { challenge, prompts: false } => ("push", false, challenge.to_string()),
            Self::Push { challenge, prompts: true } => ("shown", false, challenge.to_string()),
            Self::Sent { challenge, kind, binds } => (kind.as_str(), *binds, challenge.to_string()),
            Self::Link(hash) => ("link", false, hash.clone()),
        };
        Inside { end, of: of.written(), what: what.to_owned(), binds, id }
    }

    fn of(inside: Inside) -> Option<Self> {
        let challenge = || inside.id.parse().ok();
        Some(match inside.what.as_str() {
            "push" => Self::Push { challenge: challenge()?, prompts: false },
            "shown" => Self::Push { challenge: challenge()?, prompts: true },
            "link" => Self::Link(inside.id),
            kind => {
                Self::Sent { challenge: challenge()?, kind: Factor::from_word(kind)?, binds: inside.binds }
            }
        })
    }
}

impl Engine {
    /// A code for what was asked.
    pub(in crate::engine) fn oob_code(
        &self,
        tenant: TenantId,
        of: OobOf,
        asked: &Oob,
    ) -> Result<String, Error> {
        let inside = asked.inside(of, self.now() + LIFETIME);
        let plain = serde_json::to_vec(&inside).map_err(|_| Error::Damaged("question"))?;
        let sealed = self.master.seal(&*self.rng, place(tenant), &plain)?;
        Ok(format!("{PREFIX}{}{}", to_base32(tenant.0), countersign_protocol::base64url(&sealed)))
    }

    /// What a code names, if it belongs to this login or person.
    ///
    /// # Errors
    /// [`SignInError::OobMalformed`], [`SignInError::OobOfAnother`], [`SignInError::OobExpired`].
    pub(in crate::engine) fn read_oob(
        &self,
        tenant: TenantId,
        of: OobOf,
        code: &str,
    ) -> Result<Oob, SignInError> {
        let inside = self.opened_oob(tenant, code).ok_or(SignInError::OobMalformed)?;
        if inside.of != of.written() {
            return Err(SignInError::OobOfAnother);
        }
        if inside.end <= self.now() {
            return Err(SignInError::OobExpired);
        }
        Oob::of(inside).ok_or(SignInError::OobMalformed)
    }

    /// None for what is no code of this tenant.
    fn opened_oob(&self, tenant: TenantId, code: &str) -> Option<Inside> {
        let (own, sealed) = code.strip_prefix(PREFIX)?.split_at_checked(26)?;
        if from_base32(own) != Some(tenant.0) {
            return None;
        }
        let plain = self.master.open(place(tenant), &from_base64url(sealed)?).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

fn place(tenant: TenantId) -> Place {
    // A code stands in no row.
    Place { tenant, column: "oob_code", row: Uuid::nil() }
}

/// When each question was last looked at, on this node.
#[derive(Debug, Default)]
pub(in crate::engine) struct Polls(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    /// What is not looked at while the young one fills up is forgotten with the old one.
    young: HashMap<Uuid, i64>,
    old: HashMap<Uuid, i64>,
}

impl Polls {
    /// Notes a look at `now`, milliseconds since 1970. One that comes too early is not noted.
    ///
    /// # Errors
    /// Whole seconds to wait.
    pub(in crate::engine) fn note(&self, question: Uuid, now: i64) -> Result<(), u64> {
        let mut polls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = polls.young.get(&question).or_else(|| polls.old.get(&question)).copied();
        // After the clock was set back nobody knows how long ago that was.
        if let Some(early) = last.map(|last| now - last).filter(|past| (0..INTERVAL).contains(past)) {
            return Err(u64::try_from((INTERVAL - early + 999) / 1000).unwrap_or(1));
        }
        if polls.young.len() >= GENERATION {
            polls.old = std::mem::take(&mut polls.young);
        }
        polls.young.insert(question, now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s39_a_question_is_looked_at_every_five_seconds_and_no_sooner() {
        let (polls, one, other) = (Polls::default(), Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(polls.note(one, 1_000), Ok(()));
        assert_eq!(polls.note(one, 1_001), Err(5));
        assert_eq!(polls.note(other, 1_001), Ok(()), "each question is counted by itself");
        assert_eq!(polls.note(one, 5_999), Err(1), "who asks too early does not begin anew");
        assert_eq!(polls.note(one, 6_000), Ok(()));
        assert_eq!(polls.note(one, 10), Ok(()), "the clock was set back");
    }

    #[test]
    fn no_more_questions_are_remembered_than_two_generations() {
        let polls = Polls::default();
        for id in 0..(3 * GENERATION as u128 + 1) {
            assert_eq!(polls.note(Uuid::from_u128(id), 1), Ok(()));
        }
        let kept = polls.0.lock().unwrap();
        assert_eq!((kept.young.len(), kept.old.len()), (1, GENERATION));
    }

    #[test]
    fn what_is_inside_is_read_back() {
        let challenge = ChallengeId(Uuid::from_u128(9));
        for asked in [
            Oob::Push { challenge, prompts: false },
            Oob::Push { challenge, prompts: true },
            Oob::Sent { challenge, kind: Factor::Sms, binds: true },
            Oob::Sent { challenge, kind: Factor::Email, binds: false },
            Oob::Link("x".to_owned()),
        ] {
            assert_eq!(Oob::of(asked.inside(OobOf::Login(Uuid::nil()), 0)), Some(asked));
        }
    }
}
