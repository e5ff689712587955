//! Links as services really print them, links that must be refused, and the round trips. The other kinds: `kinds`.

mod kinds;

use proptest::prelude::*;

use super::{Algorithm, Kind, NoCode, OtpAuthError, OtpEntry, Pin, Secret, UriWarning};

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// What a link must come to: issuer, account, algorithm, digits, period.
type Expected = (Option<&'static str>, &'static str, Algorithm, u8, u32);

#[test]
fn accepted() {
    use Algorithm::{Sha1, Sha256, Sha512};
    let plain: Expected = (Some("ACME"), "bob@example.com", Sha1, 6, 30);
    let cases: [(&str, Expected); 29] = [
        ("otpauth://totp/ACME:bob@example.com?secret=§&issuer=ACME", plain),
        ("otpauth://totp/ACME%3Abob@example.com?secret=§&issuer=ACME", plain),
        ("otpauth://totp/ACME:%20bob%40example.com?secret=§&issuer=ACME", plain),
        ("otpauth://totp/ACME:bob@example.com?secret=§", plain),
        ("otpauth://totp/bob@example.com?secret=§&issuer=ACME", plain),
        ("otpauth://totp/acme:bob@example.com?secret=§&issuer=ACME", plain),
        ("otpauth://totp/ACME:bob@example.com?secret=§&issuer=", plain),
        ("otpauth://totp/ACME:bob@example.com?secret=§&issuer=ACME&issuer=ACME", plain),
        ("OTPAUTH://TOTP/ACME:bob@example.com?SECRET=§&Issuer=ACME", plain),
        ("  otpauth://totp/ACME:bob@example.com?issuer=ACME&secret=§\r\n", plain),
        ("otpauth://totp/ACME:bob@example.com?&secret=§&&issuer=ACME&", plain),
        ("otpauth://totp/bob?secret=§", (None, "bob", Sha1, 6, 30)),
        ("otpauth://totp/?secret=§", (None, "", Sha1, 6, 30)),
        ("otpauth://totp?secret=§", (None, "", Sha1, 6, 30)),
        ("otpauth://totp/:bob:1?secret=§", (None, "bob:1", Sha1, 6, 30)),
        ("otpauth://totp/bob+tag@a.b?secret=§", (None, "bob+tag@a.b", Sha1, 6, 30)),
        ("otpauth://totp/bob%2Btag@a.b?secret=§&issuer=A%2BB+C", (Some("A+B C"), "bob+tag@a.b", Sha1, 6, 30)),
        ("otpauth://totp/Big+Co:b+c%2Bd?secret=§&issuer=Big+Co", (Some("Big Co"), "b c+d", Sha1, 6, 30)),
        ("otpauth://totp/A:B:bob?secret=§&issuer=A%3AB", (Some("A:B"), "bob", Sha1, 6, 30)),
        ("otpauth://totp/Stage:bob?secret=§&issuer=Corp", (Some("Corp"), "Stage:bob", Sha1, 6, 30)),
        ("otpauth://totp/Lab #1:bob?secret=§", (Some("Lab #1"), "bob", Sha1, 6, 30)),
        ("otpauth://totp/100%:a/b?secret=§", (Some("100%"), "a/b", Sha1, 6, 30)),
        ("otpauth://totp/بنك:عمر?secret=§", (Some("بنك"), "عمر", Sha1, 6, 30)),
        ("otpauth://totp/%E9%8A%80%E8%A1%8C:%F0%9F%94%91?secret=§", (Some("銀行"), "🔑", Sha1, 6, 30)),
        ("otpauth://totp/b?secret=§&algorithm=SHA256&digits=8&period=60", (None, "b", Sha256, 8, 60)),
        ("otpauth://totp/b?secret=§&algorithm=sha-512&digits=10&period=1", (None, "b", Sha512, 10, 1)),
        ("otpauth://totp/b?secret=§&algorithm=HmacSHA1&digits=7&period=3600", (None, "b", Sha1, 7, 3600)),
        ("otpauth://totp/b?secret=§&digits=6&digits=6", (None, "b", Sha1, 6, 30)),
        ("otpauth://totp/b?secret=§&image=https://a.b/c.png?d=e", (None, "b", Sha1, 6, 30)),
    ];
    for (uri, expected) in cases {
        let uri = uri.replace("§", SECRET);
        let entry = OtpEntry::parse(&uri).unwrap_or_else(|error| panic!("{uri}: {error}"));
        let Kind::Totp { algorithm, digits, period } = *entry.kind() else { panic!("{uri}") };
        let got = (entry.issuer(), entry.account(), algorithm, digits, period);
        assert_eq!(got, expected, "{uri}");
        assert_eq!(entry.secret().to_base32().as_str(), SECRET, "{uri}");
        assert_eq!(OtpEntry::parse(&entry.to_uri()).as_ref(), Ok(&entry), "{}", entry.to_uri().as_str());
    }
}

