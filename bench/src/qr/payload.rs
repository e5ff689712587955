//! Texts for the codes: `otpauth` links of 80 to 200 bytes. All names are made up; all secrets are dice.

use super::dice::Dice;

const ISSUERS: [&str; 6] =
    ["Example", "Acme%20Mail", "Beta%20Bank", "Northwind", "Harbour%20Library", "Town%20Hall"];
const PEOPLE: [&str; 6] = ["ann", "bob", "cat.long-name", "dan", "eve.of.the.third.floor", "fay"];

/// One link; never the same twice.
pub(super) fn link(dice: &mut Dice) -> String {
    let issuer = dice.one_of(&ISSUERS).copied().unwrap_or_default();
    let person = dice.one_of(&PEOPLE).copied().unwrap_or_default();
    let length = [16, 26, 32, 52].get(dice.below(4)).copied().unwrap_or(32);
    let secret: String = (0..length).filter_map(|_| dice.one_of(BASE32)).map(|byte| char::from(*byte)).collect();
    let mut link = format!("otpauth://totp/{issuer}:{person}@example.test?secret={secret}&issuer={issuer}");
    if dice.below(2) == 0 {
        link.push_str("&algorithm=SHA1&digits=6&period=30");
    }
    link.truncate(200);
    link
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
