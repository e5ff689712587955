//! What the operators' page shows: who is there, and who is invited.

use askama::Template;
use zeroize::Zeroizing;

use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::problem::Wrong;
use super::super::reasons::told;
use super::super::words::Words as All;
use super::words::Words;
use crate::engine::console::{Invitation, Mailed, NewLink, Operator, Role};
use crate::engine::providers::{Channel, PLATFORM};
use crate::timestamp::rfc3339;

#[derive(Template)]
#[template(path = "console/operators/list.html")]
pub(super) struct List {
    frame: Frame,
    words: &'static Words,
    operators: Vec<Line>,
    waiting: Vec<Waiting>,
    roles: Vec<(&'static str, &'static str)>,
    /// Whether the platform sends mail.
    has_mail: bool,
    made: Option<(String, Zeroizing<String>)>,
    problem: Option<String>,
    typed: Typed,
}

/// What a form leaves behind that is answered on the page itself.
#[derive(Default)]
pub(super) struct Again {
    /// A link that was just made, and for whom.
    pub(super) made: Option<(String, Zeroizing<String>)>,
    /// Why nothing was done.
    pub(super) problem: Option<String>,
    pub(super) typed: Typed,
}

/// An invitation as it was filled in.
pub(super) struct Typed {
    pub(super) email: String,
    role: &'static str,
    by_link: bool,
}

impl Default for Typed {
    fn default() -> Self {
        Self { email: String::new(), role: Role::Auditor.as_str(), by_link: false }
    }
}

impl Typed {
    pub(super) fn of(new: &NewLink, way: &str) -> Self {
        let email = new.email.clone().unwrap_or_default();
        Self { email, role: new.role.as_str(), by_link: way == "link" }
    }
}

struct Line {
    id: String,
    name: String,
    email: String,
    role: &'static str,
    role_name: &'static str,
    created: String,
    is_disabled: bool,
    is_self: bool,
}

struct Waiting {
    email: String,
    role: &'static str,
    until: String,
    /// How the link got there.
    how: &'static str,
    /// Why the mail has not arrived.
    why: Option<String>,
    is_lost: bool,
}

impl List {
    pub(super) async fn of(desk: &Desk, again: Again) -> Result<Self, Wrong> {
        let (words, all) = (Words::of(desk.language), All::of(desk.language));
        let scope = desk.scope();
        let operators = desk.engine.operators(scope).await?;
        let waiting = desk.engine.operator_invitations(scope).await?;
        Ok(Self {
            frame: desk.frame("operators", words.title, &words.done),
            words,
            operators: operators.into_iter().map(|one| Line::of(desk, all, one)).collect(),
            waiting: waiting.into_iter().filter_map(|one| Waiting::of(desk, all, one)).collect(),
            roles: Role::ALL.into_iter().map(|role| (role.as_str(), all.role(role))).collect(),
            has_mail: desk.engine.reaches(PLATFORM, Channel::Email).await?,
            made: again.made,
            problem: again.problem,
            typed: again.typed,
        })
    }
}

impl Line {
    fn of(desk: &Desk, all: &'static All, one: Operator) -> Self {
        Self {
            id: one.id.to_string(),
            name: one.shown().to_owned(),
            role: one.role.as_str(),
            role_name: all.role(one.role),
            created: rfc3339(one.created_at),
            is_disabled: one.disabled_at.is_some(),
            is_self: one.id == desk.session.operator.id,
            email: one.email,
        }
    }
}

impl Waiting {
    /// None for a link that is nobody's: there is nobody to show.
    fn of(desk: &Desk, all: &'static All, one: Invitation) -> Option<Self> {
        let words = Words::of(desk.language);
        let (how, why, is_lost) = match one.mail {
            None => (words.was_shown, None, false),
            Some(Mailed::Waits(why)) => (words.is_sent, why, false),
            Some(Mailed::Taken) => (words.was_sent, None, false),
            Some(Mailed::GivenUp(why)) => (words.is_lost, why, true),
        };
        Some(Self {
            email: one.email?,
            role: all.role(one.role),
            until: rfc3339(one.expires_at),
            how,
            why: why.map(|word| told(&word, desk.language)),
            is_lost,
        })
    }
}
