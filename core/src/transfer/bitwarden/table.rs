//! Bitwarden's CSV, and that of Bitwarden Authenticator, which quotes nothing: a comma in an issuer moves the cells
//! behind it.

use csv::StringRecord;

use super::super::source::MAX_ENTRIES;
use super::super::{Aside, Item, Skip, TransferError, details, json, names};
use super::damaged;
use super::entry::Login;
use crate::entries::Details;
use crate::otp::is_link;

/// The whole header of Bitwarden Authenticator.
const UNQUOTED: [&str; 6] = ["folder", "favorite", "type", "name", "login_uri", "login_totp"];

/// Every row below the header, in its order.
///
/// # Errors
/// [`TransferError`] when it is no text, or has too many rows.
pub(super) fn items(bytes: &[u8]) -> Result<Vec<Item>, TransferError> {
    let bytes = json::without_mark(bytes);
    let unquoted = bytes.split(|byte| *byte == b'\n').next().is_some_and(|line| {
        let line = String::from_utf8_lossy(line);
        line.trim().split(',').eq(UNQUOTED)
    });
    let mut reader = csv::ReaderBuilder::new().flexible(true).quoting(!unquoted).from_reader(bytes);
    let columns = Columns::find(reader.headers().map_err(|_| damaged("it is no text"))?);
    let mut row = StringRecord::new();
    let mut items = Vec::new();
    while reader.read_record(&mut row).map_err(|_| damaged("it is no text"))? {
        if items.len() >= MAX_ENTRIES {
            return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
        }
        let index = items.len() + 1;
        items.push(if unquoted { shifted(&row, index) } else { item(&columns, &row, index) });
    }
    Ok(items)
}

/// Where the cells of a row stand, by the names in the header.
struct Columns {
    folder: Option<usize>,
    favorite: Option<usize>,
    kind: Option<usize>,
    name: Option<usize>,
    notes: Option<usize>,
    username: Option<usize>,
    totp: Option<usize>,
}

impl Columns {
    fn find(header: &StringRecord) -> Self {
        let at = |name: &str| header.iter().position(|column| column.trim().eq_ignore_ascii_case(name));
        Self {
            folder: at("folder"),
            favorite: at("favorite"),
            kind: at("type"),
            name: at("name"),
            notes: at("notes"),
            username: at("login_username"),
            totp: at("login_totp"),
        }
    }
}

fn item(columns: &Columns, row: &StringRecord, index: usize) -> Item {
    let cell = |at: Option<usize>| row.get(at?).filter(|cell| !cell.trim().is_empty());
    let name = cell(columns.name);
    let Some(totp) = cell(columns.totp) else {
        let what = if cell(columns.kind) == Some("note") { Aside::Note } else { Aside::Login };
        return Item::Skipped(Skip { index, name: names::shown(name, ""), what });
    };
    let mut found = Details {
        pinned: cell(columns.favorite) == Some("1"),
        note: cell(columns.notes).unwrap_or_default().to_owned(),
        ..Details::default()
    };
    details::tag(&mut found, cell(columns.folder).unwrap_or_default());
    Login { totp, name, username: cell(columns.username), details: found }.item(index)
}

/// A row whose cells may have moved: the link is where a link is, and the name is what stands between the type before
/// it and the empty address.
fn shifted(row: &StringRecord, index: usize) -> Item {
    let at = row.iter().position(is_link);
    let name = |cells: usize| row.iter().skip(3).take(cells).collect::<Vec<_>>().join(",");
    let (Some(totp), Some(at)) = (at.and_then(|at| row.get(at)), at) else {
        return Item::Skipped(Skip { index, name: names::shown(row.get(3), ""), what: Aside::Login });
    };
    let mut found = Details { pinned: row.get(1) == Some("1"), ..Details::default() };
    details::tag(&mut found, row.get(0).unwrap_or_default());
    let name = name(at.saturating_sub(4));
    Login { totp, name: Some(&name), username: None, details: found }.item(index)
}
