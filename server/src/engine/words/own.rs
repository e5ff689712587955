//! A tenant's own words: reading, changing and trying them. What could not be used when a message goes out is refused when
//! it is set.

use countersign_protocol::id::TenantId;
use std::fmt;

use super::{CallScript, MailWords, Medium, TemplateError, call, mail, parts, preview, text, usual};
use crate::engine::audit::Actor;
use crate::engine::{Engine, Error, Language, Message, Template};
use crate::store::StoreError;
use crate::store::templates::{TemplateKey, put_template, remove_template};

/// Which words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Which {
    /// Where they are read or heard.
    pub medium: Medium,
    /// In which message.
    pub template: Template,
    /// In which language.
    pub language: Language,
}

/// Words as a person would get them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A short message, and how many of them it takes.
    Sms(String, usize),
    /// A call.
    Call(CallScript),
    /// A mail.
    Mail(MailWords),
}

/// Words as they are in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The template.
    pub body: String,
    /// Milliseconds since 1970, when the tenant last changed it; none: they are the usual ones.
    pub changed_at: Option<i64>,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [medium, name, language] = self.key();
        write!(f, "{medium} {name} {language}")
    }
}

impl Which {
    /// From the words of a command.
    ///
    /// # Errors
    /// [`Error::Invalid`] lists what there is.
    pub fn read(medium: &str, template: &str, language: &str) -> Result<Self, Error> {
        let invalid =
            |what: &str, all: &[&str]| Error::Invalid(format!("{what} must be one of: {}", all.join(", ")));
        Ok(Self {
            medium: Medium::from_word(medium)
                .ok_or_else(|| invalid("the channel", &Medium::ALL.map(Medium::as_str)))?,
            template: Template::from_word(template)
                .ok_or_else(|| invalid("the message", &Template::ALL.map(Template::as_str)))?,
            language: Language::from_word(language)
                .ok_or_else(|| invalid("the language", &Language::ALL.map(Language::as_str)))?,
        })
    }

    pub(super) fn key(self) -> TemplateKey {
        [self.medium.as_str(), self.template.as_str(), self.language.as_str()]
    }

    /// All there are.
    pub fn all() -> impl Iterator<Item = Self> {
        Medium::ALL.into_iter().flat_map(|medium| {
            Template::ALL.into_iter().flat_map(move |template| {
                Language::ALL.into_iter().map(move |language| Self { medium, template, language })
            })
        })
    }

    /// Whether words can be used, however long the names in them are.
    ///
    /// # Errors
    /// [`TemplateError`] says what to write instead.
    pub fn check(self, body: &str) -> Result<(), TemplateError> {
        let longest = "W".repeat(200);
        let with_application = Message { application: Some(longest.clone()), ..self.trial(&longest) };
        for message in [self.trial(&longest), with_application] {
            preview(self.medium, &message, body)?;
        }
        Ok(())
    }

    fn say(self, message: &Message, body: &str) -> Result<Said, TemplateError> {
        Ok(match self.medium {
            Medium::Sms => {
                let said = text::fill(message, body)?;
                let parts = parts::split(&said).map_or(0, |split| split.parts.len());
                Said::Sms(said, parts)
            }
            Medium::Voice => Said::Call(call::fill(message, body)?),
            Medium::Email => Said::Mail(mail::fill(message, body)?),
        })
    }

    /// A message to try words with. Its names have the greatest length, so what fits now always fits.
    fn trial(self, tenant: &str) -> Message {
        Message {
            to: String::new(),
            template: self.template,
            language: self.language,
            tenant: tenant.to_owned(),
            application: None,
            code: self.template.has_code().then(|| "123456".to_owned()),
            minutes: 10,
            invited: None,
        }
    }
}

impl Engine {
    /// The words in force.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`].
    pub async fn template(&self, tenant: TenantId, which: Which) -> Result<Shown, Error> {
        self.tenant_must_exist(tenant).await?;
        Ok(match self.store.template(tenant, which.key()).await? {
            Some(own) => Shown { body: own.body, changed_at: Some(own.changed_at) },
            None => {
                let body = usual(which.medium, which.template, which.language).to_owned();
                Shown { body, changed_at: None }
            }
        })
    }

    /// All words, and since when (milliseconds since 1970) those that are the tenant's own are in force.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`].
    pub async fn templates(&self, tenant: TenantId) -> Result<Vec<(Which, Option<i64>)>, Error> {
        self.tenant_must_exist(tenant).await?;
        let own = self.store.templates(tenant).await?;
        let since = |which: &Which| {
            let row = own.iter().find(|row| [&*row.channel, &*row.name, &*row.language] == which.key());
            row.map(|row| row.changed_at)
        };
        Ok(Which::all().map(|which| (which, since(&which))).collect())
    }

    /// Replaces the words. A running server uses them with the next message.
    ///
    /// # Errors
    /// [`Error::Invalid`] says why they could not be used; [`Error::TenantNotFound`].
    pub async fn set_template(
        &self,
        tenant: TenantId,
        which: Which,
        body: &str,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        self.tenant_must_exist(tenant).await?;
        which.check(body).map_err(|error| Error::Invalid(error.to_string()))?;
        let event = self.event(tenant, "template.changed", by, &which)?;
        let put = put_template(tenant, which.key(), body, self.now());
        Ok(self.store.write(vec![put, event]).await?)
    }

    /// Goes back to the usual words.
    ///
    /// # Errors
    /// [`Error::Invalid`] when they are the usual ones already; [`Error::TenantNotFound`].
    pub async fn reset_template(&self, tenant: TenantId, which: Which, by: &dyn Actor) -> Result<(), Error> {
        self.tenant_must_exist(tenant).await?;
        let event = self.event(tenant, "template.removed", by, &which)?;
        match self.store.write(vec![remove_template(tenant, which.key()), event]).await {
            Err(StoreError::Unmet(0)) => Err(Error::Invalid(format!(
                "the words of {which} are the usual ones; there is nothing to reset"
            ))),
            result => Ok(result?),
        }
    }

    /// What people would get by `body`, with the tenant's present name; or why they could not.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`].
    pub async fn try_words(
        &self,
        tenant: TenantId,
        which: Which,
        body: &str,
    ) -> Result<Result<Said, TemplateError>, Error> {
        let name = self.store.tenant(tenant).await?.ok_or(Error::TenantNotFound(tenant.to_string()))?.name;
        Ok(which.check(body).and_then(|()| which.say(&which.trial(&name), body)))
    }

    /// What people would be told: by `body`, or by the words in force.
    ///
    /// # Errors
    /// As [`Engine::set_template`].
    pub async fn preview_template(
        &self,
        tenant: TenantId,
        which: Which,
        body: Option<&str>,
    ) -> Result<String, Error> {
        let name = self.store.tenant(tenant).await?.ok_or(Error::TenantNotFound(tenant.to_string()))?.name;
        let body = match body {
            Some(body) => body.to_owned(),
            None => self.template(tenant, which).await?.body,
        };
        preview(which.medium, &which.trial(&name), &body).map_err(|error| Error::Invalid(error.to_string()))
    }
}
