//! Contact: who asks for a screen's pages, what was sent, what the device says it shows. Noted on the poll path:
//! atomics, and references that are swapped only when what they refer to is another.

use std::{
    net::IpAddr,
    sync::{
        Arc, Weak,
        atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering::Relaxed},
    },
};

use arc_swap::ArcSwapOption;

use super::{Moment, Stage, stage::Staged};
use crate::{frame::FrameId, notice::NoticeId, time::UtcMillis};

/// A device that comes back after longer than this was away; what it did not see was not missed by slowness.
const AWAY_MS: i64 = 300_000;
/// Who asks is written down at most so often: two devices on one screen do not make work for each other.
const CALLER_MS: i64 = 1000;
/// So many bytes of what a device calls itself are kept.
const MAX_AGENT: usize = 160;
/// What a request and the head of its answer come to besides the body, bytes, about: TCP and IP included.
const EXCHANGE_BYTES: u64 = 700;

/// What shows in one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Its pixels.
    pub frame: FrameId,
    /// The notice that made it; none for idle and black frames.
    pub notice: Option<NoticeId>,
}

/// Who asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// From where.
    pub address: Option<IpAddr>,
    /// `User-Agent`, or what else it calls itself; as it came, printable or not.
    pub agent: Box<str>,
}

/// What a device said it shows.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// What it was.
    pub shown: Arc<Shown>,
    /// When it said so.
    pub at: UtcMillis,
}

/// What is known of a screen's controller. Belongs to the stage, and lives as long.
#[derive(Debug)]
pub struct Contact {
    asked_at: AtomicI64,
    /// Until when what was sent shows: when to ask again.
    told_until: AtomicI64,
    /// The end of the last page that was seen.
    seen_until: AtomicI64,
    caller: ArcSwapOption<Caller>,
    caller_mark: AtomicU64,
    caller_at: AtomicI64,
    sent: ArcSwapOption<Shown>,
    sent_mark: AtomicU64,
    acknowledged: ArcSwapOption<Acknowledged>,
    /// Connections on which it waits for changes.
    held: AtomicU32,
    /// The month of the two counts: year · 12 + month.
    month: AtomicU32,
    bytes: AtomicU64,
    missed: AtomicU64,
}

impl Default for Contact {
    fn default() -> Self {
        let never = || AtomicI64::new(i64::MIN);
        Self {
            asked_at: never(),
            told_until: never(),
            seen_until: never(),
            caller: ArcSwapOption::empty(),
            caller_mark: AtomicU64::new(0),
            caller_at: never(),
            sent: ArcSwapOption::empty(),
            sent_mark: AtomicU64::new(0),
            acknowledged: ArcSwapOption::empty(),
            held: AtomicU32::new(0),
            month: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
            missed: AtomicU64::new(0),
        }
    }
}

impl Contact {
    /// Notes that somebody asked.
    pub fn note_asked(&self, now: UtcMillis, address: Option<IpAddr>, agent: &[u8]) {
        self.asked_at.store(now.0, Relaxed);
        let agent = &agent[..agent.len().min(MAX_AGENT)];
        let mark = mark(address, agent);
        if self.caller_mark.load(Relaxed) == mark
            || now.0.abs_diff(self.caller_at.load(Relaxed)) < CALLER_MS as u64
        {
            return;
        }
        self.caller_mark.store(mark, Relaxed);
        self.caller_at.store(now.0, Relaxed);
        let agent = String::from_utf8_lossy(agent).into();
        self.caller.store(Some(Arc::new(Caller { address, agent })));
    }

