//! What the pages about wording show. A template and what becomes of it stand there as text, never as a page.

use askama::Template as Page;

use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::problem::Wrong;
use super::super::providers::trial::Came;
use super::super::said::Said as Refusal;
use super::words::Words;
use crate::engine::console::May;
use crate::engine::words::{Medium, Said, Which};
use crate::engine::{Language, Template};
use crate::timestamp::rfc3339;

#[derive(Page)]
#[template(path = "console/templates/list.html")]
pub(super) struct List {
    frame: Frame,
    words: &'static Words,
    media: Vec<(&'static str, Vec<Line>)>,
}

/// A message in one medium.
struct Line {
    name: &'static str,
    /// In English and in Arabic.
    both: Vec<Cell>,
}

struct Cell {
    path: String,
    since: Option<String>,
}

fn path(which: Which) -> String {
    let (medium, message, language) =
        (which.medium.as_str(), which.template.as_str(), which.language.as_str());
    format!("templates/{medium}/{message}/{language}")
}

impl List {
    pub(super) fn of(desk: &Desk, all: &[(Which, Option<i64>)]) -> Self {
        let words = Words::of(desk.language);
        let since = |which: Which| {
            let found = all.iter().find(|(one, _)| *one == which);
            found.and_then(|(_, since)| *since).map(rfc3339)
        };
        let line = |medium: Medium, template: Template| {
            let cell = |language: Language| {
                let which = Which { medium, template, language };
                Cell { path: path(which), since: since(which) }
            };
            Line { name: words.template(template), both: Language::ALL.map(cell).into() }
        };
        let media = Medium::ALL.map(|medium| {
            (words.medium(medium), Template::ALL.map(|template| line(medium, template)).into())
        });
        Self { frame: desk.frame("templates", words.title, &[]), words, media: media.into() }
    }
}

/// What a form leaves behind that was not done, or that is answered on the page itself.
#[derive(Default)]
pub(super) struct Again {
    pub(super) problem: Option<Refusal>,
    /// Words that are not saved.
    pub(super) body: Option<String>,
    pub(super) came: Option<Came>,
    pub(super) typed_to: String,
}

/// Words as they come out.
struct Preview {
    title: &'static str,
    lang: &'static str,
    dir: &'static str,
    subject: Option<String>,
    text: String,
    html: Option<String>,
    parts: Option<usize>,
    is_own: bool,
}

#[derive(Page)]
#[template(path = "console/templates/one.html")]
pub(super) struct One {
    frame: Frame,
    words: &'static Words,
    medium: &'static str,
    since: Option<String>,
    /// Its own address.
    base: String,
    may_change: bool,
    body: String,
    dir: &'static str,
    lang: &'static str,
    to: &'static str,
    typed_to: String,
    previews: Vec<Preview>,
    problem: Option<Refusal>,
    came: Option<Came>,
}

impl One {
    pub(super) async fn of(desk: &Desk, which: Which, again: Again) -> Result<Self, Wrong> {
        let words = Words::of(desk.language);
        let tenant = desk.tenant()?.id;
        let shown = desk.engine.template(tenant, which).await?;
        let body = again.body.unwrap_or(shown.body);
        let mut previews = Vec::new();
        for language in Language::ALL {
            let one = Which { language, ..which };
            let source = match one == which {
                true => body.clone(),
                false => desk.engine.template(tenant, one).await?.body,
            };
            // What cannot be used has its sentence above; the other language is shown all the same.
            if let Ok(said) = desk.engine.try_words(tenant, one, &source).await? {
                previews.push(Preview::of(words, language, said, one == which));
            }
        }
        let done = [("saved", words.saved), ("reset", words.was_reset)];
        let frame = desk.frame("template", words.template(which.template), &done);
        let (lang, dir, _) = tongue(words, which.language);
        let [number, address] = words.to;
        Ok(Self {
            base: format!("{}/{}", frame.here, path(which)),
            frame,
            words,
            medium: words.medium(which.medium),
            since: shown.changed_at.map(rfc3339),
            may_change: desk.session.operator.may(May::ChangeSettings, tenant),
            body,
            dir,
            lang,
            to: if which.medium == Medium::Email { address } else { number },
            typed_to: again.typed_to,
            previews,
            problem: again.problem,
            came: again.came,
        })
    }
}

fn tongue(words: &Words, language: Language) -> (&'static str, &'static str, &'static str) {
    match language {
        Language::En => ("en", "ltr", words.english),
        Language::Ar => ("ar", "rtl", words.arabic),
    }
}

impl Preview {
    fn of(words: &Words, language: Language, said: Said, is_own: bool) -> Self {
        let (lang, dir, title) = tongue(words, language);
        let (subject, text, html, parts) = match said {
            Said::Sms(text, parts) => (None, text, None, Some(parts)),
            Said::Call(script) => (None, script.to_string(), None, None),
            Said::Mail(mail) => (Some(mail.subject), mail.text, Some(mail.html), None),
        };
        Self { title, lang, dir, subject, text, html, parts, is_own }
    }
}
