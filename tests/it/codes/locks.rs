//! Wrong codes in a row: they are counted for a person and a kind of factor, whatever sessions they came by.

use countersign_core::otp::OtpEntry;
use countersign_server::engine::policy::Factor;
use countersign_server::engine::{Error, Whom};
use countersign_tests::mailbox;
use futures_util::future::join_all;
use serde_json::json;

use super::{NUMBER, Place, id, wrong};

/// Five wrong codes for a session of sam's, which end it.
async fn fail_a_session(place: &Place) {
    let sent = place.asked().await;
    let code = wrong(&place.code().await);
    for _ in 0..5 {
        assert_eq!(place.verify(&sent, &code).await.refusal(), (400, "invalid_code".to_owned()));
    }
    assert_eq!(place.status(&sent).await, "denied");
    place.cool_down();
}

#[tokio::test]
async fn s6_s26_s28_s29_wrong_codes_in_a_row_lock_their_factor_and_nothing_else() {
    let place = Place::with_sam().await;
    place.set(&[("failure_limit", "7"), ("pending_limit", "0")]).await;
    fail_a_session(&place).await;
    let other = place.asked().await;
    place.give("sam", "email", "sam@example.org").await;
    let mailed = place.ask("sam", "email").await.expect(200);
    place.cool_down();
    let last = place.asked().await;
    let code = place.code().await;
    assert_eq!(place.verify(&last, &wrong(&code)).await.json()["attempts_left"], 4);
    let locking = place.verify(&last, &wrong(&code)).await;
    assert_eq!(
        (locking.refusal(), &locking.json()["attempts_left"]),
        ((400, "invalid_code".to_owned()), &json!(0))
    );
    for ended in [&last, &other] {
        assert_eq!(place.status(ended).await, "cancelled", "S28");
        let refused = place.verify(ended, &code).await;
        assert_eq!(refused.refusal(), (409, "session_not_pending".to_owned()));
    }
    place.cool_down();
    let before = mailbox::waiting_by(&place.server, "sms").await.len();
    assert_eq!(place.ask("sam", "sms").await.refusal(), (403, "user_locked".to_owned()), "S29");
    assert_eq!(mailbox::waiting_by(&place.server, "sms").await.len(), before, "S29");
    let code = mailbox::code_to(&place.server, "sam@example.org").await;
    place.verify(&mailed, &code).await.expect(200);
    let locks = place.server.engine.locks_of(place.tenant(), "sam").await.unwrap().counters;
    let locked: Vec<_> =
        locks.iter().filter(|(_, c)| c.locked_at.is_some()).map(|(f, _)| f.as_str()).collect();
    assert_eq!(locked, ["sms"], "S26: each factor is counted for itself");
    place.server.clock.advance(86_400_000);
    assert_eq!(place.ask("sam", "sms").await.status, 403, "time does not unlock");
    place.server.engine.unlock_user(place.tenant(), "sam", &"operator").await.unwrap();
    let sent = place.asked().await;
    place.verify(&sent, &place.code().await).await.expect(200);
}

#[tokio::test]
async fn s29_a_locked_factor_is_not_sent_again_and_not_by_another_way() {
    let place = Place::with_sam().await;
    place.set(&[("failure_limit", "5")]).await;
    place.give("kim", "voice", "+966502222222").await;
    let sent = place.asked().await;
    place.cool_down();
    let counted = countersign_server::store::Counted {
        tenant: place.tenant(),
        user: place.server.rows().user_by_ref(place.tenant(), "sam").await.unwrap().unwrap().id,
        factor: "voice",
    };
    let rows = place.server.rows();
    rows.write(vec![counted.lock(1)]).await.unwrap();
    let refused = place.resend(&sent, json!({"via": "voice"})).await;
    assert_eq!(refused.refusal(), (403, "user_locked".to_owned()));
    rows.write(vec![countersign_server::store::Counted { factor: "sms", ..counted }.lock(1)]).await.unwrap();
    rows.close().await;
    assert_eq!(place.resend(&sent, json!({})).await.refusal(), (403, "user_locked".to_owned()));
    let code = place.code().await;
    assert_eq!(
        place.verify(&sent, &code).await.refusal(),
        (403, "user_locked".to_owned()),
        "not even the right one"
    );
    assert!(mailbox::waiting_by(&place.server, "voice").await.is_empty());
}