    /// Notes that the device has what shows in `moment`: `body_bytes` were sent for it (none if it had it).
    pub fn note_sent<S: Staged>(&self, now: UtcMillis, moment: &Moment<S>, body_bytes: usize) {
        self.asked_at.store(now.0, Relaxed);
        self.told_until.store(moment.until.0, Relaxed);
        self.bytes.fetch_add(EXCHANGE_BYTES + body_bytes as u64, Relaxed);
        let seen_until = self.seen_until.swap(moment.until.0, Relaxed);
        let away = moment.since.0.saturating_sub(seen_until);
        if away > 0 && away <= AWAY_MS {
            // How many pages that were is not known any more; most dwell about as long as this one.
            let dwell = moment.until.since(moment.since).max(1);
            self.missed.fetch_add(((away + dwell / 2) / dwell).max(1) as u64, Relaxed);
        }
        let mark = u64::from_le_bytes(std::array::from_fn(|n| moment.record.frame.0[n]));
        if self.sent_mark.swap(mark, Relaxed) != mark {
            self.sent.store(Some(Arc::clone(&moment.record)));
        }
    }

    /// Notes bytes that were sent besides.
    pub fn note_bytes(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// Notes that the device, which proved who it is, says that it shows `shown`.
    pub fn note_acknowledged(&self, shown: &Arc<Shown>, at: UtcMillis) {
        self.acknowledged.store(Some(Arc::new(Acknowledged { shown: Arc::clone(shown), at })));
    }

    /// When it last asked or was sent something.
    pub fn asked_at(&self) -> Option<UtcMillis> {
        Some(self.asked_at.load(Relaxed)).filter(|at| *at != i64::MIN).map(UtcMillis)
    }

    /// Until when what it was sent last shows.
    pub fn told_until(&self) -> UtcMillis {
        UtcMillis(self.told_until.load(Relaxed))
    }

    /// Whether it is connected and waits for changes.
    pub fn is_held(&self) -> bool {
        self.held.load(Relaxed) > 0
    }

    /// Who asked last.
    pub fn caller(&self) -> Option<Arc<Caller>> {
        self.caller.load_full()
    }

    /// What was sent last.
    pub fn sent(&self) -> Option<Arc<Shown>> {
        self.sent.load_full()
    }

    /// What it last said it shows.
    pub fn acknowledged(&self) -> Option<Arc<Acknowledged>> {
        self.acknowledged.load_full()
    }

    /// Bytes sent this month, about, and pages missed this month.
    pub fn counts(&self) -> (u64, u64) {
        (self.bytes.load(Relaxed), self.missed.load(Relaxed))
    }

    /// Begins the counts of `month` anew if they were another month's; `kept` are those of before a restart.
    pub fn roll(&self, month: u32, kept: Option<(u64, u64)>) {
        let before = self.month.swap(month, Relaxed);
        if before == month {
            return;
        }
        if before != 0 {
            self.bytes.store(0, Relaxed);
            self.missed.store(0, Relaxed);
        } else if let Some((bytes, missed)) = kept {
            self.bytes.fetch_add(bytes, Relaxed);
            self.missed.fetch_add(missed, Relaxed);
        }
    }
}

/// A connection that waits, as long as it lives. It does not keep the stage.
#[derive(Debug)]
pub struct Holding(Weak<Stage>);

impl Holding {
    /// Counts one on `stage`.
    pub fn on(stage: &Arc<Stage>) -> Self {
        stage.contact().held.fetch_add(1, Relaxed);
        Self(Arc::downgrade(stage))
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        if let Some(stage) = self.0.upgrade() {
            stage.contact().held.fetch_sub(1, Relaxed);
        }
    }
}

/// FNV-1a over address and agent; only ever compared with the one before.
fn mark(address: Option<IpAddr>, agent: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = match address {
        Some(IpAddr::V4(v4)) => v4.octets().iter().fold(0xcbf2_9ce4_8422_2325, step),
        Some(IpAddr::V6(v6)) => v6.octets().iter().fold(0xcbf2_9ce4_8422_2325, step),
        None => 0xcbf2_9ce4_8422_2325,
    };
    agent.iter().fold(hash, step).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::StagedFrame,
        color::ColorScheme,
        frame::Frame,
        geometry::{Rotation, Size},
        render::Raster,
    };

