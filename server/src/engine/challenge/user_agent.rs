//! What a browser calls itself, in the few words that a person recognises: "Firefox 128", "Windows". It is a claim of the
//! browser's and decides nothing; a name that is not known here is shown as nothing rather than as a wrong one.

/// Browser names by their token; the first that is there counts, because newer ones carry the tokens of older ones.
const BROWSERS: [(&str, &str); 12] = [
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];

/// Operating systems by a word of theirs; the first that is there counts.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("Windows NT", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("FreeBSD", "FreeBSD"),
    ("Linux", "Linux"),
];

/// Browser with its main version, and operating system, as far as they are known.
pub(in crate::engine) fn read(user_agent: &str) -> (Option<String>, Option<String>) {
    let system =
        SYSTEMS.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| (*name).to_owned());
    (browser(user_agent), system)
}

fn browser(user_agent: &str) -> Option<String> {
    let (token, name) = BROWSERS.iter().find(|(token, _)| user_agent.contains(token))?;
    if *name == "Safari" && !user_agent.contains("Safari/") {
        return None;
    }
    let version: String =
        user_agent.split(token).nth(1)?.chars().take_while(char::is_ascii_digit).take(4).collect();
    Some(if version.is_empty() { (*name).to_owned() } else { format!("{name} {version}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn common_browsers_are_told_apart() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let cases = [
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/126.0.0.0 Safari/537.36"), "Chrome 126", "Windows"),
            (format!("Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"), "Edge 126", "Windows"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_owned(), "Firefox 128", "Linux"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15".to_owned(), "Safari 17", "macOS"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1".to_owned(), "Chrome 126", "iOS"),
            (format!("Mozilla/5.0 (Linux; Android 14; SM-S911B) {webkit} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"), "Samsung Internet 25", "Android"),
        ];
        for (text, browser, system) in cases {
            assert_eq!(read(&text), (Some(browser.to_owned()), Some(system.to_owned())), "{text}");
        }
        assert_eq!(read("curl/8.5.0"), (None, None));
        assert_eq!(read(""), (None, None));
    }

    proptest! {
        #[test]
        fn whatever_it_says_the_answer_is_short_and_plain(text in any::<String>()) {
            let (browser, system) = read(&text);
            for name in [browser, system].into_iter().flatten() {
                prop_assert!(name.is_ascii() && name.len() <= 24, "{}", name);
            }
        }
    }
}
