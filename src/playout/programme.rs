//! One screen's programme, and the segment it is in at an instant.

use std::{collections::HashMap, sync::Arc};

use jiff::tz::TimeZone;

use super::{OffAir, OnAir, Segment, Slot};
use crate::{
    approval::Window,
    digest::Digest,
    notice::NoticeId,
    time::{Hours, Priority, UtcMillis},
};

/// One notice in a programme, with the dwells of its pages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// Which notice.
    pub id: NoticeId,
    /// What it says: notices of one playlist with equal digests are copies, and one of them shows.
    pub digest: Digest,
    /// [`natural_key`](crate::text::natural_key) of its file name.
    pub sort_key: Arc<[u8]>,
    /// Its term.
    pub window: Window,
    /// When it enters.
    pub entry: UtcMillis,
    /// Its own hours.
    pub hours: Hours,
    /// Its priority.
    pub priority: Priority,
    /// Its place within the priority.
    pub order: i64,
    /// Which notices of this programme it takes off the air.
    pub replaces: Vec<NoticeId>,
    /// Milliseconds for each page; empty if the notice cannot be shown on this profile (it still
    /// replaces).
    pub dwells_ms: Arc<[u32]>,
    /// Set where it moves: then its pages share whole rounds of the movement.
    pub rounds: Option<Rounds>,
}

/// How a movement bounds the length of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rounds {
    /// How long one round takes, milliseconds.
    pub round_ms: u32,
    /// There are so many rounds that the run is at least so long.
    pub least_ms: u32,
}

/// How long pages stay that would like to stay for `dwells_ms`: whole polls, so that a controller that asks every
/// `poll_ms` misses none. Where the notice moves, its pages share whole rounds of the movement: each has one poll, and
/// of the rest as much as it would like.
pub fn stay_ms(dwells_ms: &[u32], rounds: Option<Rounds>, poll_ms: u32) -> Arc<[u32]> {
    let poll_ms = poll_ms.max(1);
    let Some(Rounds { round_ms, least_ms }) = rounds.filter(|rounds| rounds.round_ms > 0) else {
        let whole_polls = |dwell: &u32| (*dwell).max(1).div_ceil(poll_ms).saturating_mul(poll_ms);
        return dwells_ms.iter().map(whole_polls).collect();
    };
    let pages = dwells_ms.len() as u32;
    let polls_ms = pages.saturating_mul(poll_ms);
    let least_ms = least_ms.max(polls_ms).max(1);
    let run_ms = u64::from(least_ms.div_ceil(round_ms)) * u64::from(round_ms);
    let run_ms = run_ms.min(u64::from(u32::MAX / round_ms * round_ms));
    let wished = |dwells: &[u32]| dwells.iter().map(|dwell| u64::from((*dwell).max(1))).sum::<u64>();
    let all = wished(dwells_ms).max(1);
    let rest = u128::from(run_ms.saturating_sub(u64::from(polls_ms)));
    let share = |n: usize| (rest * u128::from(wished(&dwells_ms[..n])) / u128::from(all)) as u32;
    let end = |n: usize| share(n).saturating_add((n as u32).saturating_mul(poll_ms));
    (0..dwells_ms.len()).map(|n| end(n + 1) - end(n)).collect()
}

/// One screen's notices in playing order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Programme {
    runs: Vec<Run>,
    /// For each run, the indices of the runs that it replaces.
    replaces: Vec<Vec<u32>>,
    /// For each run, the runs of its playlist that say the same.
    copies: Vec<Vec<u32>>,
    /// Every entry and expiry, sorted.
    edges: Vec<UtcMillis>,
    hours: Hours,
}

/// The order in which notices play: priority, then `order`, then file name in natural sort.
fn playing_order(a: &Run, b: &Run) -> std::cmp::Ordering {
    b.priority
        .cmp(&a.priority)
        .then(a.order.cmp(&b.order))
        .then_with(|| a.sort_key.cmp(&b.sort_key))
        .then_with(|| a.id.cmp(&b.id))
}

