//! Telling a person that their factors have changed, by another channel than the one that it is about (S49), so that
//! whoever did not want it learns of it.

use crate::engine::factor::Word;
use crate::engine::policy::Factor;
use crate::engine::providers::Channel;
use crate::engine::{Engine, Error, Language, Message, Template};
use crate::store::{FactorRow, Statement, UserRow};

/// Milliseconds for which a notice is tried.
const TRIED_FOR: i64 = 24 * 60 * 60 * 1000;

impl UserRow {
    /// The language that they are written to in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.as_deref().and_then(Language::from_word).unwrap_or_default()
    }
}

/// Where the notice may go, the best first: verified mail, the address that the tenant gave, verified numbers; and what
/// the change is about only when there is nothing else.
fn places(user: &UserRow, factors: &[FactorRow], about: Option<&str>) -> Vec<(Channel, String)> {
    let verified = |kind: &'static str| {
        let contacts = factors.iter().filter(|factor| factor.active_at.is_some());
        let contacts = contacts.filter_map(|factor| factor.contact.as_ref());
        contacts.filter(move |c| c.kind == kind && c.verified_at.is_some()).map(|c| c.value.clone())
    };
    let mails = verified("email").chain(user.email.clone()).map(|to| (Channel::Email, to));
    let all: Vec<_> = mails.chain(verified("phone").map(|to| (Channel::Sms, to))).collect();
    let (same, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, to)| Some(to.as_str()) == about);
    others.into_iter().chain(same).collect()
}

impl Engine {
    /// The statements that tell `user` of a change; none when there is no way to. `factors` are theirs, `about` is the
    /// number or address that was added or removed. After the batch is written, call [`Engine::outbox_changed`].
    pub(in crate::engine) async fn notice(
        &self,
        word: Word<'_>,
        user: &UserRow,
        factors: &[FactorRow],
        (template, about): (Template, Option<&str>),
    ) -> Result<Option<Statement>, Error> {
        for (channel, to) in places(user, factors, about) {
            if template == Template::FactorAdded && Some(to.as_str()) == about {
                // Whoever added it reads it.
                continue;
            }
            if !self.reaches(user.tenant, channel).await? {
                continue;
            }
            let tenant = self.store.tenant(user.tenant).await?;
            let message = Message {
                to,
                template,
                language: user.language(),
                tenant: tenant.ok_or(Error::TenantNotFound(user.tenant.to_string()))?.name,
                application: word.application(),
                code: None,
                minutes: 0,
                invited: None,
            };
            let until = self.now() + TRIED_FOR;
            let (_, statement) = self.enqueue_message(user.tenant, channel, &message, None, until).await?;
            return Ok(Some(statement));
        }
        Ok(None)
    }
}

/// What a notice about this factor is about.
pub(in crate::engine) fn about(factor: &FactorRow) -> Option<&str> {
    factor.contact.as_ref().map(|contact| contact.value.as_str())
}

/// The kind of contact that a kind of factor has.
pub(in crate::engine) fn contact_kind(kind: Factor) -> Option<&'static str> {
    match kind {
        Factor::Sms | Factor::Voice => Some("phone"),
        Factor::Email => Some("email"),
        Factor::Push | Factor::Totp | Factor::Recovery => None,
    }
}
