//! XML of other apps: elements and texts one after the other, without ever expanding what a document declares.
//!
//! A document type is refused (its entities are the way to make a small file large), and so is deep nesting. Preferences
//! of Android apps, which several importers read, are `preferences`' subject.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zeroize::Zeroizing;

use super::{Format, TransferError};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;

/// A piece of a document. A text may come in several pieces.
pub(super) enum Piece {
    /// An element begins; every one has its [`Piece::Close`].
    Open {
        name: String,
        attributes: Vec<(String, String)>,
    },
    Text(Zeroizing<String>),
    Close,
}

/// A document that is read from its start to its end.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    format: Format,
}

impl<'a> Xml<'a> {
    /// # Errors
    /// [`TransferError::Damaged`] when it is no UTF-8.
    pub(super) fn new(bytes: &'a [u8], format: Format) -> Result<Self, TransferError> {
        let text = std::str::from_utf8(bytes);
        let mut reader = Reader::from_str(text.map_err(|_| damaged(format, "it is no text in UTF-8"))?);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, depth: 0, format })
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// [`TransferError::Damaged`], [`TransferError::TooLarge`].
    pub(super) fn next(&mut self) -> Result<Option<Piece>, TransferError> {
        let broken = || damaged(self.format, "it is no whole XML");
        loop {
            let piece = match self.reader.read_event().map_err(|_| broken())? {
                Event::Eof if self.depth == 0 => return Ok(None),
                Event::Eof => return Err(broken()),
                Event::DocType(_) => return Err(damaged(self.format, "it declares a document type")),
                Event::Start(_) if self.depth == MAX_DEPTH => {
                    return Err(TransferError::TooLarge { what: "XML nested more than 64 levels deep" });
                }
                Event::Start(start) => {
                    let (name, attributes) = opened(&start).ok_or_else(broken)?;
                    self.depth += 1;
                    Piece::Open { name, attributes }
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Piece::Close
                }
                Event::Text(text) => {
                    Piece::Text(Zeroizing::new(text.decode().map_err(|_| broken())?.into_owned()))
                }
                Event::CData(text) => {
                    Piece::Text(Zeroizing::new(text.decode().map_err(|_| broken())?.into_owned()))
                }
                Event::GeneralRef(entity) => {
                    let name = entity.decode().map_err(|_| broken())?;
                    Piece::Text(Zeroizing::new(character(&name).ok_or_else(broken)?.to_string()))
                }
                _ => continue,
            };
            return Ok(Some(piece));
        }
    }
}

fn opened(start: &BytesStart<'_>) -> Option<(String, Vec<(String, String)>)> {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).ok();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let value = std::str::from_utf8(&attribute.value).ok()?;
        attributes.push((text(attribute.key.as_ref())?, unescape(value)));
    }
    Some((text(start.name().as_ref())?, attributes))
}

/// A text with its five named and its numbered characters put in; anything else after `&` stays as it is.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let named = after.split_once(';').and_then(|(name, after)| Some((character(name)?, after)));
        match named {
            Some((c, after)) => {
                plain.push(c);
                rest = after;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// What stands between `&` and `;`, as a character.
fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

fn damaged(format: Format, what: &str) -> TransferError {
    TransferError::Damaged { format, what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Piece, Xml, unescape};
    use crate::transfer::{Format, TransferError};

    fn texts(xml: &str) -> Result<String, TransferError> {
        let mut document = Xml::new(xml.as_bytes(), Format::Authy)?;
        let mut all = String::new();
        while let Some(piece) = document.next()? {
            match piece {
                Piece::Open { name, attributes } => all.push_str(&format!("<{name}{attributes:?}>")),
                Piece::Text(text) => all.push_str(&text),
                Piece::Close => all.push('/'),
            }
        }
        Ok(all)
    }

    #[test]
    fn characters_are_put_in_and_nothing_else() {
        let read = texts("<?xml version='1.0'?><m a=\"1&amp;2\"><e/>&quot;x&#233;&#xe9;<![CDATA[&]]></m>");
        assert_eq!(read.unwrap(), "<m[(\"a\", \"1&2\")]><e[]>/\"xéé&/");
        assert_eq!(unescape("a&b &lt;&copy;&#0x;&"), "a&b <&copy;&#0x;&");
    }

    #[test]
    fn p5_what_a_document_declares_is_never_expanded() {
        let bomb = "<!DOCTYPE m [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><m>&b;</m>";
        assert!(matches!(texts(bomb), Err(TransferError::Damaged { .. })));
        assert!(matches!(texts("<m>&b;</m>"), Err(TransferError::Damaged { .. })));
        let deep = "<m>".repeat(65);
        assert!(matches!(texts(&deep), Err(TransferError::TooLarge { .. })));
        for broken in ["<m>", "<m></n>", "</m>", "<m", "<m>&x</m>"] {
            assert!(texts(broken).is_err(), "{broken}");
        }
    }
}
