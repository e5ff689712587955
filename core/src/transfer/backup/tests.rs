//! The sealed file: opens with its password and no other way, and says what is wrong with it (P4, P5).

use std::fs;

use proptest::prelude::*;

use super::file::open;
use super::{BackupKey, Contents, MAGIC, folder, open_with, seal};
use crate::entries::{Details, Icon, Kept, Usage};
use crate::otp::OtpEntry;
use crate::settings::{BackupPlan, Order, Settings};
use crate::transfer::fixtures::{a, b, c, d, e};
use crate::transfer::{ExportError, Format, Found, Item, Source, TransferError, read};
use crate::vault::PasswordCost;

const PASSWORD: &str = "correct horse";

fn key() -> BackupKey {
    let cost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
    BackupKey::from_password(PASSWORD, cost, [7; 16]).unwrap()
}

fn kept() -> Vec<Kept> {
    let mut first = Kept::new(a(), 1_700_000_000);
    first.details = Details {
        tags: vec!["Work".to_owned(), "مهم".to_owned()],
        pinned: true,
        note: "a \"note\"\nof two lines".to_owned(),
        position: Some(3),
        used: Usage { times: 9, last_at: 1_700_000_100 },
        icon: Some(Icon { mime: "image/png".to_owned(), base64: "AAAA".to_owned() }),
    };
    let extra = OtpEntry::parse(&format!("{}&image=https%3A%2F%2Fx.test%2Fi.png", a().to_uri().as_str()));
    let rest = [b(), c(), d("Yandex"), e(), extra.unwrap().renamed(None, "else")];
    std::iter::once(first).chain(rest.map(|otp| Kept::new(otp, 5))).collect()
}

fn settings() -> Settings {
    let backup = Some(BackupPlan { folder: "/media/usb".to_owned(), keep: 3 });
    Settings { order: Order::Manual, hide_codes: true, backup, ..Settings::default() }
}

fn sealed() -> Vec<u8> {
    let kept = kept();
    let entries: Vec<&Kept> = kept.iter().collect();
    let contents = Contents { made_at: 1_700_000_200, entries: &entries, settings: &settings() };
    seal(&key(), &contents.to_json(), [9; 12])
}

fn read_with(file: &[u8], password: &str) -> Result<Found, TransferError> {
    read(&Source::new(file).with_password(password))
}

#[test]
fn everything_comes_back() {
    let found = read_with(&sealed(), PASSWORD).unwrap();
    assert_eq!((found.format, found.settings.as_ref()), (Format::Backup, Some(&settings())));
    let kept = kept();
    assert_eq!(found.items.len(), kept.len());
    for (item, kept) in found.items.iter().zip(&kept) {
        let Item::Usable(read) = item else { panic!("{item:?}") };
        assert_eq!((&read.otp, &read.details), (&kept.otp, &kept.details));
    }
}

#[test]
fn p4_wrong_password_damage_version_and_no_password_are_told_apart() {
    let file = sealed();
    assert_eq!(read_with(&file, "wrong").unwrap_err(), TransferError::WrongPassword);
    assert_eq!(read_with(&file, "").unwrap_err(), TransferError::WrongPassword);
    assert_eq!(read(&Source::new(&file)).unwrap_err(), TransferError::NeedsPassword);
    for length in MAGIC.len()..file.len() {
        let error = read_with(&file[..length], PASSWORD).unwrap_err();
        assert_eq!(error.code(), "import_damaged", "{length}");
    }
    let longer = [file.as_slice(), b"\0"].concat();
    assert_eq!(read_with(&longer, PASSWORD).unwrap_err().code(), "import_damaged");
    let mut newer = file.clone();
    newer[MAGIC.len() + 1] = 2;
    assert_eq!(read_with(&newer, PASSWORD).unwrap_err().code(), "import_version");
    for at in MAGIC.len() + 2..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x40;
        assert_eq!(read_with(&changed, PASSWORD).unwrap_err().code(), "import_damaged", "{at}");
    }
}

