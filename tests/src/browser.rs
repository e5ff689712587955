//! A browser without a script: it keeps cookies, reads pages, follows links, and sends forms with what stands in them.

use std::net::SocketAddr;

use url::form_urlencoded::Serializer;

use crate::http::{self, Reply, Request};

/// A browser.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Where the server is.
    pub address: SocketAddr,
    /// `Accept-Language`.
    pub language: &'static str,
    /// Its cookies, as it sends them.
    pub cookies: Vec<String>,
}

impl Browser {
    /// One that has been nowhere yet.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address, language: "en", cookies: Vec::new() }
    }

    /// One that likes another language best.
    #[must_use]
    pub fn speaking(self, language: &'static str) -> Self {
        Self { language, ..self }
    }

    /// Opens an address.
    pub async fn open(&mut self, target: &str) -> Reply {
        self.send(Request::new("GET", target)).await
    }

    /// Sends a form to an address, as a browser does for a page that gives away no referrer.
    pub async fn post(&mut self, target: &str, fields: &[(String, String)]) -> Reply {
        let request = Request::new("POST", target)
            .header("Origin", "null")
            .header("Sec-Fetch-Site", "same-origin")
            .header("Content-Type", "application/x-www-form-urlencoded");
        self.send(request.body(form(fields))).await
    }

    /// Presses the button that this piece of a form's text shows, with what is typed into its fields.
    pub async fn press(&mut self, page: &Reply, button: &str, typed: &[(&str, &str)]) -> Reply {
        let (action, fields) = the_form(&page.text(), button);
        let kept = fields.into_iter().filter(|(name, _)| !typed.iter().any(|(other, _)| other == name));
        let typed = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.post(&format!("/mfa/{action}"), &kept.chain(typed).collect::<Vec<_>>()).await
    }

    /// A request with its cookies and its language; it keeps the cookies of the reply.
    pub async fn send(&mut self, request: Request) -> Reply {
        let mut request = request.header("Accept-Language", self.language);
        if !self.cookies.is_empty() {
            request = request.header("Cookie", &self.cookies.join("; "));
        }
        let reply = http::send(self.address, &request).await;
        for (name, value) in &reply.headers {
            if name == "set-cookie" {
                self.cookies.push(value.split(';').next().unwrap().to_owned());
            }
        }
        reply
    }
}

/// A form's body.
#[must_use]
pub fn form(fields: &[(String, String)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Where a reply sends the browser.
///
/// # Panics
/// When it sends it nowhere.
#[must_use]
#[track_caller]
pub fn location(reply: &Reply) -> String {
    let found = [302, 303].contains(&reply.status).then(|| reply.header("location")).flatten();
    found.unwrap_or_else(|| panic!("no redirect with status {}: {}", reply.status, reply.text())).to_owned()
}

/// The value of an attribute of the element that has this piece of text in its tag.
#[must_use]
pub fn attribute(html: &str, element: &str, name: &str) -> Option<String> {
    let tag = html.split('<').map(|rest| rest.split('>').next().unwrap_or_default());
    let tag = tag.into_iter().find(|tag| tag.contains(element))?;
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(plain(rest.split('"').next()?))
}

/// The text right behind the tag that has this piece of text in it.
#[must_use]
pub fn text_of(html: &str, element: &str) -> Option<String> {
    let piece =
        html.split('<').find(|piece| piece.split('>').next().unwrap_or_default().contains(element))?;
    piece.split_once('>').map(|(_, text)| plain(text.trim()))
}

/// The form with this piece of text: where it goes, what is hidden in it, and the button's own name and value.
fn the_form(html: &str, button: &str) -> (String, Vec<(String, String)>) {
    let forms = html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap());
    let form = forms.into_iter().find(|form| form.contains(button));
    let form = form.unwrap_or_else(|| panic!("no form with {button}: {html}"));
    let action = plain(form.split_once("action=\"").unwrap().1.split('"').next().unwrap());
    let tags = form.split('<').map(|piece| piece.split('>').next().unwrap());
    let named = tags.filter(|tag| tag.starts_with("input type=\"hidden\"") || tag.contains(button));
    let field = |tag: &str| {
        let value = |name: &str| {
            tag.split_once(&format!(" {name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap())
        };
        value("name").map(|name| (plain(name), plain(value("value").unwrap_or_default())))
    };
    (action, named.filter_map(field).collect())
}

/// Text as it is read, and not as HTML spells it.
fn plain(html: &str) -> String {
    let all =
        [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&"), ("&amp;", "&")];
    all.iter().fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
}
