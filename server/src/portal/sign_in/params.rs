//! What a page of a sign-in is asked with: in its address, or in a form of ours.

use std::fmt;

use url::form_urlencoded::{Serializer, parse};

/// The parameters of a page. There is a channel among them, so `Debug` tells none.
#[derive(Default)]
pub(super) struct Params {
    /// Whoever knows it may go on with the sign-in.
    pub(super) channel: String,
    /// Where the browser goes in the end, as its application asked.
    pub(super) callback_url: Option<String>,
    /// Where the application sends it then.
    pub(super) redirect_url: Option<String>,
    /// The person wants to choose once more.
    pub(super) choose: Option<String>,
    /// The person types, so the page must not look again by itself.
    pub(super) typing: Option<String>,
    /// What a script has seen.
    pub(super) seen: Option<String>,
    /// The chosen way.
    pub(super) way: Option<String>,
    /// Which factor of that kind.
    pub(super) factor: Option<String>,
    /// What was typed.
    pub(super) code: Option<String>,
    /// The code is to be sent again.
    pub(super) again: Option<String>,
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Params").finish_non_exhaustive()
    }
}

impl Params {
    /// Reads a query or a form; none when one of ours is there twice. Others are nobody's business.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let mut params = Self::default();
        let mut channel = None;
        for (name, value) in parse(text) {
            let place = match &*name {
                "channel" => &mut channel,
                "callback_url" => &mut params.callback_url,
                "redirect_url" => &mut params.redirect_url,
                "choose" => &mut params.choose,
                "typing" => &mut params.typing,
                "seen" => &mut params.seen,
                "way" => &mut params.way,
                "factor" => &mut params.factor,
                "code" => &mut params.code,
                "again" => &mut params.again,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        Some(Self { channel: channel.unwrap_or_default(), ..params })
    }

    /// The query that leads to another page of the same sign-in.
    pub(super) fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("channel", &self.channel);
        for (name, value) in [("callback_url", &self.callback_url), ("redirect_url", &self.redirect_url)] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

/// What a person typed or pasted as a code, as it was meant: without spaces and marks of direction, and with digits as
/// everybody writes them, whichever the keyboard has (U+0660 and U+06F0 on).
pub(in crate::portal) fn as_meant(typed: &str) -> String {
    let digit = |first: u32, c: char| char::from_digit(u32::from(c).checked_sub(first)?, 10);
    let meant: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c))
        .map(|c| digit(0x660, c).or_else(|| digit(0x6f0, c)).or_else(|| digit(0xff10, c)).unwrap_or(c))
        .collect();
    // A number in groups; in codes with letters a hyphen may mean something.
    let digits: String = meant.chars().filter(|c| *c != '-').collect();
    if digits.bytes().all(|b| b.is_ascii_digit()) { digits } else { meant }
}

/// Marks of direction and spaces of no width, which come along with what is pasted.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p8_digits_of_every_keyboard_are_the_same_digits() {
        for typed in [
            "123456",
            " 123 456 ",
            "123-456",
            "١٢٣٤٥٦",
            "۱۲۳۴۵۶",
            "\u{200f}123\u{a0}456\u{200e}",
            "１２３４５６",
        ] {
            assert_eq!(as_meant(typed), "123456", "{typed}");
        }
        assert_eq!(as_meant("ABCD-1234"), "ABCD-1234");
        assert_eq!(as_meant("\t\r\n"), "");
    }

    #[test]
    fn what_is_there_twice_is_not_read() {
        let params =
            Params::read(b"&channel=ch_a&callback_url=https%3A%2F%2Frp.example%2F%3Fa%3D1&utm=1&utm=2");
        let params = params.unwrap();
        assert_eq!((&*params.channel, params.redirect_url.is_none()), ("ch_a", true));
        assert_eq!(params.query(), "channel=ch_a&callback_url=https%3A%2F%2Frp.example%2F%3Fa%3D1");
        assert!(Params::read(b"channel=a&channel=b").is_none());
        assert!(Params::read(b"callback_url=&callback_url=").is_none());
        assert!(!format!("{params:?}").contains("ch_a"));
    }
}
