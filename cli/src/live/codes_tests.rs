//! The view of codes as it is painted and what its keys do, over a real vault.

use countersign_core::settings::{LockAfter, Settings};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::args::Global;
use crate::output::{Output, Style};
use crate::tests::{Machine, Paper, Person};

const COUNTED: &str = "otpauth://hotp/Door:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Door&counter=0";
const ARABIC: &str =
    "otpauth://totp/%D9%85%D8%B5%D8%B1%D9%81:%D8%B9%D9%84%D9%8A?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// A vault with GitHub (alice), Door (ann) by counter, and مصرف (علي).
async fn vault() -> (Context, Authenticator, Paper, Machine) {
    let machine = Machine::with_entry().await;
    let paper = Paper::default();
    let out = Output::new(false, true, Style::default(), Box::new(paper.clone()), Box::new(std::io::sink()));
    let context = machine.context(Global::default(), out, Some(Person::who_types(&["pw"])));
    let authenticator = context.open().await.unwrap();
    authenticator.add_uri(COUNTED).unwrap();
    authenticator.add_uri(ARABIC).unwrap();
    (context, authenticator, paper, machine)
}

/// The picture, line by line, without the spaces at their ends.
fn picture(codes: &Codes<'_>, width: u16, height: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| codes.paint(frame)).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let line = |y: u16| {
        let cells: String = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
        cells.trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

fn press(codes: &mut Codes<'_>, keys: &[Key]) {
    for key in keys {
        assert_eq!(codes.press(*key, Instant::now()).unwrap(), None);
        codes.refresh(Instant::now()).unwrap();
    }
}

#[tokio::test]
async fn codes_run_with_bars_and_names() {
    let (context, authenticator, _paper, _machine) = vault().await;
    let codes = Codes::new(&context, &authenticator, "").unwrap();
    let shown = picture(&codes, 80, 6);
    assert_eq!(shown[0], "Countersign  3 codes");
    let code = codes.view.rows[0].grouped.as_deref().unwrap();
    assert!(shown[1].starts_with(&format!("› {code}  ")) && shown[1].contains("━━━━━━━━━┄"), "{shown:?}");
    assert!(shown[1].ends_with("27 s  GitHub (alice)"), "{shown:?}");
    assert!(shown[2].starts_with("  next?") && shown[2].ends_with("Door (ann)"), "{shown:?}");
    assert!(shown[5].starts_with("q quits"), "{shown:?}");
}

#[tokio::test]
async fn p8_a_code_stands_before_a_name_from_right_to_left() {
    let (context, authenticator, _paper, _machine) = vault().await;
    let codes = Codes::new(&context, &authenticator, "").unwrap();
    let shown = picture(&codes, 80, 6);
    let code = codes.view.rows[2].grouped.as_deref().unwrap();
    assert!(shown[3].starts_with(&format!("  {code}  ")) && shown[3].ends_with("مصرف (علي)"), "{shown:?}");
}

#[tokio::test]
async fn every_size_has_a_picture() {
    let (context, authenticator, _paper, _machine) = vault().await;
    let codes = Codes::new(&context, &authenticator, "").unwrap();
    for width in [1, 2, 10, 20, 43, 44, 69, 70, 200] {
        for height in 1..6 {
            picture(&codes, width, height);
        }
    }
    assert!(
        picture(&codes, 20, 1)[0]
            .starts_with(&format!("› {}", codes.view.rows[0].grouped.as_deref().unwrap()))
    );
}

#[tokio::test]
async fn the_list_is_searched_as_one_types() {
    let (context, authenticator, _paper, _machine) = vault().await;
    let mut codes = Codes::new(&context, &authenticator, "").unwrap();
    press(&mut codes, &[Key::Character('/'), Key::Character('d'), Key::Character('o')]);
    assert_eq!(codes.view.rows.len(), 1);
    assert_eq!(picture(&codes, 40, 5)[0], "/ do▏  1 of 3");
    press(&mut codes, &[Key::Character('q')]);
    assert_eq!(codes.view.rows.len(), 0, "letters belong to the search");
    press(&mut codes, &[Key::Erase, Key::Enter]);
    assert!(!codes.searching && codes.view.rows.len() == 1);
    press(&mut codes, &[Key::Back]);
    assert_eq!(codes.view.rows.len(), 3);
    assert_eq!(codes.press(Key::Character('q'), Instant::now()).unwrap(), Some(End::ByThePerson));
}

#[tokio::test]
async fn p9_a_copied_code_is_wiped_after_the_chosen_time() {
    let (context, authenticator, paper, _machine) = vault().await;
    let settings = Settings { clipboard_seconds: 5, ..Settings::default() };
    authenticator.set_settings(&settings).unwrap();
    let mut codes = Codes::new(&context, &authenticator, "").unwrap();
    let now = Instant::now();
    codes.press(Key::Enter, now).unwrap();
    assert!(paper.text().starts_with("\x1b]52;c;"), "{}", paper.text());
    assert!(codes.message().unwrap().contains("wiped in 5 s"));
    codes.refresh(now + Duration::from_secs(4)).unwrap();
    assert_eq!(paper.text().matches("\x1b]52;c;\x07").count(), 0);
    codes.refresh(now + Duration::from_secs(5)).unwrap();
    assert_eq!(paper.text().matches("\x1b]52;c;\x07").count(), 1);
    assert_eq!(authenticator.entries().unwrap()[0].used.times, 1);
}

#[tokio::test]
async fn hidden_codes_are_shown_one_at_a_time() {
    let (context, authenticator, _paper, _machine) = vault().await;
    authenticator.set_settings(&Settings { hide_codes: true, ..Settings::default() }).unwrap();
    let mut codes = Codes::new(&context, &authenticator, "").unwrap();
    let code = authenticator.code(&codes.view.rows[0].id).unwrap().grouped.clone().unwrap();
    let hidden = picture(&codes, 80, 6);
    assert!(hidden[1].starts_with("› ••• •••") && !hidden.concat().contains(&code), "{hidden:?}");
    press(&mut codes, &[Key::Character(' ')]);
    let shown = picture(&codes, 80, 6);
    assert!(shown[1].contains(&code) && shown[3].contains("••• •••"), "{shown:?}");
    press(&mut codes, &[Key::Character(' ')]);
    assert!(!picture(&codes, 80, 6).concat().contains(&code));
}

#[tokio::test]
async fn a_counted_code_is_asked_for_with_n() {
    let (context, authenticator, _paper, _machine) = vault().await;
    let mut codes = Codes::new(&context, &authenticator, "").unwrap();
    press(&mut codes, &[Key::Character('n')]);
    assert!(codes.message().unwrap().contains("follow the time"));
    press(&mut codes, &[Key::Down, Key::Enter]);
    assert!(codes.message().unwrap().contains("No code was asked for"));
    press(&mut codes, &[Key::Character('n')]);
    // RFC 4226, appendix D: the secret is its test secret.
    assert!(picture(&codes, 80, 6)[2].starts_with("› 755 224"), "{:?}", picture(&codes, 80, 6));
    press(&mut codes, &[Key::Character('n')]);
    assert!(picture(&codes, 80, 6)[2].starts_with("› 287 082"));
}

#[tokio::test]
async fn p9_nobody_there_ends_the_view() {
    let (context, authenticator, _paper, _machine) = vault().await;
    let codes = Codes::new(&context, &authenticator, "").unwrap();
    let after = |seconds| codes.last_key + Duration::from_secs(seconds);
    assert_eq!(codes.idle(after(299)).unwrap(), None);
    assert_eq!(codes.idle(after(300)).unwrap(), Some(End::Idle(300)));
    let lock = LockAfter { idle_seconds: 0, in_background: false };
    authenticator.set_settings(&Settings { lock, ..Settings::default() }).unwrap();
    assert_eq!(codes.idle(after(100_000)).unwrap(), None);
}
