//! Where a request comes from. The other end of the connection is a fact; what a header says is believed only when that
//! end is a proxy that the operator has listed (S36).

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};

use crate::config::{Config, ProxyHeader};
use crate::network::Networks;

/// The machine that a request comes from: the other end of the connection, or what a trusted proxy says of it. None
/// when nobody knows, which no address list matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Client {
    /// Its address. IPv4 always as IPv4.
    pub address: Option<IpAddr>,
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_default())
    }
}

/// Whose word on where a request comes from is believed, and in which header it stands. Only one header is read: a proxy
/// writes one of them and passes the other on as the caller wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proxies {
    trusted: Networks,
    header: ProxyHeader,
}

impl From<&Config> for Proxies {
    fn from(config: &Config) -> Self {
        Self { trusted: config.trusted_proxies.clone(), header: config.proxy_header }
    }
}

impl Proxies {
    /// Who sent a request that came over a connection from `peer`.
    ///
    /// Each proxy appends whom it heard from. Read from the right, the first address that is not a trusted proxy's is the
    /// last one that somebody trustworthy has seen; whatever stands left of it is the caller's own invention. When
    /// something stands there that is no address, the last trusted hop before it is all that is known.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        let mut seen = peer.to_canonical();
        if self.trusted.contains(seen) {
            let name = match self.header {
                ProxyHeader::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
                ProxyHeader::Forwarded => header::FORWARDED,
            };
            let lines: Vec<&[u8]> = headers.get_all(name).iter().map(|value| value.as_bytes()).collect();
            let hops = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
            for hop in hops.map(<[u8]>::trim_ascii).filter(|hop| !hop.is_empty()) {
                let Some(address) = self.read(hop) else { break };
                seen = address;
                if !self.trusted.contains(seen) {
                    break;
                }
            }
        }
        Client { address: Some(seen) }
    }

    fn read(&self, hop: &[u8]) -> Option<IpAddr> {
        let hop = std::str::from_utf8(hop).ok()?;
        match self.header {
            ProxyHeader::XForwardedFor => address(hop),
            ProxyHeader::Forwarded => hop.split(';').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                let value = value.trim();
                let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                name.trim().eq_ignore_ascii_case("for").then(|| address(inner.unwrap_or(value)))?
            }),
        }
    }
}

