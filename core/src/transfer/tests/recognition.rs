//! A file is known by its content, whatever its name.

use proptest::prelude::*;

use crate::transfer::{Format, Source, TransferError, read, recognise};

fn code(bytes: &[u8]) -> &'static str {
    recognise(bytes).unwrap_err().code()
}

#[test]
fn every_form_is_known_by_its_marks() {
    let texts: &[(&str, Format)] = &[
        (r#"{"version":1,"header":{"slots":null},"db":{}}"#, Format::Aegis),
        (r#"{"version":1,"header":{},"db":"AAAA"}"#, Format::Aegis),
        (r#"{"services":[],"schemaVersion":4}"#, Format::TwoFas),
        (r#"{"encrypted":false,"items":[]}"#, Format::Bitwarden),
        (r#"{"encrypted":true,"passwordProtected":true,"data":"2.x"}"#, Format::Bitwarden),
        ("folder,favorite,type,name,login_uri,login_totp\n", Format::Bitwarden),
        (r#"{"version":1,"kdfParams":{},"encryptedData":"","encryptionNonce":""}"#, Format::Ente),
        (r#"{"items":[{"rawData":"otpauth://totp/x"}]}"#, Format::Ente),
        ("otpauth://totp/a?secret=AA&codeDisplay=%7B%7D\n", Format::Ente),
        ("otpauth://totp/a?secret=AA,otpauth://totp/b?secret=AA", Format::Ente),
        (r#"{"version":1,"entries":[{"id":"","content":{"entry_type":"Totp"}}]}"#, Format::Proton),
        (r#"{"version":1,"salt":"","content":""}"#, Format::Proton),
        (r#"{"Authenticators":[]}"#, Format::Stratum),
        ("AUTHENTICATORPRO rest", Format::Stratum),
        ("AuthenticatorPro rest", Format::Stratum),
        (r#"[{"secret":"","type":"TOTP","label":""}]"#, Format::AndOtp),
        (r#"{"tokens":[],"tokenOrder":[]}"#, Format::FreeOtp),
        (r#"<?xml version="1.0"?><map><string name="tokenOrder">[]</string></map>"#, Format::FreeOtp),
        (r#"{"accounts":[{"issuerName":"A"}],"folders":[]}"#, Format::LastPass),
        ("lpaauth-migration://offline?data=AA", Format::LastPass),
        (r#"[{"kind":"TOTP","timer":"30","secret":"","label":"","type":""}]"#, Format::Raivo),
        (
            r#"<map><string name="com.authy.storage.tokens.authenticator.key">[]</string></map>"#,
            Format::Authy,
        ),
        (r#"[{"otpGenerator":{"otpSecret":"AA"}}]"#, Format::Duo),
        ("\n otpauth-migration://offline?data=AA", Format::Google),
        ("QR-Code:otpauth-migration://offline?data=AA", Format::Google),
        ("otpauth://totp/Acme+Mail?secret=AA&digits=6&icon=WinAuth\r\n", Format::WinAuth),
        ("keT6n9W3a9DNSGcNtDSYcNThn1+Wv4yONHgCzSg2B/Q=\n", Format::TotpAuthenticator),
        (r#"<map><string name="STATIC_TOTP_CODES_LIST">[]</string></map>"#, Format::TotpAuthenticator),
        (r#"{"shared_secret":"AA=="}"#, Format::Steam),
        (r#"{"accounts":{"1":{"shared_secret":"AA=="}}}"#, Format::Steam),
        (
            r#"<map><string name="com.blizzard.messenger.AUTHENTICATOR_DEVICE_SECRET"/></map>"#,
            Format::BattleNet,
        ),
        ("# mine\n\notpauth://totp/a?secret=AA\nnonsense\n", Format::Links),
        ("OTPAUTH://totp/a?secret=AA", Format::Links),
        ("motp://a:b?secret=00", Format::Links),
        ("steam://AAAA", Format::Links),
        ("<!DOCTYPE HTML><p>", Format::Html),
        ("<?xml version='1.0'?><html xmlns=''>", Format::Html),
        ("COUNTERSIGN BACKUP\0\x01", Format::Backup),
    ];
    for (text, format) in texts {
        assert_eq!(recognise(text.as_bytes()), Ok(*format), "{text}");
        let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
        if text.starts_with(['{', '[', '<']) {
            assert_eq!(recognise(&marked), Ok(*format), "{text} behind a byte order mark");
        }
    }
    let bytes: &[(&[u8], Format)] = &[
        (b"\xac\xed\x00\x05sr", Format::FreeOtp),
        (b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", Format::Kdbx),
        (b"SQLite format 3\0 CREATE TABLE accounts(oath_secret_key TEXT)", Format::Microsoft),
        (b"SQLite format 3\0 CREATE TABLE accounts(email TEXT)", Format::Google),
        (b"SQLite format 3\0 CREATE TABLE \"authenticator\" (type)", Format::Stratum),
        (b"PK\x03\x04....raivo-otp-export.json", Format::Raivo),
        (b"PK\x03\x04....Accounts.txt", Format::AuthenticatorPlus),
        (b"PK\x03\x04....Proton Pass/data.json", Format::Proton),
        (b"PK\x03\x04....winauth-2020.txt", Format::WinAuth),
    ];
    for (bytes, format) in bytes {
        assert_eq!(recognise(bytes), Ok(*format), "{bytes:02x?}");
    }
}

#[test]
fn p4_what_is_nothing_of_ours_says_why() {
    assert_eq!(code(b""), "import_empty");
    assert_eq!(code(b"\xef\xbb\xbf \n"), "import_empty");
    assert_eq!(code(b"[]"), "import_empty");
    assert_eq!(code(b"PK\x05\x06\0\0"), "import_empty");
    assert_eq!(code(b"# only a comment"), "import_empty");
    assert_eq!(code(b"-----BEGIN PGP MESSAGE-----"), "import_unsupported");
    assert_eq!(code(b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5"), "import_unsupported");
    for text in
        ["hello", "{}", "[1]", "{\"a\":1}", "<map></map>", "%PDF-1.7 \u{fffd}", "a,b,c\n1,2,3", "null"]
    {
        assert_eq!(code(text.as_bytes()), "import_not_recognised", "{text}");
    }
    for magic in
        [b"%PDF\xff".as_slice(), b"\x7fELF\xff", b"\x1f\x8b\xff", b"SQLite format 3\0 x", b"\xff\xfe"]
    {
        assert_eq!(code(&[magic, &[0xff; 20]].concat()), "import_not_recognised");
    }
    assert_eq!(code(&vec![b' '; 52_428_801]), "import_too_large");
}

#[test]
fn an_export_that_is_cut_off_is_still_known() {
    let whole = r#"{"version":1,"header":{"slots":null,"params":null},"db":{"version":3,"entries":[{"type":"#;
    assert_eq!(recognise(whole.as_bytes()), Ok(Format::Aegis));
    let error = read(&Source::new(whole.as_bytes())).unwrap_err();
    assert!(matches!(error, TransferError::Damaged { format: Format::Aegis, .. }), "{error:?}");
}

#[test]
fn a_word_inside_a_text_is_no_key() {
    let text = r#"{"note":"\"header\":1,\"db\":2","version":1,"x":{"header":1,"db":1}}"#;
    assert_eq!(code(text.as_bytes()), "import_not_recognised");
}

#[test]
fn files_without_a_mark_are_what_the_password_opens() {
    let random = |length: usize, first: u8| {
        let mut bytes: Vec<u8> = (0..length).map(|at| (at * 7 % 251) as u8 | 0x80).collect();
        bytes[0] = first;
        bytes
    };
    assert_eq!(recognise(&random(100, 0)), Ok(Format::AndOtp));
    assert_eq!(recognise(&random(28, 0xff)), Ok(Format::AndOtp));
    assert_eq!(recognise(&random(2048, 0xff)), Ok(Format::AuthenticatorPlus));
    assert_eq!(code(&random(27, 0xff)), "import_not_recognised");
}

#[test]
fn a_picture_without_a_code_says_so() {
    let mut png = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(60, 60).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let error = read(&Source::new(&png.into_inner())).unwrap_err();
    assert!(error.to_string().contains("No QR code"), "{error}");
    assert_eq!(code(b"\x89PNG\r\n\x1a\n broken"), "import_unsupported");
    assert_eq!(code(b"RIFF\0\0\0\0WEBPVP8 "), "import_unsupported");
}

proptest! {
    #[test]
    fn no_bytes_make_recognition_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = recognise(&bytes);
    }

    #[test]
    fn no_text_like_json_makes_recognition_panic(text in "[\\[{}\\]\",:a-z0-9\\\\ ]{0,200}") {
        let _ = recognise(text.as_bytes());
        let _ = recognise(format!("{{{text}").as_bytes());
    }
}
