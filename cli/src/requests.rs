//! Requests in words: who asks, what for, where from, how long it waits and how it is answered.

use countersign_core::authenticator::{ClockError, InboxView, PendingView, RefusedView, Trouble};
use serde::Serialize;

use crate::moment;
use crate::output::Style;
use crate::pick;

/// From this risk on the person is told.
const UNUSUAL: u8 = 3;

/// One line of `inbox --json`. `event` says what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// It waits for the person.
    Request(Box<PendingView>),
    /// It waits no longer: answered, taken back or expired.
    Ended { id: String, application: String, expired: bool },
    /// It was sent and is not shown.
    Refused(RefusedView),
    /// An account could not be asked.
    Trouble(Trouble),
    /// It can be asked again.
    Recovered { account: String, tenant: String },
    /// This device's clock differs from the server's.
    Clock(ClockError),
}

impl Event {
    /// Everything that is in an inbox.
    pub(crate) fn all(inbox: InboxView) -> Vec<Self> {
        let requests = inbox.pending.into_iter().map(|request| Self::Request(Box::new(request)));
        let refused = inbox.refused.into_iter().map(Self::Refused);
        let troubles = inbox.troubles.into_iter().map(Self::Trouble);
        requests
            .chain(refused)
            .chain(troubles)
            .chain(inbox.clock_errors.into_iter().map(Self::Clock))
            .collect()
    }

    /// The same for a person; requests in full are [`words`].
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Request(request) => format!("{} asks {}.", request.application, request.user),
            Self::Ended { application, expired: true, .. } => {
                format!("The request of {application} has expired.")
            }
            Self::Ended { application, expired: false, .. } => {
                format!(
                    "The request of {application} no longer waits: it was answered elsewhere or taken back."
                )
            }
            Self::Refused(refused) => {
                format!("{} sent something that is not shown: {}.", refused.tenant, refused.reason)
            }
            Self::Trouble(trouble) => format!("{} could not be asked: {}.", trouble.tenant, trouble.message),
            Self::Recovered { tenant, .. } => format!("{tenant} can be asked again."),
            Self::Clock(clock) => clock_sentence(clock.seconds),
        }
    }
}

/// What a wrong clock means for the person. `seconds` that this device is behind (negative: ahead).
pub(crate) fn clock_sentence(seconds: i64) -> String {
    let side = if seconds > 0 { "behind" } else { "ahead of" };
    format!(
        "This device's clock is {} {side} the server's. Approvals work all the same, but one-time codes may not: \
         set the clock.",
        moment::length(seconds.unsigned_abs())
    )
}

/// The lines that show a request.
pub(crate) fn words(request: &PendingView, style: Style) -> Vec<String> {
    let mark = style.swatch(&request.color);
    let mut lines = vec![
        format!(
            "{mark} {} asks {}  {}",
            style.bold(&request.application),
            request.user,
            style.dim(&request.tenant)
        ),
        format!("{mark} {}: {}", request.kind, request.message),
    ];
    lines.extend(request.details.iter().map(|detail| format!("{mark} {}: {}", detail.label, detail.value)));
    if let Some(origin) = origin(request) {
        lines.push(format!("{mark} from {origin}"));
    }
    if request.risk >= UNUSUAL {
        lines.push(format!(
            "{mark} {}",
            style.red("This sign-in is unusual. Approve it only if it is yours.")
        ));
    }
    lines.push(format!("{mark} {} left", moment::length(request.seconds_left)));
    lines
}

