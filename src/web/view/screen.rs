//! One screen: what it shows now, until when, and the pages of its loop.

use std::collections::HashSet;

use jiff::tz::TimeZone;

use crate::{
    catalog::{ScreenState, Snapshot},
    notice::NoticeId,
    playout::{OnAir, Programme, Segment},
    render::Pattern,
    screen::TokenRule,
    time::{Priority, UtcMillis},
};

/// No page lists more pages of a loop than this.
pub const MOST_PAGES: usize = 500;
/// Nor more lines of text for one of them.
const MOST_LINES: usize = 12;

/// A loop is followed over so many segments that are the same.
const MOST_SAME: usize = 24;

/// What a screen shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Air {
    /// A loop of notices.
    Loop {
        /// The notices in playing order.
        notices: Vec<OnAirNotice>,
        /// The instant at which the cycle began.
        anchor: UtcMillis,
        /// Its length.
        cycle_ms: i64,
        /// How many pages it has.
        pages: usize,
        /// When the set of notices changes.
        until: UtcMillis,
    },
    /// Nothing is on air.
    Idle,
    /// It is outside its hours.
    Dark,
    /// The clock cannot be trusted: idle.
    Untrusted,
    /// A test pattern.
    Test {
        /// Which.
        pattern: Pattern,
        /// When the programme returns.
        until: UtcMillis,
    },
    /// It gives out its content with a token only, so this page tells nothing of it.
    Locked,
}

/// A notice that a screen shows in this round.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OnAirNotice {
    /// Which.
    pub id: NoticeId,
    /// Its title.
    pub title: String,
    /// The first instant at which it no longer holds.
    pub until: UtcMillis,
    /// Its priority.
    pub priority: Priority,
}

/// One page of a loop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoopPage {
    /// The notice's title.
    pub title: String,
    /// Which notice.
    pub id: NoticeId,
    /// 1-based number of the page within its notice.
    pub number: u32,
    /// How many pages the notice has.
    pub of: u32,
    /// Milliseconds from the cycle's start to this page.
    pub start_ms: i64,
    /// Milliseconds from the cycle's start to the next page.
    pub end_ms: i64,
    /// When it shows next; `None` if the programme changes before that.
    pub next: Option<UtcMillis>,
    /// Whether it shows now.
    pub now: bool,
    /// The text that its dots show.
    pub lines: Vec<String>,
}

/// The runs that a segment shows, each once, in playing order.
pub fn runs_of(segment: &Segment) -> impl Iterator<Item = u32> {
    let slots: &[_] = match &segment.on_air {
        OnAir::Loop { slots, .. } => slots,
        OnAir::Idle | OnAir::Dark => &[],
    };
    let mut seen = HashSet::new();
    slots.iter().map(|slot| slot.run).filter(move |run| seen.insert(*run))
}

/// `segment` with the ones behind it that show the very same loop: an opening of the screen's hours during an
/// emergency, say, changes nothing that anybody sees.
pub fn unchanged(programme: &Programme, segment: Segment, zone: &TimeZone) -> Segment {
    let mut until = segment.until;
    for _ in 0..MOST_SAME {
        let next = programme.segment_at(until, zone);
        if next.on_air != segment.on_air || next.until <= until {
            break;
        }
        until = next.until;
    }
    Segment { until, ..segment }
}

/// What `state` shows in `segment`, at `now`.
pub fn air(snapshot: &Snapshot, state: &ScreenState, segment: &Segment, now: UtcMillis) -> Air {
    if state.screen.token == TokenRule::Required {
        return Air::Locked;
    }
    if snapshot.clock_fault.is_some() {
        return Air::Untrusted;
    }
    if let Some(test) = snapshot.test_at(&state.screen.id, now)
        && !state.programme.is_emergency(segment)
    {
        return Air::Test { pattern: test.pattern, until: test.until };
    }
    match &segment.on_air {
        OnAir::Idle => Air::Idle,
        OnAir::Dark => Air::Dark,
        OnAir::Loop { anchor, cycle_ms, slots } => {
            let notices = runs_of(segment).filter_map(|run| {
                let notice = &state.runs.get(run as usize)?.0;
                Some(OnAirNotice {
                    id: notice.notice().id.clone(),
                    title: notice.notice().title.clone(),
                    until: notice.window().until,
                    priority: notice.priority(),
                })
            });
            Air::Loop {
                notices: notices.collect(),
                anchor: *anchor,
                cycle_ms: *cycle_ms,
                pages: slots.len(),
                until: segment.until,
            }
        }
    }
}

