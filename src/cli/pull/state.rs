//! What does a client show, and when does it ask again? The rules for whoever writes firmware, as a machine without
//! sockets: times and answers come in as arguments.
//!
//! 1. Ask with the `ETag` of what you hold, and with `wait`, so that a change comes at once.
//! 2. A frame may be shown until its `Mingping-Valid-Until`, by the server's clock, and not a moment longer,
//!    whoever cannot be reached. Each answer, 304 too, says anew until when.
//! 3. After that show the last frame that belonged to no notice (idle text or black), or black. Test patterns belong
//!    to none either, but they are good for an hour at most.
//! 4. What fails is tried again after 1, 2, 4 … 60 seconds, each time by chance a little sooner, so that a
//!    thousand clients do not come back at once.

use bytes::Bytes;

use crate::{catalog::LONGEST_TEST_MS, time::UtcMillis};

/// Never ask more often.
const MIN_GAP_MS: i64 = 200;
/// Never sleep longer, whatever an answer says.
const MAX_SLEEP_MS: i64 = 60_000;
/// A frame whose validity a proxy has stripped may be shown for so long after an answer.
const UNTOLD_VALID_MS: i64 = 300_000;
/// What `Date` leaves out at most.
const PART_OF_SECOND_MS: i64 = 999;
/// A `Retry-After` beyond this is not believed.
const MAX_RETRY_MS: i64 = 300_000;

/// An instant: the computer's clock, which may be set, and one that only runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Now {
    /// The computer's clock.
    pub wall: UtcMillis,
    /// Milliseconds since some start.
    pub run_ms: i64,
}

/// A frame as it was received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Received {
    /// Its bytes.
    pub body: Bytes,
    /// `ETag`, with its quotes.
    pub etag: String,
    /// `Content-Type`.
    pub content_type: String,
    /// `Mingping-Notice`; `None` for idle and black frames.
    pub notice: Option<String>,
    /// `Mingping-Brightness`.
    pub brightness: Option<String>,
}

/// What a server said.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The server's clock, in whole seconds.
    pub date: Option<UtcMillis>,
    /// How long the body took to come after the head, milliseconds.
    pub body_ms: i64,
    /// `Mingping-Dwell-Ms`.
    pub dwell_ms: Option<i64>,
    /// `Mingping-Valid-Until`.
    pub valid_until: Option<UtcMillis>,
    /// `Retry-After`, milliseconds.
    pub retry_ms: Option<i64>,
    /// The frame, with status 200.
    pub frame: Option<Received>,
}

/// A question to the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    /// For `If-None-Match`.
    pub etag: Option<String>,
    /// For `wait`, seconds.
    pub wait_s: Option<u32>,
}

/// What is to be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Picture<'a> {
    /// The frame, which the server vouches for.
    Live(&'a Received),
    /// The last frame that belonged to no notice.
    Card(&'a Received),
    /// Black; in the form of the frame, if there ever was one.
    Black(Option<&'a Received>),
}

/// A frame with the instant, by the server's clock, until which it may be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    /// The frame.
    pub frame: Received,
    /// Until then.
    pub until: UtcMillis,
}

/// What the server's clock showed at an instant of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Anchor {
    /// The server's clock.
    pub server: UtcMillis,
    /// Ours at that instant.
    pub at: Now,
}

