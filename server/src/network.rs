//! Lists of networks, as they stand in the configuration: proxies that are believed, addresses that may be called.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;

/// Networks in CIDR notation. A single address is a network of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Networks(Vec<IpNet>);

/// A text that is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Neither an address nor a network.
    #[error("`{0}` is no network; write an address such as 192.0.2.7, or a network such as 10.0.0.0/8")]
    Unreadable(String),
    /// An address with the length of a network: it may be meant as either.
    #[error("`{0}` is an address within a network; write {1} for the network, or the address alone")]
    HostBits(String, IpNet),
}

impl Networks {
    /// Whether the address is in one of them. An IPv4 address is the same one when it is written as IPv6
    /// (`::ffff:192.0.2.7`), which is how a socket for both kinds shows it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them is the whole of IPv4 or IPv6.
    #[must_use]
    pub fn has_everybody(&self) -> bool {
        self.0.iter().any(|network| network.prefix_len() == 0)
    }
}

impl Networks {
    /// Reads a list that [`Display`](fmt::Display) has written: separated by commas.
    ///
    /// # Errors
    /// [`NetworkError`].
    pub fn parse(list: &str) -> Result<Self, NetworkError> {
        list.split(',').map(|text| network(text.trim())).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, network) in self.0.iter().enumerate() {
            write!(f, "{}{network}", if n > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

impl TryFrom<Vec<String>> for Networks {
    type Error = NetworkError;

    fn try_from(texts: Vec<String>) -> Result<Self, NetworkError> {
        texts.iter().map(|text| network(text.trim())).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<IpNet, NetworkError> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_canonical().into());
    }
    let network: IpNet = text.parse().map_err(|_| NetworkError::Unreadable(text.to_owned()))?;
    if network.trunc() == network {
        Ok(network)
    } else {
        Err(NetworkError::HostBits(text.to_owned(), network.trunc()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Result<Networks, NetworkError> {
        texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>().try_into()
    }

    #[test]
    fn networks_and_single_addresses_of_both_kinds() {
        let some = networks(&["10.0.0.0/8", " 192.0.2.7", "2001:db8::/32", "::1"]).unwrap();
        for inside in ["10.255.0.1", "192.0.2.7", "::ffff:10.1.2.3", "2001:db8:1::5", "::1"] {
            assert!(some.contains(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["11.0.0.1", "192.0.2.8", "::ffff:11.1.2.3", "2001:db9::1", "::2", "0.0.0.0"] {
            assert!(!some.contains(outside.parse().unwrap()), "{outside}");
        }
        assert!(!some.is_empty() && !some.has_everybody());
        assert!(networks(&["0.0.0.0/0"]).unwrap().has_everybody());
        assert!(networks(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let some = networks(&["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]).unwrap();
        assert_eq!(some.to_string(), "10.0.0.0/8,192.0.2.7/32,2001:db8::/32");
        assert_eq!(Networks::parse(&some.to_string()), Ok(some));
        assert!(Networks::parse("").is_err() && Networks::parse("10.0.0.0/8,,").is_err());
    }

    #[test]
    fn what_is_no_network_is_told() {
        for wrong in ["", "10.0.0.0/33", "10.0.0", "proxy.example.org", "10.0.0.0/8/8", "10.0.0.1:80"] {
            assert_eq!(networks(&[wrong]), Err(NetworkError::Unreadable(wrong.to_owned())));
        }
        let error = networks(&["10.1.2.3/8"]).unwrap_err().to_string();
        assert!(error.contains("10.0.0.0/8"), "{error}");
    }
}
