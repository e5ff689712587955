//! Reading the query. Unknown parameters are passed over; one of ours that is there twice is refused, because whoever
//! checked the request before may have looked at the other one.

use url::form_urlencoded;
use zeroize::Zeroizing;

use super::reply::Status;
use crate::engine::Language;
use crate::engine::verification::NumberToVerify;

/// Characters of an application's name at most: as many as a message shows.
const LONGEST_APP: usize = 40;
/// Digits of a code at most. One of another length than ours is wrong, and only what is no code at all is refused.
const LONGEST_CODE: usize = 16;
/// Bytes of a number at most, however it is written.
const LONGEST_NUMBER: usize = 40;

/// One parameter.
#[derive(Default)]
enum Given {
    #[default]
    Absent,
    Once(Zeroizing<String>),
    Twice,
}

impl Given {
    fn put(&mut self, value: &str) {
        *self = match self {
            Self::Absent => Self::Once(Zeroizing::new(value.to_owned())),
            Self::Once(_) | Self::Twice => Self::Twice,
        };
    }

    fn text(&self) -> Result<Option<&str>, Status> {
        match self {
            Self::Absent => Ok(None),
            Self::Once(text) => Ok(Some(text)),
            Self::Twice => Err(Status::InvalidData),
        }
    }
}

/// What a request says, nothing of it judged yet.
#[derive(Default)]
pub(super) struct Parameters {
    apikey: Given,
    dest: Given,
    otp: Given,
    lang: Given,
    app: Given,
}

/// A number with the application that it is verified for.
pub(super) struct Number {
    number: String,
    application: Option<String>,
}

impl Number {
    pub(super) fn borrowed(&self) -> NumberToVerify<'_> {
        NumberToVerify { number: &self.number, application: self.application.as_deref() }
    }
}

impl Parameters {
    pub(super) fn read(query: &str) -> Self {
        let mut all = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "apikey" => all.apikey.put(&value),
                "dest" => all.dest.put(&value),
                "otp" => all.otp.put(&value),
                "lang" => all.lang.put(&value),
                "app" => all.app.put(&value),
                _ => {}
            }
        }
        all
    }

    /// The key; an empty one, which is nobody's, when there is none or more than one.
    pub(super) fn key(&self) -> &str {
        self.apikey.text().ok().flatten().unwrap_or_default()
    }

    /// `dest` and `app`. What is no number is found out later.
    pub(super) fn number(&self) -> Result<Number, Status> {
        let dest =
            self.dest.text()?.filter(|dest| dest.len() <= LONGEST_NUMBER).ok_or(Status::InvalidData)?;
        // A literal + in a query is a space to whoever decodes it.
        let number = match dest.strip_prefix(' ') {
            Some(rest) => format!("+{rest}"),
            None => dest.to_owned(),
        };
        let application = self.app.text()?.filter(|app| !app.is_empty());
        if application
            .is_some_and(|app| app.chars().count() > LONGEST_APP || app.chars().any(char::is_control))
        {
            return Err(Status::InvalidData);
        }
        Ok(Number { number, application: application.map(str::to_owned) })
    }

    /// `lang`.
    pub(super) fn language(&self) -> Result<Language, Status> {
        match self.lang.text()? {
            None | Some("en_US") => Ok(Language::En),
            Some("ar_SA") => Ok(Language::Ar),
            Some(_) => Err(Status::InvalidData),
        }
    }

    /// `otp`.
    pub(super) fn code(&self) -> Result<&str, Status> {
        let digits = |code: &&str| {
            (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
        };
        self.otp.text()?.filter(digits).ok_or(Status::InvalidData)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dest(query: &str) -> Option<String> {
        Parameters::read(query).number().ok().map(|number| number.number)
    }

    #[test]
    fn a_plus_that_was_not_escaped_is_one() {
        for (query, number) in [
            ("dest=+966501234567", Some("+966501234567")),
            ("dest=%2B966501234567", Some("+966501234567")),
            ("dest=%20966501234567", Some("+966501234567")),
            ("dest=00966501234567", Some("00966501234567")),
            ("dest=0501234567&x=y&dest2=1", Some("0501234567")),
            ("dest=1&dest=1", None),
            ("dest=1&%64est=1", None),
            ("dest", Some("")),
            ("", None),
            ("dest=1&app=a%0Ab", None),
            ("dest=1&app=a&app=a", None),
        ] {
            assert_eq!(dest(query).as_deref(), number, "{query}");
        }
        assert!(dest(&format!("dest={}", "1".repeat(41))).is_none());
        assert!(dest(&format!("dest=1&app={}", "%D8%A5".repeat(40))).is_some());
        assert!(dest(&format!("dest=1&app={}", "%D8%A5".repeat(41))).is_none());
    }

    #[test]
    fn an_application_without_a_name_is_none() {
        for (query, application) in
            [("dest=1&app=", None), ("dest=1", None), ("dest=1&app=Clinic+East", Some("Clinic East"))]
        {
            let number = Parameters::read(query).number().ok().unwrap();
            assert_eq!(number.application.as_deref(), application, "{query}");
        }
    }

    #[test]
    fn a_code_is_digits_and_a_language_is_one_of_two() {
        let code = |query| Parameters::read(query).code().ok().map(str::to_owned);
        assert_eq!(code("otp=123456").as_deref(), Some("123456"));
        assert_eq!(
            code("otp=12345").as_deref(),
            Some("12345"),
            "no code of ours, which is wrong and not invalid"
        );
        for query in
            ["", "otp=", "otp=12345x", "otp=%D9%A1", "otp=+123456", "otp=1&otp=1", "otp=12345678901234567"]
        {
            assert_eq!(code(query), None, "{query}");
        }
        let language = |query| Parameters::read(query).language().ok();
        assert_eq!([language(""), language("lang=en_US")], [Some(Language::En); 2]);
        assert_eq!(language("lang=ar_SA"), Some(Language::Ar));
        for query in ["lang=", "lang=ar", "lang=AR_SA", "lang=fr_FR", "lang=ar_SA&lang=ar_SA"] {
            assert_eq!(language(query), None, "{query}");
        }
    }

    #[test]
    fn two_keys_are_none() {
        assert_eq!(Parameters::read("apikey=a").key(), "a");
        for query in ["", "apikey", "apikey=a&apikey=a", "APIKEY=a"] {
            assert_eq!(Parameters::read(query).key(), "", "{query}");
        }
    }
}
