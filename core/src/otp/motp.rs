//! Mobile-OTP (motp.sourceforge.net): MD5 over the time, the secret and the PIN, each as text.

use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use super::{Pin, Secret};

/// Seconds that a code lives.
pub(super) const PERIOD: u32 = 10;
/// Hexadecimal digits of a code.
pub(super) const DIGITS: u8 = 6;

/// The code of a time step: the first six hexadecimal digits.
pub(super) fn code(secret: &Secret, pin: &Pin, step: u64) -> Zeroizing<String> {
    let mut hash = Md5::new();
    hash.update(step.to_string());
    hash.update(secret.expose());
    hash.update(pin.expose());
    Zeroizing::new(hash.finalize().iter().take(3).map(|byte| format!("{byte:02x}")).collect())
}
