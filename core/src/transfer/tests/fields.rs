//! Fields and names as files write them.

use proptest::prelude::*;
use serde_json::json;

use crate::otp::Algorithm;
use crate::transfer::fields::{
    Unusable, algorithm, base32, base64, counter, digits, hex, period, pin, signed_bytes,
};
use crate::transfer::json::{Document, flag, number, text};
use crate::transfer::names::{names, shown, split_at};
use crate::transfer::{Field, Format, Item};

fn refusal(unusable: Unusable) -> (Field, String) {
    match unusable.refused(3, "name".to_owned()) {
        Item::Refused(refusal) if refusal.index == 3 => (refusal.field, refusal.reason.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn typed_secrets_are_taken_as_they_were_typed() {
    for text in ["MZXW6YTBOI", "mzxw6ytboi", " MZXW-6YTB OI====", "MZXW6YTBOI=\u{a0}", "MZ=XW6YTBOI"] {
        assert_eq!(base32(text).unwrap().expose(), b"foobar", "{text}");
    }
    // Lengths that no writer of base32 makes: the last symbol holds no whole byte.
    for (text, bytes) in [("MZX", "f"), ("MZXW6Y", "foo"), ("MZXW6YTBO", "fooba")] {
        assert_eq!(base32(text).unwrap().expose(), bytes.as_bytes(), "{text}");
    }
    assert_eq!(hex("00fF").unwrap().expose(), [0, 255]);
    assert_eq!(base64(" Zm9vYmFy\n").unwrap().expose(), b"foobar");
    assert_eq!(base64("Zm8").unwrap().expose(), b"fo");
    assert_eq!(signed_bytes(&json!([-128, -1, 0, 127])).unwrap().expose(), [128, 255, 0, 127]);
}

#[test]
fn what_is_no_secret_is_refused_with_its_place_and_never_guessed() {
    for (text, place) in [("MZXW0", 5), ("1ZXW", 1), ("MZ8W", 3), ("MZ\u{e9}W", 3), ("MZXW_YTB", 5)] {
        let (field, reason) = refusal(base32(text).unwrap_err());
        assert_eq!(field, Field::Secret);
        assert!(reason.contains(&format!(" {place} ")), "{reason}");
        assert!(!reason.contains(text), "{reason}");
    }
    for text in ["", "====", " - ", "A"] {
        assert_eq!(refusal(base32(text).unwrap_err()).1, "it has no secret", "{text}");
    }
    assert!(hex("abc").is_err() && hex("zz").is_err() && hex("").is_err());
    assert!(base64("a").is_err() && base64("ä").is_err() && base64("").is_err());
    for list in [json!([128]), json!([-129]), json!([1.5]), json!(["1"]), json!([]), json!("AA"), json!(null)]
    {
        assert_eq!(refusal(signed_bytes(&list).unwrap_err()).0, Field::Secret, "{list}");
    }
}

#[test]
fn an_algorithm_is_known_in_every_spelling_and_never_assumed() {
    for name in ["SHA256", "sha256", "SHA-256", "HmacSHA256", "HMAC-SHA-256", "Algorithm.sha256", "sha_256"] {
        assert_eq!(algorithm(Some(name)).unwrap(), Algorithm::Sha256, "{name}");
    }
    for name in [None, Some(""), Some("null"), Some(" ")] {
        assert_eq!(algorithm(name).unwrap(), Algorithm::Sha1);
    }
    for name in ["MD5", "SHA224", "SHA", "SHA1x", "0", "Algorithm."] {
        assert_eq!(refusal(algorithm(Some(name)).unwrap_err()).0, Field::Algorithm, "{name}");
    }
}

#[test]
fn numbers_have_defaults_and_bounds() {
    assert_eq!((digits(None), period(None), counter(None)), (Ok(6), Ok(30), Ok(0)));
    assert_eq!((digits(Some(10)), period(Some(86_400))), (Ok(10), Ok(86_400)));
    assert_eq!(counter(Some(i64::MAX)), Ok(i64::MAX.cast_unsigned()));
    for wrong in [0, 11, -6, 262] {
        assert_eq!(refusal(digits(Some(wrong)).unwrap_err()).0, Field::Digits);
    }
    for wrong in [0, -30, 86_401, i64::MIN] {
        assert_eq!(refusal(period(Some(wrong)).unwrap_err()).0, Field::Period);
    }
    assert_eq!(refusal(counter(Some(-1)).unwrap_err()).0, Field::Counter);
    assert_eq!(pin(Some("")).unwrap(), None);
    assert_eq!(refusal(pin(Some(&"1".repeat(65))).unwrap_err()).0, Field::Pin);
}

#[test]
fn json_numbers_come_as_numbers_and_as_texts() {
    let object = json!({ "n": 7, "f": 7.0, "t": " 7 ", "e": "", "w": "null", "z": null, "b": true, "x": "7a", "h": 7.5, "big": 1e300 });
    for key in ["n", "f", "t"] {
        assert_eq!(number(&object, key, Field::Digits), Ok(Some(7)), "{key}");
    }
    for key in ["e", "w", "z", "missing"] {
        assert_eq!(number(&object, key, Field::Digits), Ok(None), "{key}");
    }
    for key in ["b", "x", "h", "big"] {
        assert_eq!(refusal(number(&object, key, Field::Period).unwrap_err()).0, Field::Period, "{key}");
    }
    assert!(flag(&json!({ "f": "TRUE" }), "f") && flag(&json!({ "f": 1 }), "f") && !flag(&json!({}), "f"));
    assert_eq!(text(&json!({ "t": " " }), "t"), None);
}

#[test]
fn p9_a_document_shows_nothing_and_its_errors_quote_nothing() {
    let document = Document::parse(b"\xef\xbb\xbf {\"secret\":\"MZXW6YTBOI\"}", Format::Raivo).unwrap();
    assert_eq!(format!("{document:?}"), "Document(…)");
    let error = Document::parse(b"{\"secret\":MZXW6YTBOI}", Format::Raivo).unwrap_err();
    assert_eq!(error.code(), "import_damaged");
    assert!(!format!("{error:?} {error}").contains("MZXW"), "{error}");
}

#[test]
fn names_are_put_together_from_what_is_there() {
    let of = |issuer, account, item| {
        let (issuer, account) = names(issuer, account, item);
        (issuer.unwrap_or_default(), account)
    };
    let pair = |issuer: &str, account: &str| (issuer.to_owned(), account.to_owned());
    assert_eq!(of(Some("Acme"), Some("ann"), None), pair("Acme", "ann"));
    assert_eq!(of(Some("Acme"), Some("acme: ann"), None), pair("Acme", "ann"));
    assert_eq!(of(Some("A:B"), Some("a:b:ann"), None), pair("A:B", "ann"));
    assert_eq!(of(None, Some("Acme:ann"), None), pair("Acme", "ann"));
    assert_eq!(of(Some(" "), Some(":ann"), None), pair("", "ann"));
    assert_eq!(of(None, Some(""), Some("Item")), pair("", "Item"));
    assert_eq!(of(Some("Acme"), None, Some("Item")), pair("Acme", ""));
    assert_eq!(of(Some("Acme"), Some("Beta:ann"), None), pair("Acme", "Beta:ann"));
    assert_eq!(split_at(None, Some("Acme - ann"), None, " - "), (Some("Acme".to_owned()), "ann".to_owned()));
    assert_eq!(shown(Some("Acme"), "an\u{202e}n"), "Acme: an\\u{202e}n");
    assert_eq!(shown(None, &"x".repeat(200)).chars().count(), 101);
}

proptest! {
    #[test]
    fn any_bytes_come_back_through_every_spelling(bytes in prop::collection::vec(any::<u8>(), 1..80)) {
        let secret = crate::otp::Secret::from_bytes(bytes.clone()).unwrap();
        let spelt = secret.to_base32();
        prop_assert!(base32(&spelt).unwrap().expose() == bytes);
        prop_assert!(base32(&spelt.to_lowercase()).unwrap().expose() == bytes);
        let list: Vec<i8> = bytes.iter().map(|byte| byte.cast_signed()).collect();
        prop_assert!(signed_bytes(&json!(list)).unwrap().expose() == bytes);
        let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        prop_assert!(hex(&digits).unwrap().expose() == bytes);
    }

    #[test]
    fn no_text_makes_a_reader_of_fields_panic(text in any::<String>(), issuer in any::<Option<String>>()) {
        let _ = (base32(&text), hex(&text), base64(&text), algorithm(Some(&text)), pin(Some(&text)));
        let (issuer, account) = names(issuer.as_deref(), Some(&text), None);
        shown(issuer.as_deref(), &account);
    }
}
