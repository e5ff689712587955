//! A vault of format 1 opens, and the first write makes it one of format 2.

use super::super::NewPhrase;
use super::*;

/// Made by the last version that wrote format 1: one entry, default costs.
const FORMAT_1: &[u8] = include_bytes!("format-1.vault");
/// Its password, as a keyboard typed it that puts the dots on the letter afterwards.
const TYPED: &str = "pa\u{308}ssword";

fn format_of(place: &Place) -> (u32, u32) {
    let sql = place.sql();
    let row = sql.query_row("SELECT format FROM vault", [], |row| row.get(0)).unwrap();
    (row, sql.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap())
}

fn old() -> Place {
    let place = Place::new();
    write_file(&place.path(), FORMAT_1);
    place
}

#[test]
fn a_vault_of_format_1_opens_and_stays_as_it_is_until_something_is_written() {
    let place = old();
    assert!(matches!(Vault::open(&place.path(), "passwort", rng()), Err(VaultError::WrongPassword)));
    let vault = Vault::open(&place.path(), TYPED, rng()).unwrap();
    assert_eq!(vault.list(Table::Entries).unwrap().len(), 1);
    assert!(place.bytes() == FORMAT_1);
    assert!(place.earlier().is_empty());
}

#[test]
fn the_first_write_brings_it_up_to_date_and_keeps_the_old_file() {
    let place = old();
    let vault = Vault::open(&place.path(), TYPED, rng()).unwrap();
    vault.write(vec![put(Table::Settings, "a", b"setting")]).unwrap();
    assert_eq!(format_of(&place), (2, 2));
    assert_eq!(place.earlier(), [2]);
    let kept = &Vault::earlier_states(&place.path()).unwrap()[0].path;
    assert!(std::fs::read(kept).unwrap() == FORMAT_1);

    let again = Vault::open(&place.path(), TYPED, rng()).unwrap();
    assert_eq!(contents(&again), contents(&vault));
    // The slot is still of the password as it was typed; a new one is of its normal form.
    again.add_password_slot(TYPED, CHEAP).unwrap();
    Vault::open(&place.path(), "p\u{e4}ssword", rng()).unwrap();
}

#[test]
fn a_vault_of_format_2_is_not_passed_off_as_one_of_format_1() {
    let place = old();
    let vault = Vault::open(&place.path(), TYPED, rng()).unwrap();
    vault.add_password_slot(PASSWORD, CHEAP).unwrap();
    let checksum = crate::vault::seal::Context::new("countersign vault identity")
        .field(&1_u32.to_be_bytes())
        .field(&vault.id())
        .digest();
    place.sql().execute("UPDATE vault SET format = 1, checksum = ?1", [checksum]).unwrap();
    place.sql().pragma_update(None, "user_version", 1).unwrap();
    assert!(matches!(place.open(), Err(VaultError::Corrupt { .. })));
}

#[test]
fn two_handles_bring_it_up_to_date_together() {
    let place = old();
    let open = || Vault::open(&place.path(), TYPED, rng()).unwrap();
    let (one, two) = (open(), open());
    one.write(vec![put(Table::Settings, "a", b"one")]).unwrap();
    two.write(vec![put(Table::Settings, "b", b"two")]).unwrap();
    assert!(one.refresh().unwrap());
    assert_eq!(contents(&one), contents(&two));
    let phrase = NewPhrase::draw(&SystemRng).unwrap();
    assert!(two.add_phrase_slot(&phrase, &[]).is_err());
}
