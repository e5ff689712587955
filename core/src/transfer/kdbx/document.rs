//! The XML inside: entries with their fields, without their history. What is in the recycle bin is left aside.

use zeroize::Zeroizing;

use super::damaged;
use super::entry::Entry;
use super::stream::Stream;
use crate::transfer::preferences::append;
use crate::transfer::source::MAX_ENTRIES;
use crate::transfer::xml::{Piece, Xml};
use crate::transfer::{Aside, Format, Item, Skip, TransferError};

/// Every entry that has fields for one-time passwords.
///
/// # Errors
/// [`TransferError::Damaged`], [`TransferError::TooLarge`].
pub(super) fn items(xml: &[u8], stream: Stream) -> Result<Vec<Item>, TransferError> {
    let mut xml = Xml::new(xml, Format::Kdbx)?;
    let mut walk = Walk {
        stream,
        path: Vec::new(),
        groups: Vec::new(),
        text: Zeroizing::default(),
        bin: String::new(),
        key: String::new(),
        entry: None,
        items: Vec::new(),
    };
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open { name, attributes } => walk.open(name, &attributes),
            Piece::Text(text) => append(&mut walk.text, &text),
            Piece::Close => walk.close()?,
        }
    }
    Ok(walk.items)
}

/// An element that is open.
struct Element {
    name: String,
    protected: bool,
}

/// A group that is open.
struct Group {
    name: String,
    /// The recycle bin, or in it.
    bin: bool,
}

struct Walk {
    stream: Stream,
    path: Vec<Element>,
    groups: Vec<Group>,
    /// The text of the innermost element.
    text: Zeroizing<String>,
    /// The id of the recycle bin.
    bin: String,
    key: String,
    entry: Option<Entry>,
    items: Vec<Item>,
}

impl Walk {
    fn open(&mut self, name: String, attributes: &[(String, String)]) {
        match name.as_str() {
            "Group" => {
                let bin = self.groups.last().is_some_and(|group| group.bin);
                self.groups.push(Group { name: String::new(), bin });
            }
            "Entry" if !self.in_history() => self.entry = Some(Entry::default()),
            _ => {}
        }
        let protected =
            attributes.iter().any(|(key, value)| key == "Protected" && value.eq_ignore_ascii_case("true"));
        self.path.push(Element { name, protected });
        self.text = Zeroizing::default();
    }

    fn close(&mut self) -> Result<(), TransferError> {
        // Every protected value moves the stream on, also in histories and the bin.
        let Some(Element { name, protected }) = self.path.pop() else { return Ok(()) };
        let mut text = std::mem::take(&mut self.text);
        if protected {
            text = self.stream.open(&text).ok_or_else(|| damaged("a protected field of it is broken"))?;
        }
        let parent = self.path.last().map_or("", |element| element.name.as_str());
        match (parent, name.as_str()) {
            ("Meta", "RecycleBinUUID") => self.bin = text.trim().to_owned(),
            ("Group", "UUID") => {
                let bin = !self.bin.is_empty() && text.trim() == self.bin;
                if let Some(group) = self.groups.last_mut() {
                    group.bin |= bin;
                }
            }
            ("Group", "Name") => {
                if let Some(group) = self.groups.last_mut() {
                    group.name = text.trim().to_owned();
                }
            }
            _ if self.in_history() => {}
            ("String", "Key") => self.key = text.as_str().to_owned(),
            ("String", "Value") => {
                if let Some(entry) = &mut self.entry {
                    entry.set(&self.key, text);
                }
            }
            ("Entry", "Tags") => {
                if let Some(entry) = &mut self.entry {
                    entry.tags = text.split([';', ',']).map(str::to_owned).collect();
                }
            }
            (_, "Entry") => self.end_of_entry()?,
            (_, "Group") => drop(self.groups.pop()),
            _ => {}
        }
        Ok(())
    }

    fn end_of_entry(&mut self) -> Result<(), TransferError> {
        let Some(mut entry) = self.entry.take().filter(Entry::has_codes) else { return Ok(()) };
        if self.items.len() == MAX_ENTRIES {
            return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
        }
        let index = self.items.len() + 1;
        let group = self.groups.last();
        if group.is_some_and(|group| group.bin) {
            self.items.push(Item::Skipped(Skip { index, name: entry.shown(), what: Aside::Bin }));
            return Ok(());
        }
        // The outermost group is the database itself.
        if let Some(group) = group.filter(|_| self.groups.len() > 1) {
            entry.tags.insert(0, group.name.clone());
        }
        self.items.push(entry.item(index));
        Ok(())
    }

    fn in_history(&self) -> bool {
        self.path.iter().any(|element| element.name == "History")
    }
}
