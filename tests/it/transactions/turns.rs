//! A question's turn is kept in the batch that puts it: where it is over, nothing is asked, sent or taken back.

use countersign_protocol::answer::Decision;
use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::Outcome;
use countersign_server::engine::policy::Factor;
use countersign_server::engine::{
    Ask, AskCode, CodePurpose, Error, FactorRef, LoginPage, Origin, Standing, Transaction, Turn, Whom,
};
use countersign_tests::{given, mailbox};

use super::{Begun, NUMBER, Place, waits_for};

fn turn(transaction: &Transaction, seen: Option<ChallengeId>) -> Turn {
    Turn { transaction: transaction.id, seen, ends_by: transaction.expires_at, language: None }
}

impl Place {
    /// Both sorts of questions, put as if `seen` were still the newest one.
    async fn too_late(&self, begun: &Begun, seen: Option<ChallengeId>) {
        let turn = Some(turn(&self.look(begun).await, seen));
        let before = (self.standing(begun).await, self.pending().await);
        let ask = Ask {
            user_ref: "sam".to_owned(),
            session_ref: None,
            kind: None,
            message: "Sign in?".to_owned(),
            turn,
            page: LoginPage::Plain,
            risk: None,
            answer_window: None,
            origin: Origin::default(),
        };
        let code = AskCode {
            whom: Whom::Ref("sam".to_owned()),
            factor: FactorRef::Kind(Factor::Sms),
            purpose: CodePurpose::SignIn,
            session_ref: None,
            language: None,
            risk: None,
            answer_window: None,
            origin: Origin::default(),
            turn,
        };
        let caller = self.caller().await;
        let late = Error::NotPending(Outcome::Cancelled);
        assert_eq!(self.engine().ask(&caller, ask).await, Err(late.clone()));
        let sent = mailbox::all(&self.server).await.len();
        assert_eq!(self.engine().ask_code(&caller, code).await, Err(late));
        assert_eq!(mailbox::all(&self.server).await.len(), sent);
        assert_eq!((self.standing(begun).await, self.pending().await), before);
    }
}

#[tokio::test]
async fn s3_what_is_decided_is_not_asked_again() {
    let place = Place::without_limits().await;
    for (decision, standing) in
        [(Decision::Approve, Standing::Approved), (Decision::Deny, Standing::Rejected)]
    {
        let begun = place.asking(Factor::Push).await;
        let seen = place.look(&begun).await.question;
        place.decide(&begun, decision).await;
        // Whoever looked a moment before the decision saw a question that waited.
        place.too_late(&begun, seen).await;
        assert_eq!(place.standing(&begun).await, standing);
    }
}

#[tokio::test]
async fn of_two_who_saw_the_same_the_second_asks_nothing() {
    let place = Place::without_limits().await;
    let begun = place.open().await;
    place.choose(&begun, Factor::Push).await.unwrap();
    place.too_late(&begun, None).await;
    let first = place.look(&begun).await.question;
    place.choose(&begun, Factor::Sms).await.unwrap();
    // Another message could go out by now, so only the turn stands against it.
    place.server.clock.advance(30_000);
    place.too_late(&begun, first).await;
    assert_eq!(waits_for(place.standing(&begun).await), Some(Factor::Sms));
}

#[tokio::test]
async fn a_sign_in_that_was_cancelled_asks_nothing_more() {
    let place = Place::without_limits().await;
    for asked in [true, false] {
        let begun = place.open().await;
        if asked {
            place.choose(&begun, Factor::Push).await.unwrap();
        }
        let seen = place.look(&begun).await;
        place.engine().cancel_transaction(&seen).await.unwrap();
        place.too_late(&begun, seen.question).await;
    }
}

#[tokio::test]
async fn s40_no_other_tenants_sign_in_has_a_turn_here() {
    let place = Place::without_limits().await;
    let elsewhere = Place::without_limits().await;
    let begun = place.open().await;
    let theirs = elsewhere.look(&elsewhere.open().await).await;
    let other = place.server.relying_party("Elsewhere", None).await;
    given::factor(&place.server, &other, "sam", "sms", NUMBER).await;
    let caller = place.engine().authenticate(&other.client_id, &other.client_secret, None).await.unwrap();
    let own = place.look(&begun).await;
    for transaction in [&own, &theirs] {
        let code = AskCode {
            whom: Whom::Ref("sam".to_owned()),
            factor: FactorRef::Kind(Factor::Sms),
            purpose: CodePurpose::SignIn,
            session_ref: None,
            language: None,
            risk: None,
            answer_window: None,
            origin: Origin::default(),
            turn: Some(turn(transaction, None)),
        };
        let asked = place.engine().ask_code(&caller, code).await;
        assert_eq!(asked, Err(Error::NotPending(Outcome::Cancelled)));
    }
    assert_eq!(place.look(&begun).await.question, None);
}
