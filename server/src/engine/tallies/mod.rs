//! Figures by hour for the console: what was asked and how it ended, how long people took, which codes were right, who
//! came, and what was sent.
//!
//! Nothing is counted while somebody waits for it. The sealing of the audit log sees each event once, in order, and adds
//! the figures in the batch that seals it: so each event counts once, also with several nodes and after a crash. What
//! became of a question is counted in the hour in which it was asked, which its id tells: what is left of an hour when its
//! answers are subtracted was not answered, and nobody has to notice that a question expires.

mod attention;
mod counting;
mod figures;
mod forgetting;
mod sent;

pub use attention::{Attention, EndingSecret, Many, Trouble};
pub use figures::{Ends, Figures, Sent, Slot, Span};

/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;

/// What is counted.
mod kind {
    pub(super) const ASKED: &str = "asked";
    pub(super) const APPROVED: &str = "approved";
    pub(super) const DENIED: &str = "denied";
    pub(super) const REPORTED: &str = "reported";
    pub(super) const FAILED: &str = "failed";
    pub(super) const CANCELLED: &str = "cancelled";
    /// Approved by a device rule, so that nobody was asked; among the approved.
    pub(super) const BY_RULE: &str = "by_rule";
    /// An access rule did not let anybody be asked; not among the asked.
    pub(super) const REFUSED: &str = "refused";
    pub(super) const CODE_RIGHT: &str = "code_right";
    pub(super) const CODE_WRONG: &str = "code_wrong";
    pub(super) const PEOPLE: &str = "people";
    pub(super) const ENROLLED: &str = "enrolled";
    pub(super) const REMOVED: &str = "removed";
    /// Answers by how long they took: up to so many milliseconds, and longer than the one before.
    pub(super) const WAITS: [(i64, &str); 15] = [
        (1_000, "wait_1"),
        (2_000, "wait_2"),
        (3_000, "wait_3"),
        (5_000, "wait_5"),
        (8_000, "wait_8"),
        (13_000, "wait_13"),
        (20_000, "wait_20"),
        (30_000, "wait_30"),
        (45_000, "wait_45"),
        (60_000, "wait_60"),
        (90_000, "wait_90"),
        (120_000, "wait_120"),
        (180_000, "wait_180"),
        (300_000, "wait_300"),
        (600_000, "wait_600"),
    ];
    /// Milliseconds that all of those took together.
    pub(super) const WAITED: &str = "waited";
    /// Messages by what carried them: taken, and given up.
    pub(super) const SENT: [(&str, &str, &str); 5] = [
        ("push", "sent_push", "lost_push"),
        ("sms", "sent_sms", "lost_sms"),
        ("voice", "sent_voice", "lost_voice"),
        ("email", "sent_email", "lost_email"),
        ("webhook", "sent_webhook", "lost_webhook"),
    ];
}

#[cfg(test)]
mod tests;
