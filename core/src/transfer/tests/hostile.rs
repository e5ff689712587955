//! Files that mean harm, in every form: refused by their size and depth, with a reason, and before the work that they ask for.

use crate::transfer::{Source, read};

fn refused(bytes: &[u8]) -> &'static str {
    read(&Source::new(bytes).with_password("test-pass")).unwrap_err().code()
}

#[test]
fn deep_json_is_no_stack_overflow() {
    let heads = [
        r#"{"version":1,"header":{"slots":null,"params":null},"db":"#,
        r#"{"schemaVersion":4,"services":"#,
        r#"{"encrypted":false,"items":"#,
        r#"{"Authenticators":"#,
        r#"{"tokenOrder":[],"tokens":"#,
    ];
    for head in heads {
        let deep = format!("{head}{}", "[".repeat(1_000_000));
        assert_eq!(refused(deep.as_bytes()), "import_damaged", "{head}");
    }
    let list = format!(r#"[{{"otpGenerator":{}"#, "{\"a\":".repeat(100_000));
    assert_eq!(refused(list.as_bytes()), "import_damaged");
}

#[test]
fn entries_beyond_the_limit_are_refused() {
    let links = "otpauth://totp/a?secret=MZXW6YTBOI\n".repeat(100_001);
    assert_eq!(refused(links.as_bytes()), "import_too_large");
    let entry =
        r#"{"type":"totp","name":"a","info":{"secret":"MZXW6YTBOI","algo":"SHA1","digits":6,"period":30}},"#;
    let entries = entry.repeat(100_001);
    let aegis = format!(
        r#"{{"version":1,"header":{{"slots":null,"params":null}},"db":{{"version":3,"entries":[{}]}}}}"#,
        entries.trim_end_matches(',')
    );
    assert_eq!(refused(aegis.as_bytes()), "import_too_large");
}

#[test]
fn p5_a_file_that_asks_for_terabytes_is_refused_without_work() {
    let ente = r#"{"version":1,"kdfParams":{"memLimit":10995116277760,"opsLimit":1,"salt":"TvrWSsDMBk/ucm/egIAZFA=="},"encryptedData":"2XSV326lZsaDFpPfzgzH7qDxUPbceQ==","encryptionNonce":"wGSFcRUFGb4GycTlKhawsOd/h8ZUH38R"}"#;
    assert_eq!(refused(ente.as_bytes()), "import_cost_out_of_bounds");
    let key = "00".repeat(32);
    let aegis = format!(
        r#"{{"version":1,"header":{{"slots":[{{"type":1,"uuid":"u","key":"{key}","key_params":{{"nonce":"{}","tag":"{}"}},"n":1099511627776,"r":8,"p":1,"salt":"{key}"}}],"params":{{"nonce":"{}","tag":"{}"}}}},"db":"AAAA"}}"#,
        "00".repeat(12),
        "00".repeat(16),
        "00".repeat(12),
        "00".repeat(16),
    );
    assert_eq!(refused(aegis.as_bytes()), "import_cost_out_of_bounds");
    // Our own form asks with 32 bits: 4 TiB.
    let mut backup = b"COUNTERSIGN BACKUP\0\x01".to_vec();
    for cost in [u32::MAX, 1, 1] {
        backup.extend(cost.to_be_bytes());
    }
    backup.extend([7; 16 + 12 + 40]);
    let checksum = ring::digest::digest(&ring::digest::SHA256, &backup);
    backup.extend(checksum.as_ref());
    assert_eq!(refused(&backup), "import_cost_out_of_bounds");
    let rounds = [10_000_000_u32.to_be_bytes().as_slice(), &[0xf5; 60]].concat();
    assert_eq!(refused(&rounds), "import_costly");
}
