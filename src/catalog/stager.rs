//! The stager: draws and encodes what polls will ask for within the next minute, before they ask.

use std::{
    collections::HashMap,
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use jiff::tz::TimeZone;

use super::{
    Clips, Moment, StagedFrame,
    programmes::draw_frame,
    registry::Registry,
    screen_test::{ScreenTests, Step, test_showing},
    snapshot::ScreenState,
};
use crate::{
    frame::{Format, Frame, Variant},
    playout::{Segment, Showing, What, stays_until},
    render::{Fonts, Layout},
    time::{DAY_MS, UtcMillis},
};

/// How far ahead pages are staged: a minute, and the time until the stages are renewed.
const AHEAD_MS: i64 = 60_000 + RESTAGE_MS;
/// Stages are renewed so often.
pub const RESTAGE_MS: i64 = 20_000;
/// A renewal may be so late.
const GRACE_MS: i64 = 5000;
/// A format stays ready for so long after it was last asked for.
const ASKED_MS: i64 = 600_000;
/// Most pages staged for one screen.
const MAX_MOMENTS: usize = 128;
/// Encoded bytes and pixels held for all screens; what does not fit is made when asked for. Less than the 64 MB
/// that a stage may take, so that a province fits into 150 MB.
const BUDGET_BYTES: usize = 44 << 20;
/// How far ahead, and over how many segments, a frame's validity is followed.
const SURE_MS: i64 = 2 * DAY_MS;
const SURE_SEGMENTS: usize = 24;

/// Staged frames shared by the screens of a profile, and each screen's segments ahead.
#[derive(Default)]
pub struct Stager {
    frames: HashMap<(usize, u32), (Arc<Layout>, Arc<StagedFrame>)>,
    cards: HashMap<usize, (Arc<Frame>, Arc<StagedFrame>)>,
    ahead: HashMap<String, Ahead>,
    clips: Clips,
    /// Steps of test patterns by screen, with who asked when they were drawn.
    steps: HashMap<String, Vec<StagedStep>>,
    bytes: usize,
}

/// A step of a test pattern, who asked when it was drawn, and its frame.
type StagedStep = (Step, Option<IpAddr>, Arc<StagedFrame>);

/// The segments ahead of one screen's state.
struct Ahead {
    state: Arc<ScreenState>,
    segments: Vec<Segment>,
    until: UtcMillis,
}

/// What staging needs to know.
pub struct Props<'a> {
    /// The fonts.
    pub fonts: &'a Fonts,
    /// The zone.
    pub zone: &'a TimeZone,
    /// Now.
    pub now: UtcMillis,
    /// Whether the clock can be trusted; if not, all is idle.
    pub clock_ok: bool,
    /// The test patterns that show instead of programmes.
    pub tests: &'a ScreenTests,
    /// Where frames are entered by their names.
    pub registry: &'a Registry,
}

impl Stager {
    /// Stages the next minute of `state`; returns the instant until which it is staged.
    pub fn stage(&mut self, state: &Arc<ScreenState>, props: &Props<'_>) -> UtcMillis {
        let screen = &state.screen;
        let variants: Vec<Variant> = Variant::of_screen(screen.profile.scheme, screen.wiring)
            .filter(|variant| {
                variant.is_plain() && matches!(variant.format(), Format::Bmp | Format::Png)
                    || props.now.since(state.stage.last_asked(*variant)) < ASKED_MS
            })
            .collect();
        let mut moments = Vec::new();
        let mut at = props.now;
        while moments.len() < MAX_MOMENTS {
            // Over the budget only what is due before the next renewal is drawn, and encoded when asked for.
            let within = self.bytes < BUDGET_BYTES;
            if at > props.now.plus(if within { AHEAD_MS } else { RESTAGE_MS + GRACE_MS }) {
                break;
            }
            let moment = self.test(state, at, props).unwrap_or_else(|| self.moment(state, at, props));
            if moments.is_empty() || within {
                for variant in &variants {
                    let fresh = moment.shown.get(*variant).is_none();
                    if let (Some(encoded), true) = (moment.shown.encode(*variant), fresh) {
                        self.bytes += encoded.body.len();
                    }
                }
            }
            at = moment.until;
            moments.push(moment);
        }
        let staged_until = moments.last().map_or(props.now, |moment| moment.until);
        state.stage.set(moments, props.now);
        self.stage_clips(state, props);
        staged_until
    }

    /// Stages the clips of the next minute, where the screen may be sent some. They are encoded when asked for, and
    /// those behind them then: a clip is too much work for the thread that keeps everything up to date.
    fn stage_clips(&mut self, state: &Arc<ScreenState>, props: &Props<'_>) {
        let mut clips = Vec::new();
        if state.screen.profile.clip.is_some() {
            let mut at = props.now;
            while clips.len() < MAX_MOMENTS && at <= props.now.plus(AHEAD_MS) {
                let moment = if let Some(test) = self.test(state, at, props) {
                    self.clips.still(state, &test, props.zone)
                } else {
                    let segments =
                        if props.clock_ok { segments(&mut self.ahead, state, at, props) } else { &[] };
                    self.clips.moment(state, segments, at, props.zone)
                };
                at = moment.until;
                clips.push(moment);
            }
        }
        state.stage.set_clips(clips);
    }

