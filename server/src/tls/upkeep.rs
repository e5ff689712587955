//! Keeping the certificate fresh while the server runs: new files are noticed, an approaching end is told every day.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::Certificate;
use crate::api::rfc3339;
use crate::host::Clock;
use crate::telemetry::Metrics;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(60);
/// Looks in a day.
const DAY: u32 = 24 * 60;

/// Looks once a minute until `stop` turns true.
pub(crate) async fn keep_fresh(
    certificate: Arc<Certificate>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<bool>,
) {
    tell_concerns(&certificate, &*clock);
    metrics.certificate_until(certificate.until());
    let mut looks = interval_at(Instant::now() + LOOK, LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut count = 0_u32;
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        count = (count + 1) % DAY;
        let looked_at = Arc::clone(&certificate);
        let stale = tokio::task::spawn_blocking(move || looked_at.is_stale()).await;
        if stale.unwrap_or(false) && read_again(&certificate, &*clock, &metrics).is_err() {
            continue;
        }
        if count == 0 {
            tell_concerns(&certificate, &*clock);
        }
    }
}

/// Reads the files again and writes into the log what came of it.
pub(crate) fn read_again(
    certificate: &Certificate,
    clock: &dyn Clock,
    metrics: &Metrics,
) -> Result<(), super::TlsError> {
    if let Err(error) = certificate.reload() {
        tracing::error!(%error, "the new certificate cannot be used; the one from before stays");
        return Err(error);
    }
    tracing::info!(until = rfc3339(certificate.until()), "the certificate was read again");
    metrics.certificate_until(certificate.until());
    tell_concerns(certificate, clock);
    Ok(())
}

fn tell_concerns(certificate: &Certificate, clock: &dyn Clock) {
    for concern in certificate.concerns(clock.unix_ms()) {
        if concern.is_fatal() {
            tracing::error!("{concern}");
        } else {
            tracing::warn!("{concern}");
        }
    }
}
