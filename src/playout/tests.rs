//! The loop as a viewer sees it.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::{
    approval::Window,
    digest::Digest,
    notice::NoticeId,
    time::{Hours, Priority, UtcMillis},
};

const T0: i64 = 1_790_000_000_000;

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

fn at(s: i64) -> UtcMillis {
    UtcMillis(T0 + s * 1000)
}

/// A normal notice of playlist `p`, valid from `from` to `until` seconds, with these dwells in seconds.
fn run(file: &str, from: i64, until: i64, dwells: &[u32]) -> Run {
    Run {
        id: NoticeId::new("p", file),
        digest: Digest::of(file.as_bytes()),
        sort_key: crate::text::natural_key(file).into(),
        window: Window { from: at(from), until: at(until) },
        entry: at(from),
        hours: Hours::ALWAYS,
        priority: Priority::Normal,
        order: 0,
        replaces: Vec::new(),
        dwells_ms: dwells.iter().map(|s| s * 1000).collect(),
        rounds: None,
    }
}

fn replacing(mut run: Run, file: &str) -> Run {
    run.replaces = vec![NoticeId::new("p", file)];
    run
}

fn emergency(mut run: Run) -> Run {
    run.priority = Priority::Emergency;
    run
}

/// `file/page` at each of the seconds.
fn seen(programme: &Programme, seconds: impl IntoIterator<Item = i64>) -> Vec<String> {
    seconds
        .into_iter()
        .map(|s| match programme.segment_at(at(s), &zone()).showing(at(s)).what {
            What::Page { run, page } => format!("{}/{page}", programme.runs()[run as usize].id.file),
            What::Idle => "idle".into(),
            What::Dark => "dark".into(),
        })
        .collect()
}

#[test]
fn what_was_just_published_shows_at_once_and_the_round_goes_on_from_there() {
    let programme = Programme::new(
        vec![run("1", 0, 1000, &[5]), run("2", 0, 1000, &[5]), run("3", 7, 1000, &[5, 5])],
        Hours::ALWAYS,
        1000,
    );
    assert_eq!(seen(&programme, [0, 5, 6]), ["1/0", "2/0", "2/0"]);
    assert_eq!(seen(&programme, [7, 12, 17, 22, 27]), ["3/0", "3/1", "1/0", "2/0", "3/0"]);
}

#[test]
fn expiry_of_another_notice_keeps_the_anchor() {
    let programme =
        Programme::new(vec![run("1", 0, 1000, &[5]), run("2", -50, 12, &[5])], Hours::ALWAYS, 1000);
    let segment = programme.segment_at(at(12), &zone());
    assert!(matches!(segment.on_air, OnAir::Loop { anchor, cycle_ms: 5000, .. } if anchor == at(0)));
    assert_eq!(segment.showing(at(12)).since, at(12), "an expiry is a page change");
    assert_eq!(segment.showing(at(12)).until, at(15), "the phase is counted from the anchor");
}

#[test]
fn natural_order_priority_and_order_sort_the_round() {
    let mut high = run("9", 0, 100, &[1]);
    high.priority = Priority::High;
    let mut first = run("8", 0, 100, &[1]);
    first.order = -1;
    let programme = Programme::new(
        vec![run("10", 0, 100, &[1]), run("2", 0, 100, &[1]), first, high],
        Hours::ALWAYS,
        1000,
    );
    assert_eq!(seen(&programme, 0..4), ["9/0", "8/0", "2/0", "10/0"]);
}

#[test]
fn an_emergency_pre_empts_all_and_lights_a_closed_screen() {
    let closed = Hours::parse("周一 03:00-03:01").unwrap();
    let programme = Programme::new(
        vec![run("a", 0, 100, &[5]), emergency(run("x", 10, 20, &[3])), emergency(run("y", 10, 30, &[3]))],
        closed,
        1000,
    );
    assert_eq!(
        seen(&programme, [5, 10, 13, 16, 19, 21, 30]),
        ["dark", "x/0", "y/0", "x/0", "y/0", "y/0", "dark"]
    );
}

#[test]
fn the_all_clear_replaces_the_emergency_while_it_is_on_air() {
    let mut clear = replacing(run("clear", 10, 20, &[5]), "storm");
    clear.priority = Priority::High;
    let programme = Programme::new(vec![emergency(run("storm", 0, 100, &[5])), clear], Hours::ALWAYS, 1000);
    assert_eq!(seen(&programme, [9, 10, 19, 20]), ["storm/0", "clear/0", "clear/0", "storm/0"]);
    assert_eq!(programme.reasons(at(15), &zone())[0], Some(OffAir::Replaced(1)));
}