    /// Lets go of what no stage holds any more.
    pub fn sweep(&mut self, live: &[Arc<ScreenState>], now: UtcMillis) {
        self.clips.sweep(now);
        self.frames.retain(|_, (_, staged)| Arc::strong_count(staged) > 1);
        self.cards.retain(|_, (_, staged)| Arc::strong_count(staged) > 1);
        self.ahead.retain(|id, _| live.iter().any(|state| state.screen.id.as_str() == id));
        self.steps.retain(|id, _| live.iter().any(|state| state.screen.id.as_str() == id));
        for steps in self.steps.values_mut() {
            steps.retain(|(_, _, staged)| Arc::strong_count(staged) > 1);
        }
        let held = self
            .frames
            .values()
            .map(|(_, staged)| staged)
            .chain(self.cards.values().map(|(_, staged)| staged))
            .chain(self.steps.values().flatten().map(|(_, _, staged)| staged));
        self.bytes = held.map(|staged| staged.held_bytes()).sum();
    }

    /// The step of a test pattern that shows at `at`, if one does.
    fn test(&mut self, state: &Arc<ScreenState>, at: UtcMillis, props: &Props<'_>) -> Option<Moment> {
        if !props.clock_ok {
            return None;
        }
        let (test, at_longest) = test_showing(props.tests, state, at, props.zone)?;
        let (step, asker) = (test.step(at, state, props.zone), state.stage.asker());
        let steps = self.steps.entry(state.screen.id.to_string()).or_default();
        let drawn = steps.iter().find(|(drawn, by, _)| *drawn == step && *by == asker);
        let staged = if let Some((_, _, staged)) = drawn {
            staged.clone()
        } else {
            let draw = AssertUnwindSafe(|| step.draw(state, asker, props.fonts));
            let staged = Arc::new(StagedFrame::new(Arc::new(catch_unwind(draw).ok()?)));
            self.bytes += staged.held_bytes();
            steps.push((step.clone(), asker, staged.clone()));
            staged
        };
        let until = step.until.min(at_longest);
        let brightness = state.screen.brightness_at(at, props.zone);
        Some(Moment::new(step.since, until, until, staged, brightness, None))
    }

    fn moment(&mut self, state: &Arc<ScreenState>, at: UtcMillis, props: &Props<'_>) -> Moment {
        let (showing, valid_until) = if props.clock_ok {
            let segments = segments(&mut self.ahead, state, at, props);
            let segment = segments.iter().find(|segment| at < segment.until).unwrap_or(&segments[0]);
            let showing = segment.showing(at);
            let valid_until = match showing.what {
                What::Page { run, .. } => stays_until(segments, run, at),
                What::Idle | What::Dark => showing.until.min(at.plus(DAY_MS)),
            };
            (showing, valid_until)
        } else {
            // A clock that lies proves nothing about any notice.
            let until = at.plus(AHEAD_MS);
            (Showing { what: What::Idle, since: UtcMillis(0), until }, until)
        };
        let page = match showing.what {
            What::Page { run, page } => self.page(state, run, page, props),
            What::Idle | What::Dark => None,
        };
        let notice = page.as_ref().and(match showing.what {
            What::Page { run, .. } => state.programme.runs().get(run as usize),
            _ => None,
        });
        let frame = page.unwrap_or_else(|| {
            let card = if showing.what == What::Dark { &state.dark } else { &state.idle };
            self.card(card, props)
        });
        let brightness = state.screen.brightness_at(at, props.zone);
        Moment::new(showing.since, showing.until, valid_until, frame, brightness, notice.map(|run| &run.id))
    }

    /// A page, drawn unless it is held; `None` if drawing it fails.
    fn page(
        &mut self,
        state: &ScreenState,
        run: u32,
        page: u32,
        props: &Props<'_>,
    ) -> Option<Arc<StagedFrame>> {
        let (notice, laid_out) = state.runs.get(run as usize)?;
        let layout = laid_out.as_ref().ok()?.as_ref()?;
        let key = (Arc::as_ptr(layout) as usize, page);
        if let Some((_, staged)) = self.frames.get(&key) {
            return Some(staged.clone());
        }
        let profile = &state.screen.profile;
        let draw = AssertUnwindSafe(|| draw_frame(layout, page as usize, profile, props.fonts));
        let frame = Arc::new(catch_unwind(draw).ok()?);
        let staged = Arc::new(StagedFrame::new(frame));
        self.bytes += staged.held_bytes();
        props.registry.enter_page(staged.id(), notice, layout, page, profile);
        self.frames.insert(key, (layout.clone(), staged.clone()));
        Some(staged)
    }

    fn card(&mut self, card: &Arc<Frame>, props: &Props<'_>) -> Arc<StagedFrame> {
        let entry = self.cards.entry(Arc::as_ptr(card) as usize).or_insert_with(|| {
            let staged = Arc::new(StagedFrame::new(card.clone()));
            props.registry.enter_card(&staged);
            (card.clone(), staged)
        });
        entry.1.clone()
    }
}

/// The segments ahead of `at`; made once, not for each page.
fn segments<'a>(
    ahead: &'a mut HashMap<String, Ahead>,
    state: &Arc<ScreenState>,
    at: UtcMillis,
    props: &Props<'_>,
) -> &'a [Segment] {
    let fresh = |of: &Ahead| {
        Arc::ptr_eq(&of.state, state)
            && of.segments.first().is_some_and(|first| first.from <= at)
            && at.plus(SURE_MS / 2) < of.until
    };
    let id = state.screen.id.as_str();
    if !ahead.get(id).is_some_and(fresh) {
        let segments = state.programme.segments(at, at.plus(SURE_MS), SURE_SEGMENTS, props.zone);
        // With many edges the list ends early: then it is made anew halfway to its end.
        let last = segments.last().map_or(at, |segment| segment.until);
        let until = at.plus(last.since(at).min(SURE_MS)).plus(SURE_MS / 2 - last.since(at).min(SURE_MS) / 2);
        ahead.insert(id.to_owned(), Ahead { state: state.clone(), segments, until });
    }
    &ahead[id].segments
}
