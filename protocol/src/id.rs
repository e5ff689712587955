//! Ids that both sides read. Each one that can arrive without credentials carries its tenant inside it, so that a
//! server split by tenant knows where to look before it has looked anything up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// A text that is not the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {what} id; it looks like `{example}`")]
pub struct IdError {
    what: &'static str,
    example: &'static str,
    text: String,
}

/// Makes a UUIDv7 (RFC 9562 §5.7) from the time in milliseconds since 1970 and ten random bytes. A time before 1970
/// counts as 1970.
#[must_use]
pub fn uuid_v7(unix_ms: i64, random: &[u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(unix_ms).unwrap_or(0), random).into_uuid()
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 128 bits as 26 lower-case Crockford base32 characters: sorts like the number, survives being read aloud.
#[must_use]
pub fn to_base32(uuid: Uuid) -> String {
    let n = uuid.as_u128();
    (0..26u32)
        .rev()
        .map(|i| {
            let five = usize::try_from((n >> (5 * i)) & 31).unwrap_or(0);
            ALPHABET.get(five).copied().map_or('0', char::from)
        })
        .collect()
}

/// Reads what [`to_base32`] wrote; nothing else, so one id has one text.
#[must_use]
pub fn from_base32(text: &str) -> Option<Uuid> {
    if text.len() != 26 {
        return None;
    }
    let mut n: u128 = 0;
    for (i, c) in text.bytes().enumerate() {
        let five = ALPHABET.iter().position(|a| *a == c)?;
        if i == 0 && five > 7 {
            return None;
        }
        n = (n << 5) | u128::try_from(five).ok()?;
    }
    Some(Uuid::from_u128(n))
}

/// Gives an id type its text form in `Display`, `FromStr` and serde alike.
macro_rules! text_id {
    ($t:ty, $what:literal, $example:literal, $parse:expr) => {
        impl FromStr for $t {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let parse: fn(&str) -> Option<$t> = $parse;
                parse(text).ok_or_else(|| IdError {
                    what: $what,
                    example: $example,
                    text: text.chars().take(80).collect(),
                })
            }
        }
        impl Serialize for $t {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $t {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                std::borrow::Cow::<'de, str>::deserialize(d)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

/// A customer of the server: `ten_` and 26 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(pub Uuid);

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ten_{}", to_base32(self.0))
    }
}
text_id!(TenantId, "tenant", "ten_01hz…", |t| from_base32(t.strip_prefix("ten_")?).map(TenantId));

/// A phone: `dev_`, its tenant's 26 characters, its own 26 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId {
    /// The tenant the device is enrolled with.
    pub tenant: TenantId,
    /// The device within the tenant.
    pub local: Uuid,
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dev_{}{}", to_base32(self.tenant.0), to_base32(self.local))
    }
}
text_id!(DeviceId, "device", "dev_01hz…", |t| {
    let (tenant, local) = t.strip_prefix("dev_")?.split_at_checked(26)?;
    Some(DeviceId { tenant: TenantId(from_base32(tenant)?), local: from_base32(local)? })
});

/// One question put to a person. MyPass promises a UUID for it (`session_id`), so it is one everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChallengeId(pub Uuid);

impl fmt::Display for ChallengeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}
text_id!(ChallengeId, "challenge", "0190f3c2-…", |t| {
    let id = Uuid::try_parse(t).ok()?;
    (id.as_hyphenated().to_string() == t).then_some(ChallengeId(id))
});

/// The secret of an enrolment link: its tenant and 128 random bits, 43 base64url characters. Used once.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrollmentToken {
    tenant: TenantId,
    text: String,
}

impl EnrollmentToken {
    /// A token of `tenant` around 16 random bytes.
    #[must_use]
    pub fn new(tenant: TenantId, random: &[u8; 16]) -> Self {
        let mut bytes = tenant.0.as_bytes().to_vec();
        bytes.extend_from_slice(random);
        Self { tenant, text: crate::base64url(&bytes) }
    }

    /// The tenant that the token belongs to. Unproved until the token's hash is found there.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The secret text itself, as it stands in the link.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What is stored and signed in the token's place: base64url SHA-256 of the text.
    #[must_use]
    pub fn hash(&self) -> String {
        crate::sha256_base64url(self.text.as_bytes())
    }
}

impl fmt::Debug for EnrollmentToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnrollmentToken({}, …)", self.tenant)
    }
}

impl FromStr for EnrollmentToken {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let bytes = crate::from_base64url(text).filter(|b| b.len() == 32);
        let tenant = bytes.as_deref().and_then(|b| b.get(..16)).and_then(|b| Uuid::from_slice(b).ok());
        // The text is a secret: the error does not repeat it.
        tenant.map(|t| Self { tenant: TenantId(t), text: text.to_owned() }).ok_or(IdError {
            what: "enrolment token",
            example: "43 letters, digits, - and _",
            text: "…".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn base32_round_trips_and_sorts(a: u128, b: u128) {
            let (ta, tb) = (to_base32(Uuid::from_u128(a)), to_base32(Uuid::from_u128(b)));
            prop_assert_eq!(from_base32(&ta), Some(Uuid::from_u128(a)));
            prop_assert_eq!(a.cmp(&b), ta.cmp(&tb));
        }

        #[test]
        fn any_text_is_an_id_or_an_error(text: String) {
            if let Ok(id) = text.parse::<DeviceId>() { prop_assert_eq!(id.to_string(), text.clone()); }
            if let Ok(id) = text.parse::<ChallengeId>() { prop_assert_eq!(id.to_string(), text.clone()); }
            let _ = text.parse::<EnrollmentToken>();
        }
    }

    #[test]
    fn an_id_has_one_text() {
        let id = ChallengeId(uuid_v7(1_700_000_000_000, &[7; 10]));
        assert!(id.to_string().parse::<ChallengeId>().is_ok());
        assert!(id.to_string().to_uppercase().parse::<ChallengeId>().is_err());
        assert!(id.0.as_simple().to_string().parse::<ChallengeId>().is_err());
    }

    #[test]
    fn a_token_carries_its_tenant_and_hides_itself() {
        let token = EnrollmentToken::new(TenantId(Uuid::from_u128(5)), &[9; 16]);
        let again: EnrollmentToken = token.reveal().parse().unwrap();
        assert_eq!(again.tenant(), TenantId(Uuid::from_u128(5)));
        assert!(!format!("{token:?}").contains(token.reveal()));
        let bad = format!("{}A", token.reveal());
        assert!(!bad.parse::<EnrollmentToken>().unwrap_err().to_string().contains(&bad));
    }
}
