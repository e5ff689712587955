use super::*;
use countersign_protocol::base64url;
use uuid::Uuid;

fn tenant() -> TenantId {
    TenantId(Uuid::from_u128(7))
}

fn event(n: u128) -> EventRow {
    EventRow {
        id: Uuid::from_u128(n),
        at: 1_800_000_000_000 + i64::try_from(n).unwrap(),
        name: "challenge.approved".to_owned(),
        actor: "dev_1".to_owned(),
        subject: format!("subject {n}"),
        address: Some("192.0.2.7".to_owned()),
        detail: None,
    }
}

fn place(previous: &Hash, seq: i64, event: EventRow) -> SealedRow {
    SealedRow { seq, hash: Some(hash(previous, tenant(), seq, &event).to_vec()), event }
}

fn hash_of(row: &SealedRow) -> Hash {
    Hash::try_from(row.hash.as_deref().unwrap()).unwrap()
}

/// Seals the events anew from where they stand in the list.
fn chain(events: impl IntoIterator<Item = EventRow>) -> Vec<SealedRow> {
    let mut last = START;
    let seal = |(seq, event)| {
        let row = place(&last, seq, event);
        last = hash_of(&row);
        row
    };
    (1..).zip(events).map(seal).collect()
}

fn ten() -> Vec<SealedRow> {
    chain((1..=10).map(event))
}

fn anchor_of(row: &SealedRow) -> Anchor {
    Anchor { seq: row.seq, hash: base64url(row.hash.as_deref().unwrap()), at: 5, kept: "here".to_owned() }
}

fn walk(rows: &[SealedRow], anchors: &[Anchor]) -> Walk {
    let mut walk = Walk::new(tenant(), 0, START);
    for anchor in anchors {
        walk.anchor(anchor.clone());
    }
    for row in rows {
        walk.row(row);
    }
    walk.end();
    walk
}

fn codes(walk: &Walk) -> Vec<(&'static str, i64)> {
    let place = |problem: &Problem| match problem {
        Problem::Removed { from, .. } => *from,
        Problem::Changed { seq, .. }
        | Problem::Inserted { seq, .. }
        | Problem::EndHash { seq }
        | Problem::Rewritten { seq, .. }
        | Problem::Truncated { seq, .. } => *seq,
        Problem::End { found, .. } => *found,
        _ => 0,
    };
    walk.problems.iter().map(|problem| (problem.code(), place(problem))).collect()
}

#[test]
fn s54_a_whole_chain_holds_and_its_signed_end_is_known() {
    let rows = ten();
    let mut good = walk(&rows, &[anchor_of(&rows[3]), anchor_of(&rows[9])]);
    good.ends_with(10, rows[9].hash.as_deref().unwrap());
    assert_eq!((good.problems.len(), good.events, good.fitting, good.signed), (0, 10, 2, Some((10, 5))));
}

#[test]
fn s54_every_field_of_an_event_is_under_its_hash() {
    type Change = fn(&mut SealedRow);
    let changes: [Change; 12] = [
        |r| r.event.at += 1,
        |r| r.event.id = Uuid::from_u128(99),
        |r| r.event.name.push('x'),
        |r| r.event.actor.push('x'),
        |r| r.event.subject.push('x'),
        |r| r.event.address = None,
        |r| r.event.address = Some(String::new()),
        |r| r.event.detail = Some(String::new()),
        |r| r.hash = None,
        |r| r.hash = Some(vec![1; 31]),
        // The same text under another division into fields.
        |r| {
            r.event.name.pop();
            r.event.actor.insert(0, 'd');
        },
        |r| std::mem::swap(&mut r.event.actor, &mut r.event.subject),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let mut rows = ten();
        change(&mut rows[4]);
        assert_eq!(codes(&walk(&rows, &[]))[0], ("changed", 5), "change {n}");
    }
    let mut rows = ten();
    rows[4].event.subject = "another".to_owned();
    assert_eq!(codes(&walk(&rows, &[])), [("changed", 5)], "one change is told once");
    assert!(walk(&rows, &[]).problems[0].to_string().contains(&rows[4].event.id.to_string()));
}

