//! The bytes of SMPP 3.4, as much as a sender needs: what is written exactly as the standard says, what is read with
//! patience, because centres leave fields out and add their own. A body that makes no sense costs that message and not
//! the session.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use zeroize::Zeroizing;

use crate::engine::providers::SmppAccount;
use crate::engine::words::parts::Coding;

pub(super) const GENERIC_NACK: u32 = 0x8000_0000;
pub(super) const SUBMIT_SM: u32 = 0x0000_0004;
pub(super) const SUBMIT_SM_RESP: u32 = 0x8000_0004;
pub(super) const DELIVER_SM: u32 = 0x0000_0005;
pub(super) const UNBIND: u32 = 0x0000_0006;
pub(super) const UNBIND_RESP: u32 = 0x8000_0006;
pub(super) const BIND_TRANSCEIVER: u32 = 0x0000_0009;
pub(super) const BIND_TRANSCEIVER_RESP: u32 = 0x8000_0009;
pub(super) const ENQUIRE_LINK: u32 = 0x0000_0015;
pub(super) const ALERT_NOTIFICATION: u32 = 0x0000_0102;
/// This bit makes a request's id its answer's.
pub(super) const ANSWER: u32 = 0x8000_0000;

/// Bytes of a header.
const HEADER: u32 = 16;
/// Bytes of a PDU that is read at most; the longest that a centre has reason to send is far below.
const LONGEST: u32 = 64 * 1024;
/// SMPP 3.4.
const VERSION: u8 = 0x34;
/// Type of number and numbering plan: international by E.164; a short code of this network; letters.
const INTERNATIONAL: [u8; 2] = [1, 1];
const SHORT_CODE: [u8; 2] = [3, 0];
const LETTERS: [u8; 2] = [5, 0];
/// `esm_class`: a user data header begins the message; the message is a receipt.
const HAS_HEADER: u8 = 0x40;
const IS_RECEIPT: u8 = 0x04;
/// The bits of `esm_class` that say what kind of message it is.
const KIND: u8 = 0x3c;
/// Optional fields of a receipt.
const RECEIPTED_MESSAGE_ID: u16 = 0x001e;
const MESSAGE_STATE: u16 = 0x0427;
const MESSAGE_PAYLOAD: u16 = 0x0424;

/// One unit of the protocol.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Pdu {
    pub(super) id: u32,
    pub(super) status: u32,
    pub(super) sequence: u32,
    /// Holds passwords and codes.
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Pdu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pdu({:#x}, {:#x}, {}, …)", self.id, self.status, self.sequence)
    }
}

impl Pdu {
    /// One with this body.
    pub(super) fn new(id: u32, status: u32, sequence: u32, body: Vec<u8>) -> Self {
        Self { id, status, sequence, body: Zeroizing::new(body) }
    }

    /// As it goes over the wire.
    pub(super) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let length = u32::try_from(self.body.len()).map_or(u32::MAX, |length| length.saturating_add(HEADER));
        let head = [length, self.id, self.status, self.sequence].map(u32::to_be_bytes).concat();
        Zeroizing::new([head.as_slice(), &self.body].concat())
    }

    /// The next one.
    pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        let length = stream.read_u32().await?;
        if !(HEADER..=LONGEST).contains(&length) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no SMPP"));
        }
        let (id, status, sequence) =
            (stream.read_u32().await?, stream.read_u32().await?, stream.read_u32().await?);
        let mut body = vec![0; usize::try_from(length - HEADER).unwrap_or(0)];
        stream.read_exact(&mut body).await?;
        Ok(Self::new(id, status, sequence, body))
    }

    /// The centre's name for a message, from the answer to its `submit_sm`. Without it when there is none.
    pub(super) fn message_id(&self) -> Option<String> {
        let mut reader = Reader(&self.body);
        reader.text().filter(|id| !id.is_empty())
    }
}

/// The body of `bind_transceiver`.
pub(super) fn bind_transceiver(account: &SmppAccount) -> Vec<u8> {
    let mut body = Vec::new();
    text(&mut body, &account.system_id);
    text(&mut body, account.password.reveal());
    text(&mut body, ""); // system_type
    body.extend([VERSION, 0, 0]); // addr_ton, addr_npi
    text(&mut body, ""); // address_range
    body
}