impl Programme {
    /// Sorts `runs` and makes each page stay as [`stay_ms`] says.
    pub fn new(mut runs: Vec<Run>, hours: Hours, poll_ms: u32) -> Self {
        runs.sort_by(playing_order);
        for run in &mut runs {
            run.dwells_ms = stay_ms(&run.dwells_ms, run.rounds, poll_ms);
        }
        let find = |id: &NoticeId| runs.iter().position(|run| run.id == *id).map(|n| n as u32);
        let replaces = runs.iter().map(|run| run.replaces.iter().filter_map(find).collect()).collect();
        let mut alike: HashMap<(&str, Digest), Vec<u32>> = HashMap::new();
        for (n, run) in runs.iter().enumerate() {
            alike.entry((&run.id.playlist, run.digest)).or_default().push(n as u32);
        }
        let others = |(n, run): (usize, &Run)| {
            let all = alike.get(&(&*run.id.playlist, run.digest)).map_or(&[][..], Vec::as_slice);
            all.iter().copied().filter(|other| *other != n as u32).collect()
        };
        let copies = runs.iter().enumerate().map(others).collect();
        let mut edges: Vec<_> = runs.iter().flat_map(|run| [run.entry, run.window.until]).collect();
        edges.sort_unstable();
        edges.dedup();
        Self { runs, replaces, copies, edges, hours }
    }

    /// The notices in playing order.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// When the screen is lit.
    pub fn hours(&self) -> &Hours {
        &self.hours
    }

    /// The segment in which `at` lies: from the last edge to the next one. An edge is an entry, an expiry,
    /// or an opening or closing of hours.
    pub fn segment_at(&self, at: UtcMillis, zone: &TimeZone) -> Segment {
        let holding: Vec<u32> = self.holding(at);
        let all_hours = || holding.iter().map(|n| &self.runs[*n as usize].hours).chain([&self.hours]);
        let n = self.edges.partition_point(|edge| *edge <= at);
        let from = all_hours()
            .filter_map(|hours| hours.last_edge(at, zone))
            .chain(n.checked_sub(1).map(|n| self.edges[n]))
            .max()
            .unwrap_or(UtcMillis(0))
            .min(at);
        let until = all_hours()
            .filter_map(|hours| hours.next_edge(at, zone))
            .chain(self.edges.get(n).copied())
            .min()
            .unwrap_or(UtcMillis::MAX);
        Segment { from, until, on_air: self.on_air(&holding, at, zone) }
    }

    /// The segments that cover `from` to `until`, one after the other; at most `most`.
    pub fn segments(&self, from: UtcMillis, until: UtcMillis, most: usize, zone: &TimeZone) -> Vec<Segment> {
        let mut out: Vec<Segment> = Vec::new();
        let mut at = from;
        while at < until && out.len() < most {
            let segment = self.segment_at(at, zone);
            at = segment.until;
            out.push(segment);
        }
        out
    }

    /// Whether `segment` shows emergencies: they are alone then.
    pub fn is_emergency(&self, segment: &Segment) -> bool {
        let OnAir::Loop { slots, .. } = &segment.on_air else { return false };
        let urgent = |slot: &Slot| {
            self.runs.get(slot.run as usize).is_some_and(|run| run.priority == Priority::Emergency)
        };
        slots.first().is_some_and(urgent)
    }

    /// Why each run is not on air at `at`, in playing order; `None` where it is.
    pub fn reasons(&self, at: UtcMillis, zone: &TimeZone) -> Vec<Option<OffAir>> {
        let holding = self.holding(at);
        let open = self.open(&holding, at, zone);
        let mut on_air = vec![false; self.runs.len()];
        if let OnAir::Loop { slots, .. } = self.on_air(&holding, at, zone) {
            for slot in slots {
                on_air[slot.run as usize] = true;
            }
        }
        let lit = self.hours.open_at(at, zone);
        let reason = |(n, run): (usize, &Run)| {
            if at >= run.window.until {
                return Some(OffAir::Expired(run.window.until));
            }
            if at < run.entry {
                return Some(OffAir::NotYet(run.entry));
            }
            if run.dwells_ms.is_empty() {
                return Some(OffAir::NoPages);
            }
            if on_air[n] {
                return None;
            }
            if open.binary_search(&(n as u32)).is_ok() {
                if let Some(by) = self.replaced_by(n as u32, &open) {
                    return Some(OffAir::Replaced(by));
                }
                if let Some(original) = self.copy_of(n as u32, &open) {
                    return Some(OffAir::Copy(original));
                }
                if lit || on_air.contains(&true) {
                    return Some(OffAir::Preempted);
                }
            }
            Some(OffAir::Hours(self.opens_for(run, at, zone)))
        };
        self.runs.iter().enumerate().map(reason).collect()
    }

