//! Long polls: `?wait=30` holds the answer until the screen shows something else. Also what a poll does when
//! its bytes are not ready: the one other case in which a poll's answer comes later.

use std::{sync::Arc, time::Duration};

use axum::response::Response;
use http::{
    HeaderMap, HeaderValue,
    header::{CONNECTION, IF_NONE_MATCH},
};
use tokio::time::{Instant, sleep_until};

use super::{
    Body, Context, Life, conditional,
    error::Problem,
    poll::{Poll, check, ready, respond, screen_of},
};
use crate::{
    catalog::{Encoded, Holding, Moment, moment_at},
    time::UtcMillis,
};

/// The entity tags that an asker has, copied out of its request: a waiting poll holds nothing else of it.
pub(super) struct Tags(Box<[u8]>);

impl Tags {
    /// `None` without `If-None-Match`.
    pub(super) fn of(asked: &HeaderMap) -> Option<Self> {
        let values: Vec<&[u8]> = asked.get_all(IF_NONE_MATCH).iter().map(HeaderValue::as_bytes).collect();
        (!values.is_empty()).then(|| Self(values.join(&b","[..]).into()))
    }

    fn name(&self, etag: &HeaderValue) -> bool {
        conditional::names(&self.0, etag.as_bytes())
    }
}

/// Waits until the screen shows something that `tags` do not name, at most `seconds`.
pub(super) async fn wait(context: Arc<Context>, poll: Poll, seconds: u64, tags: Tags) -> Response<Body> {
    let _held = context.counters.hold_waiting();
    hold(&context, &poll, seconds, &tags)
        .await
        .unwrap_or_else(|problem| problem.respond(&HeaderMap::new(), false))
}

