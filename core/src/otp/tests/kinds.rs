//! Links and codes of the other kinds, by our own examples; codes that were checked against other programs.

use super::*;

const STEAM: &str = "MV4GC3LQNRSS243UMVQW2LLTMVRXEZLU";
const NOW: u64 = 1_700_000_000;

fn parse(uri: &str) -> OtpEntry {
    OtpEntry::parse(uri).unwrap_or_else(|error| panic!("{uri}: {error}"))
}

fn warnings(uri: &str) -> Vec<UriWarning> {
    OtpEntry::parse_with_warnings(uri).unwrap().1
}

/// Issuer and account, an absent issuer as empty.
fn names(entry: &OtpEntry) -> (&str, &str) {
    (entry.issuer().unwrap_or_default(), entry.account())
}

#[test]
fn rfc_4226_appendix_d() {
    let secret = Secret::from_bytes(b"12345678901234567890".to_vec()).unwrap();
    let kind = Kind::Hotp { algorithm: Algorithm::Sha1, digits: 6, counter: 0 };
    let entry = OtpEntry::new(None, "rfc", secret, kind).unwrap();
    let codes =
        ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    for (code, counter) in codes.iter().zip(0..) {
        assert_eq!(entry.counted_code(counter).unwrap().as_str(), *code);
    }
    assert_eq!(entry.code_at(0).err(), Some(NoCode::Counted));
}

#[test]
fn counted_links() {
    let uri = "otpauth://hotp/Beta:bob?secret=MV4GC3LQNRSS243FMNZGK5BNGI&issuer=Beta&algorithm=SHA256&digits=8&counter=7";
    let entry = parse(uri);
    assert_eq!(*entry.kind(), Kind::Hotp { algorithm: Algorithm::Sha256, digits: 8, counter: 7 });
    assert_eq!(entry.counted_code(7).unwrap().as_str(), "02303504");
    assert_eq!(warnings(uri), []);
    let missing = uri.replace("&counter=7", "");
    assert_eq!(*parse(&missing).kind(), Kind::Hotp { algorithm: Algorithm::Sha256, digits: 8, counter: 0 });
    assert_eq!(warnings(&missing), [UriWarning::CounterMissing]);
    assert_eq!(warnings(&uri.replace("counter=7", "counter=null")), [UriWarning::CounterMissing]);
    assert_eq!(parse(&uri.replace("counter=7", "counter=9223372036854775807")).period(), None);
}

#[test]
fn steam_by_each_of_its_marks() {
    for (uri, names_are) in [
        ("otpauth://steam/Steam:cat?secret=§&issuer=Steam", ("Steam", "cat")),
        ("otpauth://STEAM/cat?secret=§&digits=6&period=60&algorithm=SHA256", ("", "cat")),
        ("otpauth://totp/Steam:cat?secret=§&issuer=Steam", ("Steam", "cat")),
        ("otpauth://totp/steam:cat?secret=§", ("steam", "cat")),
        ("otpauth://totp/cat?secret=§&issuer=STEAM&digits=5", ("STEAM", "cat")),
        ("otpauth://totp/Valve:cat?secret=§&digits=5&encoder=steam", ("Valve", "cat")),
        ("otpauth://totp/Valve:cat?secret=§&issuer=Valve&steam", ("Valve", "cat")),
        ("otpauth://totp/Valve:cat?secret=§&digits=5&deviceid=android%3A1&data=%7B%7D", ("Valve", "cat")),
        ("steam://mv4gc3lqnrss243umvqw2lltmvrxezlu", ("Steam", "")),
        ("Steam://§", ("Steam", "")),
        ("steam://ZXhhbXBsZS1zdGVhbS1zZWNyZXQ", ("Steam", "")),
        ("steam://ZXhhbXBsZS1zdGVhbS1zZWNyZXQ=", ("Steam", "")),
    ] {
        let entry = parse(&uri.replace('§', STEAM));
        assert_eq!((entry.kind(), names(&entry)), (&Kind::Steam, names_are), "{uri}");
        assert_eq!(entry.code_at(NOW).unwrap().value, "D3KC8", "{uri}");
        assert_eq!(parse(&entry.to_uri()), entry);
    }
    assert_eq!(parse("steam://steamsteamsteamsteam").secret().expose().len(), 12);
    for uri in
        ["otpauth://totp/Steam:cat?secret=§&digits=6", "otpauth://totp/Valve:cat?secret=§&digits=5&data=x"]
    {
        assert!(matches!(parse(&uri.replace('§', STEAM)).kind(), Kind::Totp { .. }), "{uri}");
    }
}

#[test]
fn yandex() {
    let uri = "otpauth://yaotp/dan?secret=MV4GC3LQNRSS26LBNZSGK6BNGE&pin=GQZTEMI";
    let entry = parse(uri);
    assert_eq!(*entry.kind(), Kind::Yandex { pin: Some(Pin::new("4321").unwrap()) });
    assert_eq!(entry.code_at(NOW).unwrap().value, "jaibedod");
    assert_eq!(entry.code_at(NOW).unwrap().grouped(), "jaib edod");
    let without = "otpauth://yaotp/dan?secret=MV4GC3LQNRSS26LBNZSGK6BNGEAAAAAAAAAAAAANRE&pin_length=4";
    assert_eq!(warnings(without), [UriWarning::NeedsPin]);
    let without = parse(without);
    assert_eq!((without.code_at(NOW).err(), without.secret()), (Some(NoCode::NeedsPin), entry.secret()));
}

