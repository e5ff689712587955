//! Codes as a person reads them: the code first, then how long it lives, then whose it is.
//!
//! The code stands at the beginning of its line because a terminal that arranges right-to-left text would swap the two
//! groups of a code that follows an Arabic or Hebrew name (P8).

use countersign_core::authenticator::CodeView;

use crate::output::Style;
use crate::table::{Cell, Table, fit};

/// In its last seconds a code is shown with the one that follows it.
const LAST_SECONDS: u32 = 5;

/// Cells of the bar that shows the time left.
const BAR: usize = 10;

/// Columns between two cells of a [`Table`].
const GAP: usize = 2;

/// Columns of the seconds: ` 9 s` to `3600 s`.
const SECONDS: usize = 6;

/// From this many columns on, room for the next code is kept, so that names do not move back and forth.
const WIDE: usize = 70;

/// A name is cut, but not below this.
const SHORTEST_NAME: usize = 6;

/// Whether `filter` is a part of its names.
pub(crate) fn fits(issuer: Option<&str>, account: &str, filter: Option<&str>) -> bool {
    let Some(filter) = filter.map(str::to_lowercase) else { return true };
    [issuer.unwrap_or_default(), account].iter().any(|name| name.to_lowercase().contains(&filter))
}

/// `Issuer (account)`, or what there is of it.
pub(crate) fn name(issuer: Option<&str>, account: &str) -> String {
    match (issuer, account) {
        (Some(issuer), "") => issuer.to_owned(),
        (Some(issuer), account) => format!("{issuer} ({account})"),
        (None, "") => "unnamed".to_owned(),
        (None, account) => account.to_owned(),
    }
}

/// One line per code. `columns` is the width of a terminal that is redrawn; without one, lines are as long as they are.
pub(crate) fn lines(codes: &[CodeView], style: Style, columns: Option<usize>) -> Vec<String> {
    let mut table = Table::default();
    // Where there is no room to keep, the column of the next code is there only when it is needed, but then for all.
    let with_next = codes.iter().any(ends) || columns.is_some_and(|columns| columns >= WIDE);
    let code_width = codes.iter().map(|code| shown(code).len()).max().unwrap_or_default();
    let next_width = if with_next { "→ ".chars().count() + code_width + GAP } else { 0 };
    let beside_name = code_width + GAP + next_width + BAR + GAP + SECONDS + GAP;
    let room = columns.map_or(usize::MAX, |columns| columns.saturating_sub(beside_name).max(SHORTEST_NAME));
    for code in codes {
        let ends = ends(code);
        let mut cells = vec![Cell::styled(shown(code), |text| style.bold(text))];
        if with_next {
            let next = code.next_grouped.as_deref().filter(|_| ends);
            let next = next.map_or_else(String::new, |next| format!("→ {next}"));
            let next = format!("{next:width$}", width = code_width + "→ ".chars().count());
            cells.push(Cell::styled(next, |text| if ends { style.green(text) } else { text.to_owned() }));
        }
        let urgent = |text: &str| if ends { style.red(text) } else { text.to_owned() };
        let (left, period) = (code.seconds_left.unwrap_or_default(), code.period.unwrap_or_default());
        cells.push(Cell::styled(bar(left, period), urgent));
        cells.push(Cell::styled(format!("{left:>2} s"), urgent));
        cells.push(fit(&name(code.issuer.as_deref(), &code.account), room).into());
        table.row(cells);
    }
    table.lines()
}

fn ends(code: &CodeView) -> bool {
    // A period shorter than that would always be ending.
    code.seconds_left.is_some_and(|left| left <= LAST_SECONDS)
        && code.period.is_some_and(|period| period > 2 * LAST_SECONDS)
}

fn shown(code: &CodeView) -> String {
    code.grouped.clone().unwrap_or_else(|| "–".to_owned())
}

/// The time left: full at the beginning, one cell in the last moments.
fn bar(seconds_left: u32, period: u32) -> String {
    let whole = usize::try_from(period.max(1)).unwrap_or(1);
    let left = usize::try_from(seconds_left).unwrap_or_default().min(whole);
    let full = (left * BAR).div_ceil(whole);
    "━".repeat(full) + &"┄".repeat(BAR - full)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_core::authenticator::EntryKind;

    pub(crate) fn code(
        issuer: Option<&str>,
        account: &str,
        grouped: &str,
        next: &str,
        left: u32,
    ) -> CodeView {
        CodeView {
            id: "ent_1".into(),
            issuer: issuer.map(str::to_owned),
            account: account.to_owned(),
            kind: EntryKind::Totp,
            code: Some(grouped.replace(' ', "")),
            grouped: Some(grouped.to_owned()),
            next: Some(next.replace(' ', "")),
            next_grouped: Some(next.to_owned()),
            seconds_left: Some(left),
            period: Some(30),
            life_left: 0,
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
        let codes = [
            code(Some("GitHub"), "alice@example.org", "042 815", "111 222", 21),
            code(None, "bob", "9428 7082", "3333 4444", 30),
            code(Some("بنك"), "", "000 001", "555 666", 15),
        ];
        let shown = lines(&codes, Style::default(), None);
        assert_eq!(
            shown,
            [
                "042 815    ━━━━━━━┄┄┄  21 s  GitHub (alice@example.org)",
                "9428 7082  ━━━━━━━━━━  30 s  bob",
                "000 001    ━━━━━┄┄┄┄┄  15 s  بنك",
            ]
        );
    }

    #[test]
    fn the_next_code_is_shown_in_the_last_seconds() {
        let codes = [code(None, "a", "042 815", "111 222", 5), code(None, "b", "9428 7082", "3333 4444", 6)];
        let shown = lines(&codes, Style::default(), None);
        assert_eq!(
            shown,
            ["042 815    → 111 222    ━━┄┄┄┄┄┄┄┄   5 s  a", "9428 7082               ━━┄┄┄┄┄┄┄┄   6 s  b",]
        );
        let mut short = code(None, "c", "042 815", "111 222", 1);
        short.period = Some(10);
        assert!(!lines(&[short.clone()], Style::default(), None)[0].contains('→'));
    }

    #[test]
    fn names_stay_where_they_are_while_codes_come_and_go() {
        let at = |left| {
            let shown = lines(&[code(None, "name", "042 815", "111 222", left)], Style::default(), Some(80));
            shown[0].chars().take_while(|c| *c != 'n').count()
        };
        assert_eq!(at(3), at(21));
    }

    #[test]
    fn p8_digits_come_first_and_are_ascii() {
        for line in lines(&[code(Some("مصرف"), "علي", "042 815", "111 222", 21)], Style::default(), None)
        {
            assert!(line.starts_with("042 815"), "{line}");
        }
    }

    #[test]
    fn names_give_way_to_a_narrow_terminal() {
        let long = "a-very-long-account-name-that-does-not-fit@example.org";
        for columns in 48..90 {
            let codes = [code(Some("Issuer"), long, "042 815", "111 222", 3)];
            let shown = lines(&codes, Style::default(), Some(columns));
            assert!(shown[0].chars().count() <= columns, "{columns}: {}", shown[0]);
            assert!(shown[0].ends_with('…'));
        }
    }

    #[test]
    fn filters_look_at_both_names() {
        assert!(fits(Some("GitHub"), "alice", None));
        assert!(fits(Some("GitHub"), "alice", Some("HUB")));
        assert!(fits(None, "Alice", Some("ali")));
        assert!(!fits(Some("GitHub"), "alice", Some("bank")));
    }
}
