//! What `import` is given: files as they are, and the links in pictures of QR codes, parts of one export together.

use countersign_core::scan::{decode_file, visible};
use zeroize::Zeroizing;

use crate::exit::Failure;
use crate::input;

/// One more than the largest file that is read, so that the reader says that it is too large.
const MOST: u64 = 52_428_801;
/// Longest name of a file that is shown, in characters.
const LONGEST: usize = 200;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";

/// A file to read.
pub(crate) struct Incoming {
    /// What the person calls it; safe to show.
    pub(crate) name: String,
    /// Its content; wiped when dropped.
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// The links of one kind from several pictures and files.
#[derive(Default)]
struct Links {
    names: Vec<String>,
    lines: Zeroizing<String>,
}

impl Links {
    fn take(&mut self, name: &str, link: &str) {
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
        self.lines.push_str(link);
        self.lines.push('\n');
    }

    fn into_incoming(self) -> Option<Incoming> {
        let bytes = Zeroizing::new(self.lines.as_bytes().to_vec());
        (!bytes.is_empty()).then(|| Incoming { name: self.names.join(", "), bytes })
    }
}

/// Reads all of them, on a thread that may block.
pub(crate) async fn gather(names: &[String]) -> Result<Vec<Incoming>, Failure> {
    let names = names.to_vec();
    let read = tokio::task::spawn_blocking(move || {
        let read = |name: &String| Ok((visible(name, LONGEST), input::read(name, MOST)?));
        sort(names.iter().map(read).collect::<Result<_, Failure>>()?)
    });
    read.await.map_err(|e| Failure::failed("internal", e.to_string()))?
}

/// Parts of a migration may come in any number of pictures and texts, and are one export only together.
fn sort(files: Vec<(String, Zeroizing<Vec<u8>>)>) -> Result<Vec<Incoming>, Failure> {
    let (mut parts, mut links, mut others) = (Links::default(), Links::default(), Vec::new());
    for (name, bytes) in files {
        if bytes.starts_with(PNG) || bytes.starts_with(JPEG) {
            let texts = decode_file(&bytes).map_err(|e| Failure::from(e).about(&name))?;
            let found: Vec<&str> = texts.iter().map(|text| text.as_str()).filter(|t| is_link(t)).collect();
            if found.is_empty() {
                let sentence = "its QR codes hold no one-time codes; look at it with `countersign scan`";
                return Err(Failure::nothing_found("import_not_recognised", sentence).about(&name));
            }
            found
                .iter()
                .for_each(|link| if is_part(link) { &mut parts } else { &mut links }.take(&name, link));
        } else if let Some(lines) = only_parts(&bytes) {
            lines.iter().for_each(|link| parts.take(&name, link));
        } else {
            others.push(Incoming { name, bytes });
        }
    }
    Ok([parts, links].into_iter().filter_map(Links::into_incoming).chain(others).collect())
}

/// The lines of a text that holds nothing but parts of a migration.
fn only_parts(bytes: &[u8]) -> Option<Vec<&str>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    (!lines.is_empty() && lines.iter().all(|line| is_part(line))).then_some(lines)
}

fn is_part(text: &str) -> bool {
    begins(text, "otpauth-migration:")
}

fn is_link(text: &str) -> bool {
    is_part(text) || ["otpauth:", "motp:", "steam:"].iter().any(|scheme| begins(text, scheme))
}

fn begins(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content: &str) -> (String, Zeroizing<Vec<u8>>) {
        (name.to_owned(), Zeroizing::new(content.as_bytes().to_vec()))
    }

    #[test]
    fn parts_of_one_export_are_read_together() {
        let files = vec![
            file("one.txt", "otpauth-migration://offline?data=a\n"),
            file("backup.json", "{}"),
            file("two.txt", "OTPAUTH-MIGRATION://offline?data=b"),
        ];
        let sorted = sort(files).unwrap_or_else(|f| panic!("{f:?}"));
        let names: Vec<&str> = sorted.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["one.txt, two.txt", "backup.json"]);
        assert_eq!(sorted[0].bytes.iter().filter(|byte| **byte == b'\n').count(), 2);
    }

    #[test]
    fn a_broken_picture_is_said_with_its_name() {
        let broken = ("shot.png".to_owned(), Zeroizing::new(PNG.to_vec()));
        let failure = sort(vec![broken]).map(drop).unwrap_err();
        assert_eq!(failure.code(), "picture_unusable");
        assert!(failure.sentence().contains("shot.png"), "{}", failure.sentence());
    }
}
