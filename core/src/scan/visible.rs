//! Foreign text made safe to show: what it contains is seen, and it cannot move, hide or reverse what stands beside it.

/// The first `longest` characters of `text` with control, direction and invisible characters written as escapes
/// (`\n`, `\u{202e}`); `…` follows when something was left out. Joiners stay, since Persian and emoji need them.
#[must_use]
pub fn visible(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len().min(longest * 4));
    let mut rest = text.chars();
    for c in rest.by_ref().take(longest) {
        if misleading(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    if rest.next().is_some() {
        out.push('…');
    }
    out
}

/// Bidirectional controls and invisible characters (Unicode UAX #9 and the Default_Ignorable property), line and
/// paragraph separators, and every control character.
fn misleading(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
                | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn nothing_moves_or_hides() {
        assert_eq!(visible("a\u{202e}b", 10), "a\\u{202e}b");
        assert_eq!(visible("a\nb\u{0}\u{1b}[2J", 20), "a\\nb\\u{0}\\u{1b}[2J");
        assert_eq!(visible("\u{2066}x\u{200b}\u{feff}", 9), "\\u{2066}x\\u{200b}\\u{feff}");
    }

    #[test]
    fn every_script_stays_readable() {
        for text in ["Ünï", "بنك", "می\u{200c}خواهم", "銀行", "👩\u{200d}💻"] {
            assert_eq!(visible(text, 40), text);
        }
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(visible("äöü", 3), "äöü");
        assert_eq!(visible("äöüß", 3), "äöü…");
    }
}
