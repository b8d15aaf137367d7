//! The stage of one screen: what polls will ask for within the next minute, already encoded.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;
use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    StagedClip, StagedFrame,
    contact::{Contact, Shown},
    encoded::ascii,
};
use crate::{
    frame::{FrameId, Variant},
    notice::NoticeId,
    time::UtcMillis,
};

/// What stays as it is in `Mingping-Notice`: RFC 3986's unreserved characters and the slash between folder
/// and file.
const NOTICE_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// What can lie on a stage: a page, or a clip.
pub trait Staged {
    /// What tells it from others on record.
    fn frame_id(&self) -> FrameId;
}

impl Staged for StagedFrame {
    fn frame_id(&self) -> FrameId {
        self.id()
    }
}

/// One page or clip on the stage: from when until when it shows, and all that a poll's answer needs.
#[derive(Debug)]
pub struct Moment<S = StagedFrame> {
    /// When it began.
    pub since: UtcMillis,
    /// When the next page begins.
    pub until: UtcMillis,
    /// How long it may be shown without us: its notice's `until`, or the next closing, replacement or
    /// pre-emption known now.
    pub valid_until: UtcMillis,
    /// What shows.
    pub shown: Arc<S>,
    /// `Last-Modified` for `since`.
    pub last_modified: HeaderValue,
    /// `Mingping-Valid-Until`.
    pub valid_until_header: HeaderValue,
    /// `Mingping-Brightness`, percent.
    pub brightness: HeaderValue,
    /// `Mingping-Notice`: percent-encoded `playlist/file`; none for idle and black frames.
    pub notice: Option<HeaderValue>,
    /// The same for the record of what was sent.
    pub record: Arc<Shown>,
    /// Whether no other page can have been served with this `Last-Modified` or a later one, so that
    /// `If-Modified-Since` can be answered with 304. The stage finds out.
    dated: bool,
}

impl<S> Clone for Moment<S> {
    fn clone(&self) -> Self {
        Self {
            shown: self.shown.clone(),
            record: self.record.clone(),
            last_modified: self.last_modified.clone(),
            valid_until_header: self.valid_until_header.clone(),
            brightness: self.brightness.clone(),
            notice: self.notice.clone(),
            ..*self
        }
    }
}

impl<S: Staged> Moment<S> {
    /// A page with its header values; `brightness` in percent.
    pub fn new(
        since: UtcMillis,
        until: UtcMillis,
        valid_until: UtcMillis,
        shown: Arc<S>,
        brightness: u8,
        notice: Option<&NoticeId>,
    ) -> Self {
        let path = |id: &NoticeId| ascii(&utf8_percent_encode(&id.to_string(), NOTICE_PATH).to_string());
        Self {
            since,
            until,
            valid_until,
            record: Arc::new(Shown { frame: shown.frame_id(), notice: notice.cloned() }),
            shown,
            last_modified: ascii(&since.max(UtcMillis(0)).http_date()),
            valid_until_header: ascii(&valid_until.rfc3339()),
            brightness: HeaderValue::from(u16::from(brightness)),
            notice: notice.map(path),
            dated: false,
        }
    }
}

impl<S> Moment<S> {
    /// The second in which it began, if `If-Modified-Since` may be held against it.
    pub fn dated(&self) -> Option<UtcMillis> {
        self.dated.then_some(self.since)
    }

    /// Whether `at` lies in it.
    pub fn covers(&self, at: UtcMillis) -> bool {
        self.since <= at && at < self.until
    }

    /// Says that it began at `since`.
    fn begun(&mut self, since: UtcMillis, dated: bool) {
        self.dated = dated;
        if self.since != since {
            self.since = since;
            self.last_modified = ascii(&since.http_date());
        }
    }
}