#[test]
fn whoever_makes_the_checksum_fit_has_not_opened_the_seal() {
    let file = sealed();
    // Costs, salt, nonce and ciphertext are all under the seal. The first bytes of the costs would only be costly.
    for at in MAGIC.len() + 2 + 12..file.len() - 32 {
        let mut changed = file.clone();
        changed[at] ^= 1;
        let end = changed.len() - 32;
        let checksum = ring::digest::digest(&ring::digest::SHA256, &changed[..end]);
        changed[end..].copy_from_slice(checksum.as_ref());
        assert_eq!(read_with(&changed, PASSWORD).unwrap_err(), TransferError::WrongPassword, "{at}");
    }
}

#[test]
fn an_entry_of_a_newer_version_is_refused_alone() {
    let json = br#"{"entries":[{"otp":{"account":"x","secret":"MZXW6YTBOI","type":"quantum"},"added_at":1},
        {"otp":{"account":"ann","secret":"MZXW6YTBOI","algorithm":"SHA1","digits":6,"period":30},"added_at":1}],
        "settings":{"order":"by_colour"}}"#;
    let found = read_with(&seal(&key(), json, [1; 12]), PASSWORD).unwrap();
    assert!(matches!(&found.items[0], Item::Refused(refusal) if refusal.index == 1));
    assert!(matches!(&found.items[1], Item::Usable(_)));
    assert_eq!(found.settings, None);
    let broken = read_with(&seal(&key(), b"{\"entries\":", [1; 12]), PASSWORD).unwrap_err();
    assert_eq!(broken.code(), "import_damaged");
}

#[test]
fn the_same_password_from_another_keyboard_opens_it() {
    let cost = PasswordCost { memory_kib: 64, passes: 1, lanes: 1 };
    let composed = BackupKey::from_password("gr\u{fc}n", cost, [7; 16]).unwrap();
    let file = seal(&composed, b"plain", [1; 12]);
    let opened = open(&Source::new(&file).with_password("gru\u{308}n")).unwrap();
    assert_eq!(opened.as_slice(), b"plain");
}

#[test]
fn the_key_is_kept_without_the_password() {
    let again = BackupKey::from_bytes(&key().to_bytes()).unwrap();
    let file = seal(&again, b"plain", [1; 12]);
    assert_eq!(open(&Source::new(&file).with_password(PASSWORD)).unwrap().as_slice(), b"plain");
    assert_eq!(open_with(&key(), &file).unwrap().as_slice(), b"plain");
    assert_eq!(format!("{again:?}"), "BackupKey(…)");
    assert!(BackupKey::from_bytes(b"").is_none());
    let bytes = key().to_bytes();
    assert!(BackupKey::from_bytes(&bytes[..bytes.len() - 1]).is_none());
}

mod a_folder {
    use super::*;

