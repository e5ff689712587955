//! Forms with files (RFC 7578), whole in memory: the server takes no body above 64 KiB. A file is a field whose text is what
//! is in the file; keys and certificates are text, and what is none is refused.

/// Fields of a form at most.
const MOST: usize = 64;
/// Characters of a boundary at most (RFC 2046 §5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// The fields of a form in their order; none when it cannot be read whole.
pub(super) fn read(kind: &str, body: &[u8]) -> Option<Vec<(String, String)>> {
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = boundary(kind)?;
    let delimiter = format!("--{boundary}");
    // A delimiter begins a line, and the first line of all has none before it.
    let separator = format!("\r\n{delimiter}");
    let text = std::str::from_utf8(body).ok()?;
    let mut rest = text.strip_prefix(&*delimiter)?;
    let mut fields = Vec::new();
    loop {
        if let Some(end) = rest.strip_prefix("--") {
            return matches!(end, "" | "\r\n").then_some(fields);
        }
        let (part, after) = rest.strip_prefix("\r\n")?.split_once(&*separator)?;
        let (head, value) = part.split_once("\r\n\r\n")?;
        if fields.len() == MOST {
            return None;
        }
        fields.push((name(head)?, value.to_owned()));
        rest = after;
    }
}

fn boundary(kind: &str) -> Option<&str> {
    let mut parameters = kind.split(';').skip(1).filter_map(|one| one.trim().split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    let value = value.strip_prefix('"').map_or(Some(value), |value| value.strip_suffix('"'))?;
    let fits = (1..=LONGEST_BOUNDARY).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&b));
    fits.then_some(value)
}

/// The field's name out of its headers. Ours are plain words, so nothing in them is ever escaped.
fn name(head: &str) -> Option<String> {
    let line = head.split("\r\n").find_map(|line| {
        let (header, value) = line.split_once(':')?;
        header.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let (_, rest) = line.split_once("; name=\"")?;
    let (name, _) = rest.split_once('"')?;
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    plain.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KIND: &str = "multipart/form-data; boundary=----geckoformboundary1a2b";

    fn body(parts: &[(&str, &str)]) -> Vec<u8> {
        let part = |(head, value): &(&str, &str)| {
            format!(
                "------geckoformboundary1a2b\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n"
            )
        };
        let parts: String = parts.iter().map(part).collect();
        format!("{parts}------geckoformboundary1a2b--\r\n").into_bytes()
    }

    #[test]
    fn a_form_with_a_file_is_read() {
        let file = "name=\"key_file\"; filename=\"AuthKey_ABC.p8\"\r\nContent-Type: application/octet-stream";
        let sent =
            body(&[("name=\"form\"", "token"), (file, "-----BEGIN\r\nx\r\n--y\n"), ("name=\"to\"", "")]);
        let fields = read(KIND, &sent).unwrap();
        let expected = [("form", "token"), ("key_file", "-----BEGIN\r\nx\r\n--y\n"), ("to", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(fields, expected);
        assert_eq!(read("multipart/form-data; boundary=\"x\"", b"--x--\r\n"), Some(Vec::new()));
    }

    #[test]
    fn what_cannot_be_read_whole_is_refused() {
        let good = body(&[("name=\"a\"", "1")]);
        for kind in [
            "text/plain; boundary=x",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=a b",
        ] {
            assert_eq!(read(kind, &good), None, "{kind}");
        }
        let many: Vec<_> = (0..=MOST).map(|_| ("name=\"a\"", "1")).collect();
        let wrong = [
            good[..good.len() - 4].to_vec(),
            [&good[..], b"more"].concat(),
            body(&[("filename=\"a\"", "1")]),
            body(&[("name=\"a b\"", "1")]),
            body(&[("name=\"a\"", "1"), ("", "2")]),
            b"".to_vec(),
            vec![0xff; 40],
            body(&many),
        ];
        for body in wrong {
            assert_eq!(read(KIND, &body), None, "{:?}", String::from_utf8_lossy(&body));
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(kind in ".{0,80}", body in prop::collection::vec(any::<u8>(), 0..400)) {
            _ = read(&kind, &body);
            _ = read("multipart/form-data; boundary=x", &body);
        }
    }
}
