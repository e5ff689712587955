//! What a person makes of an account: tags, pin, note, place, usage, picture. And the limits of it.

use serde::{Deserialize, Serialize};

/// What a person adds to an account; nothing of it changes a code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// Names of groups, each once, in the person's order. Never empty texts.
    pub tags: Vec<String>,
    /// Shown before the others.
    pub pinned: bool,
    /// Free text.
    pub note: String,
    /// The place in the person's own order, counted from 0; none until the person has moved something.
    pub position: Option<u32>,
    /// How often a code was used, and when last.
    pub used: Usage,
    /// A picture that came along with the account.
    pub icon: Option<Icon>,
}

/// How often a code was copied or shown, and when last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// How often.
    pub times: u32,
    /// Seconds since 1970; 0 for never.
    pub last_at: u64,
}

impl Usage {
    /// Once more, at `now` (seconds since 1970).
    #[must_use]
    pub const fn once_more(self, now: u64) -> Self {
        Self { times: self.times.saturating_add(1), last_at: now }
    }
}

/// A small picture of an issuer, kept as it came.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Icon {
    /// `image/png`, `image/jpeg` or `image/svg+xml`.
    pub mime: String,
    /// The file, at most [`Icon::MAX_BYTES`], in base64.
    pub base64: String,
}

impl Icon {
    /// Larger pictures are left out, and that is said.
    pub const MAX_BYTES: usize = 262_144;
}

impl std::fmt::Debug for Icon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Icon").field("mime", &self.mime).finish_non_exhaustive()
    }
}

/// Longest note that can be typed, in characters.
pub const MAX_NOTE: usize = 4096;
/// Most tags of one entry.
pub const MAX_TAGS: usize = 32;
/// Longest tag, in characters.
pub const MAX_TAG: usize = 64;
/// Longest issuer or account that can be typed, in characters.
pub const MAX_NAME: usize = 256;

/// Why a change to an entry was not made. `Display` is a whole sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Above [`MAX_NOTE`].
    #[error("The note has {0} characters, and {MAX_NOTE} are possible. Shorten it.")]
    NoteTooLong(usize),
    /// Above [`MAX_TAGS`].
    #[error("These are {0} tags, and an entry can have {MAX_TAGS}. Remove some.")]
    TooManyTags(usize),
    /// Above [`MAX_TAG`].
    #[error("A tag has {0} characters, and {MAX_TAG} are possible. Shorten it.")]
    TagTooLong(usize),
    /// Above [`MAX_NAME`].
    #[error("A name has {0} characters, and {MAX_NAME} are possible. Shorten it.")]
    NameTooLong(usize),
    /// Neither issuer nor account.
    #[error("An entry needs an issuer or an account name. Enter one of them.")]
    Nameless,
    /// A PIN for an account whose codes need none.
    #[error("The codes of this entry are made without a PIN. Choose the entry that asks for one.")]
    NoPin,
    /// The next code of an account whose codes follow the time.
    #[error("The codes of this entry change by themselves. Wait for the next one.")]
    NotCounted,
    /// The counter has reached its end, 2⁶³ − 1.
    #[error("The counter of this entry has reached its end. Set the account up anew at its service.")]
    CounterAtItsEnd,
}

impl EditError {
    /// A stable name for programs; never changes once released.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoteTooLong(_) => "note_too_long",
            Self::TooManyTags(_) => "too_many_tags",
            Self::TagTooLong(_) => "tag_too_long",
            Self::NameTooLong(_) => "name_too_long",
            Self::Nameless => "nameless_entry",
            Self::NoPin => "no_pin_needed",
            Self::NotCounted => "not_counted",
            Self::CounterAtItsEnd => "counter_at_its_end",
        }
    }
}

/// What the person typed, checked; white space around it is dropped, and a tag that is there twice is there once.
pub(crate) fn tags(typed: &[String]) -> Result<Vec<String>, EditError> {
    let mut tags: Vec<String> = Vec::new();
    for tag in typed.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
        bounded(tag, MAX_TAG).map_err(EditError::TagTooLong)?;
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    if tags.len() > MAX_TAGS { Err(EditError::TooManyTags(tags.len())) } else { Ok(tags) }
}

/// `text`, or how many characters it has when they are more than `most`.
pub(crate) fn bounded(text: &str, most: usize) -> Result<&str, usize> {
    let characters = text.chars().count();
    if characters > most { Err(characters) } else { Ok(text) }
}
