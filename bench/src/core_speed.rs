//! `bench vault-1000`: what a person waits for with a thousand accounts: unlocking without the password's computation, the
//! list with its codes, a search, the import of all of them. And how many codes a second come out.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use countersign_core::authenticator::{Authenticator, CodesQuery, ImportFate, Options as Wiring};
use countersign_core::host::{SystemClock, SystemRng};
use countersign_core::keys::MemoryKeyStore;
use countersign_core::otp::OtpEntry;
use countersign_core::transfer::Source;
use countersign_core::vault::{LockedVault, PasswordCost, Vault};
use serde_json::json;
use tokio::time::Instant;

use crate::Result;
use crate::report::Durations;

/// How much and how often.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Entries in the vault
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    entries: u32,
    /// How often each step is measured
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rounds: u32,
}

/// What is measured, in the order of the table.
#[derive(Default)]
struct Measured {
    read_file: Durations,
    import: Durations,
    unlock: Durations,
    first_list: Durations,
    list: Durations,
    search: Durations,
}

/// Runs the benchmark.
pub(crate) fn run(options: &Options) -> Result<()> {
    let file = file(options.entries);
    let mut measured = Measured::default();
    for _ in 0..options.rounds {
        round(&file, options.entries, &mut measured)?;
    }
    println!("| {} entries | p50 ms | p99 ms |\n|---|---|---|", options.entries);
    for (what, durations) in [
        ("reading the file of another app", &mut measured.read_file),
        ("importing them, one write", &mut measured.import),
        ("unlocking, without the password's computation", &mut measured.unlock),
        ("the list with codes, the first time", &mut measured.first_list),
        ("the list with codes, again", &mut measured.list),
        ("a search", &mut measured.search),
    ] {
        let [p50, p99] = [500, 990].map(|permille| durations.permille_ms(permille));
        println!("| {what} | {p50:.2} | {p99:.2} |");
    }
    println!("\ncodes a second, one thread: {:.0}", codes_per_second()?);
    Ok(())
}

/// One vault from its making to its end.
fn round(file: &[u8], entries: u32, measured: &mut Measured) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("vault");
    let (rng, password) = (Arc::new(SystemRng), "benchmark");
    let cost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
    let wired = |vault: Vault| {
        let keys = Arc::new(MemoryKeyStore::new(Arc::new(SystemRng)));
        let (clock, rng) = (Arc::new(SystemClock), Arc::new(SystemRng));
        Authenticator::new(Arc::new(vault), keys, Wiring::default(), clock, rng)
    };
    let authenticator = wired(Vault::create(&path, password, cost, rng.clone())?)?;
    let plan = timed(&mut measured.read_file, || authenticator.plan_import(&Source::new(file)))?;
    let items = timed(&mut measured.import, || authenticator.import(&plan))?;
    if items.iter().filter(|item| item.fate == ImportFate::Added).count() != usize::try_from(entries)? {
        return Err("not every entry was imported".into());
    }
    authenticator.lock();

    let keys = LockedVault::read(&path, rng.clone())?.keys_by_password(password)?;
    let vault =
        timed(&mut measured.unlock, || LockedVault::read(&path, rng).and_then(|vault| vault.unlock(keys)))?;
    let authenticator = wired(vault)?;
    let everything = CodesQuery::default();
    let first = timed(&mut measured.first_list, || authenticator.codes(&everything))?;
    let again = timed(&mut measured.list, || authenticator.codes(&everything))?;
    if first.rows.len() != usize::try_from(entries)? || again.rows.len() != first.rows.len() {
        return Err("not every entry is in the list".into());
    }
    // Something that few entries have, and nearly all have to be looked at for.
    let query = CodesQuery { search: "person 77".to_owned(), tag: None };
    let found = timed(&mut measured.search, || authenticator.codes(&query))?;
    if found.rows.is_empty() && entries >= 100 { Err("nothing was found".into()) } else { Ok(()) }
}

fn timed<T, E>(
    durations: &mut Durations,
    step: impl FnOnce() -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    let begun = Instant::now();
    let result = step();
    durations.push(begun.elapsed());
    result
}

/// A file as Aegis exports it, each entry with a secret of its own.
fn file(entries: u32) -> Vec<u8> {
    const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let entry = |number: u32| {
        let digit =
            |place: u32| BASE32.get(((number >> (5 * place)) & 31) as usize).map_or('A', |c| char::from(*c));
        let own: String = (0..4).map(digit).collect();
        json!({
            "type": "totp",
            "name": format!("person {number}@example.org"),
            "issuer": format!("Company {}", number % 97),
            "info": {
                "secret": format!("JBSWY3DPEHPK3PXPJBSWY3DPEHPK{own}"),
                "algo": "SHA1", "digits": 6, "period": 30,
            },
        })
    };
    let entries: Vec<_> = (0..entries).map(entry).collect();
    let header = json!({"slots": null, "params": null});
    json!({"version": 1, "header": header, "db": {"version": 2, "entries": entries}}).to_string().into_bytes()
}

fn codes_per_second() -> Result<f64> {
    let entry = OtpEntry::parse("otpauth://totp/bench?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")?;
    let (begun, mut made) = (Instant::now(), 0_u32);
    while begun.elapsed() < Duration::from_secs(2) {
        for _ in 0..1000 {
            // A code and its successor.
            std::hint::black_box(entry.code_at(u64::from(made) * 30)?);
            made = made.saturating_add(2);
        }
    }
    Ok(f64::from(made) / begun.elapsed().as_secs_f64())
}
