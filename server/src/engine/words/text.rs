//! The text of a short message: one line or a few, short enough for a few parts.

use super::parts::{MOST_PARTS, split};
use super::template::{self, TemplateError, both_plain, says, values};
use crate::engine::Message;

/// Parts that a message may take at most: each one costs.
const PARTS: usize = 3;

pub(super) fn fill(message: &Message, source: &str) -> Result<String, TemplateError> {
    if message.template.has_code() && !says(source, "code") {
        return Err(TemplateError::NoCode);
    }
    let (tenant, application) = both_plain(message);
    let filled = template::fill(source, &values(message, message.code.as_deref(), (&tenant, &application)))?;
    let kept: String = filled.chars().filter(|char| *char == '\n' || !char.is_control()).collect();
    let text = kept.trim().to_owned();
    match parts(&text) {
        0 => Err(TemplateError::Empty),
        1..=PARTS => Ok(text),
        more => Err(TemplateError::TooManyParts(more)),
    }
}

/// How many parts it takes, as phones count them; one more than can be sent when it is longer than that.
fn parts(text: &str) -> usize {
    if text.is_empty() { 0 } else { split(text).map_or(MOST_PARTS + 1, |split| split.parts.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::words::{Medium, example, usual};
    use crate::engine::{Language, Template};

    #[test]
    fn every_usual_text_in_english_fits_one_part_with_the_longest_name() {
        for template in Template::ALL {
            let message = Message {
                application: Some("n".repeat(200)),
                minutes: 600,
                ..example(template, Language::En)
            };
            let text = fill(&message, usual(Medium::Sms, template, Language::En)).unwrap();
            assert_eq!(parts(&text), 1, "{} {text}", text.len());
            let message = Message { language: Language::Ar, ..message };
            let text = fill(&message, usual(Medium::Sms, template, Language::Ar)).unwrap();
            assert!(parts(&text) <= 3, "{text}");
        }
    }

    #[test]
    fn a_text_has_its_code_and_is_short() {
        let message = example(Template::SignInCode, Language::En);
        assert_eq!(fill(&message, "your code"), Err(TemplateError::NoCode));
        assert_eq!(fill(&message, "{# {{ code }} #}"), Err(TemplateError::NoCode));
        let long = |words: usize| format!("{{{{ code }}}}{}", " word".repeat(words));
        assert!(fill(&message, &long(90)).is_ok(), "456 letters");
        assert_eq!(fill(&message, &long(91)), Err(TemplateError::TooManyParts(4)));
        assert_eq!(fill(&message, &format!("{} ê", long(40))), Err(TemplateError::TooManyParts(4)));
        assert!(fill(&message, &format!("{} é", long(40))).is_ok(), "phones have this letter");
        assert_eq!(
            fill(&message, &format!("{{{{ code }}}}{}", "[".repeat(230))),
            Err(TemplateError::TooManyParts(4))
        );
        let notice = example(Template::FactorAdded, Language::En);
        assert_eq!(fill(&notice, " {# nothing #} "), Err(TemplateError::Empty));
    }
}
