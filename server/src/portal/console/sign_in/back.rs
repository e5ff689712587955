//! Where somebody goes after they have signed in: an address of the console, and nothing that leads elsewhere.

/// Characters of an address at most.
const LONGEST: usize = 512;

/// The address if it is one of the console's.
pub(super) fn own_path(text: &str) -> Option<&str> {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let rest = path.strip_prefix("/console/")?;
    // Readers of addresses do not agree about the others; `%` could hide any of them.
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    let query = |c: char| c.is_ascii_graphic() && c != '\\' && c != '#';
    let is_own = text.len() <= LONGEST
        && rest.chars().all(plain)
        && rest.split('/').rev().skip(1).all(|piece| !piece.is_empty())
        && rest.split('/').all(|piece| !piece.starts_with('.'))
        && text.chars().all(query);
    is_own.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s52_after_signing_in_one_stays_in_the_console() {
        for own in
            ["/console/", "/console/tenants", "/console/ten_1/users?after=x&q=a%20b", "/console/ten_1/"]
        {
            assert_eq!(own_path(own), Some(own));
        }
        for elsewhere in [
            "",
            "/",
            "/console",
            "/consoles/",
            "/mfa/index",
            "//evil.example/console/",
            "https://evil.example/console/",
            "/console//evil.example",
            "/console/../evil",
            "/console/%2e%2e/evil",
            "/console/.../x",
            "/console/\\evil.example",
            "/console/?a=\\",
            "/console/x\r\nSet-Cookie: a=b",
            "/console/#x",
            "javascript:alert(1)",
            "/console/\u{661}",
        ] {
            assert_eq!(own_path(elsewhere), None, "{elsewhere}");
        }
    }
}
