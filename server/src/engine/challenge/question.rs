//! What a sign-in demands of the person, and the question as each of their devices will see it.

use countersign_protocol::challenge::{Application, Challenge, Context, NumberMatch};
use countersign_protocol::id::ChallengeId;
use countersign_protocol::number::{Choice, Digits};
use countersign_protocol::risk::Risk;
use uuid::Uuid;

use crate::engine::challenge::ask::{Ask, LoginPage, device_keys};
use crate::engine::policy::{AccessRule, Effect, NumberKind, NumberRule, Policy};
use crate::engine::{Caller, Engine, Error};
use crate::host::random;
use crate::store::DeviceRow;

/// A question before it is signed for anyone.
#[derive(Debug)]
pub(in crate::engine) struct Question {
    pub(in crate::engine) id: ChallengeId,
    pub(in crate::engine) application_id: Uuid,
    pub(in crate::engine) application: Application,
    pub(in crate::engine) user_ref: String,
    /// What it is about, in one word or few.
    pub(in crate::engine) kind: String,
    pub(in crate::engine) message: String,
    pub(in crate::engine) context: Context,
    pub(in crate::engine) demand: Demand,
    /// Milliseconds since 1970.
    pub(in crate::engine) created_at: i64,
    /// Milliseconds since 1970, a whole second.
    pub(in crate::engine) expires_at: i64,
}

/// What an approval must come with.
#[derive(Debug)]
pub(in crate::engine) struct Demand {
    /// What the phone is told of the number.
    pub(in crate::engine) number_match: NumberMatch,
    /// The number itself.
    pub(in crate::engine) number: Option<String>,
    /// What it is like.
    pub(in crate::engine) kind: Option<NumberKind>,
    /// Whether the verification key must sign.
    pub(in crate::engine) verify: bool,
    /// Whether policy allows rules to answer this.
    pub(in crate::engine) rules_allowed: bool,
    /// How unusual the sign-in is.
    pub(in crate::engine) risk: Risk,
}

impl Engine {
    /// What this policy demands of this sign-in.
    ///
    /// # Errors
    /// [`Error::RefusedByRule`]; [`Error::Randomness`].
    pub(in crate::engine) fn demand(
        &self,
        policy: &Policy,
        ask: &Ask,
        country: Option<&str>,
    ) -> Result<Demand, Error> {
        let from = AccessRule::judge(&policy.access, ask.origin.address, country);
        if from == Effect::Deny {
            return Err(Error::RefusedByRule);
        }
        let kind = number_kind(policy, ask.page);
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
    pub(in crate::engine) fn challenge_for(
        &self,
        device: &DeviceRow,
        question: &Question,
    ) -> Result<Challenge, Error> {
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
            kind: question.kind.clone(),
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

/// What binds the two screens, if anything does. A page that takes a code and shows none cannot show a number, whatever
/// kind the policy would like; where the policy requires one, the code is the number that such a page can do.
fn number_kind(policy: &Policy, page: LoginPage) -> Option<NumberKind> {
    match (policy.number_match, page) {
        (NumberRule::Off, _) | (NumberRule::Auto, LoginPage::Plain) => None,
        (NumberRule::Auto, LoginPage::TakesCode) => {
            Some(policy.number_kind).filter(|kind| *kind == NumberKind::Show)
        }
        (NumberRule::Required, LoginPage::TakesCode) => Some(NumberKind::Show),
        (NumberRule::Auto, LoginPage::ShowsNumber)
        | (NumberRule::Required, LoginPage::Plain | LoginPage::ShowsNumber) => Some(policy.number_kind),
    }
}

/// The relying party as the person sees it.
pub(in crate::engine) fn application(caller: &Caller) -> Application {
    Application {
        name: caller.application.name.clone(),
        color: caller.application.color.clone(),
        id: Some(caller.id().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Policies, PolicyRow};

    fn kind(rule: &str, kind: &str, page: LoginPage) -> Option<NumberKind> {
        let tenant = PolicyRow {
            number_match: Some(rule.to_owned()),
            number_kind: Some(kind.to_owned()),
            ..PolicyRow::default()
        };
        number_kind(&Policy::of(&Policies { tenant, ..Policies::default() }).unwrap(), page)
    }

    #[test]
    fn property_5_a_page_that_only_takes_a_code_is_never_asked_to_show_a_number() {
        for word in ["type2", "type6", "pick", "show"] {
            let show = (word == "show").then_some(NumberKind::Show);
            assert_eq!(kind("auto", word, LoginPage::TakesCode), show, "{word}");
            assert_eq!(kind("required", word, LoginPage::TakesCode), Some(NumberKind::Show), "{word}");
            for page in [LoginPage::Plain, LoginPage::TakesCode, LoginPage::ShowsNumber] {
                assert_eq!(kind("off", word, page), None, "{word} {page:?}");
            }
            assert_eq!(kind("auto", word, LoginPage::Plain), None, "{word}");
            let shown = kind("auto", word, LoginPage::ShowsNumber).map(NumberKind::as_str);
            assert_eq!(shown, Some(word));
            for page in [LoginPage::Plain, LoginPage::ShowsNumber] {
                assert_eq!(kind("required", word, page).map(NumberKind::as_str), Some(word), "{page:?}");
            }
        }
    }
}