#[test]
fn motp() {
    let with_pin =
        |entry: OtpEntry| entry.with_kind(Kind::Motp { pin: Some(Pin::new("1234").unwrap()) }).unwrap();
    for (uri, names_are) in [
        ("motp://Motp:eve?secret=6578736563726574", ("Motp", "eve")),
        ("MOTP://Mo%74p:e+v?secret=6578736563726574", ("Mo%74p", "e+v")),
        ("motp:/Motp%3Aeve?secret=6578736563726574&issuer=Motp", ("Motp", "eve")),
        ("otpauth://motp/Motp:eve?secret=6578736563726574&issuer=Motp", ("Motp", "eve")),
    ] {
        let entry = parse(uri);
        assert_eq!((names(&entry), entry.code_at(NOW).err()), (names_are, Some(NoCode::NeedsPin)), "{uri}");
        assert!(warnings(uri).contains(&UriWarning::NeedsPin));
        let entry = with_pin(entry);
        assert_eq!(entry.code_at(NOW).unwrap().value, "821f01", "{uri}");
        assert_eq!(parse(&entry.to_uri()), entry);
    }
    // In the path form the text is the digits in lower case, and the form is known by description only.
    let upper = "motp:/Motp%3Aeve?secret=ABCDEF0123456789";
    assert_eq!(parse(upper).secret().expose(), b"abcdef0123456789");
    assert_eq!(warnings(upper), [UriWarning::Unproven, UriWarning::NeedsPin]);
    // Nothing is decoded in the other.
    assert_eq!(parse("motp://a:b?secret=a+b%20&c=d e").secret().expose(), b"a+b%20&c=d e");
    assert_eq!(parse("otpauth://motp/b?secret=a+b%20c%2Bd").secret().expose(), b"a+b c+d");
}

#[test]
fn oddities_of_other_apps() {
    let secret = "MV4GC3LQNRSS243FMNZGK5BNGE";
    for (uri, names_are) in [
        (
            "apple-otpauth://totp/Acme%20Mail:ann%40acme.test?secret=§&issuer=Acme%20Mail",
            ("Acme Mail", "ann@acme.test"),
        ),
        (
            "otpauth://totp/A%3AB:C%23D?secret=mv4g%20c3lq-nrss243fmnzgk5bnge%3D%3D&issuer=&digits=null&algorithm=Algorithm.sha1",
            ("A:B", "C#D"),
        ),
        ("otpauth://totp/Mongo Atlas:Acc !@#444?secret=§&period=null", ("Mongo Atlas", "Acc !@#444")),
        ("otpauth://totp/cat?secret=§&issuer&algorithm=HMAC-SHA-1", ("", "cat")),
        ("otpauth://totp/Acme:cat?issuer=Acmeperiod=30&secret=§", ("Acme", "cat")),
        ("otpauth://totp/Acme:cat?secret=§&issueralt=Work&labelalt=me", ("Work", "me")),
        ("otpauth://totp/Acme:cat?secret=§&issueralt=&labelalt=", ("Acme", "cat")),
        ("otpauth://totp/cat?secret=§&issuer=Air+Canada&counter=-3", ("Air Canada", "cat")),
        ("otpauth://totp/a?secret=§&issuer=A%26B%3DC", ("A&B=C", "a")),
        ("otpauth://totp?secret=§", ("", "")),
    ] {
        let entry = parse(&uri.replace('§', secret));
        assert_eq!(names(&entry), names_are, "{uri}");
        assert_eq!(entry.code_at(NOW).unwrap().value, "115867", "{uri}");
        assert_eq!(parse(&entry.to_uri()), entry, "{uri}");
    }
    let tags: Vec<_> = parse(&format!("otpauth://totp/a?secret={secret}&tags=x&tags=y&codeDisplay=%7B%7D"))
        .extra()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(tags, ["tags=x", "tags=y", "codeDisplay={}"]);
}

#[test]
fn every_length_of_a_typed_secret_is_taken() {
    for length in 2..=40 {
        let uri = format!("otpauth://totp/a?secret={}", &"JBSWY3DPEHPK3PXP".repeat(3)[..length]);
        assert_eq!(parse(&uri).secret().expose().len(), length * 5 / 8, "{length}");
    }
}

#[test]
fn links_are_known_by_their_beginning() {
    for text in [" OTPAUTH://totp/", "motp:/a", "steam://x", "apple-otpauth://x"] {
        assert!(super::super::is_link(text), "{text}");
    }
    for text in ["", "otpauth", "otpauth-migration://offline?data=", "https://a.test/?otpauth:", "xotpauth:"]
    {
        assert!(!super::super::is_link(text), "{text}");
    }
}

#[test]
fn p9_a_pin_stands_in_no_debug() {
    let entry = parse("otpauth://yaotp/dan?secret=MV4GC3LQNRSS26LBNZSGK6BNGE&pin=GQZTEMI");
    assert!(!format!("{entry:?}").contains("4321"));
}

#[test]
fn p8_codes_of_every_kind_are_ascii_in_groups() {
    for (code, grouped) in
        [("D3KC8", "D3KC8"), ("821f01", "821 f01"), ("jaibedod", "jaib edod"), ("1", "1"), ("1234", "1234")]
    {
        assert_eq!(super::super::grouped(code), grouped);
    }
}