/// The pages of the loop that `segment` shows, in the order of the cycle.
pub fn pages(state: &ScreenState, segment: &Segment, now: UtcMillis) -> Vec<LoopPage> {
    let OnAir::Loop { anchor, cycle_ms, slots } = &segment.on_air else { return Vec::new() };
    let phase = now.since(*anchor).rem_euclid((*cycle_ms).max(1));
    let page = |slot: &crate::playout::Slot| {
        let (notice, layout) = state.runs.get(slot.run as usize)?;
        let pages = layout.as_ref().ok().and_then(Option::as_ref).map(|layout| &layout.pages[..]);
        let is_now = (slot.start_ms..slot.end_ms).contains(&phase);
        let next = next_start(now, phase, slot.start_ms, *cycle_ms);
        let lines = pages.and_then(|pages| pages.get(slot.page as usize)).map(|page| &page.lines[..]);
        Some(LoopPage {
            title: notice.notice().title.clone(),
            id: notice.notice().id.clone(),
            number: slot.page + 1,
            of: state.programme.runs().get(slot.run as usize)?.dwells_ms.len() as u32,
            start_ms: slot.start_ms,
            end_ms: slot.end_ms,
            next: Some(next).filter(|next| *next < segment.until),
            now: is_now,
            lines: lines.unwrap_or_default().iter().take(MOST_LINES).cloned().collect(),
        })
    };
    slots.iter().take(MOST_PAGES).filter_map(page).collect()
}

/// The first instant after `now` at which a page that starts `start_ms` into the cycle begins, when the
/// cycle is at `phase`.
fn next_start(now: UtcMillis, phase: i64, start_ms: i64, cycle_ms: i64) -> UtcMillis {
    let wait = (start_ms - phase).rem_euclid(cycle_ms.max(1));
    now.plus(if wait == 0 { cycle_ms } else { wait })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        approval::Window,
        playout::{Run, Slot},
        time::{DAY_MS, Hours},
    };

    #[test]
    fn hours_that_open_during_an_emergency_are_no_change() {
        let day = |days: i64| UtcMillis(days * DAY_MS);
        let run = |file: &str, priority, until| Run {
            id: NoticeId::new("bureau", file),
            digest: crate::digest::Digest::of(file.as_bytes()),
            sort_key: crate::text::natural_key(file).into(),
            window: Window { from: day(0), until: day(until) },
            entry: day(0),
            hours: Hours::ALWAYS,
            priority,
            order: 0,
            replaces: Vec::new(),
            dwells_ms: vec![5000].into(),
            rounds: None,
        };
        let hours = Hours::parse("08:00-09:00").unwrap();
        let until = |runs| {
            let programme = Programme::new(runs, hours.clone(), 5000);
            let at = UtcMillis(7 * 3_600_000);
            unchanged(&programme, programme.segment_at(at, &TimeZone::UTC), &TimeZone::UTC).until
        };
        let (normal, alarm) = (run("a.md", Priority::Normal, 9), run("alarm.md", Priority::Emergency, 3));
        assert_eq!(until(vec![normal.clone(), alarm]), day(3), "the emergency ends");
        assert_eq!(until(vec![normal]), UtcMillis(8 * 3_600_000), "the screen opens");
    }

    #[test]
    fn the_next_time_of_a_page_lies_ahead_even_if_it_shows_now() {
        let now = UtcMillis(100_000);
        assert_eq!(next_start(now, 4_000, 10_000, 30_000), UtcMillis(106_000), "later in this round");
        assert_eq!(next_start(now, 14_000, 10_000, 30_000), UtcMillis(126_000), "in the next round");
        assert_eq!(next_start(now, 10_000, 10_000, 30_000), UtcMillis(130_000), "it begins at this instant");
        assert_eq!(next_start(now, 0, 0, 0), now, "an impossible cycle does not panic");
    }

    #[test]
    fn each_notice_of_a_loop_is_named_once_in_playing_order() {
        let slot = |run, page, start_ms| Slot { run, page, start_ms, end_ms: start_ms + 5_000 };
        let segment = Segment {
            from: UtcMillis(0),
            until: UtcMillis(1_000_000),
            on_air: OnAir::Loop {
                anchor: UtcMillis(0),
                cycle_ms: 15_000,
                slots: vec![slot(2, 0, 0), slot(0, 0, 5_000), slot(0, 1, 10_000)],
            },
        };
        assert_eq!(runs_of(&segment).collect::<Vec<_>>(), [2, 0]);
    }
}
