//! Image files: screenshots and photos that must be read, and files that must be refused for the right reason.

use image::{ImageFormat, RgbaImage};
use proptest::prelude::*;
use qrcode::EcLevel;

use super::pictures::{Canvas, modules};
use crate::scan::{MAX_FILE_BYTES, ScanError, Scanned, decode_file, scan_file};

const LINK: &str = "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example";

fn read(file: &[u8]) -> Vec<String> {
    let mut texts: Vec<String> =
        decode_file(file).unwrap_or_default().iter().map(|text| text.as_str().to_owned()).collect();
    texts.sort();
    texts
}

#[test]
fn png_and_jpeg_at_every_quarter_turn() {
    let mut canvas = Canvas::plain(LINK, 5, 4);
    for turn in 0..4 {
        assert_eq!(read(&canvas.png()), [LINK], "PNG, {turn} quarter turns");
        assert_eq!(read(&canvas.jpeg(60)), [LINK], "JPEG, {turn} quarter turns");
        assert_eq!(read(&canvas.clone().inverted().png()), [LINK], "inverted, {turn} quarter turns");
        canvas = canvas.quarter_turn();
    }
}

#[test]
fn tiny_screenshots() {
    for scale in [1, 2, 3] {
        for quiet in [4, 1, 0] {
            let canvas = Canvas::plain(LINK, scale, quiet);
            assert_eq!(read(&canvas.png()), [LINK], "{scale} pixels per module, quiet zone {quiet}");
            assert_eq!(read(&canvas.inverted().png()), [LINK], "inverted, {scale}, {quiet}");
        }
    }
}

#[test]
fn a_screenshot_scaled_to_a_fraction_of_a_pixel() {
    for scale in [1.5, 1.7, 2.3] {
        let code = modules(LINK, EcLevel::M);
        let side = (code.size() as f32 + 8.0) * scale;
        let mut canvas = Canvas::new(side as usize, side as usize, 235);
        canvas.paint(&code, side / 2.0, side / 2.0, scale, 0.0, 0.0);
        assert_eq!(read(&canvas.png()), [LINK], "{scale}");
    }
}

#[test]
fn several_codes_of_which_one_is_inverted_and_one_is_blurred() {
    let texts = ["https://example.com/a", "https://example.com/b", LINK];
    let mut canvas = Canvas::new(750, 260, 170);
    for (at, text) in texts.iter().enumerate() {
        let mut one = Canvas::new(250, 260, 170);
        one.paint(&modules(text, EcLevel::M), 125.0, 130.0, 4.0, 3.0, 0.0);
        let one = match at {
            0 => one.inverted(),
            1 => one.blurred(2.2),
            _ => one,
        };
        for (row, source) in canvas.pixels.chunks_mut(750).zip(one.pixels.chunks(250)) {
            row[250 * at..250 * (at + 1)].copy_from_slice(source);
        }
    }
    let mut expected = texts.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(read(&canvas.png()), expected);
}

#[test]
fn p6_the_same_code_twice_is_one_entry() {
    let mut canvas = Canvas::new(500, 260, 170);
    for cx in [125.0, 375.0] {
        canvas.paint(&modules(LINK, EcLevel::M), cx, 130.0, 4.0, 0.0, 0.0);
    }
    let scanned = scan_file(&canvas.png()).unwrap();
    assert!(matches!(scanned.as_slice(), [Scanned::OtpAuth(entry)] if entry.issuer() == Some("Example")));
}

#[test]
fn codes_on_transparent_ground_in_either_colour() {
    let canvas = Canvas::plain(LINK, 4, 4);
    for ink in [0, 255] {
        let mut image = RgbaImage::new(canvas.width as u32, canvas.height as u32);
        for (pixel, grey) in image.pixels_mut().zip(&canvas.pixels) {
            // The colour under full transparency is what painting programs leave there: anything.
            *pixel =
                if *grey < 128 { image::Rgba([ink, ink, ink, 255]) } else { image::Rgba([90, 90, 90, 0]) };
        }
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, ImageFormat::Png).unwrap();
        assert_eq!(read(bytes.get_ref()), [LINK], "ink {ink}");
    }
}

#[test]
fn what_is_no_picture_is_refused_with_its_reason() {
    assert!(matches!(decode_file(b""), Err(ScanError::EmptyFile)));
    assert!(matches!(decode_file(b"otpauth://totp/a?secret=AA"), Err(ScanError::NotAPicture)));
    assert!(
        matches!(decode_file(b"GIF89a\x01\0\x01\0"), Err(ScanError::UnsupportedFormat { format }) if format == "GIF")
    );
    assert!(
        matches!(decode_file(b"\0\0\0\x18ftypheic\0\0\0\0"), Err(ScanError::UnsupportedFormat { format }) if format == "HEIC")
    );
    let huge = vec![0; MAX_FILE_BYTES + 1];
    assert!(matches!(decode_file(&huge), Err(ScanError::FileTooLarge { bytes }) if bytes == huge.len()));
}

#[test]
fn a_truncated_picture_is_damaged() {
    let png = Canvas::plain(LINK, 5, 4).png();
    for length in [8, 20, 40, png.len() / 2, png.len() - 30] {
        assert!(matches!(decode_file(&png[..length]), Err(ScanError::Damaged(_))), "{length}");
    }
    // A JPEG may still show its upper part; whatever comes must not be another text.
    let jpeg = Canvas::plain(LINK, 5, 4).jpeg(80);
    for length in [2, 200, jpeg.len() / 3, jpeg.len() / 2, jpeg.len() - 100] {
        assert!(decode_file(&jpeg[..length]).map_or(true, |texts| texts[0].as_str() == LINK), "{length}");
    }
}

#[test]
fn a_giant_size_in_the_header_costs_nothing() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend(60_000_u32.to_be_bytes());
    png.extend(60_000_u32.to_be_bytes());
    png.extend([8, 2, 0, 0, 0]);
    let sum = crc32(&png[12..]);
    png.extend(sum.to_be_bytes());
    png.extend(b"\0\0\0\x01IDAT\0");
    png.extend(crc32(b"IDAT\0").to_be_bytes());
    assert!(matches!(decode_file(&png), Err(ScanError::TooManyPixels)), "{:?}", decode_file(&png));

    let mut jpeg = Canvas::plain("x", 2, 4).jpeg(80);
    let frame_header = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame_header + 5..frame_header + 9].fill(0xff);
    assert!(matches!(decode_file(&jpeg), Err(ScanError::TooManyPixels)), "{:?}", decode_file(&jpeg));
}

#[test]
fn a_picture_without_a_code_says_what_to_try() {
    let error = decode_file(&Canvas::new(200, 150, 90).noisy(30.0, 3).png()).unwrap_err();
    assert!(matches!(error, ScanError::NoCode));
    assert!(error.to_string().contains("light margin"));
    assert!(matches!(decode_file(&Canvas::new(1, 1, 90).png()), Err(ScanError::NoCode)));
}

/// PNG annex D.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode_file(&bytes);
    }

    #[test]
    fn no_mutilated_file_panics(at: prop::sample::Index, value: u8, jpeg: bool) {
        let canvas = Canvas::plain("https://example.com", 2, 2);
        let mut file = if jpeg { canvas.jpeg(70) } else { canvas.png() };
        let at = at.index(file.len());
        file[at] = value;
        let _ = decode_file(&file);
    }
}
