//! A mail's words: a subject without the code, a text, and the same as a page.

use std::fmt;

use askama::Template as _;

use super::names::isolated;
use super::template::{self, TemplateError, both, says, values};
use crate::engine::{Language, Message};

/// Characters of a subject at most.
const LONGEST_SUBJECT: usize = 200;

/// What stands in a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct MailWords {
    /// Never has the code.
    pub subject: String,
    /// For programs that show text.
    pub text: String,
    /// For those that show pages.
    pub html: String,
}

/// Without the code.
impl fmt::Debug for MailWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailWords").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// As a program that shows text would show it.
impl fmt::Display for MailWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject: {}\n\n{}", self.subject, self.text)
    }
}

/// A paragraph of the page.
struct Paragraph<'a> {
    /// The code alone: shown large.
    code: bool,
    /// The code is a link.
    link: bool,
    lines: Vec<&'a str>,
}

#[derive(askama::Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    lang: &'static str,
    dir: &'static str,
    subject: &'a str,
    paragraphs: &'a [Paragraph<'a>],
}

pub(super) fn fill(message: &Message, source: &str) -> Result<MailWords, TemplateError> {
    let source = source.replace("\r\n", "\n");
    let (head, body) = source.split_once("\n\n").ok_or(TemplateError::NoSubject)?;
    let subject = head.strip_prefix("Subject:").ok_or(TemplateError::NoSubject)?;
    if subject.contains('\n') {
        return Err(TemplateError::NoSubject);
    }
    if says(subject, "code") {
        return Err(TemplateError::CodeInSubject);
    }
    if message.template.has_code() && !says(body, "code") {
        return Err(TemplateError::NoCode);
    }
    let (tenant, application) = both(message, isolated);
    let inviter = message.invited.as_ref().map(|invited| isolated(&invited.by)).unwrap_or_default();
    let values = values(message, message.code.as_deref(), (&tenant, &application));
    let values = template::Values { inviter: &inviter, ..values };
    let subject = template::fill(subject, &template::Values { code: None, ..values })?;
    let subject: String = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let subject: String = subject.chars().filter(|char| !char.is_control()).take(LONGEST_SUBJECT).collect();
    let text = template::fill(body, &values)?;
    let text: String = text.chars().filter(|char| *char == '\n' || !char.is_control()).collect();
    let text = text.trim_matches('\n').to_owned() + "\n";
    if subject.is_empty() || text.trim().is_empty() {
        return Err(TemplateError::Empty);
    }
    let html = page(message, &subject, &text)?;
    Ok(MailWords { subject, text, html })
}

fn page(message: &Message, subject: &str, text: &str) -> Result<String, TemplateError> {
    let (lang, dir) = match message.language {
        Language::En => ("en", "ltr"),
        Language::Ar => ("ar", "rtl"),
    };
    let paragraphs: Vec<Paragraph<'_>> = text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| Paragraph {
            code: Some(paragraph) == message.code.as_deref(),
            link: message.template.has_link(),
            lines: paragraph.lines().collect(),
        })
        .collect();
    let page = Page { lang, dir, subject, paragraphs: &paragraphs };
    page.render().map_err(|error| TemplateError::Syntax(1, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::console::Role;
    use crate::engine::words::{Medium, example, usual};
    use crate::engine::{Invited, Template};

    fn mail(language: Language) -> MailWords {
        let message = example(Template::EnrollmentCode, language);
        fill(&message, usual(Medium::Email, Template::EnrollmentCode, language)).unwrap()
    }

    #[test]
    fn the_code_is_in_both_bodies_and_never_in_the_subject() {
        for language in Language::ALL {
            let mail = mail(language);
            assert!(!mail.subject.contains("271828"), "{mail:?}");
            assert!(mail.text.contains("\n    271828\n"), "{}", mail.text);
            assert!(mail.html.contains(r#"<bdi dir="ltr">271828</bdi>"#), "{}", mail.html);
        }
        assert!(mail(Language::Ar).html.contains(r#"<html lang="ar" dir="rtl">"#));
    }

    #[test]
    fn a_name_is_text_and_not_markup_and_turns_nothing_around() {
        let mail = mail(Language::Ar);
        assert!(!mail.html.contains("<b>"), "{}", mail.html);
        assert!(mail.subject.contains("\u{2068}<b>Example & Sons</b>\u{2069}"), "{mail:?}");
        let message = Message {
            tenant: "Example\r\nBcc: eve@example.org".to_owned(),
            ..example(Template::FactorAdded, Language::En)
        };
        let words = fill(&message, usual(Medium::Email, Template::FactorAdded, Language::En)).unwrap();
        assert!(!words.subject.contains(['\r', '\n']), "{words:?}");
    }

    #[test]
    fn an_invitation_says_who_invites_to_what_as_what_and_its_link_is_in_the_bodies_alone() {
        for (language, role) in [(Language::En, "administrator"), (Language::Ar, "مسؤول")] {
            let message = Message {
                code: Some("https://auth.example.org/console/join/abc".to_owned()),
                invited: Some(Invited { role: Role::Admin, by: "Olga\r\nBcc: eve <b>".to_owned() }),
                ..example(Template::Invitation, language)
            };
            let mail = fill(&message, usual(Medium::Email, Template::Invitation, language)).unwrap();
            assert!(mail.subject.contains("Example & Sons") && !mail.subject.contains("/join/"), "{mail:?}");
            for said in
                [role, "\u{2068}Olga Bcc: eve <b>\u{2069}", "\nhttps://auth.example.org/console/join/abc\n"]
            {
                assert!(mail.text.contains(said), "{said}: {}", mail.text);
            }
            let link = r#"<a href="https://auth.example.org/console/join/abc"><bdi dir="ltr">https://"#;
            assert!(mail.html.contains(link) && !mail.html.contains("<b>"), "{}", mail.html);
        }
    }

    #[test]
    fn a_template_of_a_mail_says_what_belongs_where() {
        let message = example(Template::SignInCode, Language::En);
        for (source, refused) in [
            ("Hello {{ code }}", TemplateError::NoSubject),
            ("Hello\n\n{{ code }}", TemplateError::NoSubject),
            ("Subject: Hello\nBcc: eve\n\n{{ code }}", TemplateError::NoSubject),
            ("Subject: {{ code }}\n\n{{ code }}", TemplateError::CodeInSubject),
            ("Subject: Hello\n\nno code", TemplateError::NoCode),
            ("Subject: \n\n{{ code }}", TemplateError::Empty),
        ] {
            assert_eq!(fill(&message, source), Err(refused), "{source}");
        }
        let words = fill(&message, "Subject: Hello\r\n\r\n<i>{{ code }}</i>").unwrap();
        assert_eq!((words.subject.as_str(), words.text.as_str()), ("Hello", "<i>271828</i>\n"));
        assert!(words.html.contains("&#60;i&#62;271828"), "{}", words.html);
    }
}
