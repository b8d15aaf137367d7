//! The machine that pulls, driven by hand: no socket, no clock.

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
