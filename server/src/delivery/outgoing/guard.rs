//! The guard over what names lead to (S45): the address that was checked is the one that is connected to.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::engine::Targets;

/// Why no connection is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::delivery) enum Stopped {
    #[error("the name has no address")]
    Unknown,
    #[error("the name leads to addresses that must not be called")]
    Refused,
}

impl Stopped {
    /// A word for the attempt.
    pub(in crate::delivery) fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_host",
            Self::Refused => "refused_address",
        }
    }
}

/// Looks a name up, and keeps only addresses that may be connected to: over TLS, or `plain` without it. An address in
/// place of a name is checked in the same way.
pub(in crate::delivery) async fn addresses(
    targets: &Targets,
    host: &str,
    port: u16,
    plain: bool,
) -> Result<Vec<SocketAddr>, Stopped> {
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let all: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(address) => vec![(address, port).into()],
        Err(_) => tokio::net::lookup_host((host, port)).await.map_err(|_| Stopped::Unknown)?.collect(),
    };
    if all.is_empty() {
        return Err(Stopped::Unknown);
    }
    let good: Vec<SocketAddr> =
        all.into_iter().filter(|address| targets.may_connect(address.ip(), plain)).collect();
    if good.is_empty() { Err(Stopped::Refused) } else { Ok(good) }
}

/// Looks names up and passes on only addresses that may be connected to. The connector takes these and asks nobody
/// again, so a name cannot lead elsewhere between the check and the connection.
#[derive(Debug)]
pub(in crate::delivery) struct Guard {
    /// What may be connected to.
    pub(in crate::delivery) targets: Arc<Targets>,
    /// Without TLS.
    pub(in crate::delivery) plain: bool,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (targets, plain) = (Arc::clone(&self.targets), self.plain);
        Box::pin(async move {
            let good = addresses(&targets, name.as_str(), 0, plain).await?;
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn s45_a_name_that_leads_to_this_machine_is_not_resolved() {
        let ask = async |targets: Targets, plain| {
            let guard = Guard { targets: Arc::new(targets), plain };
            guard.resolve("localhost".parse().unwrap()).await.map(Iterator::count)
        };
        let refused = ask(Targets::default(), false).await.unwrap_err();
        assert!(matches!(refused.downcast_ref(), Some(Stopped::Refused)), "{refused}");
        let other = vec!["10.0.0.0/8".to_owned()].try_into().unwrap();
        assert!(ask(Targets::new(other), true).await.is_err());
        let listed = vec!["127.0.0.0/8".to_owned(), "::1".to_owned()].try_into().unwrap();
        assert!(ask(Targets::new(listed), true).await.unwrap() > 0);
    }

    #[tokio::test]
    async fn s45_an_address_in_place_of_a_name_is_checked_too() {
        let nowhere = Targets::default();
        for host in ["127.0.0.1", "[::1]", "::1", "169.254.169.254", "10.0.0.1"] {
            assert_eq!(addresses(&nowhere, host, 2775, false).await, Err(Stopped::Refused), "{host}");
        }
        assert!(addresses(&nowhere, "8.8.8.8", 2775, false).await.is_ok());
        assert_eq!(addresses(&nowhere, "8.8.8.8", 2775, true).await, Err(Stopped::Refused));
    }
}
