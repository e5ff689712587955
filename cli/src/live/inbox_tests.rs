//! The view of requests as it is painted, and which keys are taken for an answer.

use countersign_core::authenticator::InboxView;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::args::Global;
use crate::output::{Output, Style};
use crate::requests::tests::request;
use crate::tests::{Machine, Person};

async fn vault() -> (Context, Authenticator, Machine) {
    let machine = Machine::with_entry().await;
    let out =
        Output::new(false, true, Style::default(), Box::new(std::io::sink()), Box::new(std::io::sink()));
    let context = machine.context(Global::default(), out, Some(Person::who_types(&["pw"])));
    let authenticator = context.open().await.unwrap();
    (context, authenticator, machine)
}

/// With these requests, the first of them shown since `since`.
fn with<'a>(
    context: &'a Context,
    authenticator: &'a Authenticator,
    requests: Vec<PendingView>,
    since: Instant,
) -> Inbox<'a> {
    let mut inbox = Inbox::new(context, authenticator).unwrap();
    let view = InboxView { pending: requests, ..InboxView::default() };
    let events = inbox.follower.take(view, since);
    inbox.tell(&events);
    assert!(inbox.choose(since));
    inbox.was_shown(since);
    inbox
}

fn picture(inbox: &Inbox<'_>, width: u16, height: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| inbox.paint(frame)).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let line = |y: u16| {
        let cells: String = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
        cells.trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

/// Types a line at a moment.
fn type_line(inbox: &mut Inbox<'_>, line: &str, at: Instant) {
    for character in line.chars() {
        assert!(inbox.press((Some(Key::Character(character)), at)));
    }
    assert!(inbox.press((Some(Key::Enter), at)));
}

/// Waits for what was sent.
async fn sent_now(inbox: &mut Inbox<'_>) {
    let result = sent(&mut inbox.sending).await;
    inbox.conclude(result);
}

#[tokio::test]
async fn a_request_is_shown_with_its_prompt_and_those_behind_it() {
    let (context, authenticator, _machine) = vault().await;
    let inbox = with(&context, &authenticator, vec![request(1, Some(2)), request(2, None)], Instant::now());
    let shown = picture(&inbox, 100, 12);
    let text = shown.join("\n");
    assert_eq!(shown[1], "▌ Payroll asks alice  Acme", "{text}");
    assert!(text.contains("▌ from Tripoli, Libya, 192.0.2.7, Firefox on Linux"), "{text}");
    assert!(text.contains("then Payroll asks alice"), "{text}");
    assert!(text.contains("Type the 2 digits of the sign-in screen to approve"), "{text}");
}

#[tokio::test]
async fn the_prompt_is_seen_in_every_size() {
    let (context, authenticator, _machine) = vault().await;
    let inbox = with(&context, &authenticator, vec![request(1, None)], Instant::now());
    for width in [1, 7, 30, 80, 200] {
        for height in [1, 2, 3, 6, 7, 12, 50] {
            picture(&inbox, width, height);
        }
    }
    assert!(picture(&inbox, 80, 2).join("\n").contains("Is it you?"));
}

#[tokio::test]
async fn an_answer_that_comes_too_soon_was_meant_for_another_request() {
    let (context, authenticator, _machine) = vault().await;
    let since = Instant::now();
    let mut inbox = with(&context, &authenticator, vec![request(1, None)], since);
    let early = since.checked_sub(Duration::from_secs(1)).unwrap_or(since);
    for at in [early, since, since + TOO_SOON - Duration::from_millis(1)] {
        type_line(&mut inbox, "n", at);
        assert!(inbox.sending.is_none() && inbox.typed.text().is_empty());
    }
    assert!(inbox.told.iter().all(|words| words.contains("was not taken")), "{:?}", inbox.told);
    type_line(&mut inbox, "n", since + TOO_SOON);
    assert!(inbox.sending.is_some(), "now it is meant");
    sent_now(&mut inbox).await;
    assert!(inbox.told.last().unwrap().contains("No such request waits"), "{:?}", inbox.told);
}

#[tokio::test]
async fn what_was_typed_for_one_request_is_not_taken_for_the_next() {
    let (context, authenticator, _machine) = vault().await;
    let since = Instant::now();
    let mut inbox = with(&context, &authenticator, vec![request(1, Some(2))], since);
    let later = since + TOO_SOON;
    assert!(inbox.press((Some(Key::Character('4')), later)));
    let view = InboxView { pending: vec![request(2, Some(2))], ..InboxView::default() };
    let events = inbox.follower.take(view, later);
    inbox.tell(&events);
    assert!(inbox.choose(later), "another one is at the prompt");
    assert_eq!(inbox.typed.text(), "");
    // It was not painted yet, so nobody can mean it.
    type_line(&mut inbox, "42", later + TOO_SOON);
    assert!(inbox.sending.is_none());
    inbox.was_shown(later);
    type_line(&mut inbox, "42", later + TOO_SOON);
    assert!(inbox.sending.is_some());
}

#[tokio::test]
async fn s8_yes_is_not_enough_where_a_number_is_asked_for() {
    let (context, authenticator, _machine) = vault().await;
    let since = Instant::now();
    let mut inbox = with(&context, &authenticator, vec![request(1, Some(2))], since);
    for line in ["y", "4", "421"] {
        type_line(&mut inbox, line, since + TOO_SOON);
        assert!(inbox.sending.is_none(), "{line}");
    }
    assert!(inbox.told.last().unwrap().contains("Nothing was sent"));
}

#[tokio::test]
async fn a_request_that_asks_for_verification_wants_the_password_once_more() {
    let (context, authenticator, _machine) = vault().await;
    let since = Instant::now();
    let mut asks = request(1, None);
    asks.verify = true;
    let mut inbox = with(&context, &authenticator, vec![asks], since);
    let later = since + TOO_SOON;
    type_line(&mut inbox, "y", later);
    assert!(inbox.sending.is_none());
    for character in "wrong".chars() {
        inbox.press((Some(Key::Character(character)), later));
    }
    let shown = picture(&inbox, 100, 10).join("\n");
    assert!(shown.contains("•••••") && !shown.contains("wrong"), "{shown}");
    inbox.press((Some(Key::Enter), later));
    sent_now(&mut inbox).await;
    assert_eq!(inbox.told.last().unwrap(), "The password is wrong. Nothing was sent.");
    type_line(&mut inbox, "y", later);
    type_line(&mut inbox, "pw", later);
    sent_now(&mut inbox).await;
    assert!(inbox.told.last().unwrap().contains("No such request waits"), "it was sent: {:?}", inbox.told);
}

#[tokio::test]
async fn q_ends_it_but_not_in_the_middle_of_a_line() {
    let (context, authenticator, _machine) = vault().await;
    let since = Instant::now();
    let mut inbox = with(&context, &authenticator, vec![request(1, None)], since);
    let later = since + TOO_SOON;
    assert!(inbox.press((Some(Key::Character('m')), later)));
    assert!(inbox.press((Some(Key::Character('q')), later)));
    assert_eq!(inbox.typed.text(), "mq");
    inbox.press((Some(Key::Back), later));
    assert!(!inbox.press((Some(Key::Character('q')), later)));
    assert!(!inbox.press((Some(Key::End), later)));
}
