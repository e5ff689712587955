//! Looking for secrets in what anybody may see.

/// Digits that a code has at most. As many can stand in a clock's fraction of a second, or in a longer number, by chance.
const CODE: usize = 8;

/// The first line that shows a secret; a code only where it stands by itself.
#[must_use]
pub fn line_with<'a>(text: &'a str, secret: &str) -> Option<&'a str> {
    let is_code = secret.len() <= CODE && secret.bytes().all(|byte| byte.is_ascii_digit());
    let shows = |line: &str| {
        line.match_indices(secret).any(|(at, _)| {
            let (before, after) = (&line[..at], &line[at + secret.len()..]);
            let longer = before.ends_with(|c: char| c.is_ascii_digit() || c == '.')
                || after.starts_with(|c: char| c.is_ascii_digit());
            !(is_code && longer)
        })
    };
    text.lines().find(|line| shows(line))
}
