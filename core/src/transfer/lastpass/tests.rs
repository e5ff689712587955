//! LastPass: the examples of both phones, the QR code, and files that are wrong in one place.

use std::io::Write as _;

use base64::Engine as _;

use super::{of_link, read};
use crate::transfer::fixtures::{self, accounts, refused, usable};
use crate::transfer::{Field, Source, TransferError, Warning};

const ANDROID: &str = include_str!("fixtures/android.json");
const IOS: &str = include_str!("fixtures/ios.json");

#[test]
fn both_phones() {
    for text in [ANDROID, IOS] {
        let found = read(&Source::new(text.as_bytes())).unwrap();
        assert_eq!(accounts(&found), [fixtures::a()]);
        assert!(usable(&found)[0].details.pinned);
        assert!(usable(&found)[0].details.tags.is_empty());
    }
}

#[test]
fn folders_and_names() {
    let text = ANDROID
        .replace("\"folderId\":1", "\"folderId\":\"7\"")
        .replace("{\"id\":1,\"name\":\"Favorites\"", "{\"id\":7,\"name\":\"Work\"")
        .replace("\"issuerName\":\"Acme Mail\"", "\"issuerName\":\"\"");
    let found = read(&Source::new(text.as_bytes())).unwrap();
    assert_eq!(usable(&found)[0].details.tags, ["Work"]);
    assert_eq!(usable(&found)[0].otp.issuer(), Some("ann@acme.test"));
    let text = text.replace("\"userName\":\"ann@acme.test\"", "\"userName\":null");
    let found = read(&Source::new(text.as_bytes())).unwrap();
    let otp = &usable(&found)[0].otp;
    assert_eq!((otp.issuer(), otp.account()), (Some("Acme"), "ann"));
}

#[test]
fn a_newer_version_and_bad_entries() {
    let newer = ANDROID.replace("\"version\":3", "\"version\":4");
    assert!(matches!(read(&Source::new(newer.as_bytes())), Err(TransferError::UnsupportedVersion { .. })));
    for (from, to, field) in [
        ("\"digits\":6", "\"digits\":0", Field::Digits),
        ("\"timeStep\":30", "\"timeStep\":0", Field::Period),
        ("\"SHA1\"", "\"MD5\"", Field::Algorithm),
        ("MV4GC3LQNRSS243FMNZGK5BNGE", "", Field::Secret),
    ] {
        let found = read(&Source::new(ANDROID.replace(from, to).as_bytes())).unwrap();
        assert_eq!(refused(&found), [(1, field)], "{to}");
    }
}

fn packed(json: &str) -> String {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(json.as_bytes()).unwrap();
    base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap())
}

fn link(accounts: &str) -> String {
    let outer = format!("{{\"version\":3,\"content\":\"{}\"}}", packed(&format!("{{\"a\":[{accounts}]}}")));
    let data = packed(&outer).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("lpaauth-migration://offline?data={data}")
}

#[test]
fn the_qr_code() {
    let account = r#"{"a":"SHA1","iN":"Acme Mail","s":"MV4GC3LQNRSS243FMNZGK5BNGE","d":6,"uN":"ann@acme.test","tS":30}"#;
    let bad = account.replace("\"SHA1\"", "9");
    let text = link(&format!("{account},{bad}"));
    for text in [text.clone(), text.replace("%2B", "+"), text.replace("%2B", " ")] {
        let found = read(&Source::new(text.as_bytes())).unwrap();
        assert_eq!(accounts(&found), [fixtures::a()]);
        assert_eq!(usable(&found)[0].warnings, [Warning::Unproven]);
        assert_eq!(refused(&found), [(2, Field::Algorithm)]);
    }
}

#[test]
fn a_link_that_inflates_without_end_is_refused() {
    let text = link(&" ".repeat(5 << 20));
    assert!(matches!(of_link(&text), Err(TransferError::TooLarge { .. })));
    for text in ["lpaauth-migration://offline", "lpaauth-migration://offline?data=AAAA"] {
        assert!(matches!(of_link(text), Err(TransferError::Damaged { .. })));
        assert_eq!(refused(&read(&Source::new(text.as_bytes())).unwrap()), [(1, Field::Entry)]);
    }
    let many = format!("{}\n", link("")).repeat(1001);
    assert!(matches!(read(&Source::new(many.as_bytes())), Err(TransferError::TooLarge { .. })));
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, ANDROID.as_bytes());
    fixtures::any_mutation_returns(read, ANDROID.as_bytes(), 200);
    fixtures::any_bytes_return(read, b"lpaauth-migration://offline?data=");
}