#[test]
fn a_chain_stays_replaced_and_a_ring_leaves_the_latest() {
    let chain = Programme::new(
        vec![
            run("a", 0, 100, &[5]),
            replacing(run("b", 1, 100, &[5]), "a"),
            replacing(run("c", 2, 100, &[5]), "b"),
        ],
        Hours::ALWAYS,
        1000,
    );
    assert_eq!(seen(&chain, [50, 57]), ["c/0", "c/0"], "a does not come back when b goes");
    let ring = Programme::new(
        vec![replacing(run("a", 0, 100, &[5]), "b"), replacing(run("b", 1, 100, &[5]), "a")],
        Hours::ALWAYS,
        1000,
    );
    assert_eq!(seen(&ring, [50, 57]), ["b/0", "b/0"]);
}

#[test]
fn a_notice_that_cannot_be_drawn_here_still_replaces() {
    let programme = Programme::new(
        vec![run("old", 0, 100, &[5]), replacing(run("new", 0, 100, &[]), "old")],
        Hours::ALWAYS,
        1000,
    );
    assert_eq!(seen(&programme, [1]), ["idle"]);
    assert_eq!(programme.reasons(at(1), &zone())[0], Some(OffAir::NoPages));
}

#[test]
fn of_copies_the_one_that_matters_most_shows_and_another_takes_over_when_it_goes() {
    let same = |mut run: Run| {
        run.digest = Digest::of(b"the same text");
        run
    };
    let programme = Programme::new(
        vec![
            same(run("a", 0, 100, &[5])),
            same(run("b", 0, 200, &[5])),
            same(emergency(run("c", 10, 20, &[5]))),
        ],
        Hours::ALWAYS,
        1000,
    );
    assert_eq!(seen(&programme, [5, 10, 19, 20, 25]), ["b/0", "c/0", "c/0", "b/0", "b/0"]);
    let reasons = programme.reasons(at(5), &zone());
    assert!(matches!(reasons[1], Some(OffAir::Copy(2))), "{reasons:?}");
}

#[test]
fn pages_of_what_moves_share_whole_rounds_of_it() {
    let stay = |dwells: &[u32], round_ms, least_ms| {
        stay_ms(dwells, Some(Rounds { round_ms, least_ms }), 5000).to_vec()
    };
    assert_eq!(
        stay(&[4000, 8000, 4000], 45_120, 0),
        [12_530, 20_060, 12_530],
        "a poll, and the rest in proportion"
    );
    assert_eq!(stay(&[4000; 3], 10_000, 0), [6666, 6667, 6667], "two rounds: room for a poll a page");
    assert_eq!(stay(&[8000], 1200, 8000), [8400], "a short film goes round until it has been seen");
    assert_eq!(stay(&[8000], 0, 0), [10_000], "what does not move");
    let mut moving = run("a.md", 0, 100, &[4, 8]);
    moving.rounds = Some(Rounds { round_ms: 30_000, least_ms: 0 });
    let programme = Programme::new(vec![moving], Hours::ALWAYS, 5000);
    assert_eq!(*programme.runs()[0].dwells_ms, [11_666, 18_334]);
    let OnAir::Loop { cycle_ms, .. } = programme.segment_at(at(1), &TimeZone::UTC).on_air else { panic!() };
    assert_eq!(cycle_ms, 30_000, "the run is as long as the clip");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whole_rounds_leave_nothing_over(
        dwells in proptest::collection::vec(0u32..30_000, 1..50), round_ms in 1u32..700_000, poll_ms in 1u32..60_000,
    ) {
        let stay = stay_ms(&dwells, Some(Rounds { round_ms, least_ms: 0 }), poll_ms);
        let run_ms: u32 = stay.iter().sum();
        prop_assert!(stay.len() == dwells.len() && stay.iter().all(|ms| *ms >= poll_ms));
        prop_assert_eq!(run_ms % round_ms, 0);
        prop_assert!(run_ms >= poll_ms * dwells.len() as u32 && run_ms < poll_ms * dwells.len() as u32 + round_ms);
    }
}

#[test]
fn dwells_are_whole_polls() {
    let programme = Programme::new(vec![run("a", 0, 100, &[4, 6])], Hours::ALWAYS, 5000);
    assert_eq!(*programme.runs()[0].dwells_ms, [5000, 10000]);
}

