//! Where an address is, by a file in MaxMind's format (MMDB 2) that the operator supplies. Without one nobody knows, and
//! nothing is looked up anywhere else.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use maxminddb::{Reader, geoip2};

/// The file, read into memory.
pub struct Places(Reader<Vec<u8>>);

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Places(…)")
    }
}

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be used as the file of places: {source}. It must be a database in MaxMind's MMDB format with cities or countries", path.display())]
pub struct PlacesError {
    path: PathBuf,
    source: maxminddb::MaxMindDbError,
}

/// Where an address is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Two capital letters.
    pub country: Option<String>,
    /// Town and country in English, for people.
    pub name: Option<String>,
}

impl Places {
    /// Reads the file.
    ///
    /// # Errors
    /// [`PlacesError`].
    pub fn open(path: &Path) -> Result<Self, PlacesError> {
        let failed = |source| PlacesError { path: path.to_owned(), source };
        Reader::open_readfile(path).map(Self).map_err(failed)
    }

    /// Where the address is. Nothing when the file does not know, or is damaged at that place.
    #[must_use]
    pub fn find(&self, address: IpAddr) -> Place {
        if address.is_ipv6() && self.0.metadata().ip_version == 4 {
            return Place::default();
        }
        let found = self.0.lookup(address).and_then(|found| found.decode::<geoip2::City<'_>>());
        let city = match found {
            Ok(Some(city)) => city,
            Ok(None) => return Place::default(),
            Err(error) => {
                tracing::error!(%error, "the file of places is damaged");
                return Place::default();
            }
        };
        let names = [city.city.names.english, city.country.names.english];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
        Place {
            country: city.country.iso_code.map(str::to_ascii_uppercase),
            name: Some(name).filter(|name| !name.is_empty()),
        }
    }
}
