//! QR codes that Google Authenticator imports: at most ten accounts in each, as its own app makes them.

use zeroize::Zeroizing;

use super::{Written, picture};
use crate::entries::Kept;
use crate::otp::OtpEntry;
use crate::transfer::google::{holds, write};

/// Accounts in one code, at most.
const MOST_ACCOUNTS: usize = 10;
/// Bytes of one link, at most: a code of about 110 modules, which phones still read from a screen.
const MOST_BYTES: usize = 1200;

/// The pictures (PNG). Codes of one export share `batch_id`, which is random.
pub(crate) fn pictures(entries: &[&Kept], batch_id: i32) -> Written {
    let mut written = Written::default();
    let pages = pages(entries, &mut written);
    let size = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let links = (0..).zip(&pages).map(|(index, page)| write(page, batch_id, index, size));
    written.files = links.filter_map(|link| picture::png(&link)).collect();
    written
}

fn pages<'a>(entries: &[&'a Kept], written: &mut Written) -> Vec<Vec<&'a OtpEntry>> {
    let mut pages: Vec<Vec<&OtpEntry>> = Vec::new();
    for kept in entries {
        if let Err(reason) = holds(&kept.otp) {
            written.leave_out(kept, "left_out_kind", &reason.to_string());
            continue;
        }
        if length(&[&kept.otp]) > MOST_BYTES {
            written.leave_out(kept, "left_out_names", "its names are too long for a QR code.");
            continue;
        }
        match pages.last_mut() {
            Some(page) if page.len() < MOST_ACCOUNTS => {
                page.push(&kept.otp);
                if length(page) > MOST_BYTES {
                    page.pop();
                    pages.push(vec![&kept.otp]);
                }
            }
            _ => pages.push(vec![&kept.otp]),
        }
    }
    pages
}

/// Bytes of a page's link, with the longest numbers that can stand in it.
fn length(page: &[&OtpEntry]) -> usize {
    let link: Zeroizing<String> = write(page, -1, u32::MAX >> 1, u32::MAX >> 1);
    link.len()
}