#[test]
fn secrets_as_services_print_them() {
    let forms = [
        "jbswy3dpehpk3pxpjbswy3dpehpk3pxp",
        "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
        "JBSW+Y3DP+EHPK+3PXP+JBSW+Y3DP+EHPK+3PXP",
        "JBSW%20Y3DP-EHPK-3PXP-JBSW-Y3DP-EHPK-3PXP",
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP======",
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP%3D%3D",
    ];
    for form in forms {
        let entry = OtpEntry::parse(&format!("otpauth://totp/b?secret={form}")).unwrap();
        assert_eq!(entry.secret().to_base32().as_str(), SECRET, "{form}");
        assert!(!entry.weak());
    }
    assert!(OtpEntry::parse("otpauth://totp/b?secret=JBSWY3DPEHPK3PXP").unwrap().weak());
}

#[test]
fn refused_each_with_its_reason() {
    use OtpAuthError as E;
    let text = str::to_owned;
    let cases = [
        ("", E::NotOtpAuth),
        ("https://example.com/otpauth://totp/", E::NotOtpAuth),
        ("otpauth:totp/b?secret=§", E::NotOtpAuth),
        ("otpauth-migration://offline?data=AA", E::NotOtpAuth),
        ("otpauth://pipush/b?secret=§", E::PushAccount(text("pipush"))),
        ("otpauth://Push/b", E::PushAccount(text("Push"))),
        ("otpauth://battle/b?secret=§", E::UnsupportedType(text("battle"))),
        ("otpauth:///b?secret=§", E::UnsupportedType(text(""))),
        ("otpauth://totp/b?secret=§&encoder=hex", E::UnsupportedType(text("hex"))),
        ("otpauth://totp/b?secret=§&algorithm=MD5", E::UnknownAlgorithm(text("MD5"))),
        ("otpauth://totp/b?secret=§&algorithm=SHA224", E::UnknownAlgorithm(text("SHA224"))),
        ("otpauth://totp/b?secret=§&algorithm=", E::UnknownAlgorithm(text(""))),
        ("otpauth://totp/b?secret=§&algorithm=%E2%80%AE1AHS", E::UnknownAlgorithm(text("?1AHS"))),
        ("otpauth://totp/b?secret=§&digits=12", E::BadDigits(text("12"))),
        ("otpauth://totp/b?secret=§&digits=11", E::BadDigits(text("11"))),
        ("otpauth://totp/b?secret=§&digits=0", E::BadDigits(text("0"))),
        ("otpauth://totp/b?secret=§&digits=262", E::BadDigits(text("262"))),
        ("otpauth://totp/b?secret=§&digits=%2B6", E::BadDigits(text("+6"))),
        ("otpauth://totp/b?secret=§&digits=six", E::BadDigits(text("six"))),
        ("otpauth://totp/b?secret=§&digits=", E::BadDigits(text(""))),
        ("otpauth://totp/b?secret=§&digits=٦", E::BadDigits(text("?"))),
        ("otpauth://totp/b?secret=§&period=0", E::BadPeriod(text("0"))),
        ("otpauth://totp/b?secret=§&period=86401", E::BadPeriod(text("86401"))),
        ("otpauth://totp/b?secret=§&period=30s", E::BadPeriod(text("30s"))),
        ("otpauth://totp/b?secret=§&period=4294967326", E::BadPeriod(text("4294967326"))),
        ("otpauth://totp/b", E::MissingSecret),
        ("otpauth://totp/b?issuer=a", E::MissingSecret),
        ("otpauth://totp/b?secret=", E::MissingSecret),
        ("otpauth://totp/b?secret=----", E::MissingSecret),
        ("otpauth://totp/b?secret=J", E::MissingSecret),
        ("otpauth://totp/b?secret=JBSWY0", E::BadBase32 { place: 6 }),
        ("otpauth://totp/b?secret=JBSW%2BY3DP", E::BadBase32 { place: 5 }),
        ("otpauth://totp/b?secret=JBSW%FF", E::NotUtf8),
        ("otpauth://hotp/b?secret=§&counter=-1", E::BadCounter(text("-1"))),
        ("otpauth://hotp/b?secret=§&counter=", E::BadCounter(text(""))),
        ("otpauth://hotp/b?secret=§&counter=9223372036854775808", E::BadCounter(text("9223372036854775808"))),
        ("otpauth://hotp/b?secret=§&counter=18446744073709551616", E::BadCounter(text("1844674407370955"))),
        ("otpauth://yaotp/b?secret=JBSWY3DP", E::ShortYandexSecret),
        ("otpauth://yaotp/b?secret=MV4GC3LQNRSS26LBNZSGK6BNGEAAAAAAAAAAAAANRI", E::BadYandexSecret),
        ("otpauth://yaotp/b?secret=§&pin=1234", E::BadPin),
        ("otpauth://yaotp/b?secret=§&pin=", E::BadPin),
        ("otpauth://motp/b", E::MissingSecret),
        ("motp:/b?secret=abc", E::BadMotpSecret),
        ("motp:/b?secret=xyzw", E::BadMotpSecret),
        ("motp://a:b?issuer=c", E::MissingSecret),
        ("motp:b?secret=abcd", E::NotOtpAuth),
        ("steam://store", E::NotOtpAuth),
        ("steam://run/440", E::BadBase32 { place: 4 }),
        ("steam://rungameid/440", E::BadBase32 { place: 10 }),
        ("steam:JBSWY3DPEHPK3PXPJBSWY3DP", E::NotOtpAuth),
        ("otpauth://totp/b?secret=§&secret=§", E::DuplicateSecret),
        ("otpauth://totp/b?secret=§&SECRET=AAAA", E::DuplicateSecret),
        ("otpauth://totp/b?secret=§&issuer=a&issuer=b", E::ConflictingParameter("issuer")),
        ("otpauth://totp/b?secret=§&digits=6&Digits=8", E::ConflictingParameter("digits")),
        ("otpauth://totp/b%FF?secret=§", E::NotUtf8),
        ("otpauth://totp/b?secret=§&issuer=%C3%28", E::NotUtf8),
        ("otpauth://totp/b?secret=§&x%FF=1", E::NotUtf8),
    ];
    for (uri, reason) in cases {
        let uri = uri.replace("§", SECRET);
        assert_eq!(OtpEntry::parse(&uri).err(), Some(reason), "{uri}");
    }
    let long = format!("otpauth://totp/{}?secret={SECRET}", "a".repeat(16_384));
    assert_eq!(OtpEntry::parse(&long).err(), Some(E::TooLong));
}

