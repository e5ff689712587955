//! What the fuzzer calls: one function for each door through which foreign bytes come in. None may panic, hang, or take
//! memory that the input merely claims; what it returns is looked at where a rule says more.
//!
//! `main.rs` hands these to libFuzzer; tests/it/fuzz_corpus.rs calls them with what was found once.

use std::time::Duration;

use countersign_core::host::SystemClock;
use countersign_core::otp::OtpEntry;
use countersign_core::scan::{Effort, LumaFrame, classify, decode_frame};
use countersign_core::transfer::{self, Source};
use countersign_core::vault::Vault;
use countersign_protocol::attestation::{android, apple, certificate::Certificate};
use countersign_protocol::challenge::Challenge;
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::link::EnrollmentLink;

/// The name of a target, and what it does.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// All targets.
pub(crate) const TARGETS: [Target; 9] = [
    ("otpauth", otpauth),
    ("migration", migration),
    ("import", import),
    ("binary_import", binary_import),
    ("vault", vault),
    ("frame", frame),
    ("enrolment_link", enrolment_link),
    ("challenge", challenge),
    ("attestation", attestation),
];

/// A setup link. What is taken is written so that it reads back the same.
fn otpauth(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = classify(text);
    let Ok(entry) = OtpEntry::parse(text) else { return };
    let _ = entry.code_at(1_700_000_000);
    let link = entry.to_uri();
    if link.len() <= countersign_core::otp::MAX_URI_BYTES {
        assert_eq!(OtpEntry::parse(&link).as_ref(), Ok(&entry), "a link that reads back differently");
    }
}

/// The protobuf message of Google's codes, which is base64 inside a link.
fn migration(bytes: &[u8]) {
    let data = base64(bytes).replace('+', "%2B").replace('/', "%2F");
    read(format!("otpauth-migration://offline?data={data}").as_bytes());
}

/// Any file as it is: forms are known by their content, so the corpus has one of each.
fn import(bytes: &[u8]) {
    read(bytes);
}

/// The forms that are no text, each behind the mark that leads to its reader.
fn binary_import(bytes: &[u8]) {
    const MARKS: [&[u8]; 8] = [
        b"COUNTERSIGN BACKUP\0\x01",
        b"AUTHENTICATORPRO",
        b"AuthenticatorPro",
        b"\xac\xed\x00\x05",
        b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5",
        b"SQLite format 3\0",
        b"PK\x03\x04",
        b"",
    ];
    let Some((selector, rest)) = bytes.split_first() else { return };
    if let Some(mark) = MARKS.get(usize::from(*selector) % MARKS.len()) {
        read(&[mark, rest].concat());
    }
}

/// A vault's file, as far as it is read before a password is typed.
fn vault(bytes: &[u8]) {
    let path = std::env::temp_dir().join(format!("countersign-fuzz-{}", std::process::id()));
    if std::fs::write(&path, bytes).is_ok() {
        let _ = Vault::ways_to_unlock(&path);
    }
    let _ = std::fs::remove_file(&path);
}

/// A frame of a camera: width, height, bytes a row, and pixels.
fn frame(bytes: &[u8]) {
    let Some(([width, height, stride, attempt], pixels)) = bytes.split_first_chunk() else { return };
    let frame = LumaFrame::new((*width).into(), (*height).into(), (*stride).into(), pixels);
    if let Ok(frame) = frame {
        let effort = Effort::Frame { attempt: (*attempt).into(), budget: Duration::from_millis(50) };
        let _ = decode_frame(&frame, effort, &SystemClock);
    }
}

/// A link that enrols. What is taken is written so that it reads back the same.
fn enrolment_link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(link) = EnrollmentLink::parse(text) else { return };
    assert!(EnrollmentLink::parse(&link.to_string()).is_ok(), "a link that does not read back");
}

/// A request of a server, up to its signature.
fn challenge(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(challenge) = jws::peek::<Challenge>(text, Purpose::Challenge) {
        let _ = challenge.peek().check_content();
    }
    // The same content without its envelope, which a fuzzer would have to put into base64 first.
    if let Some(challenge) = jws::read_exactly::<Challenge>(bytes) {
        let _ = challenge.check_content();
    }
}

/// What a phone sends of where its keys are, before any signature is looked at. A certificate that is taken consists of
/// parts of what was given.
fn attestation(bytes: &[u8]) {
    if let Some(certificate) = Certificate::read(bytes) {
        assert!(certificate.signed.len() < bytes.len(), "more than there was");
        let statements = [android::EXTENSION, apple::EXTENSION].map(|oid| certificate.extension(oid));
        let [android, apple] = statements.map(Option::unwrap_or_default);
        let _ = (android::KeyDescription::read(android), apple::nonce(apple), certificate.may_issue(1));
    }
    let _ = (android::KeyDescription::read(bytes), apple::nonce(bytes));
    if let Some(object) = apple::Object::read(bytes) {
        let _ = object.certificates.iter().filter_map(|der| Certificate::read(der)).count();
    }
}

/// Reads a file with a password, but never for seconds: what is costly is refused, as without the person's word.
fn read(bytes: &[u8]) {
    let _ = transfer::read(&Source::new(bytes).with_password("test-pass"));
}

/// Base64 without padding: the fuzzer changes what is inside it.
fn base64(bytes: &[u8]) -> String {
    const SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 2);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_usize, |bits, byte| (bits << 8) | usize::from(*byte))
            << (8 * (3 - three.len()));
        let symbols = (0..=three.len()).filter_map(|at| SYMBOLS.get((bits >> (18 - 6 * at)) & 63));
        text.extend(symbols.map(|symbol| char::from(*symbol)));
    }
    text
}
