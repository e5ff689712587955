//! The facade in short, compared with `api.txt`: what the phone apps call changes only where a reviewer sees it.
//!
//! After a change that is meant: `COUNTERSIGN_WRITE_API=1 cargo test -p countersign-core the_facade_is_the_one_in_api_txt`.
//!
//! The reader knows just as much Rust as this folder needs. It relies on `cargo fmt`: what UniFFI exports begins at the
//! first column with an attribute that names it, and ends with a brace there.

use std::fmt::Write as _;
use std::path::Path;

/// The exported items of a source file, one line for each type, field, variant and function.
fn exported(source: &str) -> String {
    let mut api = String::new();
    let mut lines = source.lines();
    let mut exports = false;
    while let Some(line) = lines.next() {
        if line.starts_with("#[uniffi::export")
            || (line.starts_with("#[derive(") && line.contains("uniffi::"))
        {
            exports = true;
            let _ = writeln!(api, "{}", kind(line));
        } else if exports && !line.starts_with("#[") && !line.starts_with("//") {
            exports = false;
            let mut block = vec![line];
            if !line.ends_with("{}") && !line.ends_with('}') {
                block.extend(lines.by_ref().take_while(|line| *line != "}"));
            }
            api.push_str(&members(&block));
        }
    }
    api
}

/// The attribute without the traits that do not cross.
fn kind(attribute: &str) -> String {
    match attribute.strip_prefix("#[derive(") {
        Some(_) => {
            let kinds = attribute.split(['(', ')', ',', ' ']).filter(|word| word.starts_with("uniffi::"));
            format!("[{}]", kinds.collect::<Vec<_>>().join(" "))
        }
        None => attribute.trim_start_matches('#').to_owned(),
    }
}

/// The head of an item and its members' signatures, without bodies, comments and private parts.
fn members(block: &[&str]) -> String {
    let mut api = String::new();
    let Some((head, body)) = block.split_first() else { return api };
    let mut signature = String::new();
    let opens = |text: &str| text.ends_with(" {");
    if head.starts_with("pub fn") || head.starts_with("pub async fn") {
        // A free function: its head may be broken into lines.
        for line in block {
            signature.push_str(line.trim());
            signature.push(' ');
            if opens(line) {
                break;
            }
        }
        let _ = writeln!(api, "{}", tidy(&signature));
        return api;
    }
    let _ = writeln!(api, "{}", tidy(head));
    let is_impl = head.starts_with("impl ");
    let is_struct = head.starts_with("pub struct ");
    for line in body {
        let text = line.trim();
        if text.is_empty() || text.starts_with("//") || text.starts_with("#[error") {
            continue;
        }
        let depth = line.len() - line.trim_start().len();
        if text.starts_with("#[uniffi::") {
            let _ = writeln!(api, "    {text}");
        } else if text.starts_with("#[") || (is_struct && !text.starts_with("pub ")) {
        } else if is_impl {
            let begins = depth == 4 && (text.starts_with("pub fn") || text.starts_with("pub async fn"));
            if begins || !signature.is_empty() {
                signature.push_str(text);
                signature.push(' ');
                if opens(text) {
                    let _ = writeln!(api, "    {}", tidy(&signature));
                    signature.clear();
                }
            }
        } else if !text.starts_with("pub(") {
            let _ = writeln!(api, "{}{}", " ".repeat(depth), tidy(text));
        }
    }
    api
}

/// One line, however it was broken.
fn tidy(text: &str) -> String {
    let text = text.trim().trim_end_matches('{').trim();
    text.replace("( ", "(").replace(", )", ")")
}

fn facade() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ffi");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "rs")).collect();
    files.sort();
    let mut api = String::from("The facade in short. Written by the test in tests/api.rs, which says how.\n");
    for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
        let exported = exported(&std::fs::read_to_string(file).unwrap());
        if !exported.is_empty() {
            let _ = write!(api, "\n== {}\n{exported}", file.file_stem().unwrap().to_str().unwrap());
        }
    }
    api
}

#[test]
fn the_facade_is_the_one_in_api_txt() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ffi/api.txt");
    let now = facade();
    if std::env::var_os("COUNTERSIGN_WRITE_API").is_some() {
        std::fs::write(&committed, &now).unwrap();
    }
    let before = std::fs::read_to_string(&committed).unwrap();
    let changed = now.lines().zip(before.lines()).find(|(now, before)| now != before);
    assert!(now == before, "the facade has changed, first here: {changed:?}; {}", module_path!());
}

#[test]
fn the_reader_sees_what_is_exported_and_nothing_else() {
    let source = "/// A thing.\n#[derive(Debug, Clone, uniffi::Record)]\npub struct Thing {\n    /// Its name.\n    pub name: String,\n}\n\nimpl From<Other> for Thing {\n    fn from(other: Other) -> Self {\n        todo()\n    }\n}\n\n#[uniffi::export(async_runtime = \"tokio\")]\nimpl Core {\n    /// Does.\n    pub async fn does(\n        &self,\n        thing: Thing,\n    ) -> Result<(), CoreError> {\n        Ok(())\n    }\n}\n\nimpl Core {\n    pub fn hidden(&self) {}\n}\n";
    assert_eq!(
        exported(source),
        "[uniffi::Record]\npub struct Thing\n    pub name: String,\n[[uniffi::export(async_runtime = \"tokio\")]\nimpl Core\n    pub async fn does(&self, thing: Thing) -> Result<(), CoreError>\n"
            .replace("[[uniffi", "[uniffi")
    );
}
