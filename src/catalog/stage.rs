//! The stage of one screen: what polls will ask for within the next minute, already encoded.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::HeaderValue;

use crate::{
    frame::{Format, Frame, FrameId},
    time::UtcMillis,
};

/// The bytes of one frame in one format, with the header values that depend on nothing else.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The body.
    pub body: Bytes,
    /// `"<32 hex>"`: the first 16 bytes of the body's SHA-256.
    pub etag: HeaderValue,
    /// `sha-256=:<base64>:` (RFC 9530).
    pub content_digest: HeaderValue,
    /// The body's length.
    pub content_length: HeaderValue,
    /// The media type.
    pub content_type: HeaderValue,
    /// SHA-256 of the body, lower-case hex.
    pub sha256: Box<str>,
    /// MD5 of the body, lower-case hex.
    pub md5: Box<str>,
}

/// One frame on the stage; formats are encoded when first needed and once only.
#[derive(Debug)]
pub struct StagedFrame {
    frame: Arc<Frame>,
    encoded: [OnceLock<Arc<Encoded>>; Format::ALL.len()],
}

impl StagedFrame {
    /// A frame with nothing encoded yet.
    pub fn new(frame: Arc<Frame>) -> Self {
        Self { frame, encoded: Default::default() }
    }

    /// Its pixels.
    pub fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    /// Its name.
    pub fn id(&self) -> FrameId {
        self.frame.id()
    }

    /// The bytes, if they are there already; no lock, no work.
    pub fn get(&self, format: Format) -> Option<&Arc<Encoded>> {
        self.encoded[format as usize].get()
    }

    /// The bytes; made now if need be, once however many ask (they wait for the one that works). `None` if
    /// the scheme cannot be had in `format`. Never call it on the runtime's threads.
    pub fn encode(&self, format: Format) -> Option<&Arc<Encoded>> {
        let _ = format;
        todo!()
    }
}

/// One page on the stage: from when until when it shows, and all that a poll's answer needs.
#[derive(Clone, Debug)]
pub struct Moment {
    /// When it began.
    pub since: UtcMillis,
    /// When the next page begins.
    pub until: UtcMillis,
    /// How long it may be shown without us: its notice's `until`, or the next closing, replacement or
    /// pre-emption known now.
    pub valid_until: UtcMillis,
    /// What shows.
    pub frame: Arc<StagedFrame>,
    /// `Last-Modified` for `since`.
    pub last_modified: HeaderValue,
    /// `Mingping-Valid-Until`.
    pub valid_until_header: HeaderValue,
    /// `Mingping-Brightness`, percent.
    pub brightness: HeaderValue,
    /// `Mingping-Notice`: percent-encoded `playlist/file`; none for idle and black frames.
    pub notice: Option<HeaderValue>,
}

/// What a screen's polls are answered from. Lives as long as the screen is known; the moments are swapped.
#[derive(Debug)]
pub struct Stage {
    moments: ArcSwap<Vec<Moment>>,
    /// Bumped at each page change and each swap of what shows now: long polls and event streams wait on it.
    changes: tokio::sync::watch::Sender<u64>,
    asked: [AtomicI64; Format::ALL.len()],
    misses: AtomicU64,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            moments: ArcSwap::default(),
            changes: tokio::sync::watch::Sender::new(0),
            asked: std::array::from_fn(|_| AtomicI64::new(i64::MIN)),
            misses: AtomicU64::new(0),
        }
    }
}

impl Stage {
    /// The moments staged, in order of time, without gaps. Load once for each poll; no lock.
    pub fn moments(&self) -> arc_swap::Guard<Arc<Vec<Moment>>> {
        self.moments.load()
    }

    /// Notes that `format` was asked for at `now`, so that the stager keeps it ready for ten minutes.
    pub fn note_asked(&self, format: Format, now: UtcMillis) {
        self.asked[format as usize].store(now.0, Ordering::Relaxed);
    }

    /// When `format` was last asked for.
    pub fn last_asked(&self, format: Format) -> UtcMillis {
        UtcMillis(self.asked[format as usize].load(Ordering::Relaxed))
    }

    /// Counts a poll that found its bytes not ready.
    pub fn note_miss(&self) {
        self.misses.fetch_add(1, Ordering::Relaxed);
    }

    /// How many polls found their bytes not ready.
    pub fn misses(&self) -> u64 {
        self.misses.load(Ordering::Relaxed)
    }

    /// Waits for page changes: the number grows with each.
    pub fn watch(&self) -> tokio::sync::watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

/// The moment of `moments` in which `at` lies.
pub fn moment_at(moments: &[Moment], at: UtcMillis) -> Option<&Moment> {
    let n = moments.partition_point(|moment| moment.until <= at);
    moments.get(n).filter(|moment| moment.since <= at)
}
impl Stage {
    /// stub
    pub fn set(&self, m: Vec<Moment>, _now: UtcMillis) {
        self.moments.store(Arc::new(m));
    }
    /// stub
    pub fn tick(&self) {
        self.changes.send_modify(|n| *n += 1);
    }
}
impl StagedFrame {
    /// Bytes held.
    pub fn held_bytes(&self) -> usize {
        0
    }
}
