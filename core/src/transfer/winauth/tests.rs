//! WinAuth: the example, in an archive too, and lines of its dialect.

use super::read;
use crate::otp::Kind;
use crate::transfer::archive::tests::{Packing, zip};
use crate::transfer::fixtures::{self, PASSWORD, accounts, refused, usable};
use crate::transfer::{Source, TransferError, Warning};

const LINE: &str = "otpauth://totp/Acme+Mail?secret=MV4GC3LQNRSS243FMNZGK5BNGE&digits=6&icon=WinAuth\r\n";

#[test]
fn alone_and_in_an_archive() {
    let expected = fixtures::a().renamed(Some("Acme Mail"), "");
    assert_eq!(accounts(&read(&Source::new(LINE.as_bytes())).unwrap()), std::slice::from_ref(&expected));
    for packing in [Packing::Deflated, Packing::ZipCrypto, Packing::Aes(3)] {
        let archive = zip(&[("winauth-2024.txt", LINE.as_bytes(), packing)]);
        let found = read(&Source::new(&archive).with_password(PASSWORD)).unwrap();
        assert_eq!(accounts(&found), std::slice::from_ref(&expected));
    }
    let without = zip(&[("winauth.txt", LINE.as_bytes(), Packing::ZipCrypto)]);
    assert_eq!(read(&Source::new(&without)).err(), Some(TransferError::NeedsPassword));
}

#[test]
fn its_dialect() {
    let picture = "A".repeat(500_000);
    let text = format!(
        "otpauth://totp/Acme:ann?secret=MV4GC3LQ&digits=6&icon=base64:{picture}\r\n\
         otpauth://totp/cat?secret=MV4GC3LQNRSS243UMVQW2LLTMVRXEZLU&digits=5&deviceid=x&data=%7B%7D\r\n\
         otpauth://totp/BattleNet?secret=MV4GC3LQ&serial=EU-1\r\n\
         nothing\r\n"
    );
    let found = read(&Source::new(text.as_bytes())).unwrap();
    let entries = accounts(&found);
    assert_eq!((entries[0].issuer(), entries[0].account()), (Some("Acme"), "ann"));
    assert_eq!(*entries[1].kind(), Kind::Steam);
    assert_eq!(entries[2].digits(), 8);
    assert_eq!(usable(&found)[2].warnings, [Warning::Unproven]);
    assert_eq!(refused(&found).len(), 1);
    assert_eq!(refused(&found)[0].0, 4);
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"PK\x03\x04");
    fixtures::any_mutation_returns(read, LINE.as_bytes(), 200);
}