#[tokio::test]
async fn s6_of_many_guesses_at_once_five_are_judged() {
    let place = Place::with_sam().await;
    let sent = place.asked().await;
    let code = wrong(&place.code().await);
    let replies = join_all((0..40).map(|_| place.verify(&sent, &code))).await;
    let judged = replies.iter().filter(|reply| reply.refusal() == (400, "invalid_code".to_owned())).count();
    let late = [(409, "session_not_pending".to_owned()), (429, "rate_limited".to_owned())];
    assert!(replies.iter().all(|reply| reply.status == 400 || late.contains(&reply.refusal())));
    let rows = place.server.rows();
    let row = rows.code_challenge(place.tenant(), id(&sent).parse().unwrap()).await.unwrap().unwrap();
    rows.close().await;
    assert_eq!(row.failures, i64::try_from(judged).unwrap(), "each judged guess is counted");
    assert!((1..=5).contains(&judged), "{judged}");
    for _ in judged..5 {
        place.verify(&sent, &code).await;
    }
    assert_eq!(place.status(&sent).await, "denied");
}

#[tokio::test]
async fn s6_s26_of_many_guesses_at_once_over_many_sessions_no_more_than_the_limit_are_judged() {
    let place = Place::new().await;
    place.set(&[("failure_limit", "6"), ("pending_limit", "0")]).await;
    place.cms.enroll("sam").await;
    let seed = place.server.engine.add_totp(place.tenant(), "sam", &"operator").await.unwrap();
    let code = OtpEntry::parse(&seed.link).unwrap();
    let now = u64::try_from(place.server.clock.now() / 1000).unwrap();
    let near: Vec<_> = (0..5).map(|step| code.code_at(now + step * 30 - 60).unwrap().value.clone()).collect();
    let code = (0..).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).unwrap();
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(place.ask("sam", "totp").await.expect(200));
    }
    let guesses =
        sessions.iter().flat_map(|sent| (0..5).map(|_| place.verify(sent, &code)).collect::<Vec<_>>());
    let replies = join_all(guesses).await;
    let judged = replies.iter().filter(|reply| reply.refusal() == (400, "invalid_code".to_owned())).count();
    assert!((1..=6).contains(&judged), "{judged}");
    let rest = async |sent| while place.verify(sent, &code).await.status == 400 {};
    for sent in &sessions {
        rest(sent).await;
        assert!(["cancelled", "denied"].contains(&place.status(sent).await.as_str()));
    }
    let locks = place.server.engine.locks_of(place.tenant(), "sam").await.unwrap().counters;
    assert!(locks.iter().any(|(f, c)| f == "totp" && c.failures == 6 && c.locked_at.is_some()), "{locks:?}");
}

#[tokio::test]
async fn a_right_code_begins_the_count_anew() {
    let place = Place::with_sam().await;
    place.set(&[("failure_limit", "3")]).await;
    for _ in 0..3 {
        let sent = place.asked().await;
        let code = place.code().await;
        for _ in 0..2 {
            assert_eq!(place.verify(&sent, &wrong(&code)).await.status, 400);
        }
        place.verify(&sent, &code).await.expect(200);
        place.cool_down();
    }
}

#[tokio::test]
async fn s6_a_code_without_a_session_is_counted_with_all_others() {
    let place = Place::new().await;
    place.set(&[("failure_limit", "6")]).await;
    place.cms.enroll("sam").await;
    let engine = &place.server.engine;
    let seed =
        OtpEntry::parse(&engine.add_totp(place.tenant(), "sam", &"operator").await.unwrap().link).unwrap();
    let caller = engine.authenticate(&place.cms.client_id, &place.cms.client_secret, None).await.unwrap();
    let (sam, now) = (Whom::Ref("sam".to_owned()), u64::try_from(place.server.clock.now() / 1000).unwrap());
    let code = seed.code_at(now).unwrap().value.clone();
    engine.prove_code(&caller, &sam, Factor::Totp, &code).await.unwrap();
    let replayed = engine.prove_code(&caller, &sam, Factor::Totp, &code).await;
    assert_eq!(replayed.unwrap_err(), Error::WrongFactorCode { attempts_left: 5 }, "S17");
    let sent = place.ask("sam", "totp").await.expect(200);
    for left in [4, 3, 2, 1] {
        assert_eq!(place.verify(&sent, &code).await.json()["attempts_left"], left);
    }
    let last = engine.prove_code(&caller, &sam, Factor::Totp, &code).await;
    assert_eq!(last.unwrap_err(), Error::WrongFactorCode { attempts_left: 0 });
    assert_eq!(place.status(&sent).await, "cancelled", "S28");
    let locked = engine.prove_code(&caller, &sam, Factor::Totp, &seed.code_at(now + 30).unwrap().value).await;
    assert_eq!(locked.unwrap_err(), Error::Locked("totp"));
    let never = engine.prove_code(&caller, &sam, Factor::Recovery, &code).await;
    assert_eq!(never.unwrap_err(), Error::NoFactor("recovery"));
    place.give("sam", "sms", NUMBER).await;
    let first_sent = engine.prove_code(&caller, &sam, Factor::Sms, &code).await;
    assert!(matches!(first_sent, Err(Error::Invalid(_))));
}
