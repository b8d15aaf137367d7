//! Does a player that has one manifest, its frames and a clock show for a day what the server would show? The
//! model below is what `player.js` does, in thirty lines.

use std::{collections::HashSet, sync::Arc};

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{
    approval::Window,
    color::ColorScheme,
    http::testing::{Kind, NOON, Site, frame},
    notice::NoticeId,
    playout::{Run, What},
    time::{Hours, Priority},
};

const MINUTE_MS: i64 = 60_000;

/// What a face shows.
#[derive(PartialEq, Eq, Debug)]
enum Face {
    Frame(String),
    Idle,
    Dark,
}

/// What a player shows at `at` that has had nothing but `manifest`.
fn offline(manifest: &Value, at: UtcMillis) -> Face {
    let ms = |value: &Value| value.as_i64().unwrap();
    let idle = || {
        if at.rfc3339().as_str() < manifest["idle"]["valid_until"].as_str().unwrap() {
            Face::Idle
        } else {
            Face::Dark
        }
    };
    if at.0 >= ms(&manifest["known_until_ms"]) {
        return idle();
    }
    let begun = |change: &&Value| ms(&change["at_ms"]) <= at.0;
    let now = manifest["changes"].as_array().unwrap().iter().rev().find(begun).unwrap_or(manifest);
    match now["state"].as_str().unwrap() {
        "loop" => {
            let phase = (at.0 - ms(&now["anchor_ms"])).rem_euclid(ms(&now["cycle_ms"]));
            let shows = |page: &&Value| {
                let start = ms(&page["start_ms"]);
                start <= phase && phase < start + ms(&page["dwell_ms"])
            };
            let page = now["pages"].as_array().unwrap().iter().find(shows);
            page.map_or_else(idle, |page| Face::Frame(page["frame"].as_str().unwrap().to_owned()))
        }
        "dark" => Face::Dark,
        _ => idle(),
    }
}

prop_compose! {
    /// A notice that holds some of the time between a day before noon and two days after.
    fn some_run(n: usize)(
        from in -24 * 60i64..30 * 60, length in 1i64..48 * 60, ms in 0i64..60_000,
        hours in 0usize..5, urgent in 0u8..8, order in -1i64..2,
        replaces in prop::collection::vec(0usize..8, 0..2), alike in 0u8..8,
        dwells in prop::collection::vec(1u32..40_000, 0..4),
    ) -> Run {
        let id = |n: usize| NoticeId::new("bureau", &format!("{n}.md"));
        let entry = NOON.plus(from * MINUTE_MS + ms);
        Run {
            id: id(n),
            digest: Digest::of(&[if alike == 0 { 0 } else { n as u8 }]),
            sort_key: crate::text::natural_key(&format!("{n}.md")).into(),
            window: Window { from: entry, until: entry.plus(length * MINUTE_MS) },
            entry,
            hours: some_hours(hours),
            priority: match urgent { 0 => Priority::Emergency, 1 => Priority::High, _ => Priority::Normal },
            order,
            replaces: replaces.into_iter().map(id).collect(),
            dwells_ms: dwells.into(),
            rounds: None,
        }
    }
}

fn some_hours(n: usize) -> Hours {
    let parse = |text| Hours::parse(text).unwrap();
    match n {
        0 => parse("11:00-13:00; 15:30-16:00"),
        1 => parse("22:00-06:00"),
        2 => parse("Mon 07:20-18:30"),
        _ => Hours::ALWAYS,
    }
}

fn programme() -> impl Strategy<Value = (Vec<Run>, Hours)> {
    let runs = (0usize..8).prop_flat_map(|count| (0..count).map(some_run).collect::<Vec<_>>());
    (runs, (0usize..4).prop_map(some_hours))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn a_player_alone_for_a_day_shows_what_the_server_shows_or_idle(
        (runs, hours) in programme(), more in prop::collection::vec(0..DAY_MS, 64),
    ) {
        let mut kind = Kind::new("gate", ColorScheme::Red);
        (kind.runs, kind.hours) = (runs, hours);
        let site = Site::of(vec![kind], |_| {});
        let (snapshot, screen) = (Arc::clone(&site.catalog.snapshot()), site.screen("gate"));
        let profile = screen.screen.profile;
        let draw = |slot: &Slot| Some(frame(profile.scheme, profile.face, slot.run * 16 + slot.page + 1));
        let ahead = Ahead::of(&snapshot, &screen, NOON, NOON);
        let document = ahead.document(&screen, crate::frame::Format::Png.into(), "", draw).unwrap();
        let json = serde_json::to_string(&document).unwrap();
        prop_assert!(json.len() <= MAX_BYTES && !document.truncated);
        let manifest: Value = serde_json::from_str(&json).unwrap();
        let listed: HashSet<&str> = ["pages", "frames"].iter()
            .flat_map(|list| manifest[list].as_array().unwrap())
            .map(|page| page["frame"].as_str().unwrap()).collect();
        let programme = &screen.programme;
        for run in programme.runs().iter().filter(|run| run.entry > NOON) {
            prop_assert!(!json.contains(&format!("\"{}\"", run.id)), "an embargoed notice is named");
        }
        let edges = programme.segments(NOON, NOON.plus(DAY_MS), 500, &snapshot.zone);
        let edges = edges.iter().flat_map(|segment| [segment.from.plus(-1), segment.from, segment.from.plus(1)]);
        let instants = edges.chain(more.iter().map(|ms| NOON.plus(*ms)));
        for at in instants.filter(|at| *at >= NOON && *at < NOON.plus(DAY_MS)) {
            let segment = programme.segment_at(at, &snapshot.zone);
            let showing = segment.showing(at);
            let truth = match showing.what {
                What::Page { run, page } => {
                    let slot = Slot { run, page, start_ms: 0, end_ms: 0 };
                    Face::Frame(format!("/frames/{}.png", draw(&slot).unwrap().id()))
                }
                What::Idle => Face::Idle,
                What::Dark => Face::Dark,
            };
            let shown = offline(&manifest, at);
            let embargoed = match &segment.on_air {
                OnAir::Loop { slots, .. } =>
                    slots.iter().any(|slot| programme.runs()[slot.run as usize].entry > NOON),
                _ => false,
            };
            if embargoed {
                prop_assert_eq!(&shown, &Face::Idle, "at {}", at.rfc3339());
            } else {
                prop_assert_eq!(&shown, &truth, "at {}", at.rfc3339());
            }
            if let Face::Frame(url) = &shown {
                prop_assert!(listed.contains(url.as_str()), "{} can be fetched ahead", url);
            }
        }
    }
}
