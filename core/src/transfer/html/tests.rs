//! Sheets: the example of Stratum's, and sheets made in the shapes of the others.

use base64::Engine as _;

use super::read;
use crate::otp::{Algorithm, Kind};
use crate::transfer::fixtures::{self, accounts, refused, usable};
use crate::transfer::{Field, Found, Source, TransferError, Warning};

const STRATUM: &str = "<html><body><table><tr><td>Beta</td><td>bob</td><td><code>otpauth://hotp/Beta%3Abob?secret=MV4GC3LQNRSS243FMNZGK5BNGI&issuer=Beta&algorithm=SHA256&digits=8&counter=7</code></td></tr></table></body></html>";
const LINK: &str = "otpauth://totp/Acme:ann?secret=MV4GC3LQNRSS243FMNZGK5BNGE&issuer=Acme&period=45";

fn of(html: &str) -> Found {
    read(&Source::new(html.as_bytes())).unwrap()
}

fn picture(text: &str) -> String {
    let code = qrcode::QrCode::new(text).unwrap();
    let side = code.width();
    let dark = code.to_colors();
    let image = image::GrayImage::from_fn((side as u32 + 8) * 4, (side as u32 + 8) * 4, |x, y| {
        let at = |v: u32| (v / 4).checked_sub(4).map(|v| v as usize).filter(|v| *v < side);
        let black = at(x).zip(at(y)).is_some_and(|(x, y)| dark[y * side + x] == qrcode::Color::Dark);
        image::Luma([if black { 0 } else { 255 }])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    image.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let data = base64::engine::general_purpose::STANDARD.encode(png.into_inner());
    format!("<img src=\"data:image/png;base64,{data}\">")
}

#[test]
fn stratum_escaped_and_not() {
    for html in [STRATUM.to_owned(), STRATUM.replace('&', "&amp;")] {
        assert_eq!(accounts(&of(&html)), [fixtures::b()]);
    }
    let bad = of(&STRATUM.replace("digits=8", "digits=0"));
    assert_eq!(refused(&bad), [(1, Field::Digits)]);
}

fn aegis(cells: &[&str]) -> String {
    let heads = [
        "Issuer", "Name", "Type", "QR Code", "UUID", "Note", "Favorite", "Algo", "Digits", "Secret",
        "Counter", "PIN",
    ];
    let row = |tag: &str, cells: &[&str]| {
        cells.iter().map(|cell| format!("<{tag}>{cell}</{tag}>")).collect::<String>()
    };
    format!("<!DOCTYPE html><html><table><tr>{}</tr><tr>{}</tr></table>", row("th", &heads), row("td", cells))
}

#[test]
fn aegis_by_its_code_or_else_by_its_words() {
    let code = picture(LINK);
    let by_code =
        of(&aegis(&["Acme", "ann", "TOTP", &code, "u", "a &lt;b&gt;", "true", "SHA1", "6", "x!", "-", "-"]));
    let read = usable(&by_code)[0];
    assert_eq!(
        (read.otp.period(), read.details.note.as_str(), read.details.pinned),
        (Some(45), "a <b>", true)
    );
    let secret = "MV4GC3LQNRSS243FMNZGK5BNGE";
    let words = of(&aegis(&[
        "Acme Mail",
        "ann@acme.test",
        "TOTP",
        "",
        "u",
        "-",
        "false",
        "SHA1",
        "6",
        secret,
        "-",
        "-",
    ]));
    assert_eq!(accounts(&words), [fixtures::a()]);
    assert_eq!(usable(&words)[0].warnings, [Warning::Unproven, Warning::PeriodAssumed]);
    let motp = of(&aegis(&[
        "Motp",
        "eve",
        "MOTP",
        "",
        "u",
        "-",
        "false",
        "MD5",
        "6",
        "6578736563726574",
        "-",
        "1234",
    ]));
    assert_eq!(accounts(&motp), [fixtures::e()]);
    let bad = of(&aegis(&["A", "b", "TOTP", "", "u", "-", "-", "SHA1", "six", secret, "-", "-"]));
    assert_eq!(refused(&bad), [(1, Field::Digits)]);
}

#[test]
fn ente_and_raivo() {
    let words = "<p><b>Acme</b></p><p><b>ann</b></p><p>Type: <b>totp</b></p><p>Algorithm: <b>sha1</b></p><p>Digits: <b>6</b></p><p>Secret: <b>MV4GC3LQNRSS243FMNZGK5BNGE</b></p><p>Note: <b>n1</b></p>";
    let html = format!("<html>{words}{}{words}<img src='data:image/png;base64,AAAA'></html>", picture(LINK));
    let found = of(&html);
    assert_eq!(accounts(&found).iter().map(|entry| entry.period()).collect::<Vec<_>>(), [Some(45), Some(30)]);
    assert_eq!(usable(&found)[1].warnings, [Warning::Unproven, Warning::PeriodAssumed]);
    assert_eq!(usable(&found)[1].details.note, "n1");
    let raivo = "<html><h3>Caf&#233;</h3><h4 class=\"subtitle\">bob</h4><p>Seed: <code>MV4GC3LQNRSS243FMNZGK5BNGI</code></p><p>Algorithm: <code>SHA256</code></p><p>Length: <code>8 digits</code></p><p>Type: <code>HOTP</code></p><p>Timer: <code>0 seconds</code></p><p>Counter: <code>7</code></p></html>";
    let found = of(raivo);
    let entry = &accounts(&found)[0];
    assert_eq!((entry.issuer(), entry.account()), (Some("Café"), "bob"));
    assert_eq!(*entry.kind(), Kind::Hotp { algorithm: Algorithm::Sha256, digits: 8, counter: 7 });
}

#[test]
fn any_other_page_is_none() {
    let error = read(&Source::new(b"<html><code>x</code></html>")).err();
    assert_eq!(error, Some(TransferError::NotRecognised));
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"<html><table><tr><th>Secret</th>");
    fixtures::any_mutation_returns(read, STRATUM.as_bytes(), 100);
    let sheet = aegis(&["Acme", "ann", "TOTP", "", "u", "-", "-", "SHA1", "6", "MV4GC3LQNRSS2", "-", "-"]);
    fixtures::any_mutation_returns(read, sheet.as_bytes(), 100);
}
