//! When something was last done to somebody, so that no span of time has more of it than allowed: pushes (S7), messages to
//! a number or an address, and to the numbers around it (S26, S32). Eight bytes for each time, oldest first; whoever changes
//! the list names the one they saw, so two at once cannot both pass.

/// So many in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct Bound {
    /// Milliseconds.
    pub(in crate::engine) span: i64,
    /// How often at most in any such span, 1 or more.
    pub(in crate::engine) limit: i64,
}

/// The list with one time more, at `now`, if all bounds allow it.
///
/// # Errors
/// The whole seconds to wait when one does not.
pub(in crate::engine) fn one_more(times: &[u8], now: i64, bounds: &[Bound]) -> Result<Vec<u8>, u64> {
    let longest = bounds.iter().map(|bound| bound.span).max().unwrap_or(0);
    let (times, _) = times.as_chunks::<8>();
    // Times ahead of the clock were noted before it was set back; they say nothing.
    let recent: Vec<i64> = times
        .iter()
        .map(|time| i64::from_be_bytes(*time))
        .filter(|at| *at <= now && now - at < longest)
        .collect();
    let wait = bounds.iter().filter_map(|bound| wait(&recent, now, *bound)).max();
    match wait {
        Some(milliseconds) => Err(u64::try_from((milliseconds + 999) / 1000).unwrap_or(1).max(1)),
        None => Ok(recent.into_iter().chain([now]).flat_map(i64::to_be_bytes).collect()),
    }
}

/// Milliseconds until the bound has room; none when it has.
fn wait(recent: &[i64], now: i64, bound: Bound) -> Option<i64> {
    let within: Vec<i64> = recent.iter().copied().filter(|at| now - at < bound.span).collect();
    let limit = usize::try_from(bound.limit).unwrap_or(usize::MAX);
    let oldest = within.len().checked_sub(limit).and_then(|index| within.get(index))?;
    Some(oldest + bound.span - now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: i64 = 60_000;

    fn in_a_minute(times: &[u8], now: i64, limit: i64) -> Result<Vec<u8>, u64> {
        one_more(times, now, &[Bound { span: MINUTE, limit }])
    }

    #[test]
    fn s7_five_in_a_minute_and_the_sixth_waits_for_the_first_to_be_a_minute_old() {
        let mut times = Vec::new();
        for i in 0..5 {
            times = in_a_minute(&times, 1_000 * i, 5).unwrap();
        }
        assert_eq!(in_a_minute(&times, 5_000, 5), Err(55));
        assert_eq!(in_a_minute(&times, 59_999, 5), Err(1));
        let later = in_a_minute(&times, 60_000, 5).unwrap();
        assert_eq!((later.len(), in_a_minute(&later, 60_001, 5)), (40, Err(1)));
    }

    #[test]
    fn s32_the_bound_that_asks_to_wait_longest_counts() {
        let bounds = [Bound { span: 30_000, limit: 1 }, Bound { span: 3_600_000, limit: 5 }];
        let mut times = Vec::new();
        for i in 0..5 {
            assert!(i == 0 || one_more(&times, 30_000 * i - 1, &bounds) == Err(1));
            times = one_more(&times, 30_000 * i, &bounds).unwrap();
        }
        assert_eq!(one_more(&times, 121_000, &bounds), Err(3_479));
        assert_eq!(one_more(&times, 3_600_000, &bounds).unwrap().len(), 40);
    }

    #[test]
    fn a_clock_that_was_set_back_and_a_damaged_list_lock_nobody_out() {
        let times = in_a_minute(&[], 1_000_000, 1).unwrap();
        assert!(in_a_minute(&times, 500_000, 1).is_ok());
        assert!(in_a_minute(&[1, 2, 3], 500_000, 1).is_ok());
    }

    proptest! {
        #[test]
        fn s7_no_minute_ever_has_more_than_the_limit(steps in prop::collection::vec(0_i64..40_000, 1..60), limit in 1_i64..7) {
            let (mut times, mut now, mut sent) = (Vec::new(), 1_000_000_i64, Vec::new());
            for step in steps {
                now += step;
                if let Ok(next) = in_a_minute(&times, now, limit) {
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
