//! Answers that are none: whatever comes, the server says that it was not taken, and goes on.

use countersign_tests::passkey::Lie;
use serde_json::{Value, json};

use super::{SIGN_IN, World, answer, asked_for_one_more, asked_who, device, send_new};

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }

    /// The bytes with one changed, some left out, or something in between.
    fn change(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        if bytes.is_empty() {
            return vec![0xff];
        }
        let at = self.below(bytes.len());
        match self.below(5) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << self.below(8),
            2 => bytes[at] = [0x00, 0x1f, 0x5f, 0x7f, 0x9f, 0xbf, 0xff][self.below(7)],
            3 => bytes.insert(at, [0x9f, 0xbf, 0xa1, 0x81, 0xfb][self.below(5)]),
            _ => bytes.drain(at..(at + 1 + self.below(8)).min(bytes.len())).for_each(drop),
        }
        bytes
    }

    /// The answer with one of its parts changed, as bytes or as text.
    fn mutated(&mut self, answer: &str) -> String {
        let mut value: Value = serde_json::from_str(answer).unwrap();
        let response = value["response"].as_object_mut().unwrap();
        let names: Vec<_> = response.keys().cloned().collect();
        let name = &names[self.below(names.len())];
        match self.below(4) {
            0 => return String::from_utf8_lossy(&self.change(answer.into())).into_owned(),
            1 => {
                let other = [json!(null), json!(7), json!([]), json!({}), json!("="), json!("é")];
                response[name] = other[self.below(other.len())].clone();
            }
            _ => {
                let bytes = countersign_tests::passkey::bytes(&response[name]);
                response[name] = countersign_protocol::base64url(&self.change(bytes)).into();
            }
        }
        value.to_string()
    }
}

/// The parts of an answer that are judged: `id` is `rawId` once more, for people who look.
fn judged(answer: &str) -> Option<[Value; 2]> {
    let value: Value = serde_json::from_str(answer).ok()?;
    Some([value["rawId"].clone(), value["response"].clone()])
}

/// A body that is not what its fields promise.
const NONSENSE: [&str; 8] = ["", "null", "[]", "{}", "\u{1}", "{\"id\":", "9e999", "\"\\ud800\""];

#[tokio::test]
async fn s41_hundreds_of_damaged_answers_sign_nobody_in_and_stop_nothing() {
    let world = World::new().await;
    let (mut dice, mut browser) = (Dice(0x9e37_79b9_7f4a_7c15), world.browser().await);
    let long = "x".repeat(20_000);
    for turn in 0..300 {
        let told = asked_who(&mut browser).await;
        let right = world.device.show(&told["publicKey"], &Lie::default());
        let sent = match NONSENSE.get(turn) {
            Some(nonsense) => (*nonsense).to_owned(),
            None if turn == 10 => long.clone(),
            None => dice.mutated(&right),
        };
        let reply = browser.post(SIGN_IN, &answer(&told, sent.clone())).await;
        assert!(reply.status == 400 || judged(&sent) == judged(&right), "{turn} {sent}: {}", reply.status);
        world.server.clock.advance(1000);
    }
    let device = world.device.used(1000);
    assert_eq!(super::sign_in(&mut world.browser().await, &device).await.status, 303);
}

#[tokio::test]
async fn s41_hundreds_of_damaged_passkeys_are_not_kept_and_stop_nothing() {
    let mut world = World::new().await;
    let mut dice = Dice(0xd1b5_4a32_d192_ed03);
    let mut kept = 0;
    for turn in 0..300 {
        let told = asked_for_one_more(&mut world.seat).await;
        let right = device(&world.server).make(&told["publicKey"], &Lie::default());
        let sent = match NONSENSE.get(turn) {
            Some(nonsense) => (*nonsense).to_owned(),
            None => dice.mutated(&right),
        };
        let reply = send_new(&mut world.seat, &answer(&told, sent.clone())).await;
        assert!([303, 400].contains(&reply.status), "{turn} {sent}: {}", reply.status);
        // A changed id or an unused bit is still a passkey: without attestation nobody vouches for them.
        kept += usize::from(reply.status == 303);
        for row in world.passkeys().await.into_iter().skip(1) {
            let id = countersign_protocol::id::to_base32(row.id);
            assert_eq!(world.seat.send("/account/passkeys/remove", &[("id", &id)]).await.status, 303);
        }
    }
    assert!(kept < 100, "most of it was damage: {kept}");
}