#[test]
fn every_reason_is_a_sentence_without_the_secret() {
    for uri in [
        "otpauth://totp/b?secret=HUSHHUSH0",
        "otpauth://totp/b?secret=HUSHHUSH&secret=HUSHHUSH",
        "otpauth://totp/b?secret=HUSHHUSH&digits=99",
    ] {
        let error = OtpEntry::parse(uri).unwrap_err();
        let (shown, debugged) = (error.to_string(), format!("{error:?}"));
        assert!(!shown.contains("HUSH") && !debugged.contains("HUSH"), "{shown}");
        assert!(shown.ends_with('.'), "{shown}");
    }
}

#[test]
fn unknown_parameters_are_kept_in_order() {
    let uri = format!("otpauth://totp/b?image=https://a.b/c%20d&secret={SECRET}&color=%23ff0000&flag&x=1=2");
    let entry = OtpEntry::parse(&uri).unwrap();
    let extra: Vec<_> = entry.extra().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(extra, [("image", "https://a.b/c d"), ("color", "#ff0000"), ("flag", ""), ("x", "1=2")]);
    assert_eq!(OtpEntry::parse(&entry.to_uri()), Ok(entry));
}

#[test]
fn reserved_names_cannot_be_extra() {
    let entry = OtpEntry::new(None, "b", Secret::from_base32(SECRET).unwrap(), Kind::DEFAULT).unwrap();
    let extra = vec![("Secret".to_owned(), "x".to_owned())];
    assert_eq!(entry.with_extra(extra).err(), Some(OtpAuthError::ReservedParameter("secret")));
}

