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
mod tests {
    use super::*;

    const NOON: i64 = 1_795_406_400_000;

    /// Our clock is an hour slow: the server's counts.
    fn at(ms: i64) -> Now {
        Now { wall: UtcMillis(NOON - 3_600_000 + ms), run_ms: ms }
    }

    fn frame(tag: &str, notice: Option<&str>) -> Received {
        Received {
            body: Bytes::from(tag.to_owned()),
            etag: format!("\"{tag}\""),
            content_type: "image/bmp".into(),
            notice: notice.map(str::to_owned),
            brightness: None,
        }
    }

    /// An answer given `ms` after noon that is good for `valid_ms`.
    fn answer(status: u16, ms: i64, valid_ms: i64, frame: Option<Received>) -> Option<Answer> {
        let date = Some(UtcMillis(NOON + ms - PART_OF_SECOND_MS));
        let valid_until = Some(UtcMillis(NOON + ms + valid_ms));
        Some(Answer { status, date, valid_until, dwell_ms: Some(8000), frame, ..Answer::default() })
    }

    fn shown(machine: &mut Machine, now: Now) -> Option<String> {
        machine.turn(now).map(|picture| match picture {
            Picture::Live(frame) => format!("live {}", frame.etag),
            Picture::Card(frame) => format!("card {}", frame.etag),
            Picture::Black(frame) => format!("black {}", frame.map_or("", |frame| &frame.etag)),
        })
    }

    #[test]
    fn it_asks_at_once_and_then_waits_with_its_tag() {
        let mut machine = Machine::new(50, at(0));
        assert_eq!(machine.ask(at(0)), Some(Ask { etag: None, wait_s: None }));
        assert_eq!(machine.ask(at(1)), None, "one question at a time");
        machine.took(answer(200, 10, 60_000, Some(frame("a", Some("x/a")))), at(10), 0);
        assert_eq!(shown(&mut machine, at(10)), Some("live \"a\"".into()));
        assert_eq!(shown(&mut machine, at(11)), None);
        assert_eq!(machine.ask(at(100)), None);
        assert_eq!(machine.ask(at(210)), Some(Ask { etag: Some("\"a\"".into()), wait_s: Some(50) }));
        machine.took(answer(304, 50_200, 60_000, None), at(50_200), 0);
        assert_eq!(machine.nap_ms(at(50_200)), 200, "the server waited for us: ask again");
    }

    #[test]
    fn who_does_not_wait_sleeps_as_long_as_it_is_told() {
        let mut machine = Machine::new(0, at(0));
        machine.ask(at(0));
        machine.took(answer(200, 0, 60_000, Some(frame("a", None))), at(0), 0);
        assert_eq!((machine.ask(at(7999)), machine.ask(at(8000)).unwrap().wait_s), (None, None));
        // A server between us that knows neither `wait` nor `If-None-Match` is not asked in a circle.
        for status in [200, 304] {
            let mut machine = Machine::new(50, at(0));
            machine.ask(at(0));
            machine.took(answer(200, 0, 60_000, Some(frame("a", None))), at(0), 0);
            machine.ask(at(200)).unwrap();
            machine.took(answer(status, 300, 60_000, Some(frame("a", None))), at(300), 0);
            assert_eq!((machine.ask(at(8299)), machine.ask(at(8300)).is_some()), (None, true), "{status}");
        }
    }

