//! The vectors in `protocol/vectors/`: written here on request, checked here always, read by every other language.
//!
//! `evaluate` says what this crate makes of a case; `signed`, `decisions`, `standing`, `offline` and `unsigned` say what the cases are.
//! The format is described in `protocol/vectors/README.md`.

mod decisions;
mod evaluate;
mod offline;
mod signed;
mod standing;
mod unsigned;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Once;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fixture::{World, world};

/// One file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    kind: String,
    cases: Vec<Case>,
}

/// One case: what goes in, and either what comes out or the error's name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(rename = "in")]
    input: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    out: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn good(name: &str, input: Value, out: Value) -> Case {
    Case { name: name.into(), input, out: Some(out), error: None }
}

fn bad(name: &str, input: Value, error: &str) -> Case {
    Case { name: name.into(), input, out: None, error: Some(error.into()) }
}

/// Makes the cases of one kind.
type Author = fn(&World) -> Vec<Case>;

/// Every kind; its file is `KIND.json`.
const KINDS: [(&str, Author); 16] = [
    ("answer", decisions::answer),
    ("attestation", unsigned::attestation),
    ("challenge", signed::challenge),
    ("checkpoint", standing::checkpoint),
    ("enroll", signed::enroll),
    ("enrolled", signed::enrolled),
    ("ids", unsigned::ids),
    ("jwk_thumbprint", unsigned::jwk_thumbprint),
    ("link", unsigned::link),
    ("number", unsigned::number),
    ("offline", offline::offline),
    ("receipt", decisions::receipt),
    ("request", signed::request),
    ("rule", standing::rule),
    ("server_key_chain", signed::server_key_chain),
    ("transcript", unsigned::transcript),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Rewrites the files when asked to. Signatures hold fresh randomness, so the files change each time.
///
/// Once for all tests of a run, so that none reads a file that another is writing.
fn write_if_asked() {
    static WRITTEN: Once = Once::new();
    WRITTEN.call_once(|| {
        if std::env::var("COUNTERSIGN_WRITE_VECTORS").as_deref() != Ok("1") {
            return;
        }
        let world = world();
        for (kind, author) in KINDS {
            let vectors = Vectors { kind: kind.into(), cases: author(&world) };
            let text = serde_json::to_string_pretty(&vectors).unwrap();
            std::fs::write(folder().join(format!("{kind}.json")), text + "\n").unwrap();
        }
    });
}

fn read(kind: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(folder().join(format!("{kind}.json"))).unwrap();
    let vectors: Vectors = serde_json::from_str(&text).unwrap();
    assert_eq!(vectors.kind, kind, "{kind}.json names another kind");
    vectors.cases
}

#[test]
fn every_vector_comes_out_as_written() {
    write_if_asked();
    for (kind, _) in KINDS {
        let cases = read(kind);
        assert!(cases.iter().any(|c| c.out.is_some()), "{kind}.json has no good case");
        assert!(cases.iter().any(|c| c.error.is_some()), "{kind}.json has no bad case");
        for case in cases {
            let expected = match (case.out, case.error) {
                (Some(out), None) => Ok(out),
                (None, Some(error)) => Err(error),
                _ => panic!("{kind}, {}: a case has either `out` or `error`", case.name),
            };
            assert_eq!(evaluate::evaluate(kind, case.input), expected, "{kind}, {}", case.name);
        }
    }
}

#[test]
fn every_file_is_read() {
    write_if_asked();
    let files: BTreeSet<String> =
        std::fs::read_dir(folder()).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    let mut known: BTreeSet<String> = KINDS.iter().map(|(kind, _)| format!("{kind}.json")).collect();
    known.extend(["README.md".to_owned(), "keys.json".to_owned()]);
    assert_eq!(files, known);
}

#[test]
fn the_files_hold_the_cases_that_would_be_written_now() {
    write_if_asked();
    let world = world();
    let hint = "after changing the cases, run the tests once with COUNTERSIGN_WRITE_VECTORS=1";
    for (kind, author) in KINDS {
        // Signed texts differ on every writing, so only names and verdicts are compared.
        let verdicts = |cases: Vec<Case>| -> Vec<_> {
            cases.into_iter().map(|c| (c.name, c.error.unwrap_or_else(|| "good".into()))).collect()
        };
        let (filed, authored) = (verdicts(read(kind)), verdicts(author(&world)));
        assert_eq!(filed, authored, "{kind}.json: {hint}");
        let names: BTreeSet<_> = filed.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), filed.len(), "{kind}.json: two cases have the same name");
    }
}