/// What one `submit_sm` says.
#[derive(Clone, Copy)]
pub(super) struct Submit<'a> {
    pub(super) from: &'a str,
    /// E.164.
    pub(super) to: &'a str,
    pub(super) coding: Coding,
    /// Which part of how many, and the number that they have in common; none for a message that stands alone.
    pub(super) part: Option<(u8, u8, u8)>,
    pub(super) content: &'a [u8],
    /// Seconds for which the centre may try.
    pub(super) seconds: i64,
    /// Whether the centre is asked what became of it.
    pub(super) receipt: bool,
}

/// The body of `submit_sm`.
pub(super) fn submit_sm(submit: &Submit<'_>) -> Vec<u8> {
    let mut body = vec![0]; // service_type
    let (kind, from) = sender(submit.from);
    body.extend(kind);
    text(&mut body, from);
    body.extend(INTERNATIONAL);
    text(&mut body, submit.to.trim_start_matches('+'));
    let esm_class = if submit.part.is_some() { HAS_HEADER } else { 0 };
    body.extend([esm_class, 0, 0]); // protocol_id, priority_flag
    text(&mut body, ""); // schedule_delivery_time
    text(&mut body, &validity(submit.seconds));
    let data_coding = match submit.coding {
        Coding::Gsm => 0,
        Coding::Ucs2 => 8,
    };
    body.extend([u8::from(submit.receipt), 0, data_coding, 0]);
    // 3GPP 23.040 §9.2.3.24.1: five bytes follow, concatenation, three bytes, which, of how many, which one.
    let header = submit.part.map_or(Vec::new(), |(common, of, this)| vec![5, 0, 3, common, of, this]);
    body.push(u8::try_from(header.len() + submit.content.len()).unwrap_or(u8::MAX));
    body.extend(header);
    body.extend(submit.content);
    body
}

/// How a sender is written: with its country code, as a short code, or as letters.
fn sender(from: &str) -> ([u8; 2], &str) {
    let digits = from.strip_prefix('+').unwrap_or(from);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number, from.starts_with('+') || digits.len() > 8) {
        (true, true) => (INTERNATIONAL, digits),
        (true, false) => (SHORT_CODE, digits),
        (false, _) => (LETTERS, from),
    }
}

/// A period from now (§7.1.1.2), up to a day.
fn validity(seconds: i64) -> String {
    let seconds = seconds.clamp(1, 86_399);
    format!("000000{:02}{:02}{:02}000R", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

fn text(body: &mut Vec<u8>, text: &str) {
    body.extend(text.bytes().filter(|byte| *byte != 0));
    body.push(0);
}

/// A receipt, as it was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// The centre's name for the message.
    pub(super) message: String,
    /// `DELIVRD` and the like, or the number of a state.
    pub(super) state: String,
}

/// The receipt in the body of a `deliver_sm`; none if it is none, or cannot be read.
pub(super) fn report(body: &[u8]) -> Option<Report> {
    let mut reader = Reader(body);
    reader.text()?; // service_type
    for _ in 0..2 {
        reader.take(2)?;
        reader.text()?; // an address
    }
    let esm_class = *reader.take(3)?.first()?;
    if esm_class & KIND != IS_RECEIPT {
        return None;
    }
    reader.text()?; // schedule_delivery_time
    reader.text()?; // validity_period
    let length = *reader.take(5)?.last()?;
    let mut said = reader.take(length.into())?;
    let (mut message, mut state) = (None, None);
    while let Some((tag, value)) = reader.field() {
        match tag {
            RECEIPTED_MESSAGE_ID => message = Reader(value).text(),
            MESSAGE_STATE => state = value.first().map(u8::to_string),
            MESSAGE_PAYLOAD if said.is_empty() => said = value,
            _ => {}
        }
    }
    let said = String::from_utf8_lossy(said);
    let word = |name: &str| {
        let mut words = said.split_ascii_whitespace();
        words.find_map(|word| {
            let (key, value) = word.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let message = message.filter(|id| !id.is_empty()).or_else(|| word("id"))?;
    Some(Report { message, state: word("stat").or(state)? })
}

/// Reads a body from its front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Up to a zero, or to the end: some leave the last zero out.
    fn text(&mut self) -> Option<String> {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        let taken = self.take(end)?;
        self.take(1.min(self.0.len()))?;
        Some(String::from_utf8_lossy(taken).into_owned())
    }

    /// An optional field: tag, length, value.
    fn field(&mut self) -> Option<(u16, &'a [u8])> {
        let mut number = || Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?));
        let (tag, length) = (number()?, number()?);
        Some((tag, self.take(length.into())?))
    }
}

#[cfg(test)]
#[path = "pdu_tests.rs"]
mod tests;