    #[test]
    fn nothing_is_shown_beyond_its_validity_and_304_renews_it() {
        let mut machine = Machine::new(50, at(0));
        machine.ask(at(0));
        machine.took(answer(200, 0, 2 * LONGEST_TEST_MS, Some(frame("idle", None))), at(0), 0);
        machine.ask(at(200));
        machine.took(answer(200, 210, LONGEST_TEST_MS, Some(frame("pattern", None))), at(210), 0);
        assert_eq!(shown(&mut machine, at(210)), Some("live \"pattern\"".into()));
        machine.ask(at(420));
        machine.took(answer(200, 430, 10_000, Some(frame("a", Some("x/a")))), at(430), 0);
        assert_eq!(shown(&mut machine, at(430)), Some("live \"a\"".into()));
        machine.ask(at(700));
        assert_eq!(machine.nap_ms(at(9_900)), 530);
        machine.took(answer(304, 10_000, 10_000, None), at(10_000), 0);
        assert_eq!(shown(&mut machine, at(19_999)), None, "vouched for once more");
        machine.ask(at(18_000));
        machine.took(None, at(19_000), 0);
        assert_eq!(shown(&mut machine, at(19_999)), None, "the network is gone, the frame still good");
        assert_eq!(shown(&mut machine, at(20_000)), Some("card \"idle\"".into()));
        assert_eq!(machine.ask(at(21_000)).unwrap().wait_s, None, "it wants to be vouched for now");
        machine.took(answer(304, 22_000, 10_000, None), at(22_000), 0);
        assert_eq!(shown(&mut machine, at(22_000)), Some("live \"a\"".into()), "and the server is back");
    }

    #[test]
    fn without_an_idle_frame_it_goes_black() {
        let mut machine = Machine::new(50, at(0));
        assert_eq!(shown(&mut machine, at(0)), Some("black ".into()), "nothing is known yet");
        machine.ask(at(0));
        machine.took(answer(200, 0, 1000, Some(frame("a", Some("x/a")))), at(0), 0);
        assert_eq!(shown(&mut machine, at(999)), Some("live \"a\"".into()));
        assert_eq!(shown(&mut machine, at(1000)), Some("black \"a\"".into()));
        machine.not_shown();
        assert_eq!(shown(&mut machine, at(1001)), Some("black \"a\"".into()), "what failed is tried again");
        machine.ask(at(2000));
        machine.took(answer(200, 2000, -1, Some(frame("b", Some("x/b")))), at(2000), 0);
        assert_eq!(shown(&mut machine, at(2000)), None, "what comes too late is not shown at all");
    }

    #[test]
    fn a_computer_that_slept_or_whose_clock_jumped_shows_too_little_rather_than_too_long() {
        let mut machine = Machine::new(50, at(0));
        machine.ask(at(0));
        machine.took(answer(200, 0, 60_000, Some(frame("a", Some("x/a")))), at(0), 0);
        let asleep = Now { run_ms: 1000, ..at(60_000) };
        assert_eq!(machine.picture(asleep), Picture::Black(Some(&frame("a", Some("x/a")))));
        machine.ask(at(1000)).unwrap();
        assert_eq!(shown(&mut machine, at(1000)), Some("live \"a\"".into()));
        assert_eq!(shown(&mut machine, asleep), Some("black \"a\"".into()));
        let anew = Ask { etag: Some("\"a\"".into()), wait_s: None };
        assert_eq!(machine.ask(asleep), Some(anew), "what was asked before is given up");
        let set_back = Now { wall: UtcMillis(0), run_ms: 59_999 };
        assert!(matches!(machine.picture(set_back), Picture::Live(_)));
        assert!(matches!(machine.picture(Now { run_ms: 60_000, ..set_back }), Picture::Black(_)));
    }

    #[test]
    fn a_restart_prolongs_nothing() {
        let held = Held { frame: frame("a", Some("x/a")), until: UtcMillis(NOON + 60_000) };
        let anchor = Anchor { server: UtcMillis(NOON), at: Now { run_ms: 0, ..at(0) } };
        let resumed = |anchor: Option<Anchor>, now: Now| {
            let mut machine = Machine::new(50, now);
            let anchor = anchor.map(|a| Anchor { at: Now { run_ms: now.run_ms, ..a.at }, ..a });
            machine.resume(Some(held.clone()), None, anchor, now);
            let live = matches!(machine.picture(now), Picture::Live(_));
            assert_eq!(machine.ask(now).unwrap().etag.as_deref(), Some("\"a\""));
            live
        };
        let soon = |ms| Now { run_ms: 0, ..at(ms) };
        assert!(resumed(Some(anchor), soon(59_999)));
        assert!(!resumed(Some(anchor), soon(60_000)), "it expired while nobody looked");
        assert!(!resumed(Some(anchor), soon(-1)), "the clock was set back");
        assert!(!resumed(None, soon(1)), "nobody knows how long the computer was off");
    }

