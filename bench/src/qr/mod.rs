//! How many frames the scanner reads and how long it takes, beside other readers on the same frames.
//!
//! Frames are made from a seed (`kinds`, `picture`, `wear`, `payload`), so who doubts a figure can make them again, and
//! look at them with `--keep`. Times are CPU time of the reading thread, since the machine may be busy; all readers look
//! at one frame before the next is made.

mod dice;
mod kinds;
mod payload;
mod peers;
mod picture;
mod tally;
mod wear;

use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_core::host::SystemClock;
use countersign_core::scan::{Effort, Hint, LumaFrame, Seen, decode_frame};
use rustix::time::{ClockId, clock_gettime};

use self::kinds::{Frame, Kind};
use self::peers::Peers;
use self::tally::{Reading, Tally};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// What the frames are made from
    #[arg(long)]
    seed: u64,
    /// Frames of each kind
    #[arg(long, default_value_t = 36)]
    frames: usize,
    /// Frames of a viewfinder in which a code counts as read by `in rotation`
    #[arg(long, default_value_t = 9)]
    rotation: u32,
    /// A Python with zxing-cpp, pyzbar and numpy: runs the peers on the same frames
    #[arg(long)]
    python: Option<PathBuf>,
    /// Writes the frames (PGM) into this folder
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Names each frame that a peer read and this scanner did not
    #[arg(long)]
    missed: bool,
}

pub(crate) fn run(options: &Options) -> crate::Result<()> {
    let mut peers = options.python.as_deref().map(Peers::start).transpose()?;
    let mut tally = Tally::default();
    for kind in Kind::ALL {
        for number in 0..options.frames {
            let frame = kinds::frame(options.seed, kind, number)?;
            if let Some(folder) = &options.keep {
                keep(folder, kind, number, &frame)?;
            }
            let mut readings = ours(&frame, options.rotation)?;
            if let Some(peers) = &mut peers {
                readings.extend(peers.read(&frame)?);
            }
            if options.missed && missed(&frame, &readings) {
                println!("missed: {} {number} ({}×{})", kind.name(), frame.width, frame.height);
            }
            tally.add(kind.name(), frame.text.as_deref(), readings);
        }
    }
    println!("seed {}, {} frames of each kind", options.seed, options.frames);
    tally.print();
    Ok(())
}

/// This scanner's readings: a single frame, frames in rotation until one is read, and a photo.
fn ours(frame: &Frame, rotation: u32) -> crate::Result<Vec<Reading>> {
    let (width, height) = (u32::try_from(frame.width)?, u32::try_from(frame.height)?);
    let luma = LumaFrame::new(width, height, frame.width, &frame.pixels)?;
    let look = |effort| -> crate::Result<(Seen, f64)> {
        let begun = cpu_ms();
        let seen = decode_frame(&luma, effort, &SystemClock)?;
        Ok((seen, cpu_ms() - begun))
    };
    let reading = |reader: &str, (seen, ms): &(Seen, f64)| Reading {
        reader: reader.to_owned(),
        texts: seen.texts.iter().map(|text| text.as_str().to_owned()).collect(),
        hint: seen.hint.map(Hint::as_str),
        ms: *ms,
    };
    let one = |attempt| Effort::Frame { attempt, budget: Duration::ZERO };
    let first = look(one(0))?;
    let mut readings = vec![reading("one frame", &first)];
    let mut last = first;
    for attempt in 1..rotation {
        if !last.0.texts.is_empty() {
            break;
        }
        let (seen, ms) = look(one(attempt))?;
        last = (seen, last.1 + ms);
    }
    readings.push(reading("in rotation", &last));
    readings.push(reading("photo", &look(Effort::Photo)?));
    Ok(readings)
}

fn missed(frame: &Frame, readings: &[Reading]) -> bool {
    let read = |reading: &&Reading| frame.text.as_ref().is_some_and(|text| reading.texts.contains(text));
    let (ours, others): (Vec<_>, Vec<_>) = readings
        .iter()
        .partition(|reading| ["one frame", "in rotation", "photo"].contains(&reading.reader.as_str()));
    others.iter().any(read) && !ours.iter().any(|reading| reading.reader == "photo" && read(reading))
}

/// CPU time of this thread in milliseconds.
fn cpu_ms() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

fn keep(folder: &Path, kind: Kind, number: usize, frame: &Frame) -> crate::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = format!("P5 {} {} 255\n", frame.width, frame.height).into_bytes();
    file.extend_from_slice(&frame.pixels);
    Ok(std::fs::write(folder.join(format!("{}-{number:02}.pgm", kind.name().replace(' ', "-"))), file)?)
}
