//! Costs of passwords: right keys within the bounds, nothing computed outside of them (P5).

use crate::transfer::kdf::{Argon2, Hash, aes_kdf, argon2, pbkdf2, scrypt};
use crate::transfer::{Cancel, Source, TransferError, cipher};

fn source() -> Source<'static> {
    Source::new(b"file")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn keys_are_those_of_the_standards() {
    // RFC 6070 and its SHA-256 counterpart, RFC 7914 §12 (its first with n > 1), RFC 9106 is computed by the library.
    let key = pbkdf2::<20>(&source(), Hash::Sha1, b"password", b"salt", 4096).unwrap();
    assert_eq!(hex(&*key), "4b007901b765489abead49d926f721d065a429c1");
    let key = pbkdf2::<25>(
        &source(),
        Hash::Sha1,
        b"passwordPASSWORDpassword",
        b"saltSALTsaltSALTsaltSALTsaltSALTsalt",
        4096,
    );
    assert_eq!(hex(&*key.unwrap()), "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038");
    let key = pbkdf2::<32>(&source(), Hash::Sha256, b"password", b"salt", 2).unwrap();
    assert_eq!(hex(&*key), "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43");
    let key = scrypt::<64>(&source(), b"password", b"NaCl", (1024, 8, 16)).unwrap();
    assert_eq!(
        hex(&*key),
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    );
    let key = argon2::<32>(&source(), Argon2::Id, b"password", b"somesalt", (64, 2, 1)).unwrap();
    assert_eq!(key.len(), 32);
    // AES-256 of a zero block under a zero key, once and twice.
    let once = aes_kdf(&source(), &[0; 32], &[0; 32], 1).unwrap();
    assert_eq!(hex(&once[..16]), "dc95c078a2408989ad48a21492842087");
    assert_eq!(once[..16], once[16..]);
}

#[test]
fn p5_costs_outside_the_bounds_are_refused_without_work() {
    // Were anything computed, this test would not end.
    let huge = u64::MAX;
    // Also when the person has agreed to everything.
    let source = source().even_if_costly();
    for iterations in [0, 10_000_001, huge] {
        let refused = pbkdf2::<32>(&source, Hash::Sha1, b"", b"", iterations).unwrap_err();
        assert_eq!(refused.code(), "import_cost_out_of_bounds");
    }
    let scrypts = [
        (0, 8, 1),
        (1, 8, 1),
        (1000, 8, 1),
        (1 << 21, 1, 1),
        (1 << 20, 9, 1),
        (1 << 20, huge, 1),
        (1 << 63, 8, 1),
        (1024, 0, 1),
        (1024, 8, 0),
        (1024, 8, 17),
        (2, huge / 2, huge),
    ];
    for cost in scrypts {
        let refused = scrypt::<32>(&source, b"", b"", cost).unwrap_err();
        assert_eq!(refused.code(), "import_cost_out_of_bounds", "{cost:?}");
    }
    let argons = [
        (0, 1, 1),
        (7, 1, 1),
        (64, 0, 1),
        (64, 1, 0),
        (1024, 1, 65),
        (1 << 20, 17, 1),
        ((1 << 20) + 1, 1, 1),
        (huge, huge, huge),
        // Ten terabytes.
        (10 << 30, 1, 1),
    ];
    for cost in argons {
        let refused = argon2::<32>(&source, Argon2::Id, b"", b"saltsalt", cost).unwrap_err();
        assert_eq!(refused.code(), "import_cost_out_of_bounds", "{cost:?}");
    }
    let refused = argon2::<32>(&source, Argon2::D, b"", b"short", (64, 1, 1)).unwrap_err();
    assert_eq!(refused.code(), "import_cost_out_of_bounds");
    let refused = aes_kdf(&source, &[0; 32], &[0; 32], 200_000_001).unwrap_err();
    assert_eq!(refused.code(), "import_cost_out_of_bounds");
}

