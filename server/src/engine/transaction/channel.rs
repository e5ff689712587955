//! Channels: the secret texts that name transactions.

use countersign_protocol::base64url;
use countersign_protocol::id::{TenantId, from_base32, to_base32};
use ring::digest::{SHA256, digest};
use zeroize::Zeroizing;

use crate::engine::Error;
use crate::host::{Rng, random};

const PREFIX: &str = "ch_";
/// Characters of a tenant's id.
const TENANT: usize = 26;
/// Characters of the secret: 256 bits.
const SECRET: usize = 43;

/// A new channel of a tenant.
pub(super) fn make(rng: &dyn Rng, tenant: TenantId) -> Result<Zeroizing<String>, Error> {
    let random: Zeroizing<[u8; 32]> = Zeroizing::new(random(rng)?);
    let secret = Zeroizing::new(base64url(&*random));
    Ok(Zeroizing::new(format!("{PREFIX}{}{}", to_base32(tenant.0), *secret)))
}

/// Whose transaction a channel says that it is. None for what cannot be a channel.
pub(super) fn tenant(channel: &str) -> Option<TenantId> {
    let (tenant, secret) = channel.strip_prefix(PREFIX)?.split_at_checked(TENANT)?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_secret = secret.len() == SECRET && secret.bytes().all(fits);
    from_base32(tenant).filter(|_| is_secret).map(TenantId)
}

/// What is kept of it. It has 256 random bits, so its plain hash cannot be reversed, and looking it up leaks nothing.
pub(super) fn hash(channel: &str) -> Vec<u8> {
    digest(&SHA256, channel.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::System;
    use uuid::Uuid;

    #[test]
    fn a_channel_says_its_tenant_and_nothing_else_is_one() {
        let of = TenantId(Uuid::from_u128(7));
        let (one, other) = (make(&System, of).unwrap(), make(&System, of).unwrap());
        assert_eq!((tenant(&one), tenant(&other), one.len()), (Some(of), Some(of), 72));
        assert!(one != other && hash(&one) != hash(&other));
        let short = &one[..71];
        for text in ["", "ch_", short, &format!("{}x", *one), &one.replacen("ch_", "mfa", 1), "ch_é"] {
            assert_eq!(tenant(text), None, "{text}");
        }
        assert_eq!(tenant(&format!("{short} ")), None);
    }
}