    const VAULT: [u8; 16] = [0x1a, 0x2b, 0x3c, 0x4d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    fn write(folder: &std::path::Path, at: u64, keep: u16, file: &[u8]) -> Result<String, ExportError> {
        let unique = at.to_be_bytes();
        let check = |read: &[u8]| if read == file { Ok(()) } else { Err(ExportError::NotReadBack) };
        let path = folder::write(folder, (&VAULT, at), keep, unique, file, check)?;
        Ok(path.file_name().unwrap().to_str().unwrap().to_owned())
    }

    fn names(folder: &std::path::Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn names_are_times_that_sort() {
        let place = tempfile::tempdir().unwrap();
        for (at, stamp) in [
            (0, "19700101-000000"),
            (951_782_399, "20000228-235959"),
            (951_782_400, "20000229-000000"),
            (1_709_251_199, "20240229-235959"),
            (1_795_349_472, "20261122-121112"),
            (253_402_300_799, "99991231-235959"),
            (u64::MAX, "99991231-235959-002"),
        ] {
            assert_eq!(
                write(place.path(), at, 100, b"x").unwrap(),
                format!("countersign-1a2b3c4d-{stamp}.backup")
            );
        }
    }

    #[test]
    fn the_oldest_go_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let foreign = [
            "countersign-1a2b3c4e-20200101-000000.backup",
            "countersign-1a2b3c4d-20200101-00000.backup",
            "countersign-1a2b3c4d-20200101-000000.backup.bak",
            "countersign-1a2b3c4d-20200101-000000-my.backup",
            ".countersign-1a2b3c4d-notes.unfinished",
            "holiday.jpg",
        ];
        foreign.iter().for_each(|name| fs::write(place.path().join(name), b"mine").unwrap());
        for at in 1..=5 {
            write(place.path(), at * 1000, 2, b"x").unwrap();
        }
        // Several in one second are several files.
        assert_eq!(
            write(place.path(), 5000, 2, b"x").unwrap(),
            "countersign-1a2b3c4d-19700101-012320-002.backup"
        );
        let ours: Vec<String> =
            names(place.path()).into_iter().filter(|name| !foreign.contains(&name.as_str())).collect();
        assert_eq!(
            ours,
            [
                "countersign-1a2b3c4d-19700101-012320-002.backup",
                "countersign-1a2b3c4d-19700101-012320.backup"
            ]
        );
        assert_eq!(names(place.path()).len(), foreign.len() + 2);
        write(place.path(), 5000, 2, b"x").unwrap();
        let newest =
            names(place.path()).into_iter().filter(|name| name.contains("012320")).collect::<Vec<_>>();
        assert_eq!(
            newest,
            [
                "countersign-1a2b3c4d-19700101-012320-002.backup",
                "countersign-1a2b3c4d-19700101-012320-003.backup"
            ]
        );
    }

    #[test]
    fn p7_what_does_not_read_back_is_thrown_away_and_nothing_older_goes() {
        let place = tempfile::tempdir().unwrap();
        write(place.path(), 1, 1, b"good").unwrap();
        let refuse = |_: &[u8]| Err(ExportError::NotReadBack);
        let refused = folder::write(place.path(), (&VAULT, 2), 1, [2; 8], b"bad", refuse).unwrap_err();
        assert_eq!(refused.code(), "export_not_read_back");
        assert_eq!(names(place.path()), ["countersign-1a2b3c4d-19700101-000001.backup"]);
    }

    #[test]
    fn a_clock_that_was_set_back_never_costs_the_newest() {
        let place = tempfile::tempdir().unwrap();
        write(place.path(), 9000, 1, b"x").unwrap();
        assert_eq!(
            write(place.path(), 1000, 1, b"y").unwrap(),
            "countersign-1a2b3c4d-19700101-001640.backup"
        );
        assert_eq!(names(place.path()), ["countersign-1a2b3c4d-19700101-001640.backup"]);
    }

    #[test]
    fn a_folder_that_is_gone_is_not_made_anew() {
        let place = tempfile::tempdir().unwrap();
        let gone = place.path().join("usb");
        assert_eq!(write(&gone, 1, 1, b"x").unwrap_err().code(), "backup_folder_missing");
        assert!(!gone.exists());
    }

    #[test]
    fn what_a_killed_process_left_is_removed_but_not_what_one_writes_now() {
        let place = tempfile::tempdir().unwrap();
        let left = place.path().join(".countersign-1a2b3c4d-00000000000000aa.unfinished");
        let writing = place.path().join(".countersign-1a2b3c4d-00000000000000bb.unfinished");
        fs::write(&left, b"half").unwrap();
        let held = fs::File::create(&writing).unwrap();
        held.lock().unwrap();
        write(place.path(), 1, 1, b"x").unwrap();
        assert!(!left.exists() && writing.exists());
    }
}

proptest! {
    #[test]
    fn no_bytes_behind_the_magic_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_with(&[MAGIC.as_slice(), &bytes].concat(), PASSWORD);
        let _ = read_with(&[MAGIC.as_slice(), b"\0\x01", &bytes].concat(), PASSWORD);
        let _ = BackupKey::from_bytes(&bytes);
    }

    #[test]
    fn any_json_of_entries_is_refused_entry_by_entry_and_never_panics(text in "[\\[{}\\]\",:a-z0-9 ]{0,80}") {
        let json = format!("{{\"entries\":[{{\"otp\":{text}}}]}}");
        let _ = read_with(&seal(&key(), json.as_bytes(), [1; 12]), PASSWORD);
    }
}
