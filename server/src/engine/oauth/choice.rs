//! Asking for a second factor while signing in: which of the person's factors, and asking it.
//!
//! Where the application leaves the choice, the strongest factor of those that it takes and the policy allows is asked:
//! a phone that answers before an app that shows codes, and that before codes which are sent. Asking for a weaker one
//! by name is the application's right; asking for one that the policy does not allow is nobody's, so a thief of a password
//! gets no further than the policy lets the person go.

use crate::engine::challenge::ask::LoginPage;
use crate::engine::oauth::SignInError;
use crate::engine::oauth::oob::Oob;
use crate::engine::oauth::place::origin;
use crate::engine::oauth::show::Showing;
use crate::engine::policy::{Factor, NumberKind, Policy};
use crate::engine::{
    Ask, AskCode, Caller, CodePurpose, Engine, Error, FactorId, FactorRef, Language, ListedFactor, Whom,
};

/// What an application wants to be asked.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The kinds that it takes; none: any.
    pub kinds: Option<Vec<Factor>>,
    /// The one factor that it wants.
    pub factor: Option<FactorId>,
}

/// Why nothing is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoChoice {
    /// The person has nothing.
    NothingEnrolled,
    /// Nothing of what they have is both taken by the application and allowed by the policy. These are allowed.
    NotOffered(Vec<Factor>),
    /// The factor is not theirs, or does not count.
    NotFound,
    /// A rule said no.
    Refused(SignInError),
}

impl<E: Into<SignInError>> From<E> for NoChoice {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondAsked {
    /// For the code that the person's app shows: nobody needs to be told.
    Totp,
    /// Something out of band.
    Oob {
        /// The code that names the question.
        code: String,
        /// Whether it is answered with a code that the person types into the login page.
        prompts: bool,
    },
}

/// How much a kind is preferred; none: it is never asked for.
fn rank(kind: Factor) -> Option<u8> {
    match kind {
        Factor::Push => Some(0),
        Factor::Totp => Some(1),
        Factor::Sms => Some(2),
        Factor::Voice => Some(3),
        Factor::Email => Some(4),
        // It is the way back for whoever has lost the rest.
        Factor::Recovery => None,
    }
}

/// Which factors may be asked, the best first. `theirs` are those that come into question.
fn choose(policy: &Policy, theirs: &[ListedFactor], wish: &Wish) -> Result<Vec<ListedFactor>, NoChoice> {
    if theirs.is_empty() {
        return Err(NoChoice::NothingEnrolled);
    }
    if wish.factor.is_some_and(|id| !theirs.iter().any(|factor| factor.id == id)) {
        return Err(NoChoice::NotFound);
    }
    let allowed = |kind: Factor| rank(kind).is_some() && policy.allowed_at(None, kind).is_ok();
    let taken = |kind: Factor| wish.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
    let fits = |factor: &&ListedFactor| wish.factor.is_none_or(|id| factor.id == id);
    let mut fitting: Vec<_> =
        theirs.iter().filter(fits).filter(|f| allowed(f.kind) && taken(f.kind)).cloned().collect();
    if fitting.is_empty() {
        let mut kinds: Vec<_> = theirs.iter().map(|factor| factor.kind).filter(|k| allowed(*k)).collect();
        kinds.dedup();
        return Err(NoChoice::NotOffered(kinds));
    }
    // Stable: of several of a kind, the oldest.
    fitting.sort_by_key(|factor| rank(factor.kind));
    // All phones are asked at once.
    fitting.dedup_by_key(|factor| factor.kind);
    Ok(fitting)
}

/// What stands on the phone.
pub(in crate::engine) fn message(application: &str, language: Language) -> String {
    match language {
        Language::En => format!("Sign in to {application}?"),
        Language::Ar => format!("تسجيل الدخول إلى {application}؟"),
    }
}

impl Engine {
    /// Asks the person for a second factor. While pushes to them rest, or are locked, an app that shows codes is asked
    /// instead where the application takes that; nothing weaker is.
    ///
    /// # Errors
    /// [`NoChoice`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn ask_second_factor(
        &self,
        caller: &Caller,
        showing: Showing<'_>,
        wish: &Wish,
    ) -> Result<SecondAsked, NoChoice> {
        let user = showing.user();
        let (_, mut all) = self.factors_of(user.tenant, &user.user_ref).await?;
        match showing {
            Showing::Login(_) => all.retain(|factor| factor.active),
            Showing::Holder(_) => {
                self.may_bind(caller, showing).await?;
                all.retain(|factor| !factor.active && matches!(factor.id, FactorId::Own(_)));
            }
        }
        let fitting = choose(&caller.policy, &all, wish)?;
        let totp = fitting.iter().any(|factor| factor.kind == Factor::Totp);
        let first = fitting.first().ok_or(NoChoice::NothingEnrolled)?;
        match (first.kind, first.id) {
            (Factor::Totp, _) => Ok(SecondAsked::Totp),
            (Factor::Push, _) => match self.ask_push(caller, showing).await {
                Err(
                    Error::CoolingDown { .. }
                    | Error::TooManyPushes { .. }
                    | Error::Locked(_)
                    | Error::NoDevices,
                ) if totp => Ok(SecondAsked::Totp),
                asked => Ok(asked?),
            },
            (kind, FactorId::Own(id)) => Ok(self.ask_sent(caller, showing, kind, FactorRef::Id(id)).await?),
            (_, FactorId::Device(_)) => Err(NoChoice::NotFound),
        }
    }

    async fn ask_push(&self, caller: &Caller, showing: Showing<'_>) -> Result<SecondAsked, Error> {
        let user = showing.user();
        let ask = Ask {
            kind: None,
            turn: None,
            user_ref: user.user_ref.clone(),
            session_ref: None,
            message: message(&caller.application.name, user.language()),
            page: LoginPage::TakesCode,
            risk: None,
            answer_window: None,
            origin: origin(caller),
        };
        let asked = self.ask(caller, ask).await?;
        let prompts = asked.number_kind == Some(NumberKind::Show);
        let oob = Oob::Push { challenge: asked.id, prompts };
        Ok(SecondAsked::Oob { code: self.oob_code(user.tenant, showing.of(), &oob)?, prompts })
    }

    async fn ask_sent(
        &self,
        caller: &Caller,
        showing: Showing<'_>,
        kind: Factor,
        factor: FactorRef,
    ) -> Result<SecondAsked, Error> {
        let user = showing.user();
        let binds = matches!(showing, Showing::Holder(_));
        let ask = AskCode {
            turn: None,
            whom: Whom::Id(user.id),
            factor,
            purpose: if binds { CodePurpose::Bind } else { CodePurpose::SignIn },
            session_ref: None,
            language: None,
            risk: None,
            answer_window: None,
            origin: origin(caller),
        };
        let asked = self.ask_code(caller, ask).await?;
        let oob = Oob::Sent { challenge: asked.id, kind, binds };
        Ok(SecondAsked::Oob { code: self.oob_code(user.tenant, showing.of(), &oob)?, prompts: true })
    }
}
