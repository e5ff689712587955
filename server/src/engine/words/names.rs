//! Names that customers chose, made fit to stand in a sentence of ours: a name must not add a line, a link, a number to
//! call or a second code, and must not turn the sentence around.

/// Characters of a name in a short message or a call at most.
const LINE: usize = 40;
/// The same in a mail.
const MAIL: usize = 100;
/// Digits in a row at most: a year, but no code and no number to call.
const DIGITS: usize = 4;

/// For short messages and calls: nothing in it becomes a link or is read as markup.
pub(in crate::engine) fn line(name: &str) -> String {
    let without_schemes = name.replace("://", " ");
    let mut line = String::new();
    let mut digits = 0;
    let mut chars = without_schemes.chars().peekable();
    while let Some(char) = chars.next() {
        digits = if char.is_numeric() { digits + 1 } else { 0 };
        let inside = char == '.' && chars.peek().is_some_and(|next| next.is_alphanumeric());
        match char {
            _ if digits > DIGITS || turns(char) => {}
            '<' | '>' | '/' | '\\' | '@' | '{' | '}' | '[' | ']' | '|' => line.push(' '),
            _ if inside || char.is_control() || char.is_whitespace() => line.push(' '),
            _ => line.push(char),
        }
    }
    bounded(&line, LINE)
}

/// For mail: isolated, so that a name in the other direction turns nothing around it.
pub(super) fn isolated(name: &str) -> String {
    let kept = name.chars().filter(|char| !turns(*char));
    let kept: String = kept.map(|char| if char.is_control() { ' ' } else { char }).collect();
    format!("\u{2068}{}\u{2069}", bounded(&kept, MAIL))
}

/// Marks that change the direction of what follows, or cannot be seen.
fn turns(char: char) -> bool {
    matches!(char, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{61C}' | '\u{FEFF}')
}

fn bounded(name: &str, longest: usize) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").chars().take(longest).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_brings_no_link_no_code_and_no_line() {
        for (name, shown) in [
            ("Case Management", "Case Management"),
            ("إدارة القضايا", "إدارة القضايا"),
            ("Example Inc.", "Example Inc."),
            ("Pay at https://evil.example/x", "Pay at https evil example x"),
            ("Booking.com 2026", "Booking com 2026"),
            ("123456 is your code", "1234 is your code"),
            ("call +19005550006", "call +1900"),
            ("a\r\nb\u{202E}c\u{200B}", "a bc"),
            ("<b>Example & Sons</b>", "b Example & Sons b"),
            ("mail me@evil.example", "mail me evil example"),
        ] {
            assert_eq!(line(name), shown);
        }
        assert_eq!(line(&"a ".repeat(100)).chars().count(), 39, "cut, and no blank at the end");
    }

    #[test]
    fn a_name_in_a_mail_is_isolated_and_bounded() {
        assert_eq!(isolated("a\u{2069}\u{202E}b\nc"), "\u{2068}ab c\u{2069}");
        assert_eq!(isolated(&"x".repeat(500)).chars().count(), MAIL + 2);
    }
}
