//! Codes as a person reads them: the code first, then how long it lives, then whose it is.
//!
//! The code stands at the beginning of its line because a terminal that arranges right-to-left text would swap the two
//! groups of a code that follows an Arabic or Hebrew name (P8).

use countersign_core::authenticator::CodeView;

use crate::output::Style;
use crate::table::{Cell, Table};

/// Cells of the bar that shows the time left.
pub(crate) const BAR: usize = 10;

/// `Issuer (account)`, or what there is of it.
pub(crate) fn name(issuer: Option<&str>, account: &str) -> String {
    match (issuer, account) {
        (Some(issuer), "") => issuer.to_owned(),
        (Some(issuer), account) => format!("{issuer} ({account})"),
        (None, "") => "unnamed".to_owned(),
        (None, account) => account.to_owned(),
    }
}

/// The code, or what stands in its place.
pub(crate) fn shown(row: &CodeView) -> String {
    match &row.grouped {
        Some(code) => code.clone(),
        None if row.hidden => "••• •••".to_owned(),
        None if row.needs_pin => "PIN?".to_owned(),
        None => "next?".to_owned(),
    }
}

/// Why there is no code to copy or to show.
pub(crate) fn why_none(row: &CodeView) -> &'static str {
    if row.needs_pin {
        "Its PIN is missing: countersign edit ENTRY --pin."
    } else {
        "No code was asked for yet: countersign next ENTRY."
    }
}

/// The name with what the person made of it: `★ Issuer (account)  #tag`.
pub(crate) fn described(row: &CodeView) -> String {
    let pin = if row.pinned { "★ " } else { "" };
    let tags: String = row.tags.iter().map(|tag| format!("  #{tag}")).collect();
    format!("{pin}{}{tags}", name(row.issuer.as_deref(), &row.account))
}

/// One line per code.
pub(crate) fn lines(rows: &[CodeView], style: Style) -> Vec<String> {
    let mut table = Table::default();
    let with_next = rows.iter().any(|row| row.next_grouped.is_some());
    for row in rows {
        let mut cells = vec![Cell::styled(shown(row), |text| style.bold(text))];
        if with_next {
            let next = row.next_grouped.as_ref().map_or(String::new(), |next| format!("→ {next}"));
            cells.push(Cell::styled(next, |text| style.green(text)));
        }
        let urgent = |text: &str| if row.next_grouped.is_some() { style.red(text) } else { text.to_owned() };
        let time = row.seconds_left.map_or(String::new(), |left| format!("{left:>2} s"));
        cells.push(Cell::styled(bar(row), urgent));
        cells.push(Cell::styled(time, urgent));
        cells.push(described(row).into());
        table.row(cells);
    }
    table.lines()
}

/// The time left: full at the beginning, one cell in the last moments, nothing where a counter makes codes.
pub(crate) fn bar(row: &CodeView) -> String {
    if row.seconds_left.is_none() {
        return String::new();
    }
    let full = (usize::from(row.life_left) * BAR).div_ceil(1000).clamp(1, BAR);
    "━".repeat(full) + &"┄".repeat(BAR - full)
}

#[cfg(test)]
pub(crate) mod tests {
    use countersign_core::authenticator::EntryKind;

    use super::*;

    /// A row of the list with `left` of 30 seconds.
    pub(crate) fn row(issuer: Option<&str>, account: &str, grouped: &str, left: u32) -> CodeView {
        let next = (left <= 10).then(|| "111 222".to_owned());
        CodeView {
            id: "ent_1".into(),
            issuer: issuer.map(str::to_owned),
            account: account.to_owned(),
            kind: EntryKind::Totp,
            code: Some(grouped.replace(' ', "")),
            grouped: Some(grouped.to_owned()),
            next: next.as_ref().map(|next| next.replace(' ', "")),
            next_grouped: next,
            seconds_left: Some(left),
            period: Some(30),
            life_left: u16::try_from(left * 1000 / 30).unwrap(),
            hidden: false,
            needs_pin: false,
            pinned: false,
            tags: Vec::new(),
            note: String::new(),
            has_icon: false,
        }
    }

    #[test]
    fn codes_bars_and_names_line_up() {
        let rows = [
            row(Some("GitHub"), "alice@example.org", "042 815", 21),
            row(None, "bob", "9428 7082", 30),
            row(Some("بنك"), "", "000 001", 15),
        ];
        assert_eq!(
            lines(&rows, Style::default()),
            [
                "042 815    ━━━━━━━┄┄┄  21 s  GitHub (alice@example.org)",
                "9428 7082  ━━━━━━━━━━  30 s  bob",
                "000 001    ━━━━━┄┄┄┄┄  15 s  بنك",
            ]
        );
    }

    #[test]
    fn the_next_code_is_shown_in_the_last_seconds() {
        let rows = [row(None, "a", "042 815", 5), row(None, "b", "9428 7082", 11)];
        assert_eq!(
            lines(&rows, Style::default()),
            ["042 815    → 111 222  ━━┄┄┄┄┄┄┄┄   5 s  a", "9428 7082             ━━━━┄┄┄┄┄┄  11 s  b"]
        );
    }

    #[test]
    fn what_has_no_code_says_why() {
        let mut hidden = row(None, "a", "042 815", 21);
        (hidden.code, hidden.grouped, hidden.hidden) = (None, None, true);
        let mut pin = hidden.clone();
        (pin.hidden, pin.needs_pin) = (false, true);
        let mut counted = hidden.clone();
        (counted.hidden, counted.seconds_left) = (false, None);
        assert_eq!([&hidden, &pin, &counted].map(shown), ["••• •••", "PIN?", "next?"]);
        assert_eq!(bar(&counted), "");
        assert!(why_none(&pin).contains("PIN") && why_none(&counted).contains("next"));
    }

    #[test]
    fn p8_digits_come_first_and_are_ascii() {
        let mut arabic = row(Some("مصرف"), "علي", "042 815", 21);
        (arabic.pinned, arabic.tags) = (true, vec!["عمل".to_owned()]);
        for line in lines(&[arabic], Style::default()) {
            assert!(line.starts_with("042 815") && line.ends_with("★ مصرف (علي)  #عمل"), "{line}");
        }
    }
}
