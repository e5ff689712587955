//! The text of a QR code: possibly a secret, so it is wiped when dropped and `Debug` shows only its length.

use zeroize::Zeroizing;

/// What one QR code says, character for character.
#[derive(Clone, PartialEq, Eq)]
pub struct QrText(Zeroizing<String>);

impl QrText {
    /// Takes a text that came by another way, such as the clipboard.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text. To show it to a person, pass it through [`super::visible()`].
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for QrText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "QrText({} bytes)", self.0.len())
    }
}
