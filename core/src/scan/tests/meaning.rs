//! What a text is taken for, and what the person is told.

use countersign_protocol::link::LinkError;
use proptest::prelude::*;

use crate::otp::OtpAuthError;
use crate::scan::{Invalid, Scanned, Unknown, What, classify};

#[test]
fn accounts_in_any_case_and_with_surrounding_space() {
    for text in [
        "otpauth://totp/ACME:bob?secret=JBSWY3DPEHPK3PXP",
        " OTPAUTH://totp/ACME:bob?secret=JBSWY3DPEHPK3PXP\n",
    ] {
        let scanned = classify(text);
        assert!(matches!(&scanned, Scanned::OtpAuth(entry) if entry.account() == "bob"), "{text}");
        assert_eq!(scanned.to_string(), "This QR code holds the account “bob” of ACME.");
    }
}

#[test]
fn a_malformed_account_says_why() {
    for (text, reason) in [
        ("otpauth://totp/bob", OtpAuthError::MissingSecret),
        ("otpauth://hotp/bob?secret=AA&counter=x", OtpAuthError::BadCounter("x".to_owned())),
        ("otpauth:totp/bob?secret=AA", OtpAuthError::NotOtpAuth),
        ("otpauth://totp/b?secret=AA&algorithm=MD5", OtpAuthError::UnknownAlgorithm("MD5".to_owned())),
    ] {
        assert_eq!(classify(text), Scanned::Invalid(Invalid::OtpAuth(reason)), "{text}");
    }
}

#[test]
fn a_google_authenticator_export_says_which_part_it_is() {
    let scanned = classify(
        "QR-Code:otpauth-migration://offline?data=CiEKCkhlbGxvId6tvu8SB2FubjpidWcaBEFjbWUgASgBMAIQARgDIAEoBQ%3D%3D",
    );
    assert!(
        matches!(&scanned, Scanned::MigrationPart(part) if (part.index, part.size) == (1, 3)),
        "{scanned:?}"
    );
    assert!(scanned.to_string().contains("part 2 of 3"), "{scanned}");
    assert!(!format!("{scanned:?}{scanned}").contains("Hello"));
    for damaged in ["otpauth-migration://offline", "otpauth-migration://offline?data=CiEKCkhl"] {
        assert!(matches!(classify(damaged), Scanned::Invalid(Invalid::Migration(_))), "{damaged}");
    }
}

#[test]
fn accounts_of_every_kind_of_link() {
    for (text, kind) in [
        ("otpauth://hotp/a?secret=JBSWY3DPEHPK3PXP&counter=3", "Hotp"),
        ("apple-otpauth://totp/a?secret=JBSWY3DPEHPK3PXP", "Totp"),
        ("motp://Example:ann?secret=6578736563726574", "Motp"),
        ("steam://JBSWY3DPEHPK3PXP", "Steam"),
    ] {
        let scanned = classify(text);
        let found =
            matches!(&scanned, Scanned::OtpAuth(entry) if format!("{:?}", entry.kind()).starts_with(kind));
        assert!(found, "{text}: {scanned:?}");
    }
}

#[test]
fn enrolment_links_in_both_forms() {
    let key = "A".repeat(43);
    // The token's own form is the protocol's subject: one that is damaged shows that the link was recognised.
    for text in [
        format!("https://mfa.example.org/enroll/broken#v=1&k={key}"),
        format!("countersign://enroll?u=https://mfa.example.org&t=broken&k={key}"),
    ] {
        let scanned = classify(&text);
        assert_eq!(scanned, Scanned::Invalid(Invalid::Enrollment(LinkError::Damaged("token"))));
        assert!(scanned.to_string().starts_with("This enrolment link cannot be used"), "{scanned}");
    }
    let later = classify("https://mfa.example.org/enroll/x#v=2");
    assert_eq!(later, Scanned::Invalid(Invalid::Enrollment(LinkError::Version("2".to_owned()))));
    let other = classify("countersign://something");
    assert_eq!(other, Scanned::Invalid(Invalid::Enrollment(LinkError::NotALink)));
}

