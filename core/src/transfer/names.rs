//! Issuer and account out of what files give: one field for both, a repeated issuer, or only the item's name.

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

/// A name for a report: visible characters only, cut to 100.
pub(super) fn shown(issuer: Option<&str>, account: &str) -> String {
    let whole = match issuer.map(str::trim).filter(|issuer| !issuer.is_empty()) {
        Some(issuer) if account.trim().is_empty() => issuer.to_owned(),
        Some(issuer) => format!("{issuer}: {account}"),
        None => account.to_owned(),
    };
    visible(&whole, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::names;

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