#[test]
fn p5_what_is_long_is_asked_about_first() {
    let memory = argon2::<32>(&source(), Argon2::Id, b"", b"saltsalt", (1 << 20, 4, 1)).unwrap_err();
    assert_eq!(memory, TransferError::Costly { memory_mib: 1024, seconds: 4 });
    let time = pbkdf2::<32>(&source(), Hash::Sha256, b"", b"", 10_000_000).unwrap_err();
    assert_eq!(time, TransferError::Costly { memory_mib: 0, seconds: 6 });
    let both = scrypt::<32>(&source(), b"", b"", (1 << 20, 8, 16)).unwrap_err();
    assert_eq!(both, TransferError::Costly { memory_mib: 1024, seconds: 40 });
    let rounds = aes_kdf(&source(), &[0; 32], &[0; 32], 200_000_000).unwrap_err();
    assert!(matches!(rounds, TransferError::Costly { .. }));
    // The smallest that exists is legal: 10 KiB.
    assert!(argon2::<32>(&source(), Argon2::Id, b"", b"saltsalt", (10, 1, 1)).is_ok());
}

#[test]
fn long_work_stops_when_the_person_does_not_want_to_wait() {
    let cancel = Cancel::default();
    let source = source().even_if_costly().cancelled_by(cancel.clone());
    cancel.cancel();
    let all = [
        pbkdf2::<32>(&source, Hash::Sha512, b"", b"", 10_000_000).unwrap_err(),
        scrypt::<32>(&source, b"", b"", (1 << 20, 8, 16)).unwrap_err(),
        argon2::<32>(&source, Argon2::Id, b"", b"saltsalt", (1 << 20, 16, 1)).unwrap_err(),
        aes_kdf(&source, &[0; 32], &[0; 32], 200_000_000).unwrap_err(),
    ];
    assert!(all.iter().all(|error| *error == TransferError::Cancelled), "{all:?}");
}

#[test]
fn work_under_way_stops_too() {
    let cancel = Cancel::default();
    let source = source().even_if_costly().cancelled_by(cancel.clone());
    let stopped = std::thread::scope(|scope| {
        let working = scope.spawn(|| pbkdf2::<64>(&source, Hash::Sha1, b"", b"", 10_000_000));
        cancel.cancel();
        working.join().unwrap()
    });
    assert_eq!(stopped.unwrap_err(), TransferError::Cancelled);
}

#[test]
fn ciphers_open_what_they_should_and_nothing_else() {
    let (key, nonce) = ([7; 32], [9; 12]);
    let sealed = cipher::gcm_seal(&key, &nonce, b"plain", b"aad").unwrap();
    assert_eq!(sealed.len(), 5 + 16);
    assert_eq!(cipher::gcm_open(&key, &nonce, &sealed, b"aad").unwrap().as_slice(), b"plain");
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(cipher::gcm_open(&key, &nonce, &changed, b"aad").is_none());
    }
    assert!(cipher::gcm_open(&key, &nonce, &sealed, b"other").is_none());
    assert!(cipher::gcm_open(&key[..31], &nonce, &sealed, b"aad").is_none());
    assert!(cipher::gcm_open(&key, &nonce[..11], &sealed, b"aad").is_none());
    assert!(cipher::gcm_open(&key, &nonce, &sealed[..15], b"aad").is_none());
    // NIST SP 800-38A F.2.5 begins so; the second block is padding that does not fit.
    assert!(cipher::cbc_open(&key, &[0; 16], &[1; 32]).is_none());
    assert!(cipher::cbc_open(&key, &[0; 16], &[1; 15]).is_none());
    assert!(cipher::cbc_open(&key, &[0; 16], &[]).is_none());
}

#[test]
fn a_mac_fits_whole_and_shortened_to_ten_bytes_but_no_further() {
    // RFC 2202 test 1, RFC 4231 test 1.
    let key = [0x0b; 20];
    let sha1 = crate::transfer::fields::hex_bytes("b617318655057264e28bc0b6fb378c8ef146be00").unwrap();
    assert!(cipher::hmac_sha1_fits(&key, &[b"Hi ", b"There"], &sha1));
    assert!(cipher::hmac_sha1_fits(&key, &[b"Hi There"], &sha1[..10]));
    assert!(!cipher::hmac_sha1_fits(&key, &[b"Hi There"], &sha1[..9]));
    assert!(!cipher::hmac_sha1_fits(&key, &[b"Hi there"], &sha1));
    let sha256 = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
    let sha256 = crate::transfer::fields::hex_bytes(sha256).unwrap();
    assert!(cipher::hmac_sha256_fits(&key, &[b"Hi There"], &sha256));
    assert!(!cipher::hmac_sha256_fits(&key, &[b"Hi There"], &sha256[..16]));
}
