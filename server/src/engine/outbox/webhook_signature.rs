//! How a webhook can know that a message comes from here: the seed's signature and that of Standard Webhooks, over the
//! same body.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::engine::Error;

/// What every webhook secret begins with (Standard Webhooks).
pub(in crate::engine) const SECRET_PREFIX: &str = "whsec_";

/// How `X-MYPASS-Signature` is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignatureFormat {
    /// 64 lower-case hex digits.
    Hex,
    /// The same after `sha256=`.
    #[default]
    Sha256Hex,
    /// 44 characters.
    Base64,
}

impl SignatureFormat {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Hex, "hex"), (Self::Sha256Hex, "sha256=hex"), (Self::Base64, "base64")];

    /// Its word in commands and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(format, _)| *format == self).map_or("", |(_, word)| word)
    }

    fn write(self, mac: &[u8]) -> String {
        match self {
            Self::Hex => hex(mac),
            Self::Sha256Hex => format!("sha256={}", hex(mac)),
            Self::Base64 => STANDARD.encode(mac),
        }
    }
}

impl FromStr for SignatureFormat {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.iter().find(|(_, word)| *word == text).map(|(format, _)| *format);
        found.ok_or_else(|| Error::Invalid("format must be hex, sha256=hex or base64".to_owned()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A signed message, ready for the wire. It is signed anew for each attempt.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// Where to.
    pub url: String,
    /// The message's id: the same in each attempt.
    pub id: Uuid,
    /// Seconds since 1970.
    pub timestamp: i64,
    /// `X-MYPASS-Signature`: over the body, by the newest secret.
    pub mypass_signature: String,
    /// `webhook-signature` (Standard Webhooks): over id, timestamp and body, by each active secret.
    pub standard_signature: String,
    /// JSON.
    pub body: Vec<u8>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.id)
    }
}

/// The key of the seed-style signature is the secret as it is shown; that of Standard Webhooks is what it decodes to.
pub(in crate::engine) fn sign(
    secrets: &[Zeroizing<Vec<u8>>],
    format: SignatureFormat,
    call: &mut Call,
) -> Option<()> {
    let mac = |key: &[u8], parts: &[&[u8]]| {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
        parts.iter().for_each(|part| context.update(part));
        context.sign()
    };
    call.mypass_signature = format.write(mac(secrets.first()?, &[&call.body]).as_ref());
    let head = format!("{}.{}.", call.id, call.timestamp);
    let each = secrets.iter().map(|secret| {
        let encoded = secret.strip_prefix(SECRET_PREFIX.as_bytes())?;
        let key = Zeroizing::new(STANDARD.decode(encoded).ok()?);
        Some(format!("v1,{}", STANDARD.encode(mac(&key, &[head.as_bytes(), &call.body]))))
    });
    call.standard_signature = each.collect::<Option<Vec<_>>>()?.join(" ");
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MYPASS: &str = "sha256=ee7bc2c1787832e4915d4ca026a0243e9de219dfdd586514c35b11f99c5fcd78";
    const STANDARD_NEW: &str = "v1,pz+2pcggMe8322d7s1QZMxcqxnrg4+xG/qZPNEo4eIQ=";

    fn call() -> Call {
        Call {
            url: String::new(),
            id: "0190f3c2-1111-7222-8333-444444444444".parse().unwrap(),
            timestamp: 1_674_087_231,
            mypass_signature: String::new(),
            standard_signature: String::new(),
            body: br#"{"event":"mfa.response"}"#.to_vec(),
        }
    }

    fn secret(byte: u8) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(format!("{SECRET_PREFIX}{}", STANDARD.encode([byte; 32])).into_bytes())
    }

    /// Expected values: Python's hmac and hashlib.
    #[test]
    fn s42_both_kinds_of_signature_are_what_another_implementation_computes() {
        let mut signed = call();
        sign(&[secret(1), secret(2)], SignatureFormat::Sha256Hex, &mut signed).unwrap();
        assert_eq!(signed.mypass_signature, MYPASS);
        let (new, old) = signed.standard_signature.split_once(' ').unwrap();
        assert_eq!(new, STANDARD_NEW);
        assert_ne!(new, old);
        let mut alone = call();
        sign(&[secret(2)], SignatureFormat::Hex, &mut alone).unwrap();
        assert_eq!(alone.standard_signature, old);
        sign(&[secret(1)], SignatureFormat::Hex, &mut alone).unwrap();
        assert_eq!(format!("sha256={}", alone.mypass_signature), MYPASS);
        sign(&[secret(1)], SignatureFormat::Base64, &mut alone).unwrap();
        assert_eq!(STANDARD.decode(&alone.mypass_signature).map(|mac| hex(&mac)).unwrap(), MYPASS[7..]);
        assert!(sign(&[], SignatureFormat::Hex, &mut alone).is_none());
    }

    #[test]
    fn words_come_back() {
        for (format, word) in SignatureFormat::ALL {
            assert_eq!((word.parse(), format.as_str()), (Ok(format), word));
        }
        assert!("md5".parse::<SignatureFormat>().is_err());
    }
}
