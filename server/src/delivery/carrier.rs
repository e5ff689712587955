//! What the engine may ask of those who carry messages: one attempt or one call now, and what they wrote to files.

use std::io;

use async_trait::async_trait;
use countersign_protocol::id::TenantId;
use serde_json::Value;
use uuid::Uuid;

use super::Couriers;
use crate::engine::providers::Carrier;
use crate::engine::{Attempt, Call, Engine, Parcel, Targets};

#[async_trait]
impl Carrier for Couriers {
    async fn carry(&self, engine: &Engine, parcel: &Parcel) -> Attempt {
        self.deliver(engine, parcel).await
    }

    async fn ring(&self, call: &Call) -> Attempt {
        self.webhooks.call(call).await
    }

    fn targets(&self) -> &Targets {
        self.webhooks.targets()
    }

    async fn written_down(
        &self,
        tenant: TenantId,
        before: Option<Uuid>,
        limit: usize,
    ) -> Option<io::Result<Vec<Value>>> {
        Some(self.sink.as_ref()?.newest(tenant, before, limit).await)
    }
}
