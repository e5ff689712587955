//! What the person presses, with the moment at which it was: a key that was pressed before something was shown was not
//! meant for it. Read on a thread of its own that ends with its view.

use std::sync::Arc;
use std::time::Duration;

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::exit::Failure;
use crate::terminal::Terminal;

/// How soon the reading thread sees that its view has ended.
const LOOK: Duration = Duration::from_millis(50);

/// A key that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Character(char),
    Enter,
    Erase,
    /// Leave what was begun: a search, a password.
    Back,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    /// Ctrl-C and Ctrl-D, where the terminal makes no signal of them.
    End,
}

/// What was pressed, and when; none for a terminal that has another size now.
pub(super) type Pressed = (Option<Key>, Instant);

/// See the head of this file.
pub(super) struct Keys(mpsc::UnboundedReceiver<std::io::Result<Pressed>>);

impl Keys {
    pub(super) fn of(person: Arc<dyn Terminal>) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::task::spawn_blocking(move || {
            while !sender.is_closed() {
                let pressed = match person.event(LOOK) {
                    Ok(None) => continue,
                    Ok(Some(Event::Resize(..))) => Ok((None, Instant::now())),
                    Ok(Some(event)) => match meaning(&event) {
                        Some(key) => Ok((Some(key), Instant::now())),
                        None => continue,
                    },
                    Err(error) => Err(error),
                };
                let over = pressed.is_err();
                if sender.send(pressed).is_err() || over {
                    return;
                }
            }
        });
        Self(receiver)
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Result<Pressed, Failure> {
        match self.0.recv().await {
            Some(Ok(pressed)) => Ok(pressed),
            Some(Err(e)) => Err(Failure::failed("terminal", format!("the terminal could not be read ({e})"))),
            None => Err(Failure::failed("terminal", "the terminal is gone")),
        }
    }
}

fn meaning(event: &Event) -> Option<Key> {
    let Event::Key(KeyEvent { code, modifiers, kind: KeyEventKind::Press | KeyEventKind::Repeat, .. }) =
        event
    else {
        return None;
    };
    let control = modifiers.contains(KeyModifiers::CONTROL);
    match code {
        KeyCode::Char('c' | 'd') if control => Some(Key::End),
        KeyCode::Char('h') if control => Some(Key::Erase),
        KeyCode::Char(_) if modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => None,
        KeyCode::Char(character) => Some(Key::Character(*character)),
        KeyCode::Enter => Some(Key::Enter),
        KeyCode::Backspace => Some(Key::Erase),
        KeyCode::Esc => Some(Key::Back),
        KeyCode::Up => Some(Key::Up),
        KeyCode::Down => Some(Key::Down),
        KeyCode::PageUp => Some(Key::PageUp),
        KeyCode::PageDown => Some(Key::PageDown),
        KeyCode::Home => Some(Key::First),
        KeyCode::End => Some(Key::Last),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
        meaning(&Event::Key(KeyEvent::new(code, modifiers)))
    }

    #[test]
    fn keys_mean_what_is_on_them() {
        assert_eq!(pressed(KeyCode::Char('ع'), KeyModifiers::NONE), Some(Key::Character('ع')));
        assert_eq!(pressed(KeyCode::Char('Q'), KeyModifiers::SHIFT), Some(Key::Character('Q')));
        assert_eq!(pressed(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Key::End));
        assert_eq!(pressed(KeyCode::Char('x'), KeyModifiers::CONTROL), None);
        assert_eq!(pressed(KeyCode::F(1), KeyModifiers::NONE), None);
        assert_eq!(meaning(&Event::FocusGained), None);
    }
}
