//! A push service (RFC 8030) with the devices that are subscribed to it: it checks who sends (RFC 8292), and opens what it
//! is sent with the device's key (RFC 8291). It answers as a test tells it to. That it is right is checked with a client
//! that is not ours: `tests/independent/web_push.py`.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};

use countersign_protocol::{base64url, from_base64url};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as SigningKey};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::NEVER;
use crate::authority::Authority;
use crate::dice::Dice;
use crate::fcm::Seconds;
use crate::https_server::{Answer, Asked, HttpsServer};

/// Seconds for which a token may be good at most.
const LONGEST: i64 = 86_400;

/// A message that was taken and opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The subscription's number.
    pub device: usize,
    /// The request's headers, in lower case.
    pub headers: HashMap<String, String>,
    /// What the sender's token says.
    pub claims: Value,
    /// The key that the sender signs with, in base64url.
    pub sender: String,
    /// The text.
    pub text: String,
    /// Bytes of the body.
    pub length: usize,
}

/// A device's keys.
struct Device {
    scalar: [u8; 32],
    public: Vec<u8>,
    auth: [u8; 16],
}

struct Shared {
    clock: Seconds,
    origin: Mutex<String>,
    devices: Mutex<Vec<Device>>,
    answers: Mutex<VecDeque<Answer>>,
    opened: mpsc::UnboundedSender<Opened>,
}

/// The push service.
pub struct PushService {
    /// Who vouches for it.
    pub authority: Authority,
    server: HttpsServer,
    shared: Arc<Shared>,
    arrived: mpsc::UnboundedReceiver<Opened>,
}

impl fmt::Debug for PushService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushService").field("server", &self.server).finish_non_exhaustive()
    }
}

impl PushService {
    /// One whose clock is `clock`, without a device.
    pub async fn start(clock: Seconds) -> Self {
        let authority = Authority::new();
        let (opened, arrived) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            clock,
            origin: Mutex::default(),
            devices: Mutex::default(),
            answers: Mutex::default(),
            opened,
        });
        let served = Arc::clone(&shared);
        let server = HttpsServer::start(&authority, move |asked| served.answer(&asked)).await;
        *shared.origin.lock().unwrap() = server.url();
        Self { authority, server, shared, arrived }
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.address.port()
    }

    /// A device subscribes: its endpoint, `p256dh` and `auth`.
    #[must_use]
    pub fn subscribe(&self) -> (String, String, String) {
        let mut dice = Dice::new();
        let mut scalar = [0; 32];
        scalar.iter_mut().for_each(|byte| *byte = u8::try_from(dice.below(256)).unwrap());
        // Below the order of the curve, whatever the rest is.
        scalar[0] &= 0x7f;
        let public = private(&scalar).compute_public_key().unwrap().as_ref().to_vec();
        let auth = u128::from(dice.bits()) << 64 | u128::from(dice.bits());
        let keys = (base64url(&public), base64url(&auth.to_be_bytes()));
        let mut devices = self.shared.devices.lock().unwrap();
        devices.push(Device { scalar, public, auth: auth.to_be_bytes() });
        (format!("{}/push/{}", self.server.url(), devices.len() - 1), keys.0, keys.1)
    }

    /// The same as a push token.
    #[must_use]
    pub fn token(&self) -> String {
        let (endpoint, p256dh, auth) = self.subscribe();
        format!("{endpoint}#p256dh={p256dh}&auth={auth}")
    }

    /// Answers the next message that is well formed so.
    pub fn next_is(&self, answer: Answer) {
        self.shared.answers.lock().unwrap().push_back(answer);
    }

    /// Connections that were made to it.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// The next message, which must come.
    pub async fn next(&mut self) -> Opened {
        let next = tokio::time::timeout(NEVER, self.arrived.recv());
        next.await.expect("a push is sent").expect("the push service runs")
    }

    /// The messages that came and were not looked at.
    pub fn rest(&mut self) -> Vec<Opened> {
        std::iter::from_fn(|| self.arrived.try_recv().ok()).collect()
    }
}

impl Shared {
    fn answer(&self, asked: &Asked) -> Answer {
        match self.opened(asked) {
            Err(status) => Answer::status(status),
            Ok(opened) => self.answers.lock().unwrap().pop_front().unwrap_or_else(|| {
                // The test may have ended.
                let _nobody = self.opened.send(opened);
                Answer::status(201).with("location", "/message/1")
            }),
        }
    }

