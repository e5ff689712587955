//! A network in a rule: an address range in CIDR notation, in one text form.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Shortest prefix of an IPv4 network, in bits. A wider one is no network that somebody sits in.
pub const SHORTEST_V4: u8 = 16;
/// Shortest prefix of an IPv6 network, in bits: what one provider's customers get at most.
pub const SHORTEST_V6: u8 = 32;

/// An IPv4 network of at least 16 bits of prefix or an IPv6 network of at least 32, such as `192.0.2.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpNet);

/// Not a network that a rule may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a network is written like 192.0.2.0/24 or 2001:db8:1::/48, with no bits set behind the prefix, and is not wider than /16 \
     (IPv6: /32)"
)]
pub struct NetworkError;

impl Network {
    /// The narrowest network that a later sign-in from the same place still comes from: the address itself for IPv4,
    /// since a home or office shares one, and its /64 for IPv6, within which machines change their address each day.
    #[must_use]
    pub fn around(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => Ipv4Net::from(v4).into(),
            // 64 is a length that IPv6 has, so the narrower fallback is never taken.
            IpAddr::V6(v6) => {
                Ipv6Net::new(v6, 64).map_or_else(|_| Ipv6Net::from(v6), |net| net.trunc()).into()
            }
        })
    }

    /// Whether `address` lies in it. An IPv4 address in IPv6 form (`::ffff:192.0.2.7`) counts as the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Network {
    type Err = NetworkError;
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let net: IpNet = text.parse().map_err(|_| NetworkError)?;
        let shortest = if net.addr().is_ipv4() { SHORTEST_V4 } else { SHORTEST_V6 };
        // One network has one text.
        let normal = net.trunc().to_string() == text;
        if normal && net.prefix_len() >= shortest { Ok(Self(net)) } else { Err(NetworkError) }
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_has_one_text_and_a_narrowest_size() {
        for good in
            ["192.0.2.0/24", "10.1.0.0/16", "192.0.2.7/32", "2001:db8::/32", "2001:db8:1:2::/64", "::1/128"]
        {
            assert_eq!(good.parse::<Network>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "192.0.2.7",
            "192.0.2.7/24",
            "192.0.2.0/024",
            " 192.0.2.0/24",
            "192.0.2.0/33",
            "0.0.0.0/0",
            "10.0.0.0/15",
            "::/0",
            "2001:db8::/31",
            "2001:DB8::/32",
            "2001:db8:0::/48",
            "2001:db8::1/64",
            "192.0.2.0/255.255.255.0",
            "192.0.2/24",
        ] {
            assert_eq!(bad.parse::<Network>(), Err(NetworkError), "{bad}");
        }
    }

    #[test]
    fn an_address_is_inside_or_outside_whatever_form_it_comes_in() {
        let net: Network = "192.0.2.0/24".parse().unwrap();
        assert!(net.contains(ip("192.0.2.255")) && net.contains(ip("::ffff:192.0.2.7")));
        assert!(
            !net.contains(ip("192.0.3.0"))
                && !net.contains(ip("2001:db8::1"))
                && !net.contains(ip("::192.0.2.7"))
        );
        let six: Network = "2001:db8:1:2::/64".parse().unwrap();
        assert!(six.contains(ip("2001:db8:1:2:ffff::1")) && !six.contains(ip("2001:db8:1:3::1")));
        assert!(!six.contains(ip("192.0.2.7")));
    }

    #[test]
    fn the_network_around_an_address_is_the_address_or_its_64() {
        for (address, net) in [
            ("192.0.2.7", "192.0.2.7/32"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ] {
            assert_eq!(Network::around(ip(address)), net.parse().unwrap());
        }
    }

    proptest! {
        #[test]
        fn a_network_around_an_address_contains_it_and_reads_back(address: IpAddr) {
            let net = Network::around(address);
            prop_assert!(net.contains(address));
            prop_assert_eq!(net.to_string().parse(), Ok(net));
        }

        #[test]
        fn any_text_is_a_network_or_an_error(text in prop_oneof![any::<String>(), "[0-9a-f:.]{0,20}/[0-9]{1,3}"]) {
            if let Ok(net) = text.parse::<Network>() {
                prop_assert_eq!(net.to_string(), text);
            }
        }
    }
}
