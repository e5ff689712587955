//! HTML sheets: those that Stratum, Aegis, Ente and Raivo print, told apart by their shape, and our own.
//!
//! `page` takes a sheet apart, without a browser's leniency and without loading anything; `sheets` knows the shapes.

mod page;
mod sheets;

#[cfg(test)]
mod tests;

use super::source::MAX_ENTRIES;
use super::{Format, Found, Item, Source, TransferError, link};
use crate::otp::is_link;
use page::Page;

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let text = std::str::from_utf8(source.bytes()).map_err(|_| TransferError::Damaged {
        format: Format::Html,
        what: "it is no text in UTF-8".to_owned(),
    })?;
    let links: Vec<_> = links(text).take(MAX_ENTRIES + 1).collect();
    let items = if links.is_empty() {
        let page = Page::of(text);
        if page.has("h4", "subtitle") {
            sheets::raivo(&page)
        } else if page.headings().any(|heading| heading == "Secret") {
            sheets::aegis(&page, source)?
        } else {
            sheets::ente(&page, source)?
        }
    } else {
        links.iter().zip(1..).map(|(link, index)| item(link, index)).collect()
    };
    if items.is_empty() { Err(TransferError::NotRecognised) } else { Ok(Found::new(Format::Html, items)) }
}

/// Links of Stratum's sheet and of our own. Stratum's are not escaped as HTML asks for, so no parser of HTML may touch them.
fn links(text: &str) -> impl Iterator<Item = String> {
    text.split("<code").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        if !(attributes.is_empty() || attributes.starts_with(' ')) {
            return None;
        }
        let (inside, _) = rest.split_once("</code>")?;
        is_link(inside).then(|| inside.trim().replace("&amp;", "&"))
    })
}

fn item(text: &str, index: usize) -> Item {
    match link::read(text) {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, link::shown(text)),
    }
}
