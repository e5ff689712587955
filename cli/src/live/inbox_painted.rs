//! The picture of [`Inbox`]: the request at the prompt with all that helps to decide, those behind it, the prompt, and
//! what happened.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Paragraph, Wrap};
use unicode_width::UnicodeWidthStr as _;

use super::inbox::{Asked, Inbox};
use crate::answering;
use crate::moment;
use crate::output;
use crate::requests;
use crate::table::fit;

/// Most lines of what waits behind the request at the prompt.
const OTHERS: usize = 3;

impl Inbox<'_> {
    pub(super) fn paint(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let width = area.width;
        let request = self.request();
        let code = self.code.as_ref().map_or(Text::default(), |words| Text::from(words.to_string()));
        let prompt = self.prompt();
        let foot = u16::from(area.height > 6);
        let heights = [
            Constraint::Length(foot),
            Constraint::Length(lines(&request, width)),
            Constraint::Length(lines(&code, width)),
            // What is asked is never what gives way in a small terminal.
            Constraint::Min(lines(&prompt, width).max(1)),
            Constraint::Length(self.told_height(area.height)),
            Constraint::Length(foot),
        ];
        let [head, top, shown, ask, told, bottom] = Layout::vertical(heights).areas(area);
        frame.render_widget(Line::styled(fit(&self.head(), width.into()), self.theme.quiet()), head);
        frame.render_widget(Paragraph::new(request).wrap(Wrap { trim: false }), top);
        frame
            .render_widget(Paragraph::new(code).style(self.theme.strong()).wrap(Wrap { trim: false }), shown);
        self.paint_prompt(frame, ask, prompt);
        self.paint_told(frame, told);
        let keys = if self.asked.is_some() { "Enter sends  q or Ctrl-C ends" } else { "q or Ctrl-C ends" };
        frame.render_widget(Line::styled(fit(keys, width.into()), self.theme.quiet()), bottom);
    }

    fn head(&self) -> String {
        let accounts =
            if self.accounts == 1 { "1 account".to_owned() } else { format!("{} accounts", self.accounts) };
        format!("Requests to {accounts}")
    }

    /// The request at the prompt, and a line for each of the next.
    fn request(&self) -> Text<'static> {
        let Some(Asked { request, .. }) = &self.asked else { return Text::default() };
        let swatch = self.theme.swatch(&request.color);
        let mut lines: Vec<Line<'static>> = requests::words(request, output::Style::default())
            .into_iter()
            .enumerate()
            .map(|(at, line)| {
                let words = line.strip_prefix('▌').unwrap_or(&line).to_owned();
                let style = if at == 0 { self.theme.strong() } else { ratatui::style::Style::new() };
                Line::from(vec![Span::styled("▌", swatch), Span::styled(words, style)])
            })
            .collect();
        let others = self.others();
        lines.extend(others.iter().take(OTHERS).map(|other| {
            let left = moment::length(other.seconds_left);
            let words = format!("  then {} asks {} ({left} left)", other.application, other.user);
            Line::styled(words, self.theme.quiet())
        }));
        if others.len() > OTHERS {
            lines.push(Line::styled(format!("  and {} more", others.len() - OTHERS), self.theme.quiet()));
        }
        Text::from(lines)
    }

    /// What is asked, with what was typed.
    fn prompt(&self) -> Text<'static> {
        let words = match (&self.asked, &self.sending) {
            (_, Some(_)) => "Sending the answer…".to_owned(),
            (None, None) => "Nothing waits for an answer.".to_owned(),
            (Some(Asked { proving: Some(_), .. }), None) => {
                format!("Password, to prove that it is you (Esc leaves it): {}", self.typed.dots())
            }
            (Some(asked), None) => format!("{}{}", answering::prompt(&asked.request), self.typed.text()),
        };
        Text::from(words)
    }

    fn paint_prompt(&self, frame: &mut Frame<'_>, area: Rect, prompt: Text<'static>) {
        let height = lines(&prompt, area.width).max(1).min(area.height);
        let end = prompt.lines.last().map(|line| line.width()).unwrap_or_default();
        let open = self.asked.is_some() && self.sending.is_none();
        frame.render_widget(Paragraph::new(prompt).wrap(Wrap { trim: false }), area);
        // One line is where a cursor can be placed without wrapping words a second time.
        if open && height == 1 && end < area.width.into() {
            let column = area.x.saturating_add(u16::try_from(end).unwrap_or(u16::MAX));
            frame.set_cursor_position(Position::new(column, area.y));
        }
    }

    fn told_height(&self, height: u16) -> u16 {
        let most = (height / 3).max(1);
        u16::try_from(self.told.len()).unwrap_or(u16::MAX).min(most)
    }

    /// The newest lines, cut to the width.
    fn paint_told(&self, frame: &mut Frame<'_>, area: Rect) {
        let room = usize::from(area.height);
        let first = self.told.len().saturating_sub(room);
        let shown = self.told.iter().skip(first);
        let newest = self.told.len().saturating_sub(1);
        let lines: Vec<Line<'static>> = shown
            .enumerate()
            .map(|(at, words)| {
                let style = if first + at == newest { self.theme.strong() } else { self.theme.quiet() };
                Line::styled(fit(words, area.width.into()), style)
            })
            .collect();
        frame.render_widget(Paragraph::new(lines), area);
    }
}

/// Lines that a text takes; words are wrapped, so one more than their width alone would need.
fn lines(text: &Text<'_>, width: u16) -> u16 {
    let width = usize::from(width.max(1));
    let each = text.lines.iter().map(|line| {
        let whole: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
        match whole.width() {
            0 => 1,
            wide if wide <= width => 1,
            wide => wide.div_ceil(width) + 1,
        }
    });
    u16::try_from(each.sum::<usize>()).unwrap_or(u16::MAX)
}
