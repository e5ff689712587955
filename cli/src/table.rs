//! Aligned columns, whatever script the cells are written in.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Rows of cells. Every column but the last is as wide as its widest cell.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
}

/// A text, and the same with its colours.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    plain: String,
    styled: String,
}

impl Cell {
    /// `style` may add colours and nothing that takes room.
    pub(crate) fn styled(plain: impl Into<String>, style: impl Fn(&str) -> String) -> Self {
        let plain = plain.into();
        Self { styled: style(&plain), plain }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self { plain: text.to_owned(), styled: text.to_owned() }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl Table {
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// One text per row, two spaces between the columns.
    pub(crate) fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let widest = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.plain.width()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(widest).collect();
        let line = |row: &Vec<Cell>| {
            let mut line = String::new();
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                if at > 0 {
                    line.push_str("  ");
                }
                line.push_str(&cell.styled);
                if at + 1 < row.len() {
                    line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.plain.width())));
                }
            }
            line.trim_end_matches(' ').to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}

/// `text` in at most `room` columns; what does not fit is replaced by `…`.
pub(crate) fn fit(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(1);
    let fitting = text.chars().take_while(|c| {
        let width = c.width().unwrap_or_default();
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    });
    let mut short: String = fitting.collect();
    if room > 0 {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_in_every_script() {
        let mut table = Table::default();
        table.row(["a".into(), "銀行".into(), "end".into()]);
        table.row(["long".into(), "بنك".into(), "end".into()]);
        table.row([Cell::styled("b", |text| format!("\x1b[1m{text}\x1b[0m")), "".into(), "end".into()]);
        assert_eq!(table.lines(), ["a     銀行  end", "long  بنك   end", "\x1b[1mb\x1b[0m           end"],);
        assert!(Table::default().lines().is_empty());
    }

    #[test]
    fn nothing_is_wider_than_its_room() {
        assert_eq!(fit("alice@example.org", 40), "alice@example.org");
        assert_eq!(fit("alice@example.org", 6), "alice…");
        assert_eq!(fit("銀行口座", 5), "銀行…");
        assert_eq!(fit("銀行口座", 4), "銀…");
        assert_eq!(fit("abc", 0), "");
    }
}
