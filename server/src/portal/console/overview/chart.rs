//! Charts as SVG: places and sizes are attributes and colours are classes, so that a strict content policy is kept and dark
//! pages are dark. In Arabic time runs from right to left, as the words around it do; figures beside an axis stay as they
//! are. Whoever sees no chart finds the same figures in the table below it.

use crate::engine::tallies::Slot;

/// Units of a chart's width and height: the picture grows and shrinks with the page.
const WIDTH: i64 = 720;
const HEIGHT: i64 = 220;
/// What is kept free for the figures of the axis, above, and below for the times.
const SIDE: i64 = 52;
const ABOVE: i64 = 12;
const BELOW: i64 = 28;
/// Lines across at most.
const LINES: i64 = 4;

/// A chart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Chart {
    pub(super) bars: Vec<Bar>,
    /// The points of lines, each with its class.
    pub(super) lines: Vec<Line>,
    pub(super) rules: Vec<Rule>,
    pub(super) times: Vec<Time>,
    /// Where the axis with the figures ends.
    pub(super) left: i64,
    pub(super) right: i64,
}

/// A piece of a bar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) class: &'static str,
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
}

/// A line; where there is nothing to show, it is broken. Lone points are shown as such.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) class: &'static str,
    pub(super) pieces: Vec<String>,
    pub(super) points: Vec<(i64, i64)>,
}

/// A line across, with its figure.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) y: i64,
    pub(super) x: i64,
    pub(super) anchor: &'static str,
    pub(super) text: String,
}

/// A time below.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) x: i64,
    pub(super) text: String,
}

/// Where things are.
struct Plan {
    count: i64,
    /// The figure at the top.
    top: i64,
    is_mirrored: bool,
}

impl Plan {
    fn new(count: usize, highest: i64, is_mirrored: bool) -> Self {
        let count = i64::try_from(count).unwrap_or(1).max(1);
        let step = step(highest.max(1));
        Self { count, top: step * (highest.max(1) + step - 1).div_euclid(step), is_mirrored }
    }

    /// From where to where a slot goes.
    fn place(&self, slot: usize) -> (i64, i64) {
        let slot = i64::try_from(slot).unwrap_or(0).min(self.count - 1);
        let slot = if self.is_mirrored { self.count - 1 - slot } else { slot };
        let left = if self.is_mirrored { 0 } else { SIDE };
        let room = WIDTH - SIDE;
        (left + room * slot / self.count, left + room * (slot + 1) / self.count)
    }

    fn y(&self, figure: i64) -> i64 {
        let room = HEIGHT - ABOVE - BELOW;
        HEIGHT - BELOW - room * figure.clamp(0, self.top) / self.top
    }

    fn empty(&self, slots: &[Slot], time: impl Fn(i64) -> String, figure: impl Fn(i64) -> String) -> Chart {
        let step = step(self.top);
        let (x, anchor) = if self.is_mirrored { (WIDTH - SIDE + 6, "start") } else { (SIDE - 6, "end") };
        let rules = (0..=self.top / step).map(|n| {
            let y = self.y(n * step);
            Rule { y, x, anchor, text: figure(n * step) }
        });
        // Six times or so, however many slots there are.
        let every = slots.len().div_ceil(6).max(1);
        let times = slots.iter().enumerate().step_by(every).map(|(n, slot)| {
            let (from, to) = self.place(n);
            Time { x: (from + to) / 2, text: time(slot.from) }
        });
        let (left, right) = if self.is_mirrored { (0, WIDTH - SIDE) } else { (SIDE, WIDTH) };
        Chart { rules: rules.collect(), times: times.collect(), left, right, ..Chart::default() }
    }
}

/// The distance of lines across: 1, 2 or 5 with noughts, so that there are a few of them.
fn step(highest: i64) -> i64 {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if highest <= step * factor * LINES {
                return step * factor;
            }
        }
        step *= 10;
    }
}

