//! Recovery codes: shown once, used once, kept as Argon2id.

use countersign_server::engine::policy::Factor;
use countersign_server::engine::{Error, Whom};
use countersign_tests::server_here::ServerHere;
use futures_util::future::join_all;
use serde_json::json;

use super::Ready;

impl Ready {
    async fn recovery_codes(&self, count: usize) -> Vec<String> {
        let added = self.add(json!({"type": "recovery", "count": count})).await.expect(201);
        let codes = added["recovery_codes"].as_array().unwrap();
        codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect()
    }

    async fn use_code(&self, code: &str) -> Result<(), Error> {
        let sam = Whom::Ref("sam".to_owned());
        self.server.engine.prove_code(&*self.caller().await, &sam, Factor::Recovery, code).await.map(|_| ())
    }

    async fn codes_left(&self) -> i64 {
        self.list().await[0]["codes_left"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn s23_codes_are_shown_once_and_kept_as_argon2id() {
    let ready = Ready::on(ServerHere::start_with_full_hashing().await).await;
    let codes = ready.add(json!({"type": "recovery"})).await.expect(201)["recovery_codes"].clone();
    let codes: Vec<&str> = codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.len() == 24 && code.bytes().all(|b| b.is_ascii_alphanumeric())));
    assert_eq!(ready.codes_left().await, 10);
    let tenant = ready.cms.tenant.parse().unwrap();
    let rows = ready.server.rows();
    let sam = rows.user_by_ref(tenant, "sam").await.unwrap().unwrap();
    for code in &codes {
        let kept = rows.recovery_code(tenant, sam.id, &code[..4]).await.unwrap().unwrap();
        assert!(kept.hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.hash);
        assert!(!kept.hash.contains(&code[4..]), "the code itself is nowhere");
    }
    rows.close().await;
    let listed = ready.cms.call("GET", "/api/v1/users/sam/factors").await.text();
    assert!(codes.iter().all(|code| !listed.contains(code)));
}

#[tokio::test]
async fn s23_a_code_is_used_once_however_it_is_typed() {
    let ready = Ready::new().await;
    let codes = ready.recovery_codes(2).await;
    let typed = format!(" {}-{} ", codes[0][..12].to_lowercase(), &codes[0][12..]);
    ready.use_code(&typed).await.unwrap();
    assert_eq!(ready.codes_left().await, 1);
    assert!(ready.use_code(&codes[0]).await.is_err(), "it is used up");
    ready.use_code(&codes[1]).await.unwrap();
    let left = &ready.list().await[0];
    assert_eq!((&left["active"], &left["codes_left"]), (&json!(false), &json!(0)));
}

#[tokio::test]
async fn s23_of_uses_at_once_one_passes() {
    let ready = Ready::new().await;
    let codes = ready.recovery_codes(2).await;
    let uses = join_all((0..4).map(|_| ready.use_code(&codes[0]))).await;
    assert_eq!(uses.iter().filter(|result| result.is_ok()).count(), 1, "{uses:?}");
    assert_eq!(ready.codes_left().await, 1);
}

#[tokio::test]
async fn s23_a_new_set_ends_the_one_before_and_sets_at_once_leave_one() {
    let ready = Ready::new().await;
    let before = ready.recovery_codes(1).await;
    let sets = join_all((0..3).map(|_| ready.recovery_codes(2))).await;
    assert_eq!(ready.codes_left().await, 2, "of sets that are made at once one stays");
    assert!(ready.use_code(&before[0]).await.is_err());
    let mut passed = 0;
    for set in &sets {
        passed += i64::from(ready.use_code(&set[0]).await.is_ok());
    }
    assert_eq!((passed, ready.codes_left().await), (1, 1));
}

#[tokio::test]
async fn s6_wrong_recovery_codes_are_counted_and_lock() {
    let ready = Ready::new().await;
    ready.policy("failure_limit", "2").await;
    let codes = ready.recovery_codes(2).await;
    let other = format!("{}{}", &codes[0][..4], &codes[1][4..]);
    assert!(matches!(ready.use_code("ABC").await, Err(Error::Invalid(_))), "no code, so it is not counted");
    for guess in [other.as_str(), "0000000000000000000000AB"] {
        assert!(!matches!(ready.use_code(guess).await, Ok(()) | Err(Error::Locked(_))), "{guess}");
    }
    assert_eq!(ready.use_code(&codes[0]).await, Err(Error::Locked("recovery")));
    // A new set is a new binding.
    let codes = ready.recovery_codes(1).await;
    ready.use_code(&codes[0]).await.unwrap();
}

#[tokio::test]
async fn s23_nobody_elses_code_is_a_persons_own() {
    let ready = Ready::new().await;
    ready.recovery_codes(1).await;
    ready.cms.enroll("alex").await;
    let alex = ready.add_for("alex", json!({"type": "recovery", "count": 1})).await.expect(201);
    assert!(ready.use_code(alex["recovery_codes"][0].as_str().unwrap()).await.is_err());
    assert_eq!(ready.codes_left().await, 1);
}

#[tokio::test]
async fn a_code_that_was_used_can_be_followed_by_another() {
    let ready = Ready::new().await;
    let codes = ready.recovery_codes(1).await;
    ready.use_code(&codes[0]).await.unwrap();
    let tenant = ready.cms.tenant.parse().unwrap();
    let rows = ready.server.rows();
    let sam = rows.user_by_ref(tenant, "sam").await.unwrap().unwrap();
    let (next, statement) = ready.server.engine.another_recovery_code(&sam).await.unwrap();
    rows.write(vec![statement]).await.unwrap();
    rows.close().await;
    assert_eq!(ready.codes_left().await, 1);
    ready.use_code(&next).await.unwrap();
}
