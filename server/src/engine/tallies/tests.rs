//! What counts as what, without a database.

use std::collections::HashMap;

use countersign_protocol::id::{ChallengeId, TenantId, uuid_v7};
use uuid::Uuid;

use super::counting::count;
use super::figures::Figures;
use super::{HOUR, kind};
use crate::engine::ApplicationId;
use crate::store::tallies::ALL_OF_IT;
use crate::store::{EventRow, TallyRow};

const TENANT: TenantId = TenantId(Uuid::from_u128(7));
const BANK: Uuid = Uuid::from_u128(8);

fn event(name: &str, subject: impl ToString, at: i64) -> EventRow {
    EventRow {
        id: uuid_v7(at, &[0; 10]),
        at,
        name: name.to_owned(),
        actor: ApplicationId { tenant: TENANT, local: BANK }.to_string(),
        subject: subject.to_string(),
        address: None,
        detail: None,
    }
}

fn asked(at: i64, number: u8) -> ChallengeId {
    ChallengeId(uuid_v7(at, &[number; 10]))
}

#[test]
fn an_answer_counts_in_the_hour_of_its_question() {
    let id = asked(HOUR - 1_000, 1);
    let events = [
        event("challenge.asked", id, HOUR - 1_000),
        EventRow { actor: "dev_…".to_owned(), ..event("challenge.approved", id, HOUR + 3_500) },
    ];
    let counts = count(&events, &HashMap::from([(id.0, BANK)]));
    for application in [ALL_OF_IT, BANK] {
        assert_eq!(counts.get(&(application, 0, kind::ASKED)), Some(&1));
        assert_eq!(counts.get(&(application, 0, kind::APPROVED)), Some(&1));
        assert_eq!(counts.get(&(application, 0, "wait_5")), Some(&1));
        assert_eq!(counts.get(&(application, 0, kind::WAITED)), Some(&4_500));
    }
    assert_eq!(counts.len(), 8, "nothing else: {counts:?}");
}

#[test]
fn a_right_code_is_an_approval_and_a_key_is_no_code() {
    let by = |detail: Option<&str>| {
        let id = asked(0, 1);
        let event = EventRow { detail: detail.map(str::to_owned), ..event("challenge.approved", id, 1) };
        count(&[event], &HashMap::new()).contains_key(&(ALL_OF_IT, 0, kind::CODE_RIGHT))
    };
    assert!(by(Some("sms")) && by(Some("totp")));
    assert!(!by(Some("possession")) && !by(Some("verification")) && !by(None));
}

#[test]
fn an_approval_by_rule_took_nobody_any_time() {
    let counts = count(&[event("challenge.approved_by_rule", asked(0, 1), 0)], &HashMap::new());
    let kinds: Vec<_> = counts.keys().map(|(.., kind)| *kind).collect();
    assert_eq!(kinds, [kind::APPROVED, kind::BY_RULE]);
}

#[test]
fn what_nobody_answered_is_what_is_left() {
    let row = |slot, kind: &str, amount| TallyRow { slot, kind: kind.to_owned(), amount };
    let rows = [row(5, "asked", 10), row(5, "approved", 4), row(5, "denied", 1), row(6, "asked", 2)];
    let figures = Figures::of(5..=6, 1, &rows);
    assert_eq!(figures.slots.iter().map(|slot| slot.ends.unanswered()).collect::<Vec<_>>(), [5, 2]);
    assert_eq!((figures.total.ends.asked, figures.total.ends.unanswered()), (12, 7));
    assert_eq!(figures.slots.iter().map(|slot| slot.from).collect::<Vec<_>>(), [5 * HOUR, 6 * HOUR]);
}

#[test]
fn times_are_read_from_steps() {
    let row = |kind: &str, amount| TallyRow { slot: 0, kind: kind.to_owned(), amount };
    let waited = |rows: &[TallyRow], permille| Figures::of(0..=0, 1, rows).total.waited(permille);
    assert_eq!(waited(&[], 500), None);
    // Ten answers between three and five seconds, one in the middle of each tenth: the fifth is just before the middle.
    assert_eq!(waited(&[row("wait_5", 10)], 500), Some(3_900));
    let rows = [row("wait_5", 94), row("wait_60", 6)];
    assert!(waited(&rows, 500).is_some_and(|ms| (3_000..5_000).contains(&ms)));
    assert!(waited(&rows, 950).is_some_and(|ms| (45_000..60_000).contains(&ms)));
    assert_eq!(waited(&[row("wait_600", 1)], 950), Some(450_000), "none takes longer than a question may");
}
