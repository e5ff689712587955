//! What a sign-in demands of the person, and the question as each of their devices will see it.

use countersign_protocol::challenge::{Application, Challenge, Context, NumberMatch};
use countersign_protocol::id::ChallengeId;
use countersign_protocol::number::{Choice, Digits};
use countersign_protocol::risk::Risk;
use uuid::Uuid;

use super::ask::{Ask, device_keys};
use super::policy::{AccessRule, Effect, NumberKind, NumberRule, Policy};
use super::{Caller, Engine, Error};
use crate::host::random;
use crate::store::DeviceRow;

/// A question before it is signed for anyone.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) id: ChallengeId,
    pub(super) application_id: Uuid,
    pub(super) application: Application,
    pub(super) user_ref: String,
    pub(super) message: String,
    pub(super) context: Context,
    pub(super) demand: Demand,
    /// Milliseconds since 1970.
    pub(super) created_at: i64,
    /// Milliseconds since 1970, a whole second.
    pub(super) expires_at: i64,
}

/// What an approval must come with.
#[derive(Debug)]
pub(super) struct Demand {
    /// What the phone is told of the number.
    pub(super) number_match: NumberMatch,
    /// The number itself.
    pub(super) number: Option<String>,
    /// What it is like.
    pub(super) kind: Option<NumberKind>,
    /// Whether the verification key must sign.
    pub(super) verify: bool,
    /// Whether policy allows rules to answer this.
    pub(super) rules_allowed: bool,
    /// How unusual the sign-in is.
    pub(super) risk: Risk,
}

impl Engine {
    /// What this policy demands of this sign-in.
    ///
    /// # Errors
    /// [`Error::RefusedByRule`]; [`Error::Randomness`].
    pub(super) fn demand(&self, policy: &Policy, ask: &Ask, country: Option<&str>) -> Result<Demand, Error> {
        let from = AccessRule::judge(&policy.access, ask.origin.address, country);
        if from == Effect::Deny {
            return Err(Error::RefusedByRule);
        }
        let kind = match policy.number_match {
            NumberRule::Off => None,
            NumberRule::Auto => ask.number_match.then_some(policy.number_kind),
            NumberRule::Required => Some(policy.number_kind),
        };
        let risk = ask.risk.unwrap_or_default().max(policy.risk);
        let (number_match, number) = self.number(kind)?;
        // Property 5: no number, then the person themselves must be verified. Property 4: high risk always does.
        let careful = policy.verification_required || risk == Risk::High || from == Effect::Verify;
        let rules_allowed = policy.auto_accept && risk.is_ordinary() && !careful;
        let verify = kind.is_none() || careful;
        Ok(Demand { number_match, number, kind, verify, rules_allowed, risk })
    }

    fn number(&self, kind: Option<NumberKind>) -> Result<(NumberMatch, Option<String>), Error> {
        let number = |digits: Digits| Ok::<_, Error>(digits.number(random(&*self.rng)?));
        Ok(match kind {
            None => (NumberMatch::None, None),
            Some(NumberKind::Type2) => (NumberMatch::Type { digits: 2 }, Some(number(Digits::Two)?)),
            Some(NumberKind::Type6) => (NumberMatch::Type { digits: 6 }, Some(number(Digits::Six)?)),
            Some(NumberKind::Show) => (NumberMatch::Show { digits: 6 }, Some(number(Digits::Six)?)),
            Some(NumberKind::Pick) => {
                let choice = Choice::new(random(&*self.rng)?);
                (NumberMatch::Pick { options: choice.options }, Some(choice.right.to_string()))
            }
        })
    }

    /// The question as this device will see it.
    pub(super) fn challenge_for(&self, device: &DeviceRow, question: &Question) -> Result<Challenge, Error> {
        let seconds = |ms: i64| u64::try_from(ms / 1000).unwrap_or(0);
        Ok(Challenge {
            iss: self.server_id.clone(),
            aud: device.id,
            jti: question.id,
            iat: seconds(question.created_at),
            exp: seconds(question.expires_at),
            nonce: countersign_protocol::base64url(&random::<16>(&*self.rng)?),
            app: question.application.clone(),
            user: question.user_ref.clone(),
            kind: "login".to_owned(),
            message: question.message.clone(),
            context: question.context.clone(),
            number: question.demand.number_match,
            verify: question.demand.verify,
            risk: question.demand.risk,
            rules_allowed: question.demand.rules_allowed,
            keys: device_keys(device)?.thumbprints(),
        })
    }
}

/// The relying party as the person sees it.
pub(super) fn application(caller: &Caller) -> Application {
    Application {
        name: caller.application.name.clone(),
        color: caller.application.color.clone(),
        id: Some(caller.id().to_string()),
    }
}
