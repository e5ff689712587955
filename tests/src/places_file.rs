//! A file of places as an operator would have one, made here from the published description of the format (MaxMind DB
//! file format specification, version 2.0): a tree of address bits, and behind it what is known of each network.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

/// Bytes between the tree and the data.
const SEPARATOR: u32 = 16;

/// What begins the metadata.
const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";

fn head(kind: u8, size: usize) -> u8 {
    // Sizes from 29 on take more bytes; nothing here is that long.
    assert!(size < 29);
    (kind << 5) | u8::try_from(size).unwrap()
}

fn text(text: &str) -> Vec<u8> {
    [&[head(2, text.len())], text.as_bytes()].concat()
}

fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let members = pairs.iter().flat_map(|(name, value)| [text(name), value.clone()].concat());
    std::iter::once(head(7, pairs.len())).chain(members).collect()
}

fn number(kind: u8, value: u32) -> Vec<u8> {
    [&[head(kind, 4)][..], &value.to_be_bytes()].concat()
}

fn short(value: u16) -> Vec<u8> {
    [&[head(5, 2)][..], &value.to_be_bytes()].concat()
}

/// One network, its country's two letters, and town and country by name.
pub type Known<'a> = (Ipv4Addr, u32, &'a str, &'a str, &'a str);

/// Writes a file that knows these networks, and returns where.
pub fn write(folder: &Path, known: &[Known<'_>]) -> PathBuf {
    let (mut data, mut tree) = (Vec::new(), vec![[None::<u32>; 2]]);
    let mut leaves = Vec::new();
    for (address, length, code, country, city) in known {
        let offset = u32::try_from(data.len()).unwrap();
        let named = |name: &str| ("names", map(&[("en", text(name))]));
        let place =
            [("country", map(&[("iso_code", text(code)), named(country)])), ("city", map(&[named(city)]))];
        data.extend(map(&place));
        leaves.push((u32::from(*address), *length, offset));
    }
    let mut ends = Vec::new();
    for (address, length, offset) in leaves {
        let mut node = 0;
        for bit in 0..length {
            let side = usize::try_from((address >> (31 - bit)) & 1).unwrap();
            if bit + 1 == length {
                ends.push((node, side, offset));
            } else {
                let next = tree[node][side].map(|next| usize::try_from(next).unwrap());
                node = next.unwrap_or_else(|| {
                    tree.push([None; 2]);
                    let made = tree.len() - 1;
                    tree[node][side] = Some(u32::try_from(made).unwrap());
                    made
                });
            }
        }
    }
    let nodes = u32::try_from(tree.len()).unwrap();
    for (node, side, offset) in ends {
        tree[node][side] = Some(nodes + SEPARATOR + offset);
    }
    // A record that leads nowhere holds the number of nodes.
    let record = |to: &Option<u32>| to.unwrap_or(nodes).to_be_bytes()[1..].to_vec();
    let mut file: Vec<u8> = tree.iter().flatten().flat_map(record).collect();
    file.extend([0; SEPARATOR as usize]);
    file.extend(data);
    file.extend(MARKER);
    file.extend(map(&[
        ("node_count", number(6, nodes)),
        ("record_size", short(24)),
        ("ip_version", short(4)),
        ("database_type", text("Countersign-Test-City")),
        ("languages", [&[0, 4][..], &[]].concat()),
        ("binary_format_major_version", short(2)),
        ("binary_format_minor_version", short(0)),
        ("build_epoch", vec![4, 2, 0x65, 0, 0, 0]),
        ("description", map(&[("en", text("made for tests"))])),
    ]));
    let path = folder.join("places.mmdb");
    std::fs::write(&path, file).unwrap();
    path
}
