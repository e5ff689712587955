//! The rules, without HTTP and without SQL. Every dialect calls the same few functions here; what time it is, what
//! the dice say and where the rows are is handed in.

pub mod audit;
mod challenge;
pub mod console;
mod device;
mod directory;
mod enrollment;
mod error;
mod factor;
mod hashing;
mod idempotency;
mod keyring;
mod limits;
pub mod oauth;
mod outbox;
pub mod people;
pub mod policy;
pub mod providers;
pub mod tallies;
mod transaction;
pub mod verification;
mod web;
pub mod words;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use countersign_protocol::id::uuid_v7;
use tokio::sync::mpsc;
use uuid::Uuid;

pub use challenge::{
    Answered, Ask, AskCode, Asked, CodeAsked, CodePurpose, CodeSent, FactorRef, LoginPage, Origin, Places,
    PlacesError, Status, Whom,
};
pub use device::attestation;
pub(crate) use device::platform;
pub use device::{DeviceRequest, Register, Registered};
pub use directory::{
    ApplicationId, Caller, ChannelCaller, ChannelId, ChannelInfo, Dialect, NewApplication, NewChannel,
    NewKey, NewNetworks, NewSecret, NewTenant, NewUser, Rotation, SECRET_PREFIX, SecretInfo, SecretTerms,
    UserPage,
};
pub(crate) use directory::{check_new_password, check_role, check_user_ref};
pub use enrollment::{Association, Check, Enroll, Issue, Issued, NewDevice, Taken};
pub use error::Error;
pub use factor::{
    Enrolling, FactorId, ListedFactor, Mask, NewContact, OfferedWith, Phone, Proof, RecoveryCodes, TotpSeed,
    UserLocks, Word, masked,
};
pub use idempotency::{Keyed, Reply, Reservation};
pub use outbox::{
    ATTEMPT, Attempt, Call, CallRequest, Content, Delivery, DeliveryFilter, Invited, KINDS, LEASE,
    LEASE_OF_CODES, Language, Message, Moment, NewWebhook, Parcel, Pinged, Push, Receipt, Reporter,
    SignatureFormat, Targets, Task, Template, Then, WebhookId, is_public, literal,
};

pub use transaction::{Asking, Begin, Begun, OfflineQuestion, Standing, Transaction, Turn, Way};
pub use web::{Callback, CallbackError, Enabled, WebChanges, WebClient};

use crate::checkpoint_files::CheckpointFiles;
use crate::host::{Clock, Rng, random};
use crate::seal::MasterKey;
pub use crate::store::Face;
use crate::store::Store;
use crate::telemetry::Metrics;
use crate::wake::{Topic, Wake};

/// Seconds a person has to answer, unless the tenant says otherwise.
pub const DEFAULT_ANSWER_WINDOW: i64 = 120;
/// The answer windows that are allowed, in seconds (S2: never above 600).
pub const ANSWER_WINDOWS: std::ops::RangeInclusive<i64> = 30..=600;

/// Whether what was read at `read_at` may still be believed at `now`, all in milliseconds. After the clock was set back
/// it may not: nobody knows then how old it is.
fn is_fresh(read_at: i64, now: i64, lifetime: i64) -> bool {
    (0..lifetime).contains(&(now - read_at))
}

/// What the rules need of the world.
#[derive(Debug)]
pub struct Engine {
    store: Store,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    master: MasterKey,
    wake: Wake,
    gateway_patience: Duration,
    server_id: String,
    keyring: keyring::Keyring,
    callers: directory::credentials::Callers,
    attempts: directory::attempts::Attempts,
    snapshots: challenge::snapshots::Snapshots,
    /// Something was noted in the audit log.
    noted: tokio::sync::Notify,
    /// Whoever seals it in this process, one at a time.
    sealing: tokio::sync::Mutex<()>,
    checkpoint_files: Option<CheckpointFiles>,
    places: Option<Places>,
    trust: attestation::Trust,
    hasher: hashing::Hasher,
    origins: oauth::Origins,
    polls: oauth::oob::Polls,
    token_keyring: oauth::TokenKeyring,
    issuers: oauth::Issuers,
    outbox: tokio::sync::Notify,
    sink: &'static [providers::Channel],
    carrier: OnceLock<Arc<dyn providers::Carrier>>,
    lookup: providers::lookup::Lookup,
    console_home: OnceLock<console::Home>,
    registration: bool,
    metrics: Arc<Metrics>,
}