/// What a screen's polls are answered from. Lives as long as the screen is known; the moments are swapped.
#[derive(Debug)]
pub struct Stage {
    moments: ArcSwap<Vec<Moment>>,
    clips: ArcSwap<Vec<Moment<StagedClip>>>,
    /// Bumped at each page change and each swap of what shows now: long polls and event streams wait on it.
    changes: tokio::sync::watch::Sender<u64>,
    asked: [AtomicI64; Variant::SLOTS],
    misses: AtomicU64,
    contact: Contact,
    /// Who asked last, as the halves of an IPv6 address; all zero: nobody.
    asker: [AtomicU64; 2],
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            moments: ArcSwap::default(),
            clips: ArcSwap::default(),
            changes: tokio::sync::watch::Sender::new(0),
            asked: std::array::from_fn(|_| AtomicI64::new(i64::MIN)),
            misses: AtomicU64::new(0),
            contact: Contact::default(),
            asker: Default::default(),
        }
    }
}

impl Stage {
    /// The moments staged, in order of time, without gaps. Load once for each poll; no lock.
    pub fn moments(&self) -> arc_swap::Guard<Arc<Vec<Moment>>> {
        self.moments.load()
    }

    /// The clips staged, in order of time, without gaps; none where the screen shows pages only. No lock.
    pub fn clips(&self) -> arc_swap::Guard<Arc<Vec<Moment<StagedClip>>>> {
        self.clips.load()
    }

    /// Puts `clips` (in order of time, without gaps) on the stage.
    pub fn set_clips(&self, clips: Vec<Moment<StagedClip>>) {
        self.clips.store(Arc::new(clips));
    }

    /// Puts `moments` (in order of time, without gaps) on the stage at `now`. Wakes those who wait if
    /// something else shows now than the stage had for now.
    ///
    /// A page that takes the place of another in mid-loop began when it took it, whatever the loop says:
    /// else its `Last-Modified` could lie before that of the page it replaces.
    pub fn set(&self, mut moments: Vec<Moment>, now: UtcMillis) {
        let before = self.moments.load();
        let old = moment_at(&before, now);
        let mut earlier: Option<UtcMillis> = None;
        for moment in &mut moments {
            if moment.since > now {
                let dated = earlier.is_some_and(|earlier| second(earlier) < second(moment.since));
                moment.begun(moment.since, dated);
            } else if moment.covers(now) {
                match old {
                    None => moment.begun(moment.since, false),
                    Some(old) if old.shown.id() == moment.shown.id() => moment.begun(old.since, old.dated),
                    Some(old) => moment.begun(now, second(old.since) < second(now)),
                }
            }
            earlier = Some(moment.since);
        }
        let shown = |moment: Option<&Moment>| moment.map(|moment| moment.shown.id());
        let changed = shown(old) != shown(moment_at(&moments, now));
        self.moments.store(Arc::new(moments));
        if changed {
            self.tick();
        }
    }

    /// Wakes those who wait: a page has ended, and the next one, staged already, shows.
    pub fn tick(&self) {
        self.changes.send_modify(|n| *n = n.wrapping_add(1));
    }

    /// Notes that `variant` was asked for at `now`, so that the stager keeps it ready for ten minutes.
    pub fn note_asked(&self, variant: impl Into<Variant>, now: UtcMillis) {
        self.asked[variant.into().slot()].store(now.0, Ordering::Relaxed);
    }

    /// When `variant` was last asked for.
    pub fn last_asked(&self, variant: impl Into<Variant>) -> UtcMillis {
        UtcMillis(self.asked[variant.into().slot()].load(Ordering::Relaxed))
    }

    /// What is known of the screen's controller.
    pub fn contact(&self) -> &Contact {
        &self.contact
    }

    /// Notes who asked: a test pattern shows it to the installer. Two who ask at the same moment may leave half
    /// of each address; the next poll mends that.
    pub fn note_asker(&self, ip: IpAddr) {
        let bits = match ip {
            IpAddr::V4(ip) => ip.to_ipv6_mapped(),
            IpAddr::V6(ip) => ip,
        }
        .to_bits();
        for (half, bits) in self.asker.iter().zip([(bits >> 64) as u64, bits as u64]) {
            if half.load(Ordering::Relaxed) != bits {
                half.store(bits, Ordering::Relaxed);
            }
        }
    }

    /// Who asked last.
    pub fn asker(&self) -> Option<IpAddr> {
        let [high, low] = [0, 1].map(|n: usize| u128::from(self.asker[n].load(Ordering::Relaxed)));
        let ip = Ipv6Addr::from_bits(high << 64 | low);
        (!ip.is_unspecified()).then(|| IpAddr::V6(ip).to_canonical())
    }

