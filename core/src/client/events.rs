//! Server-sent events (WHATWG HTML §9.2), as far as this protocol uses them: `challenges` and `bye`.

use countersign_protocol::wire::Inbox;

use super::http::Stream;
use super::{ClientError, MAX_REPLY_BYTES};
use crate::exchange::ReplyError;

/// An open stream of inboxes. Dropping it closes it.
#[derive(Debug)]
pub struct Events {
    stream: Box<Stream>,
    lines: Lines,
}

impl Events {
    /// Refuses what is no event stream, e.g. a sign-in page.
    pub(super) fn new(stream: Box<Stream>) -> Result<Self, ClientError> {
        let head = stream.head();
        let kind = head.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if kind.split(';').next().unwrap_or_default().trim() != "text/event-stream" {
            return Err(ReplyError::NotCountersign { status: head.status }.into());
        }
        Ok(Self { stream, lines: Lines::default() })
    }

    /// Waits for the next inbox; `None` when the server closes the stream and wants to be asked anew.
    ///
    /// # Errors
    /// [`ClientError`], also when the stream was silent for too long.
    pub async fn next(&mut self) -> Result<Option<Inbox>, ClientError> {
        loop {
            while let Some(event) = self.lines.next_event() {
                match event.name.as_str() {
                    "challenges" => {
                        let inbox = serde_json::from_str(&event.data);
                        return inbox
                            .map(Some)
                            .map_err(|e| ReplyError::Unreadable { source: e.into() }.into());
                    }
                    "bye" => return Ok(None),
                    // A later version's event is none of ours.
                    _ => {}
                }
            }
            match self.stream.next().await? {
                Some(piece) => self.lines.push(&piece),
                None => return Ok(None),
            }
            if self.lines.len() > MAX_REPLY_BYTES {
                return Err(self.stream.too_large());
            }
        }
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Event {
    name: String,
    data: String,
}

/// What has arrived and is not a whole event yet.
#[derive(Debug, Default)]
struct Lines {
    bytes: Vec<u8>,
    event: Event,
}

impl Lines {
    fn push(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
    }

    fn len(&self) -> usize {
        self.bytes.len().saturating_add(self.event.data.len())
    }

    /// Takes whole lines out until one of them ends an event.
    fn next_event(&mut self) -> Option<Event> {
        let mut start = 0_usize;
        let mut found = None;
        while let Some(rest) = self.bytes.get(start..)
            && let Some(length) = rest.iter().position(|byte| *byte == b'\n')
        {
            let line = String::from_utf8_lossy(rest.get(..length).unwrap_or_default()).into_owned();
            start = start.saturating_add(length).saturating_add(1);
            if self.event.take(line.trim_end_matches('\r')) {
                let event = std::mem::take(&mut self.event);
                // An event without data is none (WHATWG HTML §9.2.6).
                if !event.data.is_empty() {
                    found = Some(event);
                    break;
                }
            }
        }
        self.bytes.drain(..start.min(self.bytes.len()));
        found
    }
}

impl Event {
    /// Takes one line in; whether it ended the event.
    fn take(&mut self, line: &str) -> bool {
        if line.is_empty() {
            return true;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            // A comment keeps the connection alive; `id` and `retry` mean nothing here.
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events(pieces: &[&[u8]]) -> Vec<(String, String)> {
        let (mut lines, mut found) = (Lines::default(), Vec::new());
        for piece in pieces {
            lines.push(piece);
            while let Some(event) = lines.next_event() {
                found.push((event.name, event.data));
            }
        }
        found
    }

    const TEXT: &str =
        ": keep-alive\n\nevent: challenges\r\ndata: {\"a\":\ndata: 1}\n\nid: 7\n\nevent:bye\ndata:x\n\n";

    #[test]
    fn events_are_read() {
        let expected = [("challenges", "{\"a\":\n1}"), ("bye", "x")];
        let expected: Vec<_> = expected.map(|(n, d)| (n.to_owned(), d.to_owned())).into();
        assert_eq!(events(&[TEXT.as_bytes()]), expected);
    }

    proptest! {
        #[test]
        fn where_the_pieces_are_cut_does_not_matter(a in 0..TEXT.len(), b in 0..TEXT.len()) {
            let (a, b) = (a.min(b), a.max(b));
            let bytes = TEXT.as_bytes();
            prop_assert_eq!(events(&[&bytes[..a], &bytes[a..b], &bytes[b..]]), events(&[bytes]));
        }

        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..200)) { let _ = events(&[&bytes]); }
    }
}
