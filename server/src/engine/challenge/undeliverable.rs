//! Deliveries that failed for good: a session fails when no device of its can ever be told.

use countersign_protocol::id::{ChallengeId, DeviceId};

use crate::engine::{Engine, Error};
use crate::store::StoreError;
use crate::store::deciding::undeliverable;

impl Engine {
    /// Notes that `device` can never be told of the challenge: the push provider says that its token is dead. A delivery
    /// that is under way or can be tried again is no such thing. With the last of its devices a pending challenge fails.
    /// Saying it again changes nothing.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn delivery_failed(&self, device: DeviceId, id: ChallengeId) -> Result<(), Error> {
        match self.store.write(undeliverable(device, id, self.now()).to_vec()).await {
            Ok(()) => self.look_again(device.tenant, id).await.map(|_| ()),
            Err(StoreError::Unmet(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
