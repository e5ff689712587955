//! The protobuf message inside an `otpauth-migration` link, read and written by hand: five fields and seven.
//!
//! Only the wire form (protobuf.dev/programming-guides/encoding). What the numbers mean is in `part`.

use zeroize::Zeroizing;

use crate::transfer::source::MAX_ENTRIES;

/// `MigrationPayload`.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Payload {
    /// Field 1.
    pub(super) accounts: Vec<Account>,
    /// Field 2; 1 is the only one that was seen.
    pub(super) version: i32,
    /// Field 3: parts of this export.
    pub(super) batch_size: i32,
    /// Field 4: which of them, from 0.
    pub(super) batch_index: i32,
    /// Field 5: random, often negative.
    pub(super) batch_id: i32,
}

/// `OtpParameters`; the enumerations still as numbers.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Account {
    /// Field 1, raw bytes.
    pub(super) secret: Zeroizing<Vec<u8>>,
    /// Field 2.
    pub(super) name: String,
    /// Field 3.
    pub(super) issuer: String,
    /// Field 4.
    pub(super) algorithm: i32,
    /// Field 5, an enumeration and no count.
    pub(super) digits: i32,
    /// Field 6.
    pub(super) kind: i32,
    /// Field 7.
    pub(super) counter: i64,
}

/// The bytes are no such message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// Reads a message. Unknown fields are passed over: newer apps may write some.
pub(super) fn decode(bytes: &[u8]) -> Result<Payload, Malformed> {
    let mut payload = Payload::default();
    let mut rest = bytes;
    while let Some((number, value)) = next_field(&mut rest)? {
        match number {
            1 if payload.accounts.len() < MAX_ENTRIES => payload.accounts.push(account(value.bytes()?)?),
            1 => return Err(Malformed),
            2 => payload.version = value.int32()?,
            3 => payload.batch_size = value.int32()?,
            4 => payload.batch_index = value.int32()?,
            5 => payload.batch_id = value.int32()?,
            _ => {}
        }
    }
    Ok(payload)
}

fn account(bytes: &[u8]) -> Result<Account, Malformed> {
    let mut account = Account::default();
    let mut rest = bytes;
    while let Some((number, value)) = next_field(&mut rest)? {
        match number {
            1 => account.secret = Zeroizing::new(value.bytes()?.to_vec()),
            2 => account.name = value.text()?,
            3 => account.issuer = value.text()?,
            4 => account.algorithm = value.int32()?,
            5 => account.digits = value.int32()?,
            6 => account.kind = value.int32()?,
            7 => account.counter = value.varint()?.cast_signed(),
            _ => {}
        }
    }
    Ok(account)
}

/// A field's value, by its wire type.
#[derive(Clone, Copy)]
enum Value<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    /// 4 or 8 bytes; no known field has them.
    Fixed,
}

impl<'a> Value<'a> {
    const fn varint(self) -> Result<u64, Malformed> {
        match self {
            Self::Varint(number) => Ok(number),
            _ => Err(Malformed),
        }
    }

    /// The low 32 bits, as protobuf asks for: a negative number is written with 64.
    fn int32(self) -> Result<i32, Malformed> {
        let low = self.varint()? & u64::from(u32::MAX);
        u32::try_from(low).map(u32::cast_signed).map_err(|_| Malformed)
    }

    const fn bytes(self) -> Result<&'a [u8], Malformed> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(Malformed),
        }
    }

    fn text(self) -> Result<String, Malformed> {
        std::str::from_utf8(self.bytes()?).map(str::to_owned).map_err(|_| Malformed)
    }
}

fn next_field<'a>(rest: &mut &'a [u8]) -> Result<Option<(u64, Value<'a>)>, Malformed> {
    if rest.is_empty() {
        return Ok(None);
    }
    let key = take_varint(rest)?;
    let value = match key & 7 {
        0 => Value::Varint(take_varint(rest)?),
        1 => take(rest, 8).map(|_| Value::Fixed)?,
        2 => {
            let length = take_varint(rest)?;
            Value::Bytes(take(rest, usize::try_from(length).map_err(|_| Malformed)?)?)
        }
        5 => take(rest, 4).map(|_| Value::Fixed)?,
        _ => return Err(Malformed),
    };
    Ok(Some((key >> 3, value)))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Malformed> {
    let (taken, after) = rest.split_at_checked(length).ok_or(Malformed)?;
    *rest = after;
    Ok(taken)
}

/// Seven bits a byte, lowest first, at most ten bytes.
fn take_varint(rest: &mut &[u8]) -> Result<u64, Malformed> {
    let mut number = 0_u64;
    for place in 0..10_u32 {
        let (byte, after) = rest.split_first().ok_or(Malformed)?;
        *rest = after;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit only.
        if place == 9 && bits > 1 {
            return Err(Malformed);
        }
        number |= bits << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(Malformed)
}

/// Writes a message that [`decode`] reads back the same. Zeros are left out, as proto3 does.
pub(super) fn encode(payload: &Payload) -> Zeroizing<Vec<u8>> {
    let accounts: Vec<_> = payload.accounts.iter().map(encode_account).collect();
    // Room for everything at once: a growing vector would leave copies of the secrets behind.
    let room: usize = accounts.iter().map(|account| account.len() + 12).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room + 64));
    for account in &accounts {
        put_bytes(&mut bytes, 1, account);
    }
    put_int32(&mut bytes, 2, payload.version);
    put_int32(&mut bytes, 3, payload.batch_size);
    put_int32(&mut bytes, 4, payload.batch_index);
    put_int32(&mut bytes, 5, payload.batch_id);
    bytes
}

fn encode_account(account: &Account) -> Zeroizing<Vec<u8>> {
    let room = account.secret.len() + account.name.len() + account.issuer.len() + 96;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    put_bytes(&mut bytes, 1, &account.secret);
    put_bytes(&mut bytes, 2, account.name.as_bytes());
    put_bytes(&mut bytes, 3, account.issuer.as_bytes());
    put_int32(&mut bytes, 4, account.algorithm);
    put_int32(&mut bytes, 5, account.digits);
    put_int32(&mut bytes, 6, account.kind);
    put_number(&mut bytes, 7, account.counter.cast_unsigned());
    bytes
}

fn put_bytes(bytes: &mut Vec<u8>, number: u64, value: &[u8]) {
    if !value.is_empty() {
        put_varint(bytes, number << 3 | 2);
        put_varint(bytes, u64::try_from(value.len()).unwrap_or(u64::MAX));
        bytes.extend_from_slice(value);
    }
}

/// A negative number is written with 64 bits, as protobuf asks for.
fn put_int32(bytes: &mut Vec<u8>, number: u64, value: i32) {
    put_number(bytes, number, i64::from(value).cast_unsigned());
}

fn put_number(bytes: &mut Vec<u8>, number: u64, value: u64) {
    if value != 0 {
        put_varint(bytes, number << 3);
        put_varint(bytes, value);
    }
}

fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}
