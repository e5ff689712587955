//! A sheet to print: names, secrets and QR codes, for a drawer. It asks for nothing from anywhere and runs nothing.

use zeroize::Zeroizing;

use super::{Written, picture};
use crate::entries::Kept;
use crate::scan::visible;

const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\" dir=\"ltr\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">
<meta name=\"referrer\" content=\"no-referrer\">
<title>Countersign: accounts with codes</title>
<style>
body { font: 11pt sans-serif; margin: 2em; color: #000; background: #fff; }
table { border-collapse: collapse; width: 100%; }
tr { break-inside: avoid; border-bottom: 1px solid #999; }
td { padding: .6em .8em .6em 0; vertical-align: top; }
svg { width: 4cm; height: 4cm; }
code { font-size: 8pt; overflow-wrap: anywhere; unicode-bidi: isolate; }
p.warning { border: 2px solid #000; padding: .6em; }
</style>
</head>
<body>
<h1>Accounts with codes</h1>
<p class=\"warning\">Whoever has this sheet can make your codes. Keep it as you keep a key, and delete the file once it is printed.</p>
<table>
";
const END: &str = "</table>\n</body>\n</html>\n";

/// The sheet. Codes are left to right with ASCII digits in every language (P8).
pub(crate) fn sheet(entries: &[&Kept]) -> Written {
    let mut written = Written::default();
    let mut rows: Vec<Zeroizing<String>> = Vec::with_capacity(entries.len());
    for kept in entries {
        let link = kept.otp.to_uri();
        let Some(code) = picture::svg(&link) else {
            written.leave_out(kept, "left_out_names", "its names are too long for a QR code.");
            continue;
        };
        let name = [kept.otp.issuer().unwrap_or_default(), kept.otp.account()].map(escaped);
        let [issuer, account] = &name;
        rows.push(Zeroizing::new(format!(
            "<tr><td>{}</td><td><b><bdi>{issuer}</bdi></b><br><bdi>{account}</bdi></td><td><code dir=\"ltr\">{}</code></td></tr>\n",
            code.as_str(),
            // Escaped once for the page; everything else that could mean something in it is percent-encoded.
            Zeroizing::new(link.replace('&', "&amp;")).as_str(),
        )));
    }
    let length = rows.iter().map(|row| row.len()).sum::<usize>() + HEAD.len() + END.len();
    let mut file = Zeroizing::new(Vec::with_capacity(length));
    file.extend_from_slice(HEAD.as_bytes());
    for row in &rows {
        file.extend_from_slice(row.as_bytes());
    }
    file.extend_from_slice(END.as_bytes());
    written.files.push(file);
    written
}

/// A name that is text in the page and nothing else.
fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in visible(name, name.len()).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
