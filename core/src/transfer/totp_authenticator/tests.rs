//! TOTP Authenticator: the example, the app's own password, the preferences, and files that are wrong in one place.

use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _, block_padding::Pkcs7};
use base64::Engine as _;

use super::{CONSTANT, read};
use crate::transfer::fixtures::{self, PASSWORD, accounts, refused};
use crate::transfer::{Field, Source, TransferError};

const ENCRYPTED: &str = include_str!("fixtures/encrypted.base64");

fn sealed(password: &str, plain: &str) -> String {
    let key = ring::digest::digest(&ring::digest::SHA256, password.as_bytes());
    let cipher = cbc::Encryptor::<aes::Aes256>::new_from_slices(key.as_ref(), &[0; 16]).unwrap();
    base64::engine::general_purpose::STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(plain.as_bytes()))
}

#[test]
fn the_example() {
    let source = Source::new(ENCRYPTED.as_bytes());
    let found = read(&source.clone().with_password(PASSWORD)).unwrap();
    assert_eq!(accounts(&found)[0].secret(), fixtures::a().secret());
    assert_eq!(accounts(&found)[0].issuer(), Some("Acme Mail"));
    assert_eq!(read(&source).err(), Some(TransferError::NeedsPassword));
    for number in 0..8 {
        let wrong = read(&source.clone().with_password(&format!("wrong {number}"))).err();
        assert_eq!(wrong, Some(TransferError::WrongPassword));
    }
    let cut = &ENCRYPTED.trim()[..40];
    assert!(matches!(read(&Source::new(cut.as_bytes())), Err(TransferError::Damaged { .. })));
}

const LIST: &str = r#"[{"issuer":"Unknown","name":"acme","key":"6578","base":16,"digits":"","period":""},{"issuer":"Acme","name":"acme:ann","key":"ZXg=","base":"64","digits":"8","period":"60"},{"key":"x","base":8},{"key":"MV4A","base":32,"digits":"0"}]"#;

#[test]
fn without_a_chosen_password_and_from_preferences() {
    let file = sealed(CONSTANT, &serde_json::json!({ LIST: "1608293023" }).to_string());
    let escaped = LIST.replace('"', "&quot;");
    let xml = format!("<map><string name=\"STATIC_TOTP_CODES_LIST\">{escaped}</string></map>");
    for text in [file, xml] {
        let found = read(&Source::new(text.as_bytes())).unwrap();
        let entries = accounts(&found);
        assert_eq!((entries[0].issuer(), entries[0].account()), (Some("acme"), ""));
        assert_eq!((entries[0].digits(), entries[0].period()), (6, Some(30)));
        assert_eq!((entries[1].issuer(), entries[1].account()), (Some("Acme"), "ann"));
        assert_eq!((entries[1].digits(), entries[1].period()), (8, Some(60)));
        assert_eq!(entries[0].secret(), entries[1].secret());
        assert_eq!(refused(&found), [(3, Field::Secret), (4, Field::Digits)]);
    }
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"<map><string name=\"STATIC_TOTP_CODES_LIST\">");
    fixtures::any_mutation_returns(read, ENCRYPTED.as_bytes(), 100);
}