/// An address as proxies write them: alone, in brackets, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[')?.strip_suffix(']');
    let parsed = text.parse::<IpAddr>().ok();
    let parsed = parsed.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    parsed.or_else(|| bare()?.parse().ok()).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn client(header: ProxyHeader, peer: &str, lines: &[(&'static str, &[u8])]) -> String {
        let trusted = vec!["10.0.0.0/8".to_owned(), "192.0.2.7".to_owned(), "fd00::/8".to_owned()];
        let proxies = Proxies { trusted: trusted.try_into().unwrap(), header };
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).address.unwrap().to_string()
    }

    fn x_forwarded_for(peer: &str, lines: &[&[u8]]) -> String {
        let lines: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
        client(ProxyHeader::XForwardedFor, peer, &lines)
    }

    #[test]
    fn s36_nobody_but_a_listed_proxy_is_believed() {
        for peer in ["198.51.100.9", "192.0.2.8", "127.0.0.1", "2001:db8::9"] {
            assert_eq!(x_forwarded_for(peer, &[b"203.0.113.1"]), peer);
            assert_eq!(client(ProxyHeader::Forwarded, peer, &[("forwarded", b"for=203.0.113.1")]), peer);
        }
        assert_eq!(x_forwarded_for("::ffff:198.51.100.9", &[b"10.0.0.1"]), "198.51.100.9");
        let nobody = Proxies { trusted: Networks::default(), header: ProxyHeader::XForwardedFor };
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.1"));
        assert_eq!(
            nobody.client("10.0.0.1".parse().unwrap(), &headers).address,
            Some("10.0.0.1".parse().unwrap())
        );
    }

    #[test]
    fn s36_what_the_caller_wrote_left_of_its_own_address_is_not_believed() {
        let spoofs: [&[&[u8]]; 6] = [
            &[b"203.0.113.1, 198.51.100.9"],
            &[b"203.0.113.1", b"198.51.100.9"],
            &[b"10.0.0.99, 203.0.113.1, 198.51.100.9, 10.0.0.2, 192.0.2.7"],
            &[b"\xff\xfe, <script>, 198.51.100.9"],
            &[b"\"203.0.113.1, 198.51.100.9"],
            &[b"for=203.0.113.1", b"198.51.100.9", b" , ,", b"10.0.0.3"],
        ];
        for spoof in spoofs {
            assert_eq!(x_forwarded_for("10.0.0.1", spoof), "198.51.100.9", "{spoof:?}");
        }
        let quoted: &[u8] = b"for=203.0.113.1;by=\"x, for=198.51.100.9;proto=https";
        assert_eq!(client(ProxyHeader::Forwarded, "10.0.0.1", &[("forwarded", quoted)]), "198.51.100.9");
    }

    #[test]
    fn s36_only_the_header_that_the_proxy_writes_is_read() {
        let both: [(&'static str, &[u8]); 2] =
            [("x-forwarded-for", b"198.51.100.9"), ("forwarded", b"for=203.0.113.1")];
        assert_eq!(client(ProxyHeader::XForwardedFor, "10.0.0.1", &both), "198.51.100.9");
        assert_eq!(client(ProxyHeader::Forwarded, "10.0.0.1", &both), "203.0.113.1");
        assert_eq!(client(ProxyHeader::XForwardedFor, "10.0.0.1", &both[1..]), "10.0.0.1");
    }

    #[test]
    fn s36_where_a_proxy_wrote_no_address_the_last_trusted_hop_counts() {
        let garbage: [&[u8]; 9] = [
            b"198.51.100.9, unknown",
            b"198.51.100.9, 1.2.3.4.5",
            b"198.51.100.9, 300.1.1.1",
            b"198.51.100.9, 203.0.113.1:99999",
            b"198.51.100.9, fe80::1%eth0",
            b"198.51.100.9, \xc3\xa9",
            b"198.51.100.9, [203.0.113.1",
            b"198.51.100.9, 0x7f.1",
            b"198.51.100.9, for=203.0.113.1",
        ];
        for line in garbage {
            assert_eq!(x_forwarded_for("10.0.0.1", &[line]), "10.0.0.1");
            let longer = [line, b", 10.0.0.2"].concat();
            assert_eq!(x_forwarded_for("10.0.0.1", &[&longer]), "10.0.0.2");
        }
        for line in [&b"for=_hidden"[..], b"for=unknown", b"proto=https", b"for=\"203.0.113.1", b"for"] {
            assert_eq!(client(ProxyHeader::Forwarded, "10.0.0.1", &[("forwarded", line)]), "10.0.0.1");
        }
    }

    #[test]
    fn every_way_of_writing_an_address() {
        for (text, address) in [
            ("198.51.100.9", "198.51.100.9"),
            ("198.51.100.9:4711", "198.51.100.9"),
            ("2001:db8::9", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("[2001:db8::9]:4711", "2001:db8::9"),
            ("::ffff:198.51.100.9", "198.51.100.9"),
        ] {
            assert_eq!(x_forwarded_for("fd00::1", &[text.as_bytes()]), address);
            for value in [format!("For=\"{text}\";by=10.0.0.1"), format!("proto=https ; for=\"{text}\"")] {
                let lines = [("forwarded", value.as_bytes())];
                assert_eq!(client(ProxyHeader::Forwarded, "10.0.0.1", &lines), address, "{value}");
            }
        }
        assert_eq!(
            x_forwarded_for("10.0.0.1", &[b"10.0.0.3, 10.0.0.2"]),
            "10.0.0.3",
            "one of our own machines"
        );
        assert_eq!(x_forwarded_for("10.0.0.1", &[]), "10.0.0.1");
    }
}
