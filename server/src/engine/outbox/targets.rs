//! Where a webhook may lead (S45). Its address comes from a customer, and the server stands inside a network: it calls
//! public addresses only, and those that its operator lists. Whoever connects asks here about the very address that it
//! is about to connect to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::engine::Error;
use crate::network::Networks;

/// Characters of a webhook's URL at most.
const LONGEST_URL: usize = 2_000;

/// What may be called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targets {
    allowed: Networks,
}

impl Targets {
    /// Public addresses, and these networks.
    #[must_use]
    pub fn new(allowed: Networks) -> Self {
        Self { allowed }
    }

    /// Whether the operator lists the address.
    #[must_use]
    pub fn is_listed(&self, address: IpAddr) -> bool {
        self.allowed.contains(address)
    }

    /// Whether a connection to the address may be made: over TLS, or `plain` without it.
    #[must_use]
    pub fn may_connect(&self, address: IpAddr, plain: bool) -> bool {
        self.is_listed(address) || (!plain && is_public(address))
    }

    /// Reads a webhook's URL: https, or http where the operator lists the address.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what to write instead.
    pub fn url(&self, text: &str) -> Result<Url, Error> {
        let invalid = |why: &str| Err(Error::Invalid(format!("the webhook's url {why}")));
        let Ok(url) = Url::parse(text) else { return invalid("is not a URL; write https://host/path") };
        if text.len() > LONGEST_URL {
            return invalid("must be at most 2000 characters");
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return invalid("must have no user name, password or fragment; a path may be secret instead");
        }
        let plain = match url.scheme() {
            "https" => false,
            "http" if !self.allowed.is_empty() => true,
            _ => return invalid("must begin with https://"),
        };
        match literal(&url) {
            Some(address) if !self.may_connect(address, plain) => invalid(
                "leads to an address that is not public; its operator can list the network in webhook_allow_networks",
            ),
            _ => Ok(url),
        }
    }
}

/// The address that stands in a URL in place of a name. `url` has read all the ways to write one, such as
/// `http://2130706433/`.
#[must_use]
pub fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

/// Whether anyone on the internet may have this address (the IANA special-purpose registries, RFC 6890 and later), and
/// none of the ones that lead on to another inside it is private.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // This network; private; shared by a provider's customers; loopback.
        [0 | 10 | 127, ..] | [100, 64..=127, ..] => true,
        // Link-local, where clouds keep their metadata; and one cloud's own service address outside of it.
        [169, 254, ..] | [168, 63, 129, 16] => true,
        [172, 16..=31, ..] | [192, 168, ..] => true,
        // Protocol assignments; documentation; relays from 6to4; benchmarks.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 18 | 19, ..] => true,
        [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Multicast, reserved, broadcast.
        [224..=255, ..] => true,
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        // NAT64 (RFC 6052) and 6to4 (RFC 3056) lead to the IPv4 address inside.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => is_public_v4(v4(high, low)),
        // Protocol assignments, Teredo among them; documentation.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // All that is given out (RFC 4291 §2.4). Loopback, private, link-local, multicast are outside.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(targets: &Targets, url: &str) -> bool {
        targets.url(url).is_err()
    }

    #[test]
    fn s45_only_public_addresses_are_public() {
        for private in
            "0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.255 168.63.129.16 \
            169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 \
            198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 \
            255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 \
            ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 \
            2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe::1 \
            2002:c0a8:101::1 3fff::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 4000::1"
                .split_whitespace()
        {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in
            "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 168.63.129.17 \
            223.255.255.255 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1 2606:4700:4700::1111 \
            2a00:1450:4001:80b::200e 2001:4860:4860::8888"
                .split_whitespace()
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn s45_an_address_is_seen_through_however_it_is_written() {
        let nobody = Targets::default();
        for url in "https://127.0.0.1/ https://2130706433/ https://0x7f000001/ https://0177.0.0.1/ \
            https://127.1/ https://0/ https://[::1]/ https://[::ffff:127.0.0.1]/ \
            https://[::ffff:7f00:1]/ https://[64:ff9b::127.0.0.1]/ \
            https://169.254.169.254/latest/meta-data https://0xa9fea9fe/ https://[fe80::1]/ \
            https://１２７.０.０.１/ https://127.0.0.1./"
            .split_whitespace()
        {
            assert!(refused(&nobody, url), "{url}");
        }
        assert!(!refused(&nobody, "https://example.org/hook?tenant=1"));
        assert!(!refused(&nobody, "https://8.8.8.8:8443/"));
    }

    #[test]
    fn what_is_no_webhook_address_is_said() {
        let nobody = Targets::default();
        for url in [
            "",
            "example.org",
            "/hook",
            "ftp://example.org/",
            "file:///etc/passwd",
            "javascript:1",
            "http://example.org/",
            "https://sam:secret@example.org/",
            "https://sam@example.org/",
            "https://example.org/#part",
            "https://",
        ] {
            let error = nobody.url(url).unwrap_err().to_string();
            assert!(error.contains("url"), "{url}: {error}");
        }
        assert!(refused(&nobody, &format!("https://example.org/{}", "x".repeat(2_000))));
    }

    #[test]
    fn the_operators_list_opens_exactly_what_it_says() {
        let targets = Targets::new(vec!["127.0.0.0/8".to_owned(), "fd00::/8".to_owned()].try_into().unwrap());
        assert!(!refused(&targets, "http://127.0.0.1:8000/hook"));
        assert!(!refused(&targets, "http://[::ffff:127.0.0.1]/"));
        assert!(!refused(&targets, "http://[fd00::1]/"));
        assert!(refused(&targets, "http://10.0.0.1/"));
        assert!(refused(&targets, "https://10.0.0.1/"));
        assert!(refused(&targets, "http://8.8.8.8/"), "plain http needs the list");
        assert!(refused(&targets, "https://[::1]/"));
        assert!(targets.may_connect("127.0.0.1".parse().unwrap(), true));
        assert!(!targets.may_connect("8.8.8.8".parse().unwrap(), true));
        assert!(targets.may_connect("8.8.8.8".parse().unwrap(), false));
    }
}
