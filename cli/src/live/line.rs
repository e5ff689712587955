//! A line being typed: shown, or only its length. Wiped when it is left.

use zeroize::Zeroizing;

use super::keys::Key;

/// Longest line, in characters: above every number, word and password that a person types.
const LONGEST: usize = 1024;

/// See the head of this file.
#[derive(Default)]
pub(super) struct Line(Zeroizing<String>);

impl Line {
    /// An empty line with room from the beginning: a growing one would leave copies of a password behind.
    pub(super) fn empty() -> Self {
        Self(Zeroizing::new(String::with_capacity(LONGEST * 4)))
    }

    /// Types or erases a character. Whether the key was one for a line.
    pub(super) fn take(&mut self, key: Key) -> bool {
        match key {
            Key::Character(character) => {
                if !character.is_control() && self.0.chars().count() < LONGEST {
                    self.0.push(character);
                }
            }
            Key::Erase => drop(self.0.pop()),
            _ => return false,
        }
        true
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// As many dots as characters.
    pub(super) fn dots(&self) -> String {
        "•".repeat(self.0.chars().count())
    }

    /// What was typed; the line is empty then.
    pub(super) fn finish(&mut self) -> Zeroizing<String> {
        std::mem::replace(self, Self::empty()).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_typed_and_erased_in_every_script() {
        let mut line = Line::empty();
        for key in [Key::Character('4'), Key::Character('ع'), Key::Erase, Key::Character('2')] {
            assert!(line.take(key));
        }
        assert!(!line.take(Key::Enter));
        assert_eq!((line.text(), line.dots().as_str()), ("42", "••"));
        assert_eq!(line.finish().as_str(), "42");
        assert_eq!(line.text(), "");
        (0..2 * LONGEST).for_each(|_| drop(line.take(Key::Character('x'))));
        assert_eq!(line.text().len(), LONGEST);
    }
}
