//! What people are told: the words of each message, in each medium and language, the usual ones and a tenant's own. How
//! they get on the wire is `delivery`'s.
//!
//! The usual words are templates as a tenant's own are, filled in by the same hand; so what `template show` shows is what
//! people would be told, and a place to begin from.

mod arabic;
mod call;
mod english;
mod mail;
mod names;
mod own;
pub mod parts;
mod template;
mod text;

use countersign_protocol::id::TenantId;

pub use call::{CallScript, Part};
pub use mail::MailWords;
pub(in crate::engine) use names::line as plain_name;
pub use own::{Said, Shown, Which};
pub use template::TemplateError;

use crate::engine::{Engine, Error, Language, Message, Template};

/// Where words are read or heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Medium {
    /// Short messages.
    Sms,
    /// Calls.
    Voice,
    /// Mail.
    Email,
}

impl Medium {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sms, Self::Voice, Self::Email];

    /// Its word, that of its channel.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Email => "email",
        }
    }

    /// The other way round.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|medium| medium.as_str() == word)
    }
}

impl Template {
    /// All that a tenant can have words of its own for.
    pub const ALL: [Self; 5] =
        [Self::EnrollmentCode, Self::SignInCode, Self::ContactCode, Self::FactorAdded, Self::FactorRemoved];

    /// Its word in commands and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnrollmentCode => "enrollment_code",
            Self::SignInCode => "sign_in_code",
            Self::ContactCode => "contact_code",
            Self::FactorAdded => "factor_added",
            Self::FactorRemoved => "factor_removed",
            Self::Registration => "registration",
            Self::Invitation => "invitation",
        }
    }

    /// The other way round.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.as_str() == word)
    }

    /// Whether it is there to bring a code.
    #[must_use]
    pub fn has_code(self) -> bool {
        !matches!(self, Self::FactorAdded | Self::FactorRemoved)
    }

    /// Whether a link stands where a code would. Such messages are mails, and the platform's.
    #[must_use]
    pub fn has_link(self) -> bool {
        matches!(self, Self::Registration | Self::Invitation)
    }
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::Ar];

    /// Its tag.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ar => "ar",
        }
    }

    /// The other way round.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == word)
    }
}

/// The words that hold where a tenant has none of its own.
#[must_use]
pub fn usual(medium: Medium, template: Template, language: Language) -> &'static str {
    match language {
        Language::En => english::words(medium, template),
        Language::Ar => arabic::words(medium, template),
    }
}

/// Fills in a tenant's own words; the usual ones where it has none, or where its own fail: people must get their codes.
fn either<T>(
    medium: Medium,
    message: &Message,
    own: Option<&str>,
    fill: impl Fn(&Message, &str) -> Result<T, TemplateError>,
) -> Result<T, Error> {
    if let Some(own) = own {
        match fill(message, own) {
            Ok(filled) => return Ok(filled),
            Err(error) => tracing::error!(
                medium = medium.as_str(), template = message.template.as_str(), %error,
                "a tenant's own words could not be used, and the usual ones were; mend them with `template set`"
            ),
        }
    }
    fill(message, usual(medium, message.template, message.language)).map_err(|_| Error::Damaged("message"))
}

impl Engine {
    /// The text of a short message.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::Damaged`] for a message that lacks its code.
    pub async fn sms_words(&self, tenant: TenantId, message: &Message) -> Result<String, Error> {
        let own = self.own_words(tenant, Medium::Sms, message).await?;
        either(Medium::Sms, message, own.as_deref(), text::fill)
    }

    /// Subject and bodies of a mail.
    ///
    /// # Errors
    /// As [`Engine::sms_words`].
    pub async fn mail_words(&self, tenant: TenantId, message: &Message) -> Result<MailWords, Error> {
        let own = self.own_words(tenant, Medium::Email, message).await?;
        either(Medium::Email, message, own.as_deref(), mail::fill)
    }

    /// What is said in a call.
    ///
    /// # Errors
    /// As [`Engine::sms_words`].
    pub async fn call_words(&self, tenant: TenantId, message: &Message) -> Result<CallScript, Error> {
        let own = self.own_words(tenant, Medium::Voice, message).await?;
        either(Medium::Voice, message, own.as_deref(), call::fill)
    }

    async fn own_words(
        &self,
        tenant: TenantId,
        medium: Medium,
        message: &Message,
    ) -> Result<Option<String>, Error> {
        let which = Which { medium, template: message.template, language: message.language };
        Ok(self.store.template(tenant, which.key()).await?.map(|row| row.body))
    }
}

/// Words as they would come out, for whoever writes them.
fn preview(medium: Medium, message: &Message, source: &str) -> Result<String, TemplateError> {
    match medium {
        Medium::Sms => text::fill(message, source),
        Medium::Voice => Ok(call::fill(message, source)?.to_string()),
        Medium::Email => Ok(mail::fill(message, source)?.to_string()),
    }
}

#[cfg(test)]
pub(crate) fn example(template: Template, language: Language) -> Message {
    Message {
        to: "sam@example.org".to_owned(),
        template,
        language,
        tenant: "<b>Example & Sons</b>".to_owned(),
        application: None,
        code: template.has_code().then(|| "271828".to_owned()),
        minutes: 10,
        invited: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_can_be_said_everywhere_and_a_code_is_said_where_there_is_one() {
        for (medium, language) in Medium::ALL.into_iter().flat_map(|m| Language::ALL.map(|l| (m, l))) {
            for template in Template::ALL {
                let message = example(template, language);
                let said = preview(medium, &message, usual(medium, template, language)).unwrap();
                let code = if medium == Medium::Voice { "2 … 7 … 1 … 8 … 2 … 8" } else { "271828" };
                assert_eq!(said.contains(code), template.has_code(), "{medium:?} {template:?}: {said}");
                assert!(said.contains("Example & Sons"), "{said}");
                let arabic = said.chars().any(|char| ('\u{600}'..'\u{700}').contains(&char));
                assert_eq!(arabic, language == Language::Ar, "{said}");
            }
        }
    }

    #[test]
    fn words_come_back() {
        for medium in Medium::ALL {
            assert_eq!(Medium::from_word(medium.as_str()), Some(medium));
        }
        for template in Template::ALL {
            assert_eq!(Template::from_word(template.as_str()), Some(template));
            let json = serde_json::to_value(template).unwrap();
            assert_eq!(json, template.as_str(), "one word for it everywhere");
        }
        for language in Language::ALL {
            assert_eq!(Language::from_word(language.as_str()), Some(language));
        }
    }

    #[test]
    fn where_a_tenants_own_words_fail_the_usual_ones_are_said() {
        let message = example(Template::SignInCode, Language::En);
        let said = |own| either(Medium::Sms, &message, own, text::fill).unwrap();
        assert_eq!(said(Some("{{ code }}, your code")), "271828, your code");
        assert_eq!(said(Some("{{ nobody }}")), said(None));
        let notice = Message { code: None, ..message.clone() };
        assert_eq!(either(Medium::Sms, &notice, None, text::fill), Err(Error::Damaged("message")));
    }
}
