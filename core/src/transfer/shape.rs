//! The keys of a JSON document, found without parsing it: also in a file that is cut off, so that a damaged export is
//! still known for what it is.

/// Levels below which keys are not looked at.
const DEEPEST: usize = 4;
/// Keys that are kept at most; the first entries say enough.
const MOST_KEYS: usize = 512;

/// Which keys stand on the first level, and which a little deeper.
#[derive(Debug, Default)]
pub(super) struct Shape<'a> {
    top: Vec<&'a [u8]>,
    inside: Vec<&'a [u8]>,
    /// Anything but white space between the first pair of brackets.
    filled: bool,
}

impl<'a> Shape<'a> {
    /// Looks through `json`, which begins with `{` or `[`. Stops where it makes no sense any more.
    pub(super) fn of(json: &'a [u8]) -> Self {
        let mut shape = Self::default();
        let mut depth = 0_usize;
        let mut rest = json;
        while let Some((c, after)) = rest.split_first() {
            rest = after;
            shape.filled |= depth > 0 && !c.is_ascii_whitespace() && *c != b']' && *c != b'}';
            match c {
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth <= 1 => break,
                b'}' | b']' => depth -= 1,
                b'"' => {
                    let Some((text, after)) = string(rest) else { break };
                    rest = after;
                    if rest.trim_ascii_start().first() == Some(&b':') {
                        shape.keep(text, depth);
                    }
                }
                _ => {}
            }
        }
        shape
    }

    fn keep(&mut self, key: &'a [u8], depth: usize) {
        let keys = if depth == 1 { &mut self.top } else { &mut self.inside };
        if depth <= DEEPEST && keys.len() < MOST_KEYS && !keys.contains(&key) {
            keys.push(key);
        }
    }

    /// Whether the document itself has this key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.top.contains(&key.as_bytes())
    }

    /// Whether something in it has this key.
    pub(super) fn has_inside(&self, key: &str) -> bool {
        self.inside.contains(&key.as_bytes())
    }

    /// Whether there is nothing in it.
    pub(super) const fn is_empty(&self) -> bool {
        !self.filled
    }
}

/// The text to the closing quote, and what follows; `None` when it never closes.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut escaped = false;
    let end = bytes.iter().position(|c| {
        let closes = *c == b'"' && !escaped;
        escaped = *c == b'\\' && !escaped;
        closes
    })?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}