    /// Counts a poll that found its bytes not ready.
    pub fn note_miss(&self) {
        self.misses.fetch_add(1, Ordering::Relaxed);
    }

    /// How many polls found their bytes not ready.
    pub fn misses(&self) -> u64 {
        self.misses.load(Ordering::Relaxed)
    }

    /// How many wait.
    pub fn watchers(&self) -> usize {
        self.changes.receiver_count()
    }

    /// Waits for page changes: the number grows with each.
    pub fn watch(&self) -> tokio::sync::watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

/// The whole second in which `at` lies: all that HTTP dates show.
fn second(at: UtcMillis) -> i64 {
    at.0.div_euclid(1000)
}

/// The moment of `moments` in which `at` lies.
pub fn moment_at<S>(moments: &[Moment<S>], at: UtcMillis) -> Option<&Moment<S>> {
    let n = moments.partition_point(|moment| moment.until <= at);
    moments.get(n).filter(|moment| moment.since <= at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        color::ColorScheme,
        frame::Frame,
        geometry::{Rotation, Size},
        render::Raster,
    };

    /// A page from `since` to `until` whose pixels depend on `n`.
    fn page(n: u8, since: i64, until: i64) -> Moment {
        let mut raster = Raster::dark(ColorScheme::Red, Size::new(8, 1));
        for bit in 0..8 {
            raster.row_mut(0)[bit] = n >> bit & 1;
        }
        let frame = Arc::new(StagedFrame::new(Arc::new(Frame::new(&raster, Rotation::R0, vec![]))));
        let (since, until) = (UtcMillis(since), UtcMillis(until));
        Moment::new(since, until, until, frame, 100, Some(&NoticeId::new("bureau", "01-招生 公告.md")))
    }

    #[test]
    fn the_notice_stands_percent_encoded_in_its_header() {
        let expected = "bureau/01-%E6%8B%9B%E7%94%9F%20%E5%85%AC%E5%91%8A.md";
        assert_eq!(page(1, 0, 1).notice.unwrap(), expected);
    }

    #[test]
    fn those_who_wait_are_woken_only_by_what_they_can_see() {
        let stage = Stage::default();
        let mut watch = stage.watch();
        stage.set(vec![page(1, 0, 5000), page(2, 5000, 9000)], UtcMillis(100));
        assert!(watch.has_changed().unwrap(), "something shows");
        watch.mark_unchanged();
        stage.set(vec![page(1, 0, 5000), page(3, 5000, 9000)], UtcMillis(200));
        assert!(!watch.has_changed().unwrap(), "the page that shows is the same");
        stage.set(vec![page(4, 0, 9000)], UtcMillis(300));
        assert!(watch.has_changed().unwrap(), "another page took its place");
        watch.mark_unchanged();
        stage.tick();
        assert!(watch.has_changed().unwrap(), "a page ended");
    }

    #[test]
    fn a_page_that_replaces_another_began_when_it_did() {
        let stage = Stage::default();
        stage.set(vec![page(1, 2000, 12_000)], UtcMillis(3000));
        assert_eq!(stage.moments()[0].dated(), None, "who knows what was served before we began");
        // The loop without page 1 has been showing page 2 since 1000, but nobody has seen it.
        stage.set(vec![page(2, 1000, 9000), page(3, 9000, 12_000)], UtcMillis(6500));
        let moments = stage.moments();
        assert_eq!(moments[0].dated(), Some(UtcMillis(6500)));
        assert_eq!(moments[0].last_modified, "Thu, 01 Jan 1970 00:00:06 GMT");
        assert_eq!(moments[1].dated(), Some(UtcMillis(9000)));
        stage.set(vec![page(3, 1000, 9000)], UtcMillis(6700));
        assert_eq!(stage.moments()[0].dated(), None, "two pages in one second have one date");
        stage.set(vec![page(3, 1000, 9000)], UtcMillis(7000));
        assert_eq!(stage.moments()[0].since, UtcMillis(6700), "the same page goes on");
    }
}
