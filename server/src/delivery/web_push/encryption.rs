//! Messages that only the device reads (RFC 8291): a key agreed with the one of its subscription, and one record of
//! `aes128gcm` (RFC 8188). Every message has a key pair and a salt of its own.

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};

use crate::engine::providers::Subscription;

/// Bytes of a record at most; ours is one, and shorter.
const RECORD: u32 = 4096;
/// What ends the text in the last record, before the padding.
const END: u8 = 2;

/// So many bytes.
#[derive(Debug, Clone, Copy)]
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

/// The body to post: `text` for this subscription, filled up to `size` bytes, so that its length says nothing of its
/// language. None when the device's key is no key, or the text is longer than `size`.
pub(super) fn sealed(
    subscription: &Subscription,
    text: &[u8],
    size: usize,
    salt: [u8; 16],
    ours: EphemeralPrivateKey,
) -> Option<Vec<u8>> {
    let public = ours.compute_public_key().ok()?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, subscription.p256dh);
    let mut ikm = [0; 32];
    agree_ephemeral(ours, &theirs, |shared| {
        let prk = Salt::new(HKDF_SHA256, &subscription.auth).extract(shared);
        let info: [&[u8]; 3] = [b"WebPush: info\0", &subscription.p256dh, public.as_ref()];
        prk.expand(&info, HKDF_SHA256).and_then(|okm| okm.fill(&mut ikm))
    })
    .ok()?
    .ok()?;
    let prk = Salt::new(HKDF_SHA256, &salt).extract(&ikm);
    let key = UnboundKey::from(prk.expand(&[b"Content-Encoding: aes128gcm\0"], &AES_128_GCM).ok()?);
    let mut nonce = [0; 12];
    prk.expand(&[b"Content-Encoding: nonce\0"], Bytes(12)).and_then(|okm| okm.fill(&mut nonce)).ok()?;

    let mut record = text.to_vec();
    record.push(END);
    record.resize(size.checked_add(1).filter(|all| *all >= record.len())?, 0);
    let nonce = Nonce::assume_unique_for_key(nonce);
    LessSafeKey::new(key).seal_in_place_append_tag(nonce, Aad::empty(), &mut record).ok()?;

    let public = public.as_ref();
    let id = u8::try_from(public.len()).ok()?;
    Some([&salt[..], &RECORD.to_be_bytes(), &[id], public, &record].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    const POINT: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

    fn subscription(point: &str) -> Subscription {
        let endpoint = "https://push.example.org/".parse().unwrap();
        let (p256dh, auth) = (bytes(point).try_into().unwrap(), bytes("BTBZMqHH6r4Tts7J_aSIgg"));
        Subscription { endpoint, p256dh, auth: auth.try_into().unwrap() }
    }

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    #[expect(deprecated, reason = "the one way to give ring a key of somebody's choosing, for a test")]
    fn key(scalar: &[u8]) -> EphemeralPrivateKey {
        let dice = ring::test::rand::FixedSliceRandom { bytes: scalar };
        EphemeralPrivateKey::generate(&ECDH_P256, &dice).unwrap()
    }

    /// RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_standard_is_what_we_make() {
        let text = b"When I grow up, I want to be a watermelon";
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let ours = key(&bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
        let made = sealed(&subscription(POINT), text, text.len(), salt, ours).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(made),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w\
             EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn all_messages_are_of_one_length_and_what_does_not_fit_is_not_cut() {
        let (salt, ours) = ([7; 16], || key(&[9; 32]));
        let length =
            |text: &[u8]| sealed(&subscription(POINT), text, 300, salt, ours()).map(|body| body.len());
        assert_eq!(length(b"short"), Some(16 + 4 + 1 + 65 + 301 + 16));
        assert_eq!((length(&[b'x'; 300]), length(&[b'x'; 301])), (length(b"short"), None));
    }

    #[test]
    fn a_point_off_the_curve_gets_nothing() {
        let other = POINT.replace("ZGH6", "ZGH7");
        assert_eq!(sealed(&subscription(&other), b"text", 300, [7; 16], key(&[9; 32])), None);
    }
}
