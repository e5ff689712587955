//! Where a code went, shown to whoever may not know the whole address. Numbers are masked in `phone`.

/// `s…e@example.org`: enough for its owner, little for anyone else.
#[must_use]
pub fn email(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let mut ends = local.chars();
    match (ends.next(), ends.next_back()) {
        (Some(first), Some(last)) if local.chars().count() > 2 => format!("{first}…{last}@{domain}"),
        _ => format!("…@{domain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::email;

    #[test]
    fn addresses_are_masked() {
        assert_eq!(email("someone@example.org"), "s…e@example.org");
        assert_eq!(email("ab@example.org"), "…@example.org");
        assert_eq!(email("زيد@example.org"), "ز…د@example.org");
    }
}