#[test]
fn a_whole_enrolment_link_is_an_enrolment() {
    use countersign_protocol::id::{EnrollmentToken, TenantId};
    use countersign_protocol::{jwk::Thumbprint, link::EnrollmentLink};
    let link = EnrollmentLink {
        server: "https://mfa.example.org".to_owned(),
        token: EnrollmentToken::new(TenantId(uuid::Uuid::from_u128(3)), &[8; 16]),
        server_key: Thumbprint::parse(&"A".repeat(43)).unwrap(),
    };
    for text in [link.to_string(), link.app_link()] {
        let scanned = classify(&text);
        assert_eq!(scanned.to_string(), "This QR code enrols this device at https://mfa.example.org.");
        assert!(!format!("{scanned:?}").contains(link.token.reveal()));
        assert_eq!(scanned, Scanned::Enrollment(link.clone()));
    }
}

#[test]
fn everything_else_has_a_name() {
    let cases = [
        ("", What::Empty),
        (" \n", What::Empty),
        ("https://example.com/enroll/", What::WebAddress),
        ("HTTP://EXAMPLE.COM", What::WebAddress),
        ("www.example.com", What::WebAddress),
        ("WIFI:T:WPA;S:home;P:hunter2;;", What::WifiSettings),
        ("BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nEND:VCARD", What::Contact),
        ("MECARD:N:Bob;;", What::Contact),
        ("BEGIN:VCALENDAR\n", What::CalendarEvent),
        ("BCD\n002\n1\nSCT\n", What::Payment),
        ("SPC\r\n0200\r\n1\r\n", What::Payment),
        ("00020101021126", What::Payment),
        ("bitcoin:bc1qexample?amount=1", What::Payment),
        ("tel:+4312345", What::PhoneNumber),
        ("mailto:bob@example.com", What::MailAddress),
        ("geo:48.2,16.3", What::Place),
        ("FIDO:/0123456789", What::PasskeySignIn),
        ("oktaverify://email/?t=x", What::OtherAuthenticator),
        ("phonefactor://activate_account?code=1", What::OtherAuthenticator),
        ("someapp://open/this", What::AppLink),
        ("1bad://scheme", What::Text),
        ("JBSWY3DPEHPK3PXP", What::Text),
        ("https", What::Text),
        ("äöü", What::Text),
    ];
    for (text, expected) in cases {
        match classify(text) {
            Scanned::Unknown(Unknown { text: kept, what }) => {
                assert_eq!(what, expected, "{text}");
                assert_eq!(kept.as_str(), text);
            }
            other => panic!("{text}: {other}"),
        }
    }
}

#[test]
fn sentences_show_foreign_text_harmlessly_and_no_passwords() {
    let sentence = |text: &str| classify(text).to_string();
    assert_eq!(
        sentence("https://example.com/\u{202e}gpj.exe"),
        "This QR code holds a web address, not an account: https://example.com/\\u{202e}gpj.exe"
    );
    assert!(!sentence("WIFI:T:WPA;S:home;P:hunter2;;").contains("hunter2"));
    assert!(sentence(&"long ".repeat(500)).len() < 200);
    assert_eq!(
        sentence("otpauth://totp/A%E2%80%AEB:b%0Aob?secret=JBSWY3DPEHPK3PXP"),
        "This QR code holds the account “b\\nob” of A\\u{202e}B."
    );
}

proptest! {
    #[test]
    fn every_text_is_something_and_shown_harmlessly(text in any::<String>()) {
        let sentence = classify(&text).to_string();
        prop_assert!(!sentence.is_empty());
        let moves = sentence.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
        prop_assert!(!moves, "{}", sentence);
    }
}

#[test]
fn a_sign_in_to_approve_without_a_network_is_known_whole_or_not() {
    let text = format!("COUNTERSIGN://OFFLINE/1{}", "0".repeat(17 * 20));
    assert!(matches!(classify(&text), Scanned::OfflineRequest(_)));
    assert!(matches!(classify(&format!(" {} ", text.to_lowercase())), Scanned::OfflineRequest(_)));
    for (damaged, says) in [
        (text[..text.len() - 1].to_owned(), "scan the whole code"),
        (text.replace("/1", "/2"), "update Countersign"),
        ("countersign://offline/".to_owned(), "scan the whole code"),
    ] {
        let scanned = classify(&damaged);
        assert!(matches!(scanned, Scanned::Invalid(_)), "{damaged}");
        assert!(scanned.to_string().contains(says), "{scanned}");
    }
}