    /// When the hours of both `run` and the screen are next open, within its term.
    fn opens_for(&self, run: &Run, at: UtcMillis, zone: &TimeZone) -> Option<UtcMillis> {
        let mut edge = at;
        for _ in 0..64 {
            let edges = [run.hours.next_edge(edge, zone), self.hours.next_edge(edge, zone)];
            edge = edges.into_iter().flatten().min()?;
            if edge >= run.window.until {
                return None;
            }
            let lit = run.priority == Priority::Emergency || self.hours.open_at(edge, zone);
            if lit && run.hours.open_at(edge, zone) {
                return Some(edge);
            }
        }
        None
    }

    /// The runs that have entered and not expired, in playing order.
    fn holding(&self, at: UtcMillis) -> Vec<u32> {
        let holds = |run: &Run| run.entry <= at && at < run.window.until && run.window.from <= at;
        (0..self.runs.len() as u32).filter(|n| holds(&self.runs[*n as usize])).collect()
    }

    /// Those of `holding` whose own hours are open.
    fn open(&self, holding: &[u32], at: UtcMillis, zone: &TimeZone) -> Vec<u32> {
        holding.iter().copied().filter(|n| self.runs[*n as usize].hours.open_at(at, zone)).collect()
    }

    /// Which of `open` takes `run` off the air. Where two notices replace each other, directly or round a
    /// ring, the one that entered later stays: else both would vanish.
    fn replaced_by(&self, run: u32, open: &[u32]) -> Option<u32> {
        let rank = |n: u32| (self.runs[n as usize].entry, std::cmp::Reverse(n));
        open.iter().copied().find(|by| {
            *by != run
                && self.replaces[*by as usize].contains(&run)
                && !(rank(run) > rank(*by) && self.leads_to(run, *by, open))
        })
    }

    /// Which of `open` says the same as `run` and is shown instead: the one of higher priority, then the one
    /// that holds longer, then the first.
    fn copy_of(&self, run: u32, open: &[u32]) -> Option<u32> {
        let rank = |n: u32| {
            let run = &self.runs[n as usize];
            (run.priority, run.window.until, std::cmp::Reverse(n))
        };
        let shown = |n: &u32| !self.runs[*n as usize].dwells_ms.is_empty() && open.binary_search(n).is_ok();
        self.copies[run as usize].iter().copied().filter(shown).find(|other| rank(*other) > rank(run))
    }

    /// Whether `from` replaces `to`, directly or through others that are open.
    fn leads_to(&self, from: u32, to: u32, open: &[u32]) -> bool {
        let (mut seen, mut stack) = (vec![from], vec![from]);
        while let Some(n) = stack.pop() {
            for next in &self.replaces[n as usize] {
                if *next == to {
                    return true;
                }
                if open.contains(next) && !seen.contains(next) {
                    seen.push(*next);
                    stack.push(*next);
                }
            }
        }
        false
    }

    fn on_air(&self, holding: &[u32], at: UtcMillis, zone: &TimeZone) -> OnAir {
        let open = self.open(holding, at, zone);
        let replacing = open.iter().any(|n| !self.replaces[*n as usize].is_empty());
        let standing: Vec<u32> = open
            .iter()
            .copied()
            .filter(|n| !self.runs[*n as usize].dwells_ms.is_empty())
            .filter(|n| !replacing || self.replaced_by(*n, &open).is_none())
            .filter(|n| self.copies[*n as usize].is_empty() || self.copy_of(*n, &open).is_none())
            .collect();
        let urgent = |n: &u32| self.runs[*n as usize].priority == Priority::Emergency;
        let chosen: Vec<u32> = if standing.iter().any(urgent) {
            standing.into_iter().filter(urgent).collect()
        } else if self.hours.open_at(at, zone) {
            standing
        } else {
            return OnAir::Dark;
        };
        let Some(anchor) = chosen.iter().map(|n| self.runs[*n as usize].entry).max() else {
            return OnAir::Idle;
        };
        let first = chosen.iter().position(|n| self.runs[*n as usize].entry == anchor).unwrap_or(0);
        let mut slots = Vec::new();
        let mut start_ms = 0;
        for run in chosen[first..].iter().chain(&chosen[..first]) {
            for (page, dwell) in self.runs[*run as usize].dwells_ms.iter().enumerate() {
                let end_ms = start_ms + i64::from(*dwell);
                slots.push(Slot { run: *run, page: page as u32, start_ms, end_ms });
                start_ms = end_ms;
            }
        }
        OnAir::Loop { anchor, cycle_ms: start_ms, slots }
    }
}
