//! The examples of several apps, from their bytes to their entries: recognised, opened and read as a person's file is.

use crate::transfer::fixtures::{PASSWORD, unbase64, usable};
use crate::transfer::{Format, Source, TransferError, read, recognise};

/// Each example with its format and the number of its entries.
const TEXTS: [(&str, Format, usize); 16] = [
    (include_str!("../aegis/fixtures/plain.json"), Format::Aegis, 2),
    (include_str!("../aegis/fixtures/encrypted.json"), Format::Aegis, 1),
    (include_str!("../twofas/fixtures/plain.json"), Format::TwoFas, 2),
    (include_str!("../twofas/fixtures/encrypted.json"), Format::TwoFas, 1),
    (include_str!("../bitwarden/fixtures/plain.json"), Format::Bitwarden, 2),
    (include_str!("../bitwarden/fixtures/authenticator.json"), Format::Bitwarden, 1),
    (include_str!("../bitwarden/fixtures/pbkdf2.json"), Format::Bitwarden, 1),
    (include_str!("../bitwarden/fixtures/argon2id.json"), Format::Bitwarden, 1),
    (include_str!("../bitwarden/fixtures/table.csv"), Format::Bitwarden, 2),
    (include_str!("../bitwarden/fixtures/authenticator.csv"), Format::Bitwarden, 1),
    (include_str!("../ente/fixtures/plain.txt"), Format::Ente, 1),
    (include_str!("../ente/fixtures/encrypted.json"), Format::Ente, 1),
    (include_str!("../proton/fixtures/plain.json"), Format::Proton, 2),
    (include_str!("../proton/fixtures/encrypted.json"), Format::Proton, 1),
    (include_str!("../stratum/fixtures/plain.json"), Format::Stratum, 2),
    (include_str!("../bitwarden/fixtures/restricted.json"), Format::Bitwarden, 0),
];

#[test]
fn every_example_is_recognised_and_read() {
    let mut files: Vec<(Vec<u8>, Format, usize)> =
        TEXTS.iter().map(|(text, format, entries)| (text.as_bytes().to_vec(), *format, *entries)).collect();
    for sealed in
        [include_str!("../stratum/fixtures/strong.base64"), include_str!("../stratum/fixtures/legacy.base64")]
    {
        files.push((unbase64(sealed), Format::Stratum, 1));
    }
    for (bytes, format, entries) in files {
        assert_eq!(recognise(&bytes), Ok(format));
        match read(&Source::new(&bytes).with_password(PASSWORD)) {
            Ok(found) => assert_eq!((found.format, usable(&found).len()), (format, entries)),
            Err(error) => {
                assert!(matches!(error, TransferError::Unsupported { .. }) && entries == 0, "{error}")
            }
        }
    }
}
