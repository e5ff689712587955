//! Importing, exporting, and backups in a folder.

use std::fs;
use std::path::Path;

use super::*;
use crate::settings::Settings;
use crate::transfer::{self, Source};

const FILE: &str = "otpauth://totp/Acme:ann?secret=MZXW6YTBOI&issuer=Acme
otpauth://totp/Acme:bad?secret=MZXW0&issuer=Acme
otpauth://totp/Acme:ann?secret=MZXW6YTBOI&issuer=Acme
otpauth://totp/Acme:ann?secret=GEZDGNBV&issuer=Acme
";

fn plan(phone: &Phone, file: &[u8], password: &str) -> Result<ImportPlan, AuthenticatorError> {
    phone.authenticator.plan_import(&Source::new(file).with_password(password))
}

fn fates(items: &[ImportItem]) -> Vec<ImportFate> {
    items.iter().map(|item| item.fate).collect()
}

fn accounts(phone: &Phone) -> Vec<String> {
    phone.authenticator.entries().unwrap().into_iter().map(|entry| entry.account).collect()
}

#[test]
fn p3_each_entry_has_its_fate_and_all_are_stored_at_once() {
    use ImportFate::{Added, Duplicate, Refused};
    let phone = phone();
    let planned = plan(&phone, FILE.as_bytes(), "").unwrap();
    // The same names with another secret are another account.
    assert_eq!(fates(planned.items()), [Added, Refused, Duplicate, Added]);
    assert!(planned.items()[1].remarks[0].sentence().contains("place 5"), "{:?}", planned.items()[1]);
    assert!(!format!("{:?}", planned.items()).contains("MZXW"));
    assert_eq!(phone.rows(Table::Entries), 0);
    let before = phone.authenticator.vault().generation().unwrap();
    assert_eq!(fates(&phone.authenticator.import(&planned).unwrap()), [Added, Refused, Duplicate, Added]);
    assert_eq!(phone.authenticator.vault().generation().unwrap(), before + 1);
    assert_eq!(phone.rows(Table::Entries), 2);
}

#[test]
fn p3_a_plan_that_has_become_old_adds_nothing_twice() {
    let phone = phone();
    let planned = plan(&phone, FILE.as_bytes(), "").unwrap();
    phone.authenticator.add_uri("otpauth://totp/Acme:ann?secret=MZXW6YTBOI&issuer=Acme").unwrap();
    let done = phone.authenticator.import(&planned).unwrap();
    assert_eq!((done[0].fate, done[3].fate), (ImportFate::Duplicate, ImportFate::Added));
    let generation = phone.authenticator.vault().generation().unwrap();
    let again = phone.authenticator.import(&planned).unwrap();
    assert!(again.iter().all(|item| item.fate != ImportFate::Added));
    // Nothing to add writes nothing.
    assert_eq!(phone.authenticator.vault().generation().unwrap(), generation);
    assert_eq!(phone.rows(Table::Entries), 2);
}

#[test]
fn imported_entries_keep_the_order_of_their_file() {
    let phone = phone();
    let file: String =
        (0..50).map(|n| format!("otpauth://totp/A:n{n}?secret=MZXW6YTBOI&issuer=A\n")).collect();
    phone.authenticator.import(&plan(&phone, file.as_bytes(), "").unwrap()).unwrap();
    assert_eq!(accounts(&phone), (0..50).map(|n| format!("n{n}")).collect::<Vec<_>>());
}

#[test]
fn p3_a_file_without_a_usable_entry_is_no_success() {
    let phone = phone();
    let error = plan(&phone, b"otpauth://totp/a?secret=1\n", "").unwrap_err();
    assert_eq!(error.code(), "import_nothing_usable");
}

fn filled() -> Phone {
    let phone = phone();
    phone.authenticator.import(&plan(&phone, FILE.as_bytes(), "").unwrap()).unwrap();
    phone
}

#[test]
fn p7_a_backup_brings_entries_and_settings_to_a_new_vault() {
    let old = filled();
    old.authenticator.set_settings(&Settings { hide_codes: true, ..Settings::default() }).unwrap();
    let exported = old.authenticator.export(ExportForm::Backup, Some("secret"), &[]).unwrap();
    let [file] = exported.files.as_slice() else { panic!() };
    assert_eq!(file.name, "countersign.backup");
    assert_eq!(plan(&old, &file.content, "wrong").unwrap_err().code(), "import_wrong_password");

    let new = phone();
    new.authenticator.import(&plan(&new, &file.content, "secret").unwrap()).unwrap();
    assert_eq!(accounts(&new), accounts(&old));
    assert!(new.authenticator.settings().unwrap().hide_codes);

    // What was chosen here stays.
    let other = phone();
    let chosen = Settings { clipboard_seconds: 7, ..Settings::default() };
    other.authenticator.set_settings(&chosen).unwrap();
    other.authenticator.import(&plan(&other, &file.content, "secret").unwrap()).unwrap();
    assert_eq!(other.authenticator.settings().unwrap(), chosen);
}

