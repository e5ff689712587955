//! Search, order and what counts as the same account.

use super::search::{Haystack, Query};
use super::*;
use crate::settings::Order;

fn kept(issuer: &str, account: &str) -> Kept {
    let uri = format!("otpauth://totp/?secret=GEZDGNBVGY3TQOJQ&issuer={issuer}");
    let otp = OtpEntry::parse(&uri).unwrap().renamed(Some(issuer), account);
    Kept::new(otp, 1)
}

fn found(entries: &[Kept], text: &str) -> Vec<String> {
    let query = Query::new(text);
    let mut found: Vec<_> =
        entries.iter().filter_map(|kept| Some((query.rank(&Haystack::of(kept))?, kept))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.iter().map(|(_, kept)| kept.otp.issuer().unwrap_or_default().to_owned()).collect()
}

#[test]
fn case_accents_and_ways_of_writing_do_not_matter() {
    for (name, typed) in [
        ("Société Générale", "societe gen"),
        ("ZÜRICH", "zurich"),
        ("Straße", "STRASSE"),
        ("Ørsted", "orsted"),
        ("İstanbul", "istanbul"),
        ("ﬁle", "file"),
        ("مُحَمَّد", "محمد"),
        ("بنك الأهلي", "الاهلي"),
        ("مكتبة", "مكتبه"),
        ("مـــصرف", "مصرف"),
        ("مصطفى", "مصطفي"),
        ("بانک", "بانك"),
        ("حساب ٤٢", "42"),
    ] {
        assert_eq!(found(&[kept(name, "a")], typed), [name], "{typed}");
    }
}

#[test]
fn all_words_must_be_there_in_any_field() {
    let mut entry = kept("GitHub", "ann@acme.test");
    entry.details.tags = vec!["Work".into()];
    entry.details.note = "recovery codes in the blue folder".into();
    for hit in ["git", "ann git", "work", "BLUE", "hub acme", "  ", "github ann work folder"] {
        assert_eq!(found(std::slice::from_ref(&entry), hit).len(), 1, "{hit}");
    }
    for miss in ["gitlab", "ann bob", "a n n @ z"] {
        assert!(found(std::slice::from_ref(&entry), miss).is_empty(), "{miss}");
    }
}

#[test]
fn beginnings_come_before_what_is_inside() {
    let mut noted = kept("Noted", "x");
    noted.details.note = "mail".into();
    let entries =
        [noted, kept("Hotmail", "x"), kept("Acme Mail", "x"), kept("Other", "mail"), kept("Mailbox", "x")];
    assert_eq!(found(&entries, "mail"), ["Mailbox", "Other", "Acme Mail", "Hotmail", "Noted"]);
}

#[test]
fn orders() {
    let mut entries = [kept("beta", "b"), kept("Alpha", "z"), kept("alpha", "a"), kept("gamma", "g")];
    entries[3].details.pinned = true;
    entries[0].details.used = Usage { times: 2, last_at: 5 };
    entries[2].details.used = Usage { times: 2, last_at: 9 };
    entries[1].details.position = Some(0);
    entries[2].details.position = Some(1);
    let accounts = |order| {
        let mut sorted = entries.clone();
        order::sort(&mut sorted, order, |kept| kept);
        sorted.iter().map(|kept| kept.otp.account().to_owned()).collect::<String>()
    };
    assert_eq!(accounts(Order::Added), "gbza");
    assert_eq!(accounts(Order::Name), "gazb");
    assert_eq!(accounts(Order::Usage), "gabz");
    assert_eq!(accounts(Order::Manual), "gzab");
}

#[test]
fn the_same_account_is_names_way_and_secret() {
    let entry = |uri: &str| OtpEntry::parse(&format!("otpauth://{uri}")).unwrap();
    let base = entry("totp/A:b?secret=GEZDGNBVGY3TQOJQ");
    for (other, same) in [
        ("totp/A:b?secret=GEZDGNBVGY3TQOJQ&image=x", true),
        ("totp/A:c?secret=GEZDGNBVGY3TQOJQ", false),
        ("totp/A:b?secret=GEZDGNBVGY3TQOJR", false),
        ("totp/A:b?secret=GEZDGNBVGY3TQOJQ&digits=8", false),
        ("hotp/A:b?secret=GEZDGNBVGY3TQOJQ&counter=0", false),
    ] {
        assert_eq!(same_account(&base, &entry(other)), same, "{other}");
    }
    let counted = |n: u8| entry(&format!("hotp/A:b?secret=GEZDGNBVGY3TQOJQ&counter={n}"));
    assert!(same_account(&counted(1), &counted(9)));
    let pinned = |pin: &str| entry(&format!("motp/A:b?secret=0123456789abcdef{pin}"));
    assert!(same_account(&pinned(""), &pinned("&pin=GEZDGNA")));
    assert!(!same_account(&pinned("&pin=GEZDGNI"), &pinned("&pin=GEZDGNA")));
}

#[test]
fn tags_are_trimmed_single_and_bounded() {
    let typed = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    assert_eq!(tags(&typed(&[" Work ", "", "Work", "work"])).unwrap(), ["Work", "work"]);
    assert_eq!(tags(&typed(&[&"x".repeat(65)])), Err(EditError::TagTooLong(65)));
    let many: Vec<String> = (0..33).map(|n| n.to_string()).collect();
    assert_eq!(tags(&many), Err(EditError::TooManyTags(33)));
    assert_eq!(tags(&many[..32]).unwrap().len(), 32);
}

#[test]
fn records_of_earlier_versions_are_read() {
    let old = r#"{"totp":{"issuer":"A","account":"b","secret":"GEZDGNBVGY3TQOJQ","algorithm":"SHA1","digits":6,"period":30},"added_at":7}"#;
    let kept: Kept = serde_json::from_str(old).unwrap();
    assert_eq!((kept.otp.issuer(), kept.added_at, kept.asked), (Some("A"), 7, false));
    assert_eq!(kept.details, Details::default());
}
