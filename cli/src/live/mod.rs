//! The full-screen views: `codes` and `inbox`, each a state that keys and time change and that is painted as a whole.
//!
//! `stage` is the screen that they are painted on, `keys` what the person presses, `clipboard` the way to copy. What a
//! view shows is computed in the core; here it only gets its place.

mod clipboard;
pub(crate) mod codes;
mod codes_painted;
pub(crate) mod inbox;
mod inbox_painted;
mod keys;
mod line;
mod stage;

use std::time::Duration;

use ratatui::style::{Color, Modifier, Style};

use crate::context::Context;

/// Colours and weights of the views. Without colour, weight alone says it.
#[derive(Debug, Clone, Copy)]
struct Theme {
    colour: bool,
}

impl Theme {
    fn of(context: &Context) -> Self {
        Self { colour: context.out.style.colour }
    }

    fn coloured(self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }

    fn quiet(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    fn warning(self) -> Style {
        self.coloured(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    /// The colour `#rrggbb` of an application.
    fn swatch(self, color: &str) -> Style {
        let channel = |at: usize| color.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (channel(1), channel(3), channel(5)) {
            (Some(r), Some(g), Some(b)) => self.coloured(Color::Rgb(r, g, b)),
            _ => Style::new(),
        }
    }
}

/// Until the clock's next whole second: what counts down is painted then.
fn to_next_second(context: &Context) -> Duration {
    let into_second = context.clock.unix_ms().rem_euclid(1000).unsigned_abs();
    Duration::from_millis(1000 - into_second)
}
