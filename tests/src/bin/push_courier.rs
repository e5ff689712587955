//! Our own couriers as a program, for push services that are not ours. It obeys lines of JSON on its standard input:
//! `{"account": …, "provider": 1, "token": …, "challenge": …, "language": "ar"}` makes one attempt under the account, which is
//! that provider's, and answers with what came of it;
//! `{"new_key": true}` answers with a new VAPID key. Only this machine is called.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "whatever does not go as a check expects ends that check"
)]

use std::sync::Arc;

use countersign_protocol::id::{DeviceId, TenantId};
use countersign_server::delivery::fcm::Fcm;
use countersign_server::delivery::web_push::WebPush;
use countersign_server::engine::providers::{Account, Channel, Provider, WebPushAccount};
use countersign_server::engine::{Attempt, Content, Moment, Parcel, Push, Targets};
use countersign_server::host::{Clock as _, System};
use countersign_tests::json_lines::obey;
use serde_json::{Value, json};
use uuid::Uuid;

/// Milliseconds for which each push is worth something.
const WORTH: i64 = 120_000;

struct Couriers {
    fcm: Fcm,
    web_push: WebPush,
}

impl Couriers {
    async fn send(&self, order: &Value) -> Attempt {
        let account: Account = serde_json::from_value(order["account"].clone()).expect("an account");
        let tenant = TenantId(Uuid::from_u128(1));
        let push = Push {
            device: DeviceId { tenant, local: Uuid::from_u128(2) },
            token: order["token"].as_str().expect("a token").to_owned(),
            challenge: order["challenge"].as_str().expect("a challenge").parse().expect("an id"),
            language: serde_json::from_value(order["language"].clone()).unwrap_or_default(),
        };
        let now = System.unix_ms();
        let channel = if matches!(account, Account::Fcm(_)) { Channel::Fcm } else { Channel::WebPush };
        let parcel = Parcel {
            tenant,
            id: Uuid::from_u128(3),
            expires_at: Some(now + WORTH),
            provider: Arc::new(Provider {
                id: Uuid::from_u128(order["provider"].as_u64().unwrap_or(0).into()),
                channel,
                account,
            }),
            content: Content::Push(push.clone()),
        };
        let at = Moment { now, rng: &System };
        match &parcel.provider.account {
            Account::Fcm(account) => self.fcm.send(&parcel, account, &push, at).await,
            Account::WebPush(account) => self.web_push.send(&parcel, account, &push, at).await,
            _ => Attempt::dead("no_courier"),
        }
    }
}

#[tokio::main]
async fn main() {
    let targets =
        || Targets::new(vec!["127.0.0.0/8".to_owned(), "::1".to_owned()].try_into().expect("networks"));
    let couriers = Couriers { fcm: Fcm::new(targets()), web_push: WebPush::new(targets()) };
    obey(async |order| {
        if order["new_key"] == true {
            let private_key = WebPushAccount::new_key().expect("a key");
            let subject = "mailto:ops@example.org".to_owned();
            let account = WebPushAccount { private_key, subject, ca: None };
            let public = account.public_key().expect("its public half");
            return json!({ "private_key": account.private_key.reveal(), "public_key": public });
        }
        let came = couriers.send(&order).await;
        json!({ "status": came.status, "error": came.error, "then": format!("{:?}", came.then), "trouble": came.trouble,
                "reference": came.reference })
    })
    .await;
}
