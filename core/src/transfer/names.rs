//! Issuer and account out of what files give: one field for both, a repeated issuer, or only the item's name.

use zeroize::Zeroize as _;

use crate::scan::visible;

/// The longest name in a report, in characters.
const LONGEST: usize = 100;

/// Issuer and account. An issuer that is missing is what stands before the first `:` of the account; an account that
/// repeats the issuer and `:` loses that; when both are missing, the item's own name is the account.
pub(super) fn names(
    issuer: Option<&str>,
    account: Option<&str>,
    item: Option<&str>,
) -> (Option<String>, String) {
    split_at(issuer, account, item, ":")
}

/// The same with another separator (andOTP once wrote ` - `).
pub(super) fn split_at(
    issuer: Option<&str>,
    account: Option<&str>,
    item: Option<&str>,
    separator: &str,
) -> (Option<String>, String) {
    let issuer = issuer.map(str::trim).unwrap_or_default();
    let account = account.map(str::trim).unwrap_or_default();
    if issuer.is_empty() {
        return match account.split_once(separator) {
            Some((prefix, rest)) => {
                (Some(prefix.trim()).filter(|p| !p.is_empty()).map(str::to_owned), rest.trim().to_owned())
            }
            None if account.is_empty() => (None, item.map(str::trim).unwrap_or_default().to_owned()),
            None => (None, account.to_owned()),
        };
    }
    (Some(issuer.to_owned()), without_issuer(account, issuer).to_owned())
}

/// `account` without `issuer` and `:` before it, in any case.
fn without_issuer<'a>(account: &'a str, issuer: &str) -> &'a str {
    // Once through both: files may repeat a name of megabytes.
    let mut wanted = issuer.chars().flat_map(char::to_lowercase).peekable();
    for (at, c) in account.char_indices() {
        if wanted.peek().is_none() {
            let rest = account.get(at..).and_then(|rest| rest.trim_start().strip_prefix(':'));
            return rest.map_or(account, str::trim);
        }
        if !c.to_lowercase().all(|c| wanted.next() == Some(c)) {
            break;
        }
    }
    account
}

/// A name for a report: visible characters only, cut to 100. In a damaged file a secret can stand where a name should:
/// what looks like one is left out.
pub(super) fn shown(issuer: Option<&str>, account: &str) -> String {
    let whole = match issuer.map(str::trim).filter(|issuer| !issuer.is_empty()) {
        Some(issuer) if account.trim().is_empty() => issuer.to_owned(),
        Some(issuer) => format!("{issuer}: {account}"),
        None => account.to_owned(),
    };
    visible(&without_secrets(&whole), LONGEST)
}

/// The shortest piece of base32 that is taken for a secret: 60 bits.
const SECRET_LENGTH: usize = 12;

/// `text` with `…` for each run of base32 that has letters and digits, and is as long as no word of a name.
fn without_secrets(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().map(Some).chain([None]) {
        if let Some(c) = c.filter(|c| matches!(c, 'a'..='z' | 'A'..='Z' | '2'..='7')) {
            run.push(c);
            continue;
        }
        let is_mixed =
            run.contains(|c: char| c.is_ascii_digit()) && run.contains(|c: char| c.is_ascii_alphabetic());
        shown.push_str(if is_mixed && run.len() >= SECRET_LENGTH { "…" } else { &run });
        run.zeroize();
        shown.extend(c);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{names, shown};

    #[test]
    fn a_secret_where_a_name_should_be_is_left_out() {
        for (name, expected) in [
            (
                "otpauth://totp/x?secret=MV4GC3LQNRSS243FMNZGK5BNGE&issuer=Acme",
                "otpauth://totp/x?secret=…&issuer=Acme",
            ),
            ("mv4gc3lqnrss2", "…"),
            ("8MV4GC3LQNRSS2-old", "8…-old"),
            ("ADMINISTRATOR (37)", "ADMINISTRATOR (37)"),
            ("alice27@example.org", "alice27@example.org"),
            ("موقع 2", "موقع 2"),
        ] {
            assert_eq!(shown(None, name), expected);
        }
        assert_eq!(shown(Some("MV4GC3LQNRSS243FMNZGK5BNGE"), "bob"), "…: bob");
    }

    #[test]
    fn a_repeated_issuer_is_dropped_in_any_case() {
        for account in ["Acme Mail:ann", "acme mail : ann", "ACME MAIL:  ann"] {
            assert_eq!(
                names(Some("Acme Mail"), Some(account), None),
                (Some("Acme Mail".into()), "ann".into())
            );
        }
        for account in ["Acme:ann", "Acme Mail", "Acme Mail 2:ann", "ann"] {
            assert_eq!(names(Some("Acme Mail"), Some(account), None).1, account);
        }
        assert_eq!(names(Some("a:b"), Some("A:B:c"), None).1, "c");
    }

    #[test]
    fn names_of_megabytes_are_read_once() {
        // Compared anew at each colon, they would take hours.
        let colons = ":".repeat(2_000_000);
        assert_eq!(names(Some("x"), Some(&colons), None).1, colons);
        assert_eq!(names(Some(&colons), Some(&format!("{colons}:ann")), None).1, "ann");
    }
}
