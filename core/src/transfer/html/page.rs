//! A sheet of HTML as a row of tags, each with the text behind it. Nothing nests and nothing is loaded.

use crate::transfer::xml::unescape;

/// A tag, and the text to the next one.
pub(super) struct Tag<'a> {
    /// In lower case; `/td` for an end.
    pub(super) name: String,
    /// Everything else between the angle brackets.
    pub(super) rest: &'a str,
    /// Unescaped, without white space around it.
    pub(super) text: String,
}

impl Tag<'_> {
    /// The picture in it, as the base64 of a PNG.
    pub(super) fn picture(&self) -> Option<&str> {
        let (_, data) = self.rest.split_once("data:image/png;base64,")?;
        data.split(['"', '\'']).next()
    }
}

/// A sheet.
pub(super) struct Page<'a>(pub(super) Vec<Tag<'a>>);

impl<'a> Page<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let tags = text.split('<').skip(1).filter_map(|piece| {
            let (tag, text) = piece.split_once('>')?;
            let (name, rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
            Some(Tag { name: name.to_ascii_lowercase(), rest, text: unescape(text).trim().to_owned() })
        });
        Self(tags.collect())
    }

    /// Whether there is such a tag with this class.
    pub(super) fn has(&self, name: &str, class: &str) -> bool {
        self.0.iter().any(|tag| tag.name == name && tag.rest.contains(class))
    }

    /// What stands in the heads of table columns.
    pub(super) fn headings(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|tag| tag.name == "th").map(|tag| tag.text.as_str())
    }
}