/// Bars of what was asked, each piece as high as so many ended so.
pub(super) fn ends(slots: &[Slot], is_mirrored: bool, time: impl Fn(i64) -> String) -> Chart {
    let highest = slots.iter().map(|slot| slot.ends.asked).max().unwrap_or(0);
    let plan = Plan::new(slots.len(), highest, is_mirrored);
    let mut chart = plan.empty(slots, time, |figure| figure.to_string());
    for (n, slot) in slots.iter().enumerate() {
        let (from, to) = plan.place(n);
        let mut below = 0;
        for (class, count) in pieces(slot) {
            let (bottom, top) = (plan.y(below), plan.y(below + count));
            below += count;
            if count > 0 {
                let width = (to - from - 3).max(1);
                chart.bars.push(Bar { class, x: from + 1, y: top, width, height: (bottom - top).max(1) });
            }
        }
    }
    chart
}

/// How a slot's questions ended, from the bottom up, with the class of each.
pub(super) fn pieces(slot: &Slot) -> [(&'static str, i64); 6] {
    let ends = &slot.ends;
    [
        ("s-approved", ends.approved),
        ("s-denied", ends.denied),
        ("s-reported", ends.reported),
        ("s-failed", ends.failed),
        ("s-cancelled", ends.cancelled),
        ("s-unanswered", ends.unanswered()),
    ]
}

/// Lines of how long people took: the median, and what 95 of 100 stayed below.
pub(super) fn waits(slots: &[Slot], is_mirrored: bool, time: impl Fn(i64) -> String) -> Chart {
    let seconds = |slot: &Slot, permille| slot.waited(permille).map(|ms| (ms + 500) / 1000);
    let highest = slots.iter().filter_map(|slot| seconds(slot, 950)).max().unwrap_or(0);
    let plan = Plan::new(slots.len(), highest, is_mirrored);
    let mut chart = plan.empty(slots, time, |figure| figure.to_string());
    for (class, permille) in [("l-median", 500), ("l-most", 950)] {
        let mut line = Line { class, pieces: Vec::new(), points: Vec::new() };
        let mut piece = String::new();
        for (n, slot) in slots.iter().enumerate() {
            let Some(figure) = seconds(slot, permille) else {
                line.pieces.push(std::mem::take(&mut piece));
                continue;
            };
            let (from, to) = plan.place(n);
            let (x, y) = ((from + to) / 2, plan.y(figure));
            piece.push_str(&format!("{x},{y} "));
            line.points.push((x, y));
        }
        line.pieces.push(piece);
        line.pieces.retain(|piece| !piece.is_empty());
        chart.lines.push(line);
    }
    chart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::tallies::Ends;

    fn slots(asked: &[i64]) -> Vec<Slot> {
        let ends = |asked| Ends { asked, approved: asked / 2, ..Ends::default() };
        let slot = |asked: &_| {
            let mut slot = Slot::default();
            slot.ends = ends(*asked);
            slot
        };
        asked.iter().map(slot).collect()
    }

    #[test]
    fn lines_across_are_round_figures() {
        assert_eq!([1, 4, 5, 8, 9, 20, 21, 4_001].map(step), [1, 1, 2, 2, 5, 5, 10, 2_000]);
    }

    #[test]
    fn bars_stand_on_each_other_and_inside_the_picture() {
        let chart = ends(&slots(&[10, 0, 4]), false, |_| String::new());
        assert_eq!(chart.bars.len(), 4, "nothing is nothing: {:?}", chart.bars);
        for bar in &chart.bars {
            assert!(bar.x >= SIDE && bar.x + bar.width <= WIDTH, "{bar:?}");
            assert!(bar.y >= ABOVE && bar.y + bar.height <= HEIGHT - BELOW, "{bar:?}");
        }
        assert_eq!(chart.bars[1].y + chart.bars[1].height, chart.bars[0].y);
    }

    #[test]
    fn in_arabic_time_runs_from_the_right() {
        let first = |is_mirrored| ends(&slots(&[4, 0, 0]), is_mirrored, |_| String::new()).bars[0].x;
        assert!(first(false) < WIDTH / 2 && first(true) > WIDTH / 2);
    }

    #[test]
    fn a_chart_without_figures_has_its_axes() {
        let chart = waits(&slots(&[0, 0]), false, |_| "12:00".to_owned());
        assert_eq!((chart.rules.len(), chart.times.len()), (2, 2));
        assert!(chart.lines.iter().all(|line| line.pieces.is_empty()));
    }
}
