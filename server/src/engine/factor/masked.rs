//! Numbers and addresses as others may see them: enough for their owner to know them by, little for anyone else.

use crate::engine::Phone;

/// In which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mask {
    /// Ours: `+9665••••••67` and `s…e@example.org`.
    Plain,
    /// Auth0's: `XXXXXXXXX4567` and `sa**@exam*******`.
    Starred,
}

impl Mask {
    /// A number in E.164.
    #[must_use]
    pub fn phone(self, number: &str) -> String {
        let length = number.chars().count();
        let shown = if self == Self::Starred && length > 8 { 4 } else { 2 };
        let covered = |cover: char| {
            let places = number.chars().enumerate();
            places.map(|(place, c)| if place + shown >= length { c } else { cover }).collect()
        };
        match (self, Phone::parse(number)) {
            (Self::Plain, Ok(phone)) => phone.masked(),
            // No number of today's plans any more.
            (Self::Plain, Err(_)) => covered('•'),
            (Self::Starred, _) => covered('X'),
        }
    }

    /// An e-mail address.
    #[must_use]
    pub fn email(self, address: &str) -> String {
        if self == Self::Plain {
            return email(address);
        }
        let (local, domain) = address.split_once('@').unwrap_or((address, ""));
        let kept = if local.chars().count() > 2 { 2 } else { 0 };
        format!("{}@{}", starred(local, kept), starred(domain, 4))
    }
}

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

/// All but the first characters starred.
fn starred(text: &str, kept: usize) -> String {
    text.chars().enumerate().map(|(place, c)| if place < kept { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_masked() {
        for (number, plain, starred) in [
            ("+966501234567", "+9665••••••67", "XXXXXXXXX4567"),
            ("+12015550123", "+12•••••••23", "XXXXXXXX0123"),
            ("+49123", "••••23", "XXXX23"),
            ("", "", ""),
        ] {
            let masked = (Mask::Plain.phone(number), Mask::Starred.phone(number));
            assert_eq!(masked, (plain.into(), starred.into()));
        }
    }

    #[test]
    fn addresses_are_masked() {
        for (address, plain, starred) in [
            ("someone@example.org", "s…e@example.org", "so*****@exam*******"),
            ("ab@example.org", "…@example.org", "**@exam*******"),
            ("زيد@example.org", "ز…د@example.org", "زي*@exam*******"),
            ("@", "…@", "@"),
        ] {
            let masked = (Mask::Plain.email(address), Mask::Starred.email(address));
            assert_eq!(masked, (plain.into(), starred.into()));
        }
    }
}
