//! The picture of [`Codes`]. The code stands first in its line and the name last, because a terminal that arranges
//! right-to-left text would swap the two groups of a code that follows an Arabic or Hebrew name (P8).

use countersign_core::authenticator::CodeView;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr as _;

use super::codes::Codes;
use crate::codes::{BAR, bar, described, shown};
use crate::requests::clock_sentence;
use crate::table::fit;

/// From this many columns on, room for the next code is kept, so that names do not move back and forth.
const WIDE: usize = 70;
/// Below this many columns there is no bar.
const NARROW: usize = 44;

/// Widths of what stands before the names, the same for every row.
struct Columns {
    code: usize,
    next: usize,
    bar: bool,
    all: usize,
}

impl Codes<'_> {
    pub(super) fn paint(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        // A very small terminal has room for codes only.
        let (head, foot) = if area.height < 4 { (0, 0) } else { (1, 1) };
        let parts =
            Layout::vertical([Constraint::Length(head), Constraint::Min(1), Constraint::Length(foot)]);
        let [top, middle, bottom] = parts.areas(area);
        frame.render_widget(Paragraph::new(self.head(top)), top);
        self.list(frame, middle);
        frame.render_widget(Paragraph::new(self.foot(bottom)), bottom);
    }

    fn head(&self, area: Rect) -> Line<'static> {
        let room = usize::from(area.width);
        if self.searching || !self.view.query.is_empty() {
            let cursor = if self.searching { "▏" } else { "" };
            let text =
                format!("/ {}{cursor}  {} of {}", self.view.query, self.view.rows.len(), self.view.total);
            return Line::styled(fit(&text, room), self.theme.strong());
        }
        if let Some(clock) = self.view.clock {
            let followed = if clock.followed { " Codes follow the server's." } else { "" };
            let text = format!("{}{followed}", clock_sentence(clock.seconds));
            return Line::styled(fit(&text, room), self.theme.warning());
        }
        let tag = self.view.tag.as_ref().map_or(String::new(), |tag| format!("  #{tag}"));
        let text = format!("Countersign  {} codes{tag}", self.view.rows.len());
        Line::styled(fit(&text, room), self.theme.quiet())
    }

    fn foot(&self, area: Rect) -> Line<'static> {
        let room = usize::from(area.width);
        match self.message() {
            Some(message) => Line::styled(fit(message, room), self.theme.strong()),
            None if self.searching => {
                Line::styled(fit("Enter keeps it  Esc ends it", room), self.theme.quiet())
            }
            None => {
                let keys = "q quits  / search  Enter copy  Space show  n next  t tag";
                Line::styled(fit(keys, room), self.theme.quiet())
            }
        }
    }

    fn list(&self, frame: &mut Frame<'_>, area: Rect) {
        let (width, height) = (usize::from(area.width), usize::from(area.height));
        if self.view.rows.is_empty() {
            let words = if self.view.total == 0 {
                "This vault has no one-time codes yet: countersign scan, add, import."
            } else {
                "Nothing fits. Esc shows everything."
            };
            frame.render_widget(Paragraph::new(fit(words, width)), area);
            return;
        }
        let columns = self.columns(width);
        // The selected row stays in sight, and the list as still as that allows.
        let place = self.place().unwrap_or_default();
        let first = (place + 1).saturating_sub(height);
        let rows = self.view.rows.iter().enumerate().skip(first).take(height);
        let lines: Vec<Line<'_>> =
            rows.map(|(at, row)| self.line(row, at == place, &columns, width)).collect();
        frame.render_widget(Paragraph::new(lines), area);
    }

    fn columns(&self, width: usize) -> Columns {
        let code = self.view.rows.iter().map(|row| shown(row).width()).max().unwrap_or_default();
        let ending = self.view.rows.iter().any(|row| row.next_grouped.is_some());
        let next = if width >= WIDE || (ending && width >= NARROW) { code + 4 } else { 0 };
        let bar = width >= NARROW;
        let all = 2 + code + 2 + next + if bar { BAR + 2 } else { 0 } + 7;
        Columns { code, next, bar, all }
    }

    fn line(&self, row: &CodeView, selected: bool, columns: &Columns, width: usize) -> Line<'static> {
        let theme = self.theme;
        let urgent = if row.next_grouped.is_some() { theme.coloured(Color::Red) } else { Style::new() };
        let pad = |text: String, to: usize| {
            let room = to.saturating_sub(text.as_str().width());
            format!("{text}{}", " ".repeat(room))
        };
        let mut spans = vec![
            Span::raw(if selected { "› " } else { "  " }),
            Span::styled(pad(shown(row), columns.code), theme.strong()),
            Span::raw("  "),
        ];
        if columns.next > 0 {
            let next = row.next_grouped.as_ref().map_or(String::new(), |next| format!("→ {next}"));
            spans.push(Span::styled(pad(next, columns.next), theme.coloured(Color::Green)));
        }
        if columns.bar {
            spans.push(Span::styled(pad(bar(row), BAR + 2), urgent));
        }
        let time = row.seconds_left.map_or(String::new(), |left| format!("{left:>3} s"));
        spans.push(Span::styled(pad(time, 7), urgent));
        spans.push(Span::raw(fit(&described(row), width.saturating_sub(columns.all))));
        let line = Line::from(spans);
        if selected { line.style(theme.chosen()) } else { line }
    }
}