fn origin(request: &PendingView) -> Option<String> {
    let part = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let software: Vec<String> = [part(&request.browser), part(&request.os)].into_iter().flatten().collect();
    let software = (!software.is_empty()).then(|| software.join(" on "));
    let parts: Vec<String> =
        [part(&request.place), part(&request.ip), software].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The commands that answer it; `short` is enough of its id.
pub(crate) fn how_to_answer(request: &PendingView, short: &str) -> String {
    let digits = request.digits.map(|digits| "N".repeat(usize::from(digits)));
    let which = digits.or_else(|| request.options.map(|[a, b, c]| format!("{a}|{b}|{c}")));
    let number = which.map_or(String::new(), |which| format!(" --number {which}"));
    format!("countersign approve {short}{number}    or    countersign deny {short} [--report]")
}

/// Each request's id, as short as tells them apart.
pub(crate) fn short_ids(requests: &[PendingView]) -> Vec<String> {
    let ids: Vec<String> = requests.iter().map(|request| request.id.to_string()).collect();
    pick::short(&ids)
}

#[cfg(test)]
pub(crate) mod tests {
    use countersign_core::authenticator::DetailView;

    use super::*;

    /// A request with the number `n` in its id.
    pub(crate) fn request(n: u8, digits: Option<u8>) -> PendingView {
        PendingView {
            id: format!("0190f3c2-7a00-7000-8000-0000000000{n:02x}").parse().unwrap(),
            account: "cs-account".into(),
            tenant: "Acme".to_owned(),
            application: "Payroll".to_owned(),
            color: "#336699".to_owned(),
            user: "alice".to_owned(),
            kind: "login".to_owned(),
            message: "Sign in to payroll".to_owned(),
            ip: Some("192.0.2.7".to_owned()),
            place: Some("Tripoli, Libya".to_owned()),
            browser: Some("Firefox".to_owned()),
            os: Some("Linux".to_owned()),
            digits,
            options: None,
            shows: None,
            verify: false,
            risk: 1,
            rules_allowed: false,
            details: Vec::new(),
            asked_at: 1_785_587_640,
            seconds_left: 118,
        }
    }

    #[test]
    fn a_request_is_shown_with_all_that_helps_to_decide() {
        assert_eq!(
            words(&request(1, Some(2)), Style::default()),
            [
                "▌ Payroll asks alice  Acme",
                "▌ login: Sign in to payroll",
                "▌ from Tripoli, Libya, 192.0.2.7, Firefox on Linux",
                "▌ 118 s left",
            ]
        );
        let mut bare = request(1, None);
        (bare.ip, bare.place, bare.browser, bare.os) = (None, Some(String::new()), None, None);
        assert_eq!(words(&bare, Style::default()).len(), 3);
    }

    #[test]
    fn details_and_an_unusual_sign_in_are_shown() {
        let mut asks = request(1, None);
        let detail = DetailView { label: "Amount".to_owned(), value: "250 €".to_owned() };
        (asks.details, asks.risk) = (vec![detail], 3);
        let lines = words(&asks, Style::default());
        assert_eq!(lines[2], "▌ Amount: 250 €");
        assert!(lines[4].contains("unusual"), "{lines:?}");
        asks.options = Some(["17", "42", "88"].map(|o| o.parse().unwrap()));
        assert!(how_to_answer(&asks, "x").starts_with("countersign approve x --number 17|42|88 "));
    }

    #[test]
    fn how_to_answer_names_the_number() {
        let answer = how_to_answer(&request(1, Some(2)), "0190f3c2");
        assert_eq!(
            answer,
            "countersign approve 0190f3c2 --number NN    or    countersign deny 0190f3c2 [--report]"
        );
        assert!(!how_to_answer(&request(1, None), "x").contains("--number"));
    }

    #[test]
    fn json_says_which_event_it_is() {
        let json = serde_json::to_value(Event::Request(Box::new(request(1, Some(2))))).unwrap();
        let mut keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "account",
                "application",
                "asked_at",
                "browser",
                "color",
                "details",
                "digits",
                "event",
                "id",
                "ip",
                "kind",
                "message",
                "options",
                "os",
                "place",
                "risk",
                "rules_allowed",
                "seconds_left",
                "shows",
                "tenant",
                "user",
                "verify"
            ]
        );
        assert_eq!((&json["event"], &json["digits"]), (&"request".into(), &2.into()));
        let ended = Event::Ended { id: "x".to_owned(), application: "P".to_owned(), expired: true };
        assert_eq!(
            serde_json::to_string(&ended).unwrap(),
            r#"{"event":"ended","id":"x","application":"P","expired":true}"#
        );
    }

    #[test]
    fn a_wrong_clock_is_said_with_its_side() {
        assert!(clock_sentence(7200).starts_with("This device's clock is 2 h 0 min behind the server's."));
        assert!(clock_sentence(-90).starts_with("This device's clock is 90 s ahead of the server's."));
    }
}
