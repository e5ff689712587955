//! Who there is: tenants, their applications with their secrets, and users.

pub(in crate::engine) mod applications;
pub(in crate::engine) mod attempts;
pub(in crate::engine) mod channels;
pub(in crate::engine) mod credentials;
pub(in crate::engine) mod passwords;
pub(in crate::engine) mod roles;
mod secrets;
pub(in crate::engine) mod tenants;
pub(in crate::engine) mod users;

pub use applications::{ApplicationId, Caller, Dialect, NewApplication};
pub use channels::{ChannelCaller, ChannelId, ChannelInfo, NewChannel, NewKey};
pub(crate) use passwords::check_new_password;
pub(crate) use roles::check_role;
pub use secrets::{NewNetworks, NewSecret, Rotation, SECRET_PREFIX, SecretInfo, SecretTerms};
pub use tenants::NewTenant;
pub(crate) use users::check_user_ref;
pub use users::{NewUser, UserPage};