impl Engine {
    /// An engine over a store. `server_id` is the public base URL: `iss` and `aud` of every signed message.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        master: MasterKey,
        server_id: String,
    ) -> Self {
        Self {
            store,
            clock,
            rng,
            master,
            wake: Wake::default(),
            gateway_patience: verification::GATEWAY_PATIENCE,
            server_id,
            keyring: keyring::Keyring::default(),
            callers: directory::credentials::Callers::default(),
            attempts: directory::attempts::Attempts::default(),
            snapshots: challenge::snapshots::Snapshots::default(),
            noted: tokio::sync::Notify::new(),
            sealing: tokio::sync::Mutex::default(),
            checkpoint_files: None,
            places: None,
            trust: attestation::Trust::default(),
            hasher: hashing::Hasher::default(),
            origins: oauth::Origins::default(),
            polls: oauth::oob::Polls::default(),
            token_keyring: oauth::TokenKeyring::default(),
            issuers: oauth::Issuers::default(),
            outbox: tokio::sync::Notify::new(),
            sink: &[],
            carrier: OnceLock::new(),
            lookup: providers::lookup::Lookup::default(),
            console_home: OnceLock::new(),
            registration: false,
            metrics: Arc::default(),
        }
    }

    /// Keeps the newest checkpoint of each audit log in these files too.
    #[must_use]
    pub fn with_checkpoint_files(mut self, files: CheckpointFiles) -> Self {
        self.checkpoint_files = Some(files);
        self
    }

    /// The same with a file that knows where addresses are.
    #[must_use]
    pub fn with_places(self, places: Option<Places>) -> Self {
        Self { places, ..self }
    }

    /// The same with those whose word on where phones keep their keys is believed.
    #[must_use]
    pub fn with_trust(self, trust: attestation::Trust) -> Self {
        Self { trust, ..self }
    }

    /// The same engine, which looks at a row again only after so long without a wake; [`REREAD`](crate::wake::REREAD)
    /// unless told otherwise. A test that sets it high proves that a wake came.
    #[must_use]
    pub fn looking_again_after(mut self, reread: Duration) -> Self {
        self.wake = Wake::new(reread);
        self.snapshots = challenge::snapshots::Snapshots::new(reread);
        self
    }

    /// The same engine, to which passwords and recovery codes cost next to nothing, and which knows none that cost as
    /// much as they should. For tests about something else; no setting of the program leads here.
    #[must_use]
    pub fn hashing_for_tests(self) -> Self {
        Self { hasher: hashing::Hasher::for_tests(), ..self }
    }

    /// The same engine, whose callers wait so long for a gateway to take a message; ten seconds unless told otherwise.
    #[must_use]
    pub fn waiting_for_gateways(self, gateway_patience: Duration) -> Self {
        Self { gateway_patience, ..self }
    }

    /// From now on, what is woken here comes out for the other servers on the same database.
    pub(crate) fn tell_others(&self) -> mpsc::Receiver<Topic> {
        self.wake.tell_others()
    }

    /// Whether topics were left out of [`tell_others`](Self::tell_others) since the last call.
    pub(crate) fn told_too_much(&self) -> bool {
        self.wake.told_too_much()
    }

    /// Another server has changed this.
    pub(crate) fn heard(&self, topic: Topic) {
        // What is remembered goes first: whoever is woken must not find it.
        if let Topic::Challenge(id) = topic {
            self.snapshots.forget(id);
        }
        self.wake.wake_here(topic);
    }

    /// Other servers may have changed anything.
    pub(crate) fn heard_everything(&self) {
        self.snapshots.forget_all();
        self.wake.wake_all_here();
    }

    /// The same engine, counting here.
    #[must_use]
    pub fn with_metrics(mut self, metrics: Arc<Metrics>) -> Self {
        self.store.observe(Arc::clone(&metrics.store));
        self.metrics = metrics;
        self
    }

    /// Where it counts.
    #[must_use]
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// The public base URL.
    #[must_use]
    pub fn server_id(&self) -> &str {
        &self.server_id
    }

    /// Seconds since 1970 by the clock that counts.
    #[must_use]
    pub fn server_time(&self) -> u64 {
        u64::try_from(self.now() / 1000).unwrap_or(0)
    }

    /// Milliseconds since 1970 by the same clock.
    #[must_use]
    pub fn unix_ms(&self) -> i64 {
        self.now()
    }

    /// Whether the database answers and the server is not on its way out.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn ready(&self) -> Result<(), Error> {
        if self.wake.is_closing() {
            return Err(Error::Closing);
        }
        Ok(self.store.ping().await?)
    }

    /// Tells all who wait that the server is going; they answer with what they know.
    pub fn begin_shutdown(&self) {
        self.wake.close();
    }

    /// Whether [`begin_shutdown`](Self::begin_shutdown) was called.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.wake.is_closing()
    }

    /// Writes out what is queued and closes the store.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// The dice.
    pub(crate) fn rng(&self) -> &dyn Rng {
        &*self.rng
    }

    fn now(&self) -> i64 {
        self.clock.unix_ms()
    }

    fn new_id(&self) -> Result<Uuid, Error> {
        self.new_id_at(self.now())
    }

    fn new_id_at(&self, unix_ms: i64) -> Result<Uuid, Error> {
        Ok(uuid_v7(unix_ms, &random(&*self.rng)?))
    }

    /// The smallest id that a challenge still pending at `now` can have: ids begin with the time they were made at.
    fn oldest_pending(now: i64) -> Uuid {
        uuid_v7(now - (ANSWER_WINDOWS.end() + 60) * 1000, &[0; 10])
    }
}
