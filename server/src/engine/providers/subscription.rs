//! A Web Push or UnifiedPush subscription, as a device hands it over in place of a push token:
//! `https://endpoint#p256dh=…&auth=…`. The address says where messages go, the two keys see to it that only the device
//! reads them (RFC 8291). Whether the address may be called is asked when it is called.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use url::Url;

use crate::host::ring_dice;

/// What a subscription begins with; no other push token does.
const BEGINNING: &str = "https://";

/// Where a device is reached, and the keys for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Where messages are posted to. It is a secret of the device: whoever knows it can post there.
    pub endpoint: Url,
    /// The device's public key: a point on P-256, uncompressed.
    pub p256dh: [u8; 65],
    /// The secret between the device and us.
    pub auth: [u8; 16],
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription(…)")
    }
}

impl Subscription {
    /// Whether a push token is meant to be a subscription, right or wrong.
    #[must_use]
    pub fn is_meant(token: &str) -> bool {
        token.starts_with(BEGINNING)
    }

    /// Reads it.
    ///
    /// # Errors
    /// A sentence on what to write instead.
    pub fn parse(token: &str) -> Result<Self, &'static str> {
        const FORM: &str = "device_token of a Web Push subscription must be https://endpoint#p256dh=…&auth=…, both in base64url";
        let (address, keys) = token.split_once('#').ok_or(FORM)?;
        let endpoint = Url::parse(address).ok().filter(|_| Self::is_meant(address)).ok_or(FORM)?;
        if !endpoint.has_host() || !endpoint.username().is_empty() || endpoint.password().is_some() {
            return Err(FORM);
        }
        let (mut p256dh, mut auth) = (None, None);
        for pair in keys.split('&') {
            let place = match pair.split_once('=').ok_or(FORM)? {
                ("p256dh", value) => p256dh.replace(value).is_none().then_some(()),
                ("auth", value) => auth.replace(value).is_none().then_some(()),
                _ => None,
            };
            place.ok_or(FORM)?;
        }
        let (Some(p256dh), Some(auth)) = (p256dh, auth) else { return Err(FORM) };
        Ok(Self { endpoint, p256dh: point(p256dh)?, auth: secret(auth)? })
    }
}

fn point(text: &str) -> Result<[u8; 65], &'static str> {
    const FORM: &str =
        "p256dh of the subscription must be a point on P-256: 65 bytes, in base64url without padding";
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| FORM)?;
    let point: [u8; 65] = bytes.try_into().map_err(|_| FORM)?;
    // Only agreeing on a key looks whether it is on the curve.
    let ours = EphemeralPrivateKey::generate(&ECDH_P256, &ring_dice()).map_err(|_| FORM)?;
    agree_ephemeral(ours, &UnparsedPublicKey::new(&ECDH_P256, point), |_| ()).map_err(|_| FORM)?;
    Ok(point)
}

fn secret(text: &str) -> Result<[u8; 16], &'static str> {
    const FORM: &str = "auth of the subscription must be 16 bytes, in base64url without padding";
    URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(FORM)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The receiver of RFC 8291, appendix A.
    const POINT: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    #[test]
    fn a_subscription_is_read_and_not_shown() {
        let token = format!("https://push.example.org:8443/wpush/v2/abc?x=1#p256dh={POINT}&auth={AUTH}");
        assert!(Subscription::is_meant(&token));
        let read = Subscription::parse(&token).unwrap();
        assert_eq!(read.endpoint.as_str(), "https://push.example.org:8443/wpush/v2/abc?x=1");
        assert_eq!((read.p256dh[0], read.auth[0]), (4, 5));
        assert_eq!(format!("{read:?}"), "Subscription(…)");
        let turned = format!("https://push.example.org:8443/wpush/v2/abc?x=1#auth={AUTH}&p256dh={POINT}");
        assert_eq!(Subscription::parse(&turned), Ok(read));
    }

    #[test]
    fn what_is_no_subscription_is_refused_with_what_is_wrong() {
        let off_the_curve = POINT.replace("Bw4", "Bw5").replace("ZGH6", "ZGH7");
        let short = &POINT[..80];
        for (token, why) in [
            ("https://push.example.org/abc".to_owned(), "https://endpoint#"),
            (format!("https://push.example.org/#p256dh={POINT}"), "https://endpoint#"),
            (format!("https://push.example.org/#auth={AUTH}"), "https://endpoint#"),
            (
                format!("https://push.example.org/#p256dh={POINT}&auth={AUTH}&auth={AUTH}"),
                "https://endpoint#",
            ),
            (format!("https://push.example.org/#p256dh={POINT}&auth={AUTH}&more=1"), "https://endpoint#"),
            (format!("http://push.example.org/#p256dh={POINT}&auth={AUTH}"), "https://endpoint#"),
            (format!("https://#p256dh={POINT}&auth={AUTH}"), "https://endpoint#"),
            (format!("https://sam:pw@push.example.org/#p256dh={POINT}&auth={AUTH}"), "https://endpoint#"),
            (format!("https://push.example.org/#p256dh={short}&auth={AUTH}"), "p256dh"),
            (format!("https://push.example.org/#p256dh={off_the_curve}&auth={AUTH}"), "p256dh"),
            (format!("https://push.example.org/#p256dh={POINT}&auth={AUTH}=="), "auth of"),
            (format!("https://push.example.org/#p256dh={POINT}&auth=BTBZ"), "auth of"),
        ] {
            let error = Subscription::parse(&token).unwrap_err();
            assert!(error.contains(why), "{token}: {error}");
        }
    }
}
