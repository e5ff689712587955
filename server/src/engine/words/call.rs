//! What is said in a call: sentences, and the code digit by digit, slowly; all of it twice, because nobody has a pen.

use std::fmt;

use super::template::{self, TemplateError, both_plain, says, values};
use crate::engine::{Language, Message};

/// Stands for the code until the script is cut there. No name and no template can hold it.
const HERE: char = '\u{1}';
/// Characters of a script at most, once: a call is no place for more.
const LONGEST: usize = 600;
/// How often all is said.
const TIMES: usize = 2;

/// What is said in a call.
#[derive(Clone, PartialEq, Eq)]
pub struct CallScript {
    /// In which language.
    pub language: Language,
    /// In this order.
    pub parts: Vec<Part>,
}

/// A part of a call.
#[derive(Clone, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Say(String),
    /// One digit of the code.
    Digit(char),
    /// Silence, in seconds.
    Pause(u8),
}

/// Without the code.
impl fmt::Debug for CallScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallScript({:?}, {} parts)", self.language, self.parts.len())
    }
}

/// Without the code.
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Say(_) => "Say(…)",
            Self::Digit(_) => "Digit(…)",
            Self::Pause(_) => "Pause(…)",
        })
    }
}

/// As a person would write it down.
impl fmt::Display for CallScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Say(words) => write!(f, "{words}")?,
                Part::Digit(digit) => write!(f, "{digit}")?,
                Part::Pause(1) => write!(f, " … ")?,
                Part::Pause(_) => writeln!(f)?,
            }
        }
        Ok(())
    }
}

pub(super) fn fill(message: &Message, source: &str) -> Result<CallScript, TemplateError> {
    if message.template.has_code() && !says(source, "code") {
        return Err(TemplateError::NoCode);
    }
    let (tenant, application) = both_plain(message);
    let here = HERE.to_string();
    let code = message.code.as_ref().map(|_| here.as_str());
    let filled = template::fill(&source.replace(HERE, ""), &values(message, code, (&tenant, &application)))?;
    let filled: String = filled.split_whitespace().collect::<Vec<_>>().join(" ");
    if filled.is_empty() {
        return Err(TemplateError::Empty);
    }
    let mut once = Vec::new();
    let spoken: String =
        filled.chars().filter(|char| *char == HERE || !char.is_control()).take(LONGEST).collect();
    for (place, words) in spoken.split(HERE).enumerate() {
        if place > 0 {
            once.extend(digits(message.code.as_deref().unwrap_or_default()));
        }
        let words = words.trim();
        // A full stop that followed the code is no word.
        if words.chars().any(char::is_alphanumeric) {
            once.push(Part::Say(words.trim_start_matches(['.', ',', ' ']).to_owned()));
        }
    }
    let mut parts = vec![Part::Pause(1)];
    for _ in 0..TIMES {
        parts.extend(once.iter().cloned());
        parts.push(Part::Pause(2));
    }
    Ok(CallScript { language: message.language, parts })
}

/// Each by itself, with a second around it.
fn digits(code: &str) -> impl Iterator<Item = Part> {
    let each = code.chars().filter(|char| !char.is_whitespace());
    each.flat_map(|digit| [Part::Pause(1), Part::Digit(digit)]).chain([Part::Pause(1)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Template;
    use crate::engine::words::{Medium, example, usual};

    #[test]
    fn the_code_is_said_digit_by_digit_and_all_of_it_twice() {
        let message = example(Template::SignInCode, Language::En);
        let script = fill(&message, "It is: {{ code }}. Good for {{ validity }}.").unwrap();
        let said = script.to_string();
        let once = "It is: … 2 … 7 … 1 … 8 … 2 … 8 … Good for 10 minutes.\n";
        assert_eq!(said, format!(" … {once}{once}"));
        assert!(!format!("{script:?} {:?}", script.parts).contains('7'), "{script:?}");
    }

    #[test]
    fn a_call_has_its_code_and_something_to_say() {
        let message = example(Template::SignInCode, Language::Ar);
        assert_eq!(fill(&message, "مرحبا"), Err(TemplateError::NoCode));
        let smuggled = fill(&message, "\u{1}\u{1} {{ code }}").unwrap();
        let digits = smuggled.parts.iter().filter(|part| matches!(part, Part::Digit(_))).count();
        assert_eq!(digits, 6 * TIMES);
        let notice = example(Template::FactorRemoved, Language::Ar);
        assert_eq!(fill(&notice, " \n"), Err(TemplateError::Empty));
        let usual = fill(&notice, usual(Medium::Voice, Template::FactorRemoved, Language::Ar)).unwrap();
        assert!(!usual.parts.iter().any(|part| matches!(part, Part::Digit(_))));
    }
}