#[test]
fn the_vault_form_is_checked_when_read() {
    let entry = OtpEntry::parse(&format!("otpauth://totp/A:b?secret={SECRET}&digits=8&x=y")).unwrap();
    let json = serde_json::to_string(&entry).unwrap();
    assert_eq!(
        json,
        format!(
            r#"{{"issuer":"A","account":"b","secret":"{SECRET}","type":"totp","algorithm":"SHA1","digits":8,"period":30,"extra":[["x","y"]]}}"#
        )
    );
    assert_eq!(serde_json::from_str::<OtpEntry>(&json).unwrap(), entry);
    for (from, to) in [
        ("\"digits\":8", "\"digits\":11"),
        ("\"period\":30", "\"period\":0"),
        ("SHA1", "MD5"),
        (SECRET, ""),
        (SECRET, "0"),
    ] {
        assert!(serde_json::from_str::<OtpEntry>(&json.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn a_parameter_that_got_a_meaning_since_it_was_kept_is_left_out() {
    let json = format!(
        r#"{{"account":"b","secret":"{SECRET}","algorithm":"SHA1","digits":6,"period":30,"extra":[["counter","0"],["x","y"]]}}"#
    );
    let entry: OtpEntry = serde_json::from_str(&json).unwrap();
    assert_eq!(entry.extra(), [("x".to_owned(), "y".to_owned())]);
}

#[test]
fn p9_debug_of_an_entry_hides_the_secret() {
    let entry = OtpEntry::parse(&format!("otpauth://totp/A:b?secret={SECRET}")).unwrap();
    assert!(!format!("{entry:?}").contains("JBSW"));
}

/// Names as they come: any script, with every separator of the format inside.
fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9 :/?#&=%+@._~-]{0,24}", "\\PC{0,16}", any::<String>()]
        .prop_map(|text| text.chars().take(40).collect())
}

fn kind() -> impl Strategy<Value = Kind> {
    let algorithm = || prop_oneof![Just(Algorithm::Sha1), Just(Algorithm::Sha256), Just(Algorithm::Sha512)];
    let pin = || proptest::option::of("\\PC{1,16}".prop_map(|text| Pin::new(&text).unwrap()));
    prop_oneof![
        (algorithm(), 1..=10_u8, 1..=86_400_u32).prop_map(|(algorithm, digits, period)| Kind::Totp {
            algorithm,
            digits,
            period
        }),
        (algorithm(), 1..=10_u8, 0..=i64::MAX.unsigned_abs())
            .prop_map(|(algorithm, digits, counter)| Kind::Hotp { algorithm, digits, counter }),
        Just(Kind::Steam),
        pin().prop_map(|pin| Kind::Motp { pin }),
        pin().prop_map(|pin| Kind::Yandex { pin }),
    ]
}

/// Bytes that can be the secret of any kind: text, and long enough.
fn secret() -> impl Strategy<Value = Secret> {
    let text = "[ -~é]{16,24}".prop_map(String::into_bytes);
    text.prop_filter("a check value", |text| text.len() != 26)
        .prop_map(|text| Secret::from_bytes(text).unwrap())
}

fn entry() -> impl Strategy<Value = OtpEntry> {
    let extra = proptest::collection::vec(("[a-z]{1,6}x", name()), 0..4);
    (proptest::option::of(name()), name(), secret(), kind(), extra).prop_map(
        |(issuer, account, secret, kind, extra)| {
            OtpEntry::new(issuer.as_deref(), &account, secret, kind)
                .and_then(|entry| entry.with_extra(extra))
                .unwrap()
        },
    )
}

proptest! {
    #[test]
    fn parsing_never_panics(text in any::<String>()) {
        let _ = OtpEntry::parse(&text);
    }

    #[test]
    fn parsing_never_panics_near_real_links(tail in "[a-zA-Z0-9:/?#&=%+é]{0,80}") {
        let _ = OtpEntry::parse(&format!("otpauth://totp/{tail}"));
        for start in ["otpauth://totp/a", "otpauth://yaotp/a", "otpauth://motp/a", "motp:/a", "motp://a"] {
            let _ = OtpEntry::parse(&format!("{start}?secret={tail}&issuer={tail}"));
        }
        let _ = OtpEntry::parse(&format!("steam://{tail}"));
    }

    #[test]
    fn writing_then_reading_gives_the_same(entry in entry()) {
        let uri = entry.to_uri();
        prop_assert_eq!(OtpEntry::parse(&uri), Ok(entry), "{}", uri.as_str());
    }

    #[test]
    fn what_was_read_is_written_the_same_again(entry in entry(), now in any::<u64>()) {
        let json = serde_json::to_string(&entry).unwrap();
        let again: OtpEntry = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&again, &entry);
        match entry.code_at(now) {
            Ok(code) => {
                prop_assert_eq!(&again.code_at(now).unwrap(), &code);
                prop_assert_eq!(code.value.len(), usize::from(entry.digits()));
                prop_assert!(code.value.bytes().chain(code.next.bytes()).all(|byte| byte.is_ascii_alphanumeric()));
            }
            Err(NoCode::NeedsPin) => prop_assert!(entry.needs_pin()),
            Err(NoCode::Counted) => prop_assert_eq!(entry.period(), None),
        }
    }
}
