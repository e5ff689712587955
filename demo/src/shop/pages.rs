//! The pages, out of what is known of a visitor.

use askama::Template;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use qrcode::QrCode;
use qrcode::render::svg;

use super::Place;
use super::calls::Call;
use super::phone::Device;
use super::run::{Code, Over, Run, Stage, Way};
use super::visitor::Visitor;
use super::words::{WayWords, Words};

/// Nothing from elsewhere, and neither script nor style in a page.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
];

fn respond(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, HEADERS, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    words: &'static Words,
    page: &'static str,
    title: &'static str,
    text: &'static str,
}

/// A page that only says something.
pub(super) fn message(
    words: &'static Words,
    status: StatusCode,
    (title, text): (&'static str, &'static str),
) -> Response {
    respond(status, &MessagePage { words, page: "message", title, text })
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage<'a> {
    words: &'static Words,
    page: &'static str,
    title: &'static str,
    place: &'a Place,
    device: Option<&'a Device>,
    ways: Vec<(Way, &'static WayWords, bool)>,
    forgotten: bool,
    signed_in: bool,
}

/// What this is, the phone, and the ways to sign in.
pub(super) fn start(words: &'static Words, place: &Place, visitor: &Visitor, forgotten: bool) -> Response {
    let is_in = |way: &Way| visitor.runs.get(way).is_some_and(|run| matches!(run.stage, Stage::In));
    let page = StartPage {
        words,
        page: "start",
        title: words.start.title,
        place,
        device: visitor.phone.device.as_ref(),
        ways: Way::ALL.into_iter().map(|way| (way, words.way(way), is_in(&way))).collect(),
        forgotten,
        signed_in: Way::ALL.iter().any(is_in),
    };
    respond(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "phone.html")]
struct PhonePage<'a> {
    words: &'static Words,
    page: &'static str,
    title: &'static str,
    mark: &'static str,
    link: Option<&'a (String, String)>,
    command: String,
    builds: bool,
    /// Only this machine reaches the server.
    only_here: bool,
    watch: String,
    device: Option<&'a Device>,
    trouble: Option<(&'static str, String)>,
    calls: &'a [Call],
}

/// The link for a phone, or the phone that took it up.
pub(super) fn phone(words: &'static Words, place: &Place, visitor: &Visitor) -> Response {
    let phone = &visitor.phone;
    let link = phone.link.as_ref();
    let page = PhonePage {
        words,
        page: "phone",
        title: words.phone.title,
        mark: phone.mark(),
        link,
        command: link
            .map(|(link, _)| format!("{} enroll '{link}'", place.authenticator.command))
            .unwrap_or_default(),
        builds: place.authenticator.builds,
        only_here: place.is_only_here(),
        watch: format!("{} inbox --watch", place.authenticator.command),
        device: phone.device.as_ref(),
        trouble: phone.trouble.as_ref().map(|over| words.over(over, Way::Mypass)),
        calls: &phone.calls.list,
    };
    respond(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "run.html")]
struct RunPage<'a> {
    words: &'static Words,
    page: &'static str,
    title: &'static str,
    way: Way,
    about: &'static WayWords,
    mark: &'static str,
    /// What the person is called.
    person: String,
    view: View,
    watch: String,
    calls: &'a [Call],
}

/// What a sign-in shows.
#[derive(Default)]
struct View {
    begins: bool,
    waits: bool,
    number: Option<String>,
    typing: Option<Typing>,
    leave: Option<String>,
    is_in: bool,
    over: Option<(&'static str, String)>,
    no_phone: bool,
}

/// The form for a code.
struct Typing {
    lead: &'static str,
    problem: Option<&'static str>,
    /// The link of an app to set up, and its QR code.
    uri: Option<(String, Option<String>)>,
    /// The command for the terminal authenticator.
    command: String,
    sent_to: Option<String>,
    outbox: Option<String>,
}

/// A sign-in, or the form that begins one.
pub(super) fn run(words: &'static Words, place: &Place, visitor: &Visitor, way: Way) -> Response {
    let run = visitor.runs.get(&way);
    let about = words.way(way);
    let page = RunPage {
        words,
        page: "run",
        title: about.title,
        way,
        about,
        mark: run.map_or("none", Run::mark),
        person: way.person(&visitor.name),
        view: run.map_or_else(|| View { begins: true, ..View::default() }, |run| view(words, place, run)),
        watch: format!("{} inbox --watch", place.authenticator.command),
        calls: run.map_or(&[], |run| &run.calls.list),
    };
    respond(StatusCode::OK, &page)
}

fn view(words: &'static Words, place: &Place, run: &Run) -> View {
    match &run.stage {
        Stage::Wait { number } => View { waits: true, number: number.clone(), ..View::default() },
        Stage::Type { code, wrong } => {
            View { typing: Some(typing(words, place, code, *wrong)), ..View::default() }
        }
        Stage::Leave { url } => View { leave: Some(url.clone()), ..View::default() },
        Stage::In => View { is_in: true, ..View::default() },
        Stage::Over(over) => View {
            begins: true,
            no_phone: *over == Over::NoPhone,
            over: Some(words.over(over, run.way)),
            ..View::default()
        },
    }
}

fn typing(words: &'static Words, place: &Place, code: &Code, wrong: bool) -> Typing {
    let problem = wrong.then_some(words.typing.wrong);
    let nothing = Typing {
        lead: words.typing.app,
        problem,
        uri: None,
        command: String::new(),
        sent_to: None,
        outbox: None,
    };
    match code {
        Code::First { uri } => Typing {
            lead: words.typing.first,
            command: format!("{} add -", place.authenticator.command),
            uri: Some((uri.clone(), drawn(uri))),
            ..nothing
        },
        Code::App { again } => Typing {
            lead: if *again { words.typing.again } else { words.typing.app },
            command: format!("{} codes --watch", place.authenticator.command),
            ..nothing
        },
        Code::Sent { to } => Typing {
            lead: words.typing.sent,
            command: format!("grep '\"code\"' \"$(ls -t '{}'/*.json | head -n 1)\"", place.outbox.display()),
            sent_to: Some(to.clone()),
            outbox: Some(place.outbox.display().to_string()),
            ..nothing
        },
    }
}

/// An SVG element; none when the text is too long for a QR code.
fn drawn(text: &str) -> Option<String> {
    let drawn = QrCode::new(text).ok()?.render::<svg::Color<'_>>().min_dimensions(256, 256).build();
    // The element stands inside a page, where an XML declaration has no place.
    drawn.find("<svg").and_then(|start| drawn.get(start..)).map(str::to_owned)
}
