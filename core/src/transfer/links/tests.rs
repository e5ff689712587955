//! Lists of links: the examples, mixed with what is none.

use super::read;
use crate::transfer::fixtures::{self, accounts, refused};
use crate::transfer::{Field, Source, TransferError};

const A: &str =
    "otpauth://totp/Acme%20Mail:ann%40acme.test?secret=MV4GC3LQNRSS243FMNZGK5BNGE&issuer=Acme%20Mail";
const B: &str = "otpauth://hotp/Beta:bob?secret=MV4GC3LQNRSS243FMNZGK5BNGI&issuer=Beta&algorithm=SHA256&digits=8&counter=7";

#[test]
fn each_line_is_an_entry_and_a_bad_one_costs_no_other() {
    let text = format!("\u{feff}# mine\r\n{A}\r\n\r\nno link\r\n{B}\notpauth://totp/x?secret=MV4G!\n");
    let found = read(&Source::new(text.as_bytes())).unwrap();
    assert_eq!(accounts(&found), [fixtures::a(), fixtures::b()]);
    let lines: Vec<_> = refused(&found).into_iter().map(|(line, _)| line).collect();
    let (no_link, bad) = (text.find("no link").unwrap(), text.find("MV4G!").unwrap());
    let line = |at: usize| 1 + text[..at].matches('\n').count();
    assert_eq!(lines, [line(no_link), line(bad)]);
}

#[test]
fn links_of_several_accounts_are_opened_in_place() {
    let migration = "QR-Code:otpauth-migration://offline?data=ChQKEGV4YW1wbGUtc2VjcmV0LTE%3D";
    let text = format!("{A}\n{migration}\notpauth-migration://offline?data=XXXX\n");
    let found = read(&Source::new(text.as_bytes())).unwrap();
    assert_eq!(accounts(&found).len(), 1);
    assert_eq!(refused(&found).len(), 2);
    assert_eq!(refused(&found)[1], (3, Field::Entry));
}

#[test]
fn a_text_without_any_link_is_none() {
    let error = read(&Source::new(b"some\nwords\n")).err();
    assert_eq!(error, Some(TransferError::NotRecognised));
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, A.as_bytes());
    fixtures::any_mutation_returns(read, format!("{A}\n{B}\n").as_bytes(), 200);
}
