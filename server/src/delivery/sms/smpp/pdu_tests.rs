//! The bytes, against what the standard and other implementations write.

use proptest::prelude::*;

use super::*;
use crate::engine::providers::Secret;
use crate::engine::words::parts::split;

fn account() -> SmppAccount {
    SmppAccount {
        host: "localhost".to_owned(),
        port: 2775,
        tls: false,
        system_id: "SMPP3TEST".to_owned(),
        password: Secret::new("secret08".to_owned()),
        from: "Example".to_owned(),
        ca: None,
    }
}

fn deliver(esm_class: u8, said: &[u8], fields: &[u8]) -> Vec<u8> {
    let head: &[u8] = b"\0\x01\x0112025550123\0\x05\0Example\0";
    let length = u8::try_from(said.len()).unwrap();
    [head, &[esm_class, 0, 0, 0, 0, 0, 0, 0, 0, length], said, fields].concat()
}

#[test]
fn a_bind_is_what_the_standards_example_is() {
    // SMPP 3.4 §3.2.2's example, as a transceiver, without a type.
    let pdu = Pdu::new(BIND_TRANSCEIVER, 0, 1, bind_transceiver(&account()));
    let expected = b"\0\0\0\x28\0\0\0\x09\0\0\0\0\0\0\0\x01SMPP3TEST\0secret08\0\0\x34\0\0\0";
    assert_eq!(pdu.bytes().as_slice(), expected);
    assert!(!format!("{pdu:?}").contains("secret"), "{pdu:?}");
}

#[test]
fn a_part_says_which_it_is_and_senders_are_told_by_kind() {
    let text = "م".repeat(71);
    let parts = split(&text).unwrap();
    let submit = Submit {
        from: "+15005550006",
        to: "+12025550123",
        coding: parts.coding,
        part: Some((0x7f, 2, 2)),
        content: &parts.parts[1],
        seconds: 300,
        receipt: true,
    };
    let expected: &[u8] = b"\0\x01\x0115005550006\0\x01\x0112025550123\0\x40\0\0\x00000000000500000R\0\x01\0\x08\0\x0e\x05\0\x03\x7f\x02\x02\x06\x45\x06\x45\x06\x45\x06\x45";
    assert_eq!(submit_sm(&submit), expected);
    for (from, kind) in [("12345", SHORT_CODE), ("Example", LETTERS), ("15005550006", INTERNATIONAL)] {
        assert_eq!(sender(from), (kind, from));
    }
    assert_eq!(validity(0), "000000000001000R");
    assert_eq!(validity(10_000_000), "000000235959000R");
}

#[test]
fn a_receipt_is_read_from_its_text_or_its_fields() {
    let text =
        b"id:0A1b sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:x";
    let read = Report { message: "0A1b".to_owned(), state: "DELIVRD".to_owned() };
    assert_eq!(report(&deliver(0x04, text, b"")), Some(read.clone()));
    let fields = b"\x00\x1e\x00\x0507ab\0\x04\x27\x00\x01\x05";
    let by_field = Report { message: "07ab".to_owned(), state: "5".to_owned() };
    assert_eq!(report(&deliver(0x04, b"", fields)), Some(by_field));
    let payload = [b"\x04\x24\x00".as_slice(), &[u8::try_from(text.len()).unwrap()], text].concat();
    assert_eq!(report(&deliver(0x04, b"", &payload)), Some(read));
    // A message from a person, however it reads, and what cannot be read.
    assert_eq!(report(&deliver(0x00, text, b"")), None);
    assert_eq!(report(&deliver(0x04, b"hello", b"")), None);
    assert_eq!(report(b""), None);
}

#[tokio::test]
async fn what_is_too_short_or_too_long_is_no_pdu() {
    for length in [0_u32, 15, 64 * 1024 + 1, u32::MAX] {
        let bytes = [length.to_be_bytes().as_slice(), &[0; 32]].concat();
        assert!(Pdu::read(&mut bytes.as_slice()).await.is_err(), "{length}");
    }
    let answer = Pdu::new(SUBMIT_SM_RESP, 0, 7, b"abc".to_vec());
    let read = Pdu::read(&mut answer.bytes().as_slice()).await.unwrap();
    assert_eq!((read.message_id(), read == answer), (Some("abc".to_owned()), true));
    assert_eq!(Pdu::new(SUBMIT_SM_RESP, 0x58, 7, Vec::new()).message_id(), None);
}

proptest! {
    #[test]
    fn whatever_a_centre_delivers_is_read_or_left(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _whatever = report(&body);
        let _whatever = Pdu::new(SUBMIT_SM_RESP, 0, 1, body).message_id();
    }
}
