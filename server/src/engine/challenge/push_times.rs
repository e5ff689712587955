//! When a user was last sent pushes, so that no minute has more of them than allowed (S7). Eight bytes for each push of
//! the last minute, oldest first; whoever changes the list names the one they saw, so two at once cannot both pass.

/// Milliseconds in which pushes are counted.
const MINUTE: i64 = 60_000;

/// The list with one push more, at `now`.
///
/// # Errors
/// The whole seconds to wait when `limit` pushes went out in the last minute.
pub(in crate::engine) fn one_more(times: &[u8], now: i64, limit: i64) -> Result<Vec<u8>, u64> {
    let (pushes, _) = times.as_chunks::<8>();
    // Times ahead of the clock were noted before it was set back; they say nothing.
    let recent: Vec<i64> = pushes
        .iter()
        .map(|push| i64::from_be_bytes(*push))
        .filter(|at| *at <= now && now - at < MINUTE)
        .collect();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if let Some(oldest) = recent.len().checked_sub(limit).and_then(|index| recent.get(index)) {
        let wait = (oldest + MINUTE - now + 999) / 1000;
        return Err(u64::try_from(wait).unwrap_or(1).max(1));
    }
    Ok(recent.into_iter().chain([now]).flat_map(i64::to_be_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn s7_five_in_a_minute_and_the_sixth_waits_for_the_first_to_be_a_minute_old() {
        let mut times = Vec::new();
        for i in 0..5 {
            times = one_more(&times, 1_000 * i, 5).unwrap();
        }
        assert_eq!(one_more(&times, 5_000, 5), Err(55));
        assert_eq!(one_more(&times, 59_999, 5), Err(1));
        let later = one_more(&times, 60_000, 5).unwrap();
        assert_eq!((later.len(), one_more(&later, 60_001, 5)), (40, Err(1)));
    }

    #[test]
    fn a_clock_that_was_set_back_and_a_damaged_list_lock_nobody_out() {
        let times = one_more(&[], 1_000_000, 1).unwrap();
        assert!(one_more(&times, 500_000, 1).is_ok());
        assert!(one_more(&[1, 2, 3], 500_000, 1).is_ok());
    }

    proptest! {
        #[test]
        fn s7_no_minute_ever_has_more_than_the_limit(steps in prop::collection::vec(0_i64..40_000, 1..60), limit in 1_i64..7) {
            let (mut times, mut now, mut sent) = (Vec::new(), 1_000_000_i64, Vec::new());
            for step in steps {
                now += step;
                if let Ok(next) = one_more(&times, now, limit) {
                    times = next;
                    sent.push(now);
                }
            }
            for at in &sent {
                let in_minute = sent.iter().filter(|other| (*at..at + MINUTE).contains(*other)).count();
                prop_assert!(in_minute as i64 <= limit);
            }
        }
    }
}