async fn hold(
    context: &Arc<Context>,
    poll: &Poll,
    seconds: u64,
    tags: &Tags,
) -> Result<Response<Body>, Problem> {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let mut life = context.life.subscribe();
    let screen = Arc::clone(screen_of(&context.catalog.snapshot(), &poll.id)?);
    let mut changes = screen.stage.watch();
    let _holding = poll.noted.then(|| Holding::on(&screen.stage));
    drop(screen);
    loop {
        // What changes after this line wakes us below.
        changes.mark_unchanged();
        let now = context.catalog.clock().now();
        let (moment, encoded) = now_showing(context, poll, now).await?;
        let same = tags.name(&encoded.etag);
        let draining = *life.borrow_and_update() != Life::Running;
        if !same || draining || Instant::now() >= deadline {
            note_sent(context, poll, &moment, if same { 0 } else { encoded.body.len() }, now);
            let mut response = respond(&moment, &encoded, same, HeaderMap::new(), now);
            if draining {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            return Ok(response);
        }
        drop((moment, encoded));
        tokio::select! {
            changed = changes.changed() => {
                if changed.is_err() {
                    // The screen is gone, or is another one under the same id.
                    changes = screen_of(&context.catalog.snapshot(), &poll.id)?.stage.watch();
                }
            }
            () = sleep_until(deadline) => {}
            _ = life.changed() => {}
        }
    }
}

/// Answers a poll whose bytes are not ready; on a match it may then wait.
pub(super) async fn make(
    context: Arc<Context>,
    poll: Poll,
    wait_seconds: Option<u64>,
    asked: HeaderMap,
) -> Response<Body> {
    let now = context.catalog.clock().now();
    let (moment, encoded) = match now_showing(&context, &poll, now).await {
        Ok(found) => found,
        Err(problem) => return problem.respond(&asked, context.catalog.rehearsing()),
    };
    let not_modified = conditional::not_modified(&asked, &encoded.etag, moment.dated(), now);
    if not_modified
        && let Some(seconds) = wait_seconds
        && let Some(tags) = Tags::of(&asked)
    {
        drop((moment, encoded, asked));
        return wait(context, poll, seconds, tags).await;
    }
    note_sent(&context, &poll, &moment, if not_modified { 0 } else { encoded.body.len() }, now);
    respond(&moment, &encoded, not_modified, asked, now)
}

/// Notes that the screen's controller has what shows in `moment`.
pub(super) fn note_sent(context: &Context, poll: &Poll, moment: &Moment, bytes: usize, now: UtcMillis) {
    if poll.noted
        && let Some(screen) = context.catalog.snapshot().screens.get(&*poll.id)
    {
        screen.stage.contact().note_sent(now, moment, bytes);
    }
}

/// What the screen shows at `now` and its bytes; made off the runtime if need be.
pub(super) async fn now_showing(
    context: &Arc<Context>,
    poll: &Poll,
    now: UtcMillis,
) -> Result<(Moment, Arc<Encoded>), Problem> {
    let snapshot = Arc::clone(&context.catalog.snapshot());
    let screen = Arc::clone(screen_of(&snapshot, &poll.id)?);
    let variant = poll.variant;
    check(&snapshot, &screen, variant.format(), poll.key)?;
    screen.stage.note_asked(variant, now);
    if let Some((moment, encoded)) = ready(&screen.stage.moments(), variant, now) {
        return Ok((moment.clone(), Arc::clone(encoded)));
    }
    screen.stage.note_miss();
    let work = {
        let context = Arc::clone(context);
        move || {
            let staged = moment_at(&screen.stage.moments(), now).cloned();
            let moment = match staged {
                Some(moment) => moment,
                None => context.fallbacks.moment(&context.catalog, &snapshot, &screen, now)?,
            };
            let encoded = moment.shown.encode(variant)?;
            Some((moment, encoded))
        }
    };
    context.heavy(work).await?.ok_or(Problem::Broken)
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context as TaskContext, Poll, Waker},
    };

    use super::*;
    use crate::http::testing::{Site, header};

    const POLL: &str = "/screens/gate/frame.bmp?wait=30";

    /// Asserts that nothing is answered yet.
    macro_rules! still_waiting {
        ($poll:expr) => {
            assert!($poll.as_mut().poll(&mut TaskContext::from_waker(Waker::noop())).is_pending());
        };
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_match_the_answer_comes_at_once() {
        let site = Site::new();
        site.stage(&[(1, 100)]);
        let began = Instant::now();
        assert_eq!(site.get(POLL).await.status(), 200);
        assert_eq!(site.ask("GET", POLL, &[("if-none-match", "\"other\"")]).await.status(), 200);
        let etag = site.etag().await;
        assert_eq!(
            site.ask("HEAD", POLL, &[("if-none-match", &etag)]).await.status(),
            304,
            "HEAD does not wait"
        );
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_is_answered_when_it_comes_and_an_equal_page_is_none() {
        let site = Site::new();
        let stage = site.stage(&[(1, 8), (1, 8), (2, 8)]);
        let etag = site.etag().await;
        let asked = [("if-none-match", &*etag)];
        let mut poll = pin!(site.ask("GET", POLL, &asked));
        still_waiting!(poll);
        for _ in 0..2 {
            site.clock.advance(8000);
            stage.tick();
            if site.now() < crate::http::testing::NOON.plus(16_000) {
                still_waiting!(poll);
            }
        }
        let response = poll.await;
        assert_eq!(response.status(), 200);
        assert_ne!(header(response.headers(), "etag"), etag);
        assert_eq!(header(response.headers(), "mingping-dwell-ms"), "8000");
    }

    #[tokio::test(start_paused = true)]
    async fn something_new_on_the_stage_wakes_all_who_wait() {
        let site = Site::new();
        site.stage(&[(1, 100)]);
        let etag = site.etag().await;
        let asked = [("if-none-match", &*etag)];
        let mut polls: Vec<_> = (0..50).map(|_| Box::pin(site.ask("GET", POLL, &asked))).collect();
        for poll in &mut polls {
            still_waiting!(poll);
        }
        assert!(
            crate::http::testing::text_of(site.get("/metrics").await).contains("mingping_long_polls 50\n")
        );
        site.stage(&[(9, 100)]);
        for poll in polls {
            assert_eq!(poll.await.status(), 200);
        }
        assert!(
            crate::http::testing::text_of(site.get("/metrics").await).contains("mingping_long_polls 0\n")
        );
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_new_is_304_after_the_time_asked_for() {
        let site = Site::new();
        site.stage(&[(1, 1000)]);
        let etag = site.etag().await;
        for (wait, seconds) in [("30", 30), ("0", 1), ("3600", 55)] {
            let began = Instant::now();
            let path = format!("/screens/gate/frame.bmp?wait={wait}");
            let response = site.ask("GET", &path, &[("if-none-match", &etag)]).await;
            assert_eq!(response.status(), 304);
            assert_eq!(began.elapsed().as_secs(), seconds, "wait={wait}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_ends_goes_even_if_nothing_is_staged_behind_it() {
        let site = Site::new();
        let stage = site.stage(&[(1, 8)]);
        let conducting = tokio::spawn(crate::catalog::conduct(Arc::clone(&site.catalog)));
        tokio::task::yield_now().await;
        let etag = site.etag().await;
        let asked = [("if-none-match", &*etag)];
        let mut poll = pin!(site.ask("GET", POLL, &asked));
        still_waiting!(poll);
        site.clock.advance(8000);
        let response = poll.await;
        conducting.abort();
        assert_eq!(response.status(), 200);
        assert!(!response.headers().contains_key("mingping-notice"), "the idle frame");
        assert_eq!(stage.misses(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_that_must_be_made_first_do_not_end_the_waiting() {
        let site = Site::new();
        site.stage(&[(1, 1000)]);
        for path in ["/screens/gate/frame.ppm?", "/screens/gate/frame.txt?charset=gb2312&"] {
            let etag = header(site.get(path).await.headers(), "etag").to_owned();
            site.stage(&[(1, 1000)]);
            let began = Instant::now();
            let response = site.ask("GET", &format!("{path}wait=20"), &[("if-none-match", &etag)]).await;
            assert_eq!((response.status().as_u16(), began.elapsed().as_secs()), (304, 20));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_with_a_token_that_is_revoked_is_sent_away_at_the_next_page() {
        let mut locked = crate::http::testing::Kind::new("gate", crate::color::ColorScheme::Red);
        locked.token = crate::screen::TokenRule::Required;
        let site = Site::of(vec![locked], |_| {});
        site.give_token("gate", "sesame");
        let stage = site.stage(&[(1, 8), (2, 8)]);
        let first = site.ask("GET", POLL, &[("authorization", "sesame")]).await;
        let etag = header(first.headers(), "etag").to_owned();
        let asked = [("if-none-match", &*etag), ("authorization", "sesame")];
        let mut poll = pin!(site.ask("GET", POLL, &asked));
        still_waiting!(poll);
        site.give_token("gate", "another");
        site.clock.advance(8000);
        stage.tick();
        assert_eq!(poll.await.status(), 401);
    }

    #[tokio::test(start_paused = true)]
    async fn at_shutdown_those_who_wait_get_304_and_are_told_to_go() {
        let site = Site::new();
        site.stage(&[(1, 1000)]);
        let etag = site.etag().await;
        let asked = [("if-none-match", &*etag)];
        let mut poll = pin!(site.ask("GET", POLL, &asked));
        still_waiting!(poll);
        site.door.drain();
        let Poll::Ready(response) = poll.as_mut().poll(&mut TaskContext::from_waker(Waker::noop())) else {
            panic!("it still waits");
        };
        let response = response;
        assert_eq!((response.status().as_u16(), header(response.headers(), "connection")), (304, "close"));
    }
}