    #[test]
    fn failures_are_retried_ever_less_often_and_never_all_at_once() {
        let mut pauses = Vec::new();
        for chance in [0, u32::MAX, 12_345] {
            let mut machine = Machine::new(50, at(0));
            let mut now = 0;
            for n in 0..9 {
                machine.ask(at(now)).unwrap();
                machine.took(if n % 2 == 0 { None } else { answer(404, now, 0, None) }, at(now), chance);
                let pause = machine.next_ask_ms - now;
                let longest = (1000 << n).min(60_000);
                assert!(longest / 2 <= pause && pause <= longest, "{pause} of {longest}");
                pauses.push(pause);
                now += pause;
            }
        }
        pauses.sort_unstable();
        pauses.dedup();
        assert!(pauses.len() > 12, "clients drift apart");
        let mut machine = Machine::new(50, at(0));
        machine.ask(at(0));
        let busy = Answer { status: 429, retry_ms: Some(20_000), ..Answer::default() };
        machine.took(Some(busy), at(0), 7);
        assert!((20_000..=40_000).contains(&machine.next_ask_ms), "{}", machine.next_ask_ms);
    }

    proptest::proptest! {
        /// Whatever is answered or fails, however our clock is set, and however often it is begun anew from what was
        /// kept: by the server's clock nothing is live beyond the latest term that the server gave it.
        #[test]
        fn nothing_outlives_its_term(
            steps in proptest::collection::vec((0i64..40_000, 0u8..8, -5000i64..90_000, -3_000_000i64..3_000_000), 1..60),
        ) {
            let (mut run_ms, mut skew, mut until) = (0i64, 0i64, 0i64);
            let mut machine = Machine::new(50, at(0));
            for (pass_ms, kind, valid_ms, jump_ms) in steps {
                run_ms += pass_ms;
                if kind == 0 {
                    skew += jump_ms;
                }
                let now = Now { wall: UtcMillis(NOON + run_ms + skew), run_ms };
                machine.turn(now);
                if machine.ask(now).is_some() {
                    // The head has the second that began last, the body takes a while.
                    let body_ms = pass_ms.min(700);
                    let sent = (NOON + run_ms - body_ms).div_euclid(1000) * 1000;
                    let term = (NOON + run_ms + valid_ms).div_euclid(1000) * 1000;
                    let answer = Answer {
                        status: if kind < 5 { 200 } else { 304 },
                        date: Some(UtcMillis(sent)),
                        body_ms,
                        dwell_ms: Some(valid_ms),
                        valid_until: Some(UtcMillis(term)),
                        frame: (kind < 5).then(|| frame(&format!("{kind}"), Some("x"))),
                        ..Answer::default()
                    };
                    let failed = kind == 7;
                    if !failed && (kind < 5 || machine.held().is_some()) {
                        until = term;
                    }
                    machine.took((!failed).then_some(answer), now, jump_ms as u32);
                }
                if kind == 6 {
                    let kept = machine.held().map(|(held, anchor)| (held.clone(), anchor));
                    machine = Machine::new(50, now);
                    // What was kept knows the wall only; here it runs on without jumps.
                    let (held, anchor) = kept.filter(|_| skew == 0).unzip();
                    machine.resume(held, None, anchor.map(|a| Anchor { at: Now { run_ms, ..a.at }, ..a }), now);
                }
                if let Picture::Live(_) = machine.picture(now) {
                    proptest::prop_assert!(NOON + run_ms < until, "{} ms too long", NOON + run_ms - until);
                }
                proptest::prop_assert!(machine.nap_ms(now) <= 1000);
            }
        }
    }
}