#[test]
fn a_frame_says_how_long_it_may_stay() {
    let programme = Programme::new(
        vec![run("a", 0, 100, &[5]), run("b", 20, 60, &[5]), emergency(run("x", 40, 50, &[3]))],
        Hours::ALWAYS,
        1000,
    );
    let ahead = programme.segments(at(0), at(1000), 64, &zone());
    assert_eq!(stays_until(&ahead, 1, at(0)), at(40), "another's entry does not end it");
    assert_eq!(stays_until(&ahead, 1, at(50)), at(100));
    assert_eq!(stays_until(&ahead, 1, at(45)), at(45), "it is pre-empted");
}

fn some_hours() -> impl Strategy<Value = Hours> {
    prop_oneof![
        3 => Just(Hours::ALWAYS),
        1 => Just(Hours::parse("每天 06:00-09:30").unwrap()),
        1 => Just(Hours::parse("工作日 22:00-02:00").unwrap()),
    ]
}

fn some_run() -> impl Strategy<Value = Run> {
    let span = 3 * 86_400i64;
    (
        (0u8..30, -span..span, 1..span, 0..span / 2, some_hours()),
        (
            0u8..8,
            -1i64..2,
            proptest::option::weighted(0.2, 0u8..30),
            proptest::collection::vec(1u32..20, 0..4),
        ),
    )
        .prop_map(|((n, from, length, late, hours), (priority, order, target, dwells))| Run {
            entry: at(from + late),
            hours,
            priority: [Priority::Emergency, Priority::High]
                .get(priority as usize)
                .copied()
                .unwrap_or_default(),
            order,
            digest: Digest::of(&[n / 3]),
            replaces: target.map(|t| NoticeId::new("p", &format!("{t}.md"))).into_iter().collect(),
            ..run(&format!("{n}.md"), from, from + length, &dwells)
        })
}

fn some_runs() -> impl Strategy<Value = Vec<Run>> {
    proptest::collection::vec(some_run(), 0..12).prop_map(|mut runs| {
        runs.sort_by(|a, b| a.id.cmp(&b.id));
        runs.dedup_by(|a, b| a.id == b.id);
        runs
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However the files were found, the same shows at every instant.
    #[test]
    fn the_order_of_discovery_does_not_matter(runs in some_runs(), hours in some_hours(), seed in any::<u64>()) {
        let mut other = runs.clone();
        for n in (1..other.len()).rev() {
            other.swap(n, (seed as usize).wrapping_mul(n + 7) % (n + 1));
        }
        let (a, b) = (Programme::new(runs, hours.clone(), 1000), Programme::new(other, hours, 1000));
        for s in (-80..80).map(|n| n * 3607) {
            prop_assert_eq!(a.segment_at(at(s), &zone()), b.segment_at(at(s), &zone()));
        }
    }

    /// Nothing shows outside its window, its hours or before it entered; every entry, expiry and day-part
    /// edge is a page change; pages follow each other without gap or overlap.
    #[test]
    fn pages_tile_time_and_nothing_shows_outside_its_window(runs in some_runs(), hours in some_hours(), start in -200_000i64..200_000) {
        let programme = Programme::new(runs, hours, 1000);
        let mut t = at(start);
        for _ in 0..60 {
            let segment = programme.segment_at(t, &zone());
            prop_assert!(segment.from <= t && t < segment.until);
            let showing = segment.showing(t);
            prop_assert!(showing.since <= t && t < showing.until);
            let last = showing.until.plus(-1);
            prop_assert_eq!(programme.segment_at(last, &zone()).showing(last), showing, "one page has one span");
            for run in programme.runs() {
                for edge in [run.entry, run.window.until] {
                    prop_assert!(!(showing.since < edge && edge < showing.until), "an edge inside a page");
                }
            }
            if let What::Page { run, .. } = showing.what {
                let run = &programme.runs()[run as usize];
                for instant in [showing.since, t, last] {
                    prop_assert!(run.window.contains(instant) && run.entry <= instant);
                    prop_assert!(run.hours.open_at(instant, &zone()));
                    prop_assert!(run.priority == Priority::Emergency || programme.hours().open_at(instant, &zone()));
                }
            }
            if showing.until == UtcMillis::MAX {
                break;
            }
            t = showing.until;
        }
    }

    /// `reasons` and the loop tell the same story.
    #[test]
    fn reasons_agree_with_the_loop(runs in some_runs(), hours in some_hours(), s in -200_000i64..200_000) {
        let programme = Programme::new(runs, hours, 1000);
        let segment = programme.segment_at(at(s), &zone());
        let reasons = programme.reasons(at(s), &zone());
        for n in 0..programme.runs().len() as u32 {
            let on_air = matches!(&segment.on_air, OnAir::Loop { slots, .. } if slots.iter().any(|slot| slot.run == n));
            prop_assert_eq!(reasons[n as usize].is_none(), on_air);
        }
    }
}