#[test]
fn exports_need_entries_and_sealed_ones_a_password() {
    let phone = filled();
    let code = |result: Result<_, AuthenticatorError>| result.map(|_: Exported| ()).unwrap_err().code();
    for password in [None, Some("")] {
        assert_eq!(
            code(phone.authenticator.export(ExportForm::Backup, password, &[])),
            "export_needs_password"
        );
    }
    let unknown = [EntryId::from("ent_x")];
    assert_eq!(code(phone.authenticator.export(ExportForm::Links, None, &unknown)), "unknown_entry");
    let empty = super::phone();
    assert_eq!(code(empty.authenticator.export(ExportForm::Links, None, &[])), "export_nothing");
    let one = [phone.authenticator.entries().unwrap()[1].id.clone()];
    let exported = phone.authenticator.export(ExportForm::Links, None, &one).unwrap();
    assert!(exported.files[0].content.starts_with(b"otpauth://totp/Acme:ann?secret=GEZDGNBV"));
    assert!(!format!("{exported:?}").contains("GEZD"));
}

fn later(phone: &Phone, now: u64) {
    phone.clock.set(now.cast_signed());
}

fn backups(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn p7_backups_are_made_after_changes_and_at_most_once_a_minute() {
    let (phone, folder) = (filled(), tempfile::tempdir().unwrap());
    assert_eq!(phone.authenticator.back_up_if_due().unwrap(), None);
    phone.authenticator.switch_on_backups(folder.path(), "secret", 2).unwrap();
    assert_eq!(backups(folder.path()).len(), 1);
    let now = phone.clock.unix_seconds();
    assert_eq!(phone.authenticator.settings_view().unwrap().last_backup_at, Some(now));

    later(&phone, now + 600);
    assert!(!phone.authenticator.backup_due().unwrap(), "nothing was changed");
    phone.authenticator.add_uri("otpauth://totp/Beta:bob?secret=MZXW6YTBOI&issuer=Beta").unwrap();
    assert!(phone.authenticator.back_up_if_due().unwrap().is_some());
    phone.authenticator.add_uri("otpauth://totp/Beta:eve?secret=MZXW6YTBOI&issuer=Beta").unwrap();
    assert_eq!(phone.authenticator.back_up_if_due().unwrap(), None, "a minute has not passed");
    later(&phone, now + 660);
    assert!(phone.authenticator.back_up_if_due().unwrap().is_some());
    assert!(!phone.authenticator.backup_due().unwrap());

    // Two are kept, and the newest opens with the password that is kept nowhere.
    let files = backups(folder.path());
    assert_eq!(files.len(), 2);
    let found = transfer::read(&Source::new(&files[1]).with_password("secret")).unwrap();
    assert_eq!(found.items.len(), 4);

    phone.authenticator.switch_off_backups().unwrap();
    phone.authenticator.add_uri("otpauth://totp/Beta:zoe?secret=MZXW6YTBOI&issuer=Beta").unwrap();
    later(&phone, now + 9000);
    assert_eq!(phone.authenticator.back_up_if_due().unwrap(), None);
    assert_eq!(backups(folder.path()).len(), 2);
}

#[test]
fn p7_the_person_is_told_when_backups_stop_and_when_they_go_on() {
    let (phone, folder) = (filled(), tempfile::tempdir().unwrap());
    let usb = folder.path().join("usb");
    let missing = phone.authenticator.switch_on_backups(&usb, "secret", 2).unwrap_err();
    assert_eq!(missing.code(), "backup_folder_missing");
    assert_eq!(phone.authenticator.settings().unwrap().backup, None);
    fs::create_dir(&usb).unwrap();
    phone.authenticator.switch_on_backups(&usb, "secret", 2).unwrap();
    fs::remove_dir_all(&usb).unwrap();

    let now = phone.clock.unix_seconds();
    later(&phone, now + 60);
    phone.authenticator.add_uri("otpauth://totp/Beta:bob?secret=MZXW6YTBOI&issuer=Beta").unwrap();
    assert_eq!(phone.authenticator.back_up_if_due().unwrap_err().code(), "backup_folder_missing");
    later(&phone, now + 120);
    assert!(phone.authenticator.back_up_if_due().is_err());
    let view = phone.authenticator.settings_view().unwrap();
    let trouble = view.backup_trouble.unwrap();
    assert_eq!((trouble.since, trouble.code.as_str()), (now + 60, "backup_folder_missing"));
    assert_eq!(view.last_backup_at, Some(now));

    // It goes on as soon as the drive is back, without another change.
    fs::create_dir(&usb).unwrap();
    later(&phone, now + 180);
    assert!(phone.authenticator.back_up_if_due().unwrap().is_some());
    assert_eq!(phone.authenticator.settings_view().unwrap().backup_trouble, None);
    assert!(!phone.authenticator.backup_due().unwrap());
}

#[test]
fn a_backup_by_hand_needs_a_password_and_says_where_it_is() {
    let (phone, folder) = (filled(), tempfile::tempdir().unwrap());
    let refused = phone.authenticator.back_up(folder.path(), "", 3).unwrap_err();
    assert_eq!(refused.code(), "export_needs_password");
    let path = phone.authenticator.back_up(folder.path(), "secret", 3).unwrap();
    let found = transfer::read(&Source::new(&fs::read(path).unwrap()).with_password("secret")).unwrap();
    assert_eq!(found.items.len(), 2);
}

#[test]
fn a_thousand_entries_are_one_write() {
    let phone = phone();
    let file: String =
        (0..1000).map(|n| format!("otpauth://totp/A:n{n}?secret=MZXW6YTBOIMZXW6YTBOI&issuer=A\n")).collect();
    let planned = plan(&phone, file.as_bytes(), "").unwrap();
    let before = phone.authenticator.vault().generation().unwrap();
    phone.authenticator.import(&planned).unwrap();
    assert_eq!(phone.rows(Table::Entries), 1000);
    assert_eq!(phone.authenticator.vault().generation().unwrap(), before + 1);
}
