//! Records read straight from the pages of a file, for what SQLite no longer finds the way to: when a page above them is
//! gone, or everything behind a cut. By sqlite.org/fileformat2.html, sections 1.6 and 2.1.
//!
//! What is read here proves nothing by itself; each record still has to open under the vault's key.

use super::super::Table;
use super::super::format::Row;

/// Every vault has SQLite's default page, without reserved bytes.
pub(super) const PAGE: usize = 4096;
/// The kinds of page that hold cells of a table WITHOUT ROWID, with the length of their headers.
const LEAF: (u8, usize) = (0x0A, 8);
const INTERIOR: (u8, usize) = (0x02, 12);
/// In an interior page each cell begins with the number of the page to its left.
const CHILD: usize = 4;
/// The longest payload that stays in its page, and the shortest part that does when the rest goes elsewhere.
const MOST_LOCAL: usize = (PAGE - 12) * 64 / 255 - 23;
const LEAST_LOCAL: usize = (PAGE - 12) * 32 / 255 - 23;

/// The records of all pages of `file`, in no order; a row can come twice. Pages of other kinds are passed over.
pub(super) fn records(file: &[u8]) -> impl Iterator<Item = Row> + '_ {
    file.chunks_exact(PAGE).skip(1).flat_map(move |page| {
        let (header, child) = match page.first() {
            Some(&kind) if kind == LEAF.0 => (LEAF.1, 0),
            Some(&kind) if kind == INTERIOR.0 => (INTERIOR.1, CHILD),
            _ => (page.len(), 0),
        };
        let cells = page.get(3..5).map_or(0, |count| integer(count) as usize);
        let pointers = page.get(header..).unwrap_or_default().chunks_exact(2).take(cells);
        pointers.filter_map(move |at| record(&payload(file, page.get(integer(at) as usize + child..)?)?))
    })
}

/// What a cell holds, together with the pages that its rest is on.
fn payload(file: &[u8], cell: &[u8]) -> Option<Vec<u8>> {
    let (length, cell) = varint(cell)?;
    let length = usize::try_from(length).ok().filter(|length| *length <= file.len())?;
    let on_last = LEAST_LOCAL + length.saturating_sub(LEAST_LOCAL) % (PAGE - CHILD);
    let local = match length {
        0..=MOST_LOCAL => length,
        _ if on_last <= MOST_LOCAL => on_last,
        _ => LEAST_LOCAL,
    };
    let (here, mut next) = cell.split_at_checked(local)?;
    let mut payload = here.to_vec();
    // Each round brings bytes, so a circle of pages ends as well.
    while payload.len() < length {
        let number = usize::try_from(integer(next.get(..CHILD)?)).ok()?;
        let start = number.checked_sub(1)?.checked_mul(PAGE)?;
        next = file.get(start..start.checked_add(PAGE)?)?;
        let rest = next.get(CHILD..)?;
        payload.extend_from_slice(rest.get(..rest.len().min(length - payload.len()))?);
    }
    Some(payload)
}

/// The four columns of `records`.
fn record(payload: &[u8]) -> Option<Row> {
    let (header, _) = varint(payload)?;
    let (header, mut values) = payload.split_at_checked(usize::try_from(header).ok()?)?;
    let (_, mut kinds) = varint(header)?;
    let mut column = || {
        let (kind, rest) = varint(kinds)?;
        kinds = rest;
        let length = match kind {
            0..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            8 | 9 => 0,
            _ => kind.checked_sub(12)? / 2,
        };
        let (value, rest) = values.split_at_checked(usize::try_from(length).ok()?)?;
        values = rest;
        Some((kind, value))
    };
    let text = |(kind, value): (u64, &[u8])| {
        Some(value)
            .filter(|_| kind >= 13 && kind % 2 == 1)
            .and_then(|value| String::from_utf8(value.to_vec()).ok())
    };
    let table = Table::from_name(&text(column()?)?)?;
    let id = text(column()?)?;
    let version = match column()? {
        (8, _) => 0,
        (9, _) => 1,
        (1..=6, value) => integer(value),
        _ => return None,
    };
    let (kind, sealed) = column()?;
    let is_blob = kind >= 12 && kind % 2 == 0;
    is_blob.then(|| Row { table, id, version, sealed: sealed.to_vec() })
}

/// A number of up to eight bytes, the highest first.
fn integer(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// SQLite's number of one to nine bytes, and what is behind it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (place, byte) in bytes.iter().enumerate().take(9) {
        let rest = bytes.get(place + 1..)?;
        if place == 8 {
            return Some((number << 8 | u64::from(*byte), rest));
        }
        number = number << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((number, rest));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rusqlite::Connection;

    use super::super::super::format;
    use super::*;

    /// A file with these records, as SQLite writes it.
    fn file(rows: &[(String, i64, Vec<u8>)]) -> Vec<u8> {
        let mut connection = Connection::open_in_memory().unwrap();
        let transaction = connection.transaction().unwrap();
        format::create(&transaction).unwrap();
        for (id, version, sealed) in rows {
            let insert = "INSERT OR REPLACE INTO records VALUES ('entries', ?1, ?2, ?3)";
            transaction.execute(insert, (id, version, sealed)).unwrap();
        }
        transaction.commit().unwrap();
        connection.serialize("main").unwrap().to_vec()
    }

    fn read(file: &[u8]) -> Vec<(String, i64, Vec<u8>)> {
        let mut rows: Vec<_> =
            records(file).map(|row| (row.id, i64::try_from(row.version).unwrap(), row.sealed)).collect();
        rows.sort();
        rows
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn what_sqlite_writes_is_read(
            rows in prop::collection::btree_map("[a-z]{1,80}", (0..i64::MAX, 0..3_usize, any::<u8>()), 0..300),
        ) {
            // In the page, at the edges of it, and over several pages.
            let lengths = [40, 990, 20_000];
            let rows: Vec<_> = rows
                .into_iter()
                .map(|(id, (version, length, fill))| (id, version, vec![fill; lengths[length] + usize::from(fill)]))
                .collect();
            prop_assert_eq!(read(&file(&rows)), rows);
        }

        #[test]
        fn any_bytes_return(
            mut bytes in prop::collection::vec(any::<u8>(), PAGE * 2..PAGE * 4),
            kinds in prop::collection::vec(prop::sample::select(vec![LEAF.0, INTERIOR.0]), 4),
        ) {
            for (page, kind) in bytes.chunks_mut(PAGE).zip(kinds) {
                page[0] = kind;
            }
            let _ = read(&bytes);
        }

        #[test]
        fn damage_anywhere_returns(at in 0..40_000_usize, with in any::<[u8; 3]>()) {
            let rows: Vec<_> = (0..200).map(|i| (format!("{i:04}"), i, vec![7; 150])).collect();
            let mut bytes = file(&rows);
            let at = at % (bytes.len() - 3);
            bytes[at..at + 3].copy_from_slice(&with);
            let _ = read(&bytes);
        }
    }
}