    /// The message, or the status that it is refused with.
    fn opened(&self, asked: &Asked) -> Result<Opened, u16> {
        let number = asked.path.strip_prefix("/push/").and_then(|number| number.parse::<usize>().ok());
        let devices = self.devices.lock().unwrap();
        let device = number.and_then(|number| devices.get(number)).ok_or(404_u16)?;
        if asked.method != "POST" {
            return Err(405);
        }
        if asked.body.len() > 4096 {
            return Err(413);
        }
        let whole = |name| asked.header(name).parse::<u32>().is_ok();
        let topic = asked.header("topic");
        let urgency = asked.header("urgency");
        let good = whole("ttl") && ["", "very-low", "low", "normal", "high"].contains(&urgency);
        if !good || topic.len() > 32 || asked.header("content-encoding") != "aes128gcm" {
            return Err(400);
        }
        let (claims, sender) = self.sender(asked.header("authorization"))?;
        let text = open(device, &asked.body).ok_or(400_u16)?;
        let headers = asked.headers.iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let device = number.unwrap_or_default();
        Ok(Opened { device, headers: headers.collect(), claims, sender, text, length: asked.body.len() })
    }

    /// Who sends, by `Authorization: vapid t=…, k=…`.
    fn sender(&self, header: &str) -> Result<(Value, String), u16> {
        let given: HashMap<&str, &str> = header
            .strip_prefix("vapid ")
            .ok_or(401_u16)?
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
            .collect();
        let (token, key) = (given.get("t").ok_or(401_u16)?, *given.get("k").ok_or(401_u16)?);
        let (input, signature) = token.rsplit_once('.').ok_or(401_u16)?;
        let (header, claims) = input.split_once('.').ok_or(401_u16)?;
        let bytes = |part: &str| from_base64url(part).ok_or(401_u16);
        let json = |part: &str| serde_json::from_slice::<Value>(&bytes(part)?).map_err(|_| 401_u16);
        let (header, claims) = (json(header)?, json(claims)?);
        let signer = SigningKey::new(&ECDSA_P256_SHA256_FIXED, bytes(key)?);
        let signed = signer.verify(input.as_bytes(), &bytes(signature)?).is_ok();
        let now = (self.clock)();
        let ends = claims["exp"].as_i64().unwrap_or(0);
        let about =
            claims["sub"].as_str().is_some_and(|sub| sub.starts_with("mailto:") || sub.starts_with("https:"));
        let ours = claims["aud"].as_str() == Some(self.origin.lock().unwrap().as_str());
        let good =
            header["alg"] == "ES256" && signed && ours && about && (now..=now + LONGEST).contains(&ends);
        good.then(|| (claims, key.to_owned())).ok_or(403)
    }
}

#[expect(deprecated, reason = "the one way to use a key of ring's more than once, for a test")]
fn private(scalar: &[u8; 32]) -> EphemeralPrivateKey {
    let dice = ring::test::rand::FixedSliceRandom { bytes: scalar };
    EphemeralPrivateKey::generate(&ECDH_P256, &dice).unwrap()
}

/// So many bytes.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn derived(salt: &[u8], secret: &[u8], info: &[&[u8]], length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    Salt::new(HKDF_SHA256, salt)
        .extract(secret)
        .expand(info, Bytes(length))
        .unwrap()
        .fill(&mut bytes)
        .unwrap();
    bytes
}

/// Opens a body of one record.
fn open(device: &Device, body: &[u8]) -> Option<String> {
    let (salt, rest) = body.split_at_checked(16)?;
    let (record, rest) = rest.split_at_checked(4)?;
    let (length, rest) = rest.split_first()?;
    let (sender, sealed) = rest.split_at_checked(usize::from(*length))?;
    if u32::from_be_bytes(record.try_into().ok()?) < u32::try_from(sealed.len()).ok()? {
        return None;
    }
    let theirs = UnparsedPublicKey::new(&ECDH_P256, sender);
    let shared = agree_ephemeral(private(&device.scalar), &theirs, <[u8]>::to_vec).ok()?;
    let ikm = derived(&device.auth, &shared, &[b"WebPush: info\0", &device.public, sender], 32);
    let key = derived(salt, &ikm, &[b"Content-Encoding: aes128gcm\0"], 16);
    let nonce = derived(salt, &ikm, &[b"Content-Encoding: nonce\0"], 12);
    let mut sealed = sealed.to_vec();
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
    let text = key.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
    let end = text.iter().rposition(|byte| *byte != 0)?;
    if text[end] != 2 {
        return None;
    }
    String::from_utf8(text[..end].to_vec()).ok()
}