impl Anchor {
    /// The server's clock at `now`. Whichever of our clocks has run further is believed: one stands still while the
    /// computer sleeps, the other may be set. Too far only means that a frame goes too early.
    fn server_now(self, now: Now) -> UtcMillis {
        let ran = (now.run_ms - self.at.run_ms).max(now.wall.since(self.at.wall)).max(0);
        self.server.plus(ran)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shown {
    Nothing,
    Live,
    Card,
    Black,
}

/// The client.
#[derive(Debug)]
pub struct Machine {
    wait_s: u32,
    held: Option<Held>,
    card: Option<Received>,
    anchor: Option<Anchor>,
    failures: u32,
    next_ask_ms: i64,
    asked_ms: Option<i64>,
    shown: (Shown, String),
}

impl Machine {
    /// A client that holds nothing. `wait_s`: how long its questions may be held; 0: not at all.
    pub fn new(wait_s: u32, now: Now) -> Self {
        Self {
            wait_s,
            held: None,
            card: None,
            anchor: None,
            failures: 0,
            next_ask_ms: now.run_ms,
            asked_ms: None,
            shown: (Shown::Nothing, String::new()),
        }
    }

    /// Takes up what was kept on disk. Without an anchor (the computer was off, and who knows for how long) the
    /// frame is not shown before the server has vouched for it.
    pub fn resume(&mut self, held: Option<Held>, card: Option<Received>, anchor: Option<Anchor>, now: Now) {
        self.held = held;
        self.card = card;
        // A clock that was set back proves nothing.
        self.anchor = anchor.filter(|anchor| anchor.at.wall <= now.wall);
    }

    /// What is held, valid or not; for keeping.
    pub fn held(&self) -> Option<(&Held, Anchor)> {
        Some((self.held.as_ref()?, self.anchor?))
    }

    /// The last frame that belonged to no notice; for keeping.
    pub fn card(&self) -> Option<&Received> {
        self.card.as_ref()
    }

    /// The question to ask now, if it is time and none is being asked.
    pub fn ask(&mut self, now: Now) -> Option<Ask> {
        if self.asked_ms.is_some() || now.run_ms < self.next_ask_ms {
            return None;
        }
        self.asked_ms = Some(now.run_ms);
        let etag = self.held.as_ref().map(|held| held.frame.etag.clone()).filter(|etag| !etag.is_empty());
        // Who has nothing good to show does not wait for a change: it wants to be vouched for now.
        let live = matches!(self.picture(now), Picture::Live(_));
        let wait_s = (self.wait_s > 0 && etag.is_some() && live).then_some(self.wait_s);
        Some(Ask { etag, wait_s })
    }

    /// Takes in what came of the question; `None`: the server could not be reached. `chance`: any number.
    pub fn took(&mut self, answer: Option<Answer>, now: Now, chance: u32) {
        let asked_ms = self.asked_ms.take().unwrap_or(now.run_ms);
        let Some(answer) = answer else { return self.failed(now, None, chance) };
        let dwell = answer.dwell_ms.unwrap_or(MAX_SLEEP_MS).clamp(MIN_GAP_MS, MAX_SLEEP_MS);
        // `Date` has whole seconds and stands in the head: the latest that the server's clock can show now.
        let server =
            answer.date.map_or(now.wall, |date| date.plus(PART_OF_SECOND_MS + answer.body_ms.max(0)));
        let until = answer.valid_until.unwrap_or(server.plus(UNTOLD_VALID_MS));
        let was_held = self.held.is_some();
        // If not, it was not asked to wait.
        let was_live = matches!(self.picture(now), Picture::Live(_));
        let pause = match (answer.status, answer.frame) {
            (200, Some(frame)) => {
                let same = self.held.as_ref().is_some_and(|held| held.frame.etag == frame.etag);
                if frame.notice.is_none() && until.since(server) > LONGEST_TEST_MS {
                    self.card = Some(frame.clone());
                }
                self.held = Some(Held { frame, until });
                // A server that sends the same again does not know `If-None-Match`, and `wait` neither.
                if same || self.wait_s == 0 { dwell } else { MIN_GAP_MS }
            }
            (304, _) if was_held => {
                if let Some(held) = &mut self.held {
                    held.until = until;
                }
                let waited = now.run_ms - asked_ms >= i64::from(self.wait_s) * 1000 - MIN_GAP_MS || !was_live;
                if self.wait_s > 0 && waited { MIN_GAP_MS } else { dwell }
            }
            (429 | 503, _) => return self.failed(now, answer.retry_ms, chance),
            _ => return self.failed(now, None, chance),
        };
        self.failures = 0;
        self.anchor = Some(Anchor { server, at: now });
        self.next_ask_ms = now.run_ms + pause;
    }

    fn failed(&mut self, now: Now, retry_ms: Option<i64>, chance: u32) {
        self.failures = self.failures.saturating_add(1);
        let longest = 1000 << (self.failures - 1).min(6);
        let longest = retry_ms.map_or(longest, |ms| ms.clamp(1000, MAX_RETRY_MS) * 2).min(MAX_RETRY_MS * 2);
        let longest = if retry_ms.is_none() { longest.min(MAX_SLEEP_MS) } else { longest };
        // Between half of it and the whole of it.
        self.next_ask_ms = now.run_ms + longest / 2 + i64::from(chance) % (longest / 2 + 1);
    }

    /// How often in a row asking failed.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// What is to be shown at `now`.
    pub fn picture(&self, now: Now) -> Picture<'_> {
        let server_now = self.anchor.map(|anchor| anchor.server_now(now));
        match (&self.held, server_now, &self.card) {
            (Some(held), Some(server_now), _) if server_now < held.until => Picture::Live(&held.frame),
            (_, _, Some(card)) => Picture::Card(card),
            (held, _, None) => Picture::Black(held.as_ref().map(|held| &held.frame)),
        }
    }

    /// What is to be shown from `now` on, if it is something else than before.
    pub fn turn(&mut self, now: Now) -> Option<Picture<'_>> {
        let shown = match self.picture(now) {
            Picture::Live(frame) => (Shown::Live, frame.etag.clone()),
            Picture::Card(frame) => (Shown::Card, frame.etag.clone()),
            Picture::Black(_) => (Shown::Black, String::new()),
        };
        // The same dots need not be shown again because they are now shown for another reason.
        let same_dots = !shown.1.is_empty() && shown.1 == self.shown.1;
        let same = self.shown == shown || same_dots;
        let ended = self.shown.0 == Shown::Live && shown.0 != Shown::Live;
        self.shown = shown;
        if ended && self.failures == 0 {
            // Its term is over, or a clock was set. A question that is being held does not tell which.
            self.asked_ms = None;
            self.next_ask_ms = now.run_ms;
        }
        (!same).then(|| self.picture(now))
    }

    /// Whether an answer is waited for. If not, one that is still under way is given up.
    pub fn is_asking(&self) -> bool {
        self.asked_ms.is_some()
    }

    /// Says that showing failed: it will be tried again.
    pub fn not_shown(&mut self) {
        self.shown = (Shown::Nothing, String::new());
    }

    /// Milliseconds until something is to be done without an answer; at most a second, so that a clock that is set
    /// is noticed.
    pub fn nap_ms(&self, now: Now) -> u64 {
        let ask = if self.asked_ms.is_some() { i64::MAX } else { self.next_ask_ms - now.run_ms };
        let end = match (&self.held, self.anchor) {
            (Some(held), Some(anchor)) => held.until.since(anchor.server_now(now)),
            _ => i64::MAX,
        };
        let end = if end <= 0 { i64::MAX } else { end };
        ask.min(end).clamp(0, 1000) as u64
    }
}

#[cfg(test)]
mod tests;