#[test]
fn s54_a_changed_event_with_its_hash_made_anew_does_not_carry_the_next_one() {
    let mut rows = ten();
    rows[4].event.subject = "another".to_owned();
    rows[4] = place(&hash_of(&rows[3]), 5, rows[4].event.clone());
    assert_eq!(codes(&walk(&rows, &[])), [("changed", 6)]);
}

#[test]
fn s54_removed_reordered_and_inserted_events_are_found_where_they_are() {
    let mut removed = ten();
    removed.drain(3..5);
    assert_eq!(codes(&walk(&removed, &[])), [("removed", 4)]);
    assert!(walk(&removed, &[]).problems[0].to_string().contains("4 to 5"));
    let mut closed_up = ten();
    closed_up.remove(3);
    for row in &mut closed_up[3..] {
        row.seq -= 1;
    }
    assert_eq!(codes(&walk(&closed_up, &[]))[0], ("changed", 4));
    let mut swapped = ten();
    swapped.swap(3, 6);
    (swapped[3].seq, swapped[6].seq) = (4, 7);
    assert_eq!(codes(&walk(&swapped, &[]))[0], ("changed", 4));
    let mut twice = ten();
    twice.insert(5, twice[4].clone());
    assert_eq!(codes(&walk(&twice, &[])), [("inserted", 5)]);
}

#[test]
fn s54_what_was_sealed_anew_contradicts_the_checkpoints() {
    let rows = ten();
    let signed = [anchor_of(&rows[3]), anchor_of(&rows[7]), anchor_of(&rows[9])];
    let mut events: Vec<_> = rows.into_iter().map(|row| row.event).collect();
    events.remove(5);
    let anew = chain(events);
    assert_eq!(codes(&walk(&anew, &[])), [], "the chain alone cannot tell");
    assert_eq!(codes(&walk(&anew, &signed)), [("rewritten", 8), ("truncated", 10)]);
}

#[test]
fn s54_a_cut_off_end_is_missed_by_the_head_and_by_checkpoints() {
    let rows = ten();
    let signed = anchor_of(&rows[9]);
    let cut = &rows[..8];
    assert_eq!(codes(&walk(cut, std::slice::from_ref(&signed))), [("truncated", 10)]);
    let mut short = walk(cut, &[]);
    short.ends_with(10, rows[9].hash.as_deref().unwrap());
    assert_eq!(codes(&short), [("truncated", 8)]);
    let mut longer = walk(&rows, &[]);
    longer.ends_with(8, rows[7].hash.as_deref().unwrap());
    assert_eq!(codes(&longer), [("appended", 10)]);
    let mut other = walk(&rows, &[]);
    other.ends_with(10, &START);
    assert_eq!(codes(&other), [("end_changed", 10)]);
    assert_eq!(codes(&walk(&[], &[signed])), [("truncated", 10)]);
}

#[test]
fn numbers_at_the_ends_of_their_type_are_problems_and_no_panic() {
    let mut rows = ten();
    rows[9].seq = i64::MAX;
    rows.push(SealedRow { seq: i64::MIN, ..rows[0].clone() });
    rows.push(SealedRow { seq: i64::MAX, ..rows[0].clone() });
    assert_eq!(codes(&walk(&rows, &[])), [("removed", 10), ("inserted", i64::MIN), ("inserted", i64::MAX)]);
}

#[test]
fn many_problems_are_counted_and_the_first_ones_told() {
    let rows = (1..=100).map(|n| SealedRow { seq: n * 2, hash: None, event: event(1) });
    let walk = walk(&rows.collect::<Vec<_>>(), &[]);
    assert_eq!((walk.problems.len(), walk.untold), (TOLD, 80));
}
