//! From events to figures.

use std::collections::{BTreeMap, HashMap, HashSet};

use countersign_protocol::id::{ChallengeId, TenantId};
use uuid::Uuid;

use super::{HOUR, kind};
use crate::engine::{ApplicationId, Engine, Error};
use crate::store::tallies::{ALL_OF_IT, add};
use crate::store::{EventRow, Statement};

/// Figures by application, hour and kind.
pub(super) type Counts = BTreeMap<(Uuid, i64, &'static str), i64>;

impl Engine {
    /// The statements that count these events, for the batch that seals them.
    pub(in crate::engine) async fn tally(
        &self,
        tenant: TenantId,
        events: &[EventRow],
    ) -> Result<Vec<Statement>, Error> {
        let mut askers: HashMap<Uuid, Uuid> = events.iter().filter_map(asked_by).collect();
        let unknown: HashSet<Uuid> = events.iter().filter_map(challenge).map(|id| id.0).collect();
        let unknown: Vec<_> = unknown.into_iter().filter(|id| !askers.contains_key(id)).collect();
        askers.extend(self.store.askers(tenant, &unknown).await?);
        let counts = count(events, &askers);
        let adding = counts.into_iter();
        Ok(adding.map(|((app, hour, kind), amount)| add(tenant, app, hour, kind, amount)).collect())
    }
}

/// The challenge that an event is about.
fn challenge(event: &EventRow) -> Option<ChallengeId> {
    if event.name.starts_with("challenge.") { event.subject.parse().ok() } else { None }
}

fn asked_by(event: &EventRow) -> Option<(Uuid, Uuid)> {
    let asked = event.name == "challenge.asked";
    let application: ApplicationId = event.actor.parse().ok().filter(|_| asked)?;
    Some((challenge(event)?.0, application.local))
}

/// When a challenge was asked: its id begins with it.
fn asked_at(id: ChallengeId) -> i64 {
    i64::try_from(id.0.as_u128() >> 80).unwrap_or(0)
}

/// Counts events. `askers` knows which application asked which challenge.
pub(super) fn count(events: &[EventRow], askers: &HashMap<Uuid, Uuid>) -> Counts {
    let mut counts = Counts::new();
    for event in events {
        let about = challenge(event);
        let application = match about {
            Some(id) => askers.get(&id.0).copied(),
            None => event.actor.parse().ok().map(|id: ApplicationId| id.local),
        };
        let hour = about.map_or(event.at, asked_at).div_euclid(HOUR);
        let mut note = |kind, amount| {
            for application in [Some(ALL_OF_IT), application].into_iter().flatten() {
                *counts.entry((application, hour, kind)).or_default() += amount;
            }
        };
        for kind in kinds(event) {
            note(kind, 1);
        }
        if let Some(waited) = about.and_then(|id| waited(event, id)) {
            let place = kind::WAITS.iter().find(|(most, _)| waited <= *most).or(kind::WAITS.last());
            place.iter().for_each(|(_, kind)| note(kind, 1));
            note(kind::WAITED, waited);
        }
    }
    counts
}

fn kinds(event: &EventRow) -> &'static [&'static str] {
    match event.name.as_str() {
        "challenge.asked" => &[kind::ASKED],
        "challenge.approved" if has_code(event) => &[kind::APPROVED, kind::CODE_RIGHT],
        "challenge.approved" => &[kind::APPROVED],
        "challenge.approved_by_rule" => &[kind::APPROVED, kind::BY_RULE],
        "challenge.denied" | "challenge.ended_by_report" => &[kind::DENIED],
        "challenge.reported" => &[kind::REPORTED],
        "challenge.wrong_number" | "challenge.wrong_code" => &[kind::FAILED],
        "challenge.cancelled" | "challenge.superseded" | "challenge.ended_by_lock" => &[kind::CANCELLED],
        "challenge.refused_by_rule" => &[kind::REFUSED],
        "factor.code_accepted" | "verification.verified" => &[kind::CODE_RIGHT],
        "challenge.code_refused" | "factor.code_refused" | "verification.code_refused" => &[kind::CODE_WRONG],
        "user.created" => &[kind::PEOPLE],
        "device.enrolled" | "device.registered" => &[kind::ENROLLED],
        "device.removed" => &[kind::REMOVED],
        _ => &[],
    }
}

/// Whether an approval came by a code instead of by a key of a device.
fn has_code(event: &EventRow) -> bool {
    !matches!(event.detail.as_deref(), None | Some("possession" | "verification"))
}

/// How long a person took who answered, in milliseconds.
fn waited(event: &EventRow, id: ChallengeId) -> Option<i64> {
    let answered = ["challenge.approved", "challenge.denied", "challenge.reported"];
    answered.contains(&event.name.as_str()).then(|| (event.at - asked_at(id)).max(0))
}
