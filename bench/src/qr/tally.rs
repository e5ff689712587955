//! Readings into the table that is worth quoting: who read how many frames of which kind, and in what time.

use std::collections::BTreeMap;

/// What one reader made of one frame.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) reader: String,
    pub(super) texts: Vec<String>,
    pub(super) hint: Option<&'static str>,
    /// CPU time.
    pub(super) ms: f64,
}

/// Readings of one kind of frame, by reader in the order of their first appearance.
#[derive(Debug, Default)]
struct Row {
    kind: &'static str,
    frames: usize,
    read: BTreeMap<usize, usize>,
    times: BTreeMap<usize, Vec<f64>>,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    readers: Vec<String>,
    rows: Vec<Row>,
    /// Texts that were not in the frame.
    wrong: BTreeMap<usize, usize>,
    hints: BTreeMap<(&'static str, &'static str), usize>,
}

impl Tally {
    pub(super) fn add(&mut self, kind: &'static str, text: Option<&str>, readings: Vec<Reading>) {
        if self.rows.last().is_none_or(|row| row.kind != kind) {
            self.rows.push(Row { kind, ..Row::default() });
        }
        let Some(row) = self.rows.last_mut() else { return };
        row.frames += 1;
        for reading in readings {
            let reader = match self.readers.iter().position(|name| *name == reading.reader) {
                Some(reader) => reader,
                None => {
                    self.readers.push(reading.reader);
                    self.readers.len() - 1
                }
            };
            row.times.entry(reader).or_default().push(reading.ms);
            if reading.texts.iter().any(|read| Some(read.as_str()) == text) {
                *row.read.entry(reader).or_default() += 1;
            }
            *self.wrong.entry(reader).or_default() +=
                reading.texts.iter().filter(|read| Some(read.as_str()) != text).count();
            if let Some(hint) = reading.hint {
                *self.hints.entry((kind, hint)).or_default() += 1;
            }
        }
    }

    pub(super) fn print(&self) {
        let line = |cells: Vec<String>| println!("| {} |", cells.join(" | "));
        let head = |first: &str| {
            line(std::iter::once(first.to_owned()).chain(self.readers.iter().cloned()).collect());
            line(vec!["---".to_owned(); self.readers.len() + 1]);
        };
        let all = 0..self.readers.len();
        let (empty, coded): (Vec<&Row>, Vec<&Row>) = self.rows.iter().partition(|row| row.kind == "no code");

        head("frames read");
        for row in &coded {
            let cells = all.clone().map(|r| row.read.get(&r).copied().unwrap_or(0).to_string());
            line(std::iter::once(format!("{} ({})", row.kind, row.frames)).chain(cells).collect());
        }
        let frames: usize = coded.iter().map(|row| row.frames).sum();
        let total = |r: usize| coded.iter().filter_map(|row| row.read.get(&r)).sum::<usize>().to_string();
        line(std::iter::once(format!("**all** ({frames})")).chain(all.clone().map(total)).collect());
        let wrong = |r: usize| self.wrong.get(&r).copied().unwrap_or(0).to_string();
        line(std::iter::once("texts that were not there".to_owned()).chain(all.clone().map(wrong)).collect());

        println!();
        head("CPU ms, median / p95");
        for (name, rows) in [("frames with a code", &coded), ("frames without", &empty)] {
            let time = |r: usize| {
                let mut times: Vec<f64> =
                    rows.iter().filter_map(|row| row.times.get(&r)).flatten().copied().collect();
                times.sort_by(f64::total_cmp);
                let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or(0.0);
                format!("{:.1} / {:.1}", at(50), at(95))
            };
            line(std::iter::once(name.to_owned()).chain(all.clone().map(time)).collect());
        }
        if !self.hints.is_empty() {
            println!();
            for ((kind, hint), times) in &self.hints {
                println!("hint {hint} {times} times in {kind}");
            }
        }
    }
}
