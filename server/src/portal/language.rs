//! Which language a page speaks.

use axum::http::{HeaderMap, header};

use crate::engine;

/// The languages the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Arabic,
}

impl Language {
    /// The one of ours that the reader likes best (`Accept-Language`, RFC 9110 §12.5.4); English when none is named.
    pub(crate) fn preferred(headers: &HeaderMap) -> Self {
        let wishes = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut best = (0.0, Self::English);
        for wish in wishes.split(',') {
            let (range, quality) = wish.split_once(";q=").unwrap_or((wish, "1"));
            let quality: f32 = quality.trim().parse().unwrap_or(0.0);
            let language = match range.trim().split('-').next() {
                Some("ar") => Self::Arabic,
                Some("en" | "*") => Self::English,
                _ => continue,
            };
            if quality > best.0 {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The `lang` attribute.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Arabic => "ar",
        }
    }

    /// The `dir` attribute.
    pub(super) fn direction(self) -> &'static str {
        match self {
            Self::English => "ltr",
            Self::Arabic => "rtl",
        }
    }
}

/// Gives the words of a page, which are written down in both languages, a function `of` that picks those of a language.
macro_rules! in_both {
    ($words:ident, $english:path, $arabic:path) => {
        impl $words {
            /// Those of this language.
            pub(in crate::portal) fn of(language: $crate::portal::language::Language) -> &'static Self {
                match language {
                    $crate::portal::language::Language::English => &$english,
                    $crate::portal::language::Language::Arabic => &$arabic,
                }
            }
        }
    };
}
pub(in crate::portal) use in_both;

impl From<Language> for engine::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::English => Self::En,
            Language::Arabic => Self::Ar,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_language_wins() {
        let of = |text: &'static str| {
            Language::preferred(&HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, text.parse().unwrap())]))
        };
        assert_eq!(of("ar"), Language::Arabic);
        assert_eq!(of("ar-SA,en;q=0.8"), Language::Arabic);
        assert_eq!(of("en-US,ar;q=0.9"), Language::English);
        assert_eq!(of("fr, ar;q=0.3, en;q=0.2"), Language::Arabic);
        assert_eq!(of("fr"), Language::English);
        assert_eq!(of(";q=,,"), Language::English);
        assert_eq!(Language::preferred(&HeaderMap::new()), Language::English);
    }
}