    fn page(n: u8, since: i64, until: i64) -> Moment {
        let mut raster = Raster::dark(ColorScheme::Red, Size::new(8, 1));
        raster.row_mut(0)[usize::from(n % 8)] = 1;
        let frame = Arc::new(StagedFrame::new(Arc::new(Frame::new(&raster, Rotation::R0, vec![]))));
        let (since, until) = (UtcMillis(since), UtcMillis(until));
        Moment::new(since, until, until, frame, 100, Some(&NoticeId::new("bureau", &format!("{n}.md"))))
    }

    fn missed(contact: &Contact) -> u64 {
        contact.counts().1
    }

    #[test]
    fn pages_between_two_polls_are_missed() {
        let contact = Contact::default();
        contact.note_sent(UtcMillis(100), &page(1, 0, 5000), 10);
        contact.note_sent(UtcMillis(4900), &page(1, 0, 5000), 0);
        contact.note_sent(UtcMillis(5100), &page(2, 5000, 10_000), 10);
        assert_eq!(missed(&contact), 0);
        contact.note_sent(UtcMillis(21_000), &page(4, 20_000, 25_000), 10);
        assert_eq!(missed(&contact), 2, "from 10 to 20 s");
        contact.note_sent(UtcMillis(22_000), &page(5, 22_000, 30_000), 10);
        assert_eq!(missed(&contact), 2, "a page that was cut short was seen");
        contact.note_sent(UtcMillis(900_000), &page(6, 900_000, 905_000), 10);
        assert_eq!(missed(&contact), 2, "it was switched off, not slow");
        assert_eq!(contact.counts().0, 6 * EXCHANGE_BYTES + 50);
        assert_eq!(contact.sent().unwrap().notice, Some(NoticeId::new("bureau", "6.md")));
    }

    #[test]
    fn who_asks_is_kept_and_changes_at_most_once_a_second() {
        let contact = Contact::default();
        assert_eq!((contact.asked_at(), contact.caller()), (None, None));
        let (one, two) = (Some(IpAddr::from([10, 0, 0, 1])), Some(IpAddr::from([10, 0, 0, 2])));
        contact.note_asked(UtcMillis(0), one, b"card/1.0");
        let first = contact.caller().unwrap();
        assert_eq!(*first, Caller { address: one, agent: "card/1.0".into() });
        contact.note_asked(UtcMillis(5000), one, b"card/1.0");
        assert!(Arc::ptr_eq(&first, &contact.caller().unwrap()), "nothing was made anew");
        contact.note_asked(UtcMillis(5001), two, b"");
        contact.note_asked(UtcMillis(5002), one, b"card/1.0");
        assert_eq!(contact.caller().unwrap().address, two);
        contact.note_asked(UtcMillis(9000), one, &[b'x'; 5000]);
        assert_eq!(contact.caller().unwrap().agent.len(), MAX_AGENT);
        assert_eq!(contact.asked_at(), Some(UtcMillis(9000)));
    }

    #[test]
    fn counts_are_of_one_month_and_survive_a_restart() {
        let contact = Contact::default();
        contact.note_bytes(5);
        contact.roll(100, Some((1000, 7)));
        assert_eq!(contact.counts(), (1005, 7));
        contact.roll(100, Some((1000, 7)));
        assert_eq!(contact.counts(), (1005, 7));
        contact.roll(101, None);
        assert_eq!(contact.counts(), (0, 0));
    }

    #[test]
    fn a_waiting_connection_is_there_until_it_goes() {
        let stage = Arc::new(Stage::default());
        let holding = Holding::on(&stage);
        assert!(stage.contact().is_held());
        drop(holding);
        assert!(!stage.contact().is_held());
        let holding = Holding::on(&stage);
        assert!(Arc::into_inner(stage).is_some(), "it keeps no screen that is gone");
        drop(holding);
    }
}
