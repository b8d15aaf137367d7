//! What does the screen show now, and now? `GET /screens/{id}/events`: server-sent events, one for each page. An
//! event names a page; its bytes are fetched as `frame.{ext}` or by the address that it gives.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    body::Body,
    extract::{Path, Request, State, rejection::PathRejection},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use serde::Serialize;

use super::{
    Base, Context,
    access::Key,
    address::Origin,
    asked,
    error::Problem,
    follow::{Follower, News, Page},
    manifest::format_of,
    patience::Streaming,
    poll::{Poll, agent, check, screen_of},
};
use crate::digest::Digest;

/// Proxies are not to collect events.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Who lost the connection comes back after so many milliseconds, differently for each screen.
const RETRY_MS: std::ops::Range<u64> = 1000..6000;

#[derive(Serialize)]
struct Event<'a> {
    screen: &'a str,
    /// The frame's name.
    frame: String,
    url: String,
    /// Of `frame.{ext}`, without its quotes.
    etag: &'a str,
    /// `playlist/file`, percent-encoded; none for idle text and black.
    notice: Option<&'a str>,
    valid_until: String,
    /// From now until the page ends.
    dwell_ms: i64,
}

pub(super) async fn events(
    State(context): State<Arc<Context>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let (uri, headers) = (parts.uri, parts.headers);
    let origin = parts.extensions.get().copied().unwrap_or(Origin(None));
    let base = parts.extensions.get().cloned().unwrap_or(Base(String::new()));
    let progress = parts.extensions.get().map(Arc::clone).unwrap_or_default();
    let id = id.map(|Path(id)| id).map_err(|_| Problem::BadPath(uri.path().to_owned()));
    let begun = id.and_then(|id| begin(&context, id, uri.query(), origin, &headers));
    match begun {
        Ok(follower) => {
            let retry = retry_ms(&follower.poll().id);
            let told = Told { follower, base, first: Some(retry), _streaming: Streaming::on(progress) };
            let body = stream::unfold(told, |mut told| async move {
                let event = told.next().await?;
                Some((Ok::<_, std::convert::Infallible>(event), told))
            });
            let mut response = Response::new(Body::from_stream(body));
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
            headers.insert(UNBUFFERED, HeaderValue::from_static("no"));
            response
        }
        Err(problem) => {
            context.note_stranger(&problem, origin, &headers);
            problem.respond(&headers, context.catalog.rehearsing()).map(Body::new)
        }
    }
}

fn begin(
    context: &Arc<Context>,
    id: String,
    query: Option<&str>,
    origin: Origin,
    headers: &HeaderMap,
) -> Result<Follower, Problem> {
    let format = format_of(query)?;
    let key = Key::of(headers, query);
    let snapshot = context.catalog.snapshot();
    let screen = screen_of(&snapshot, &id)?;
    check(&snapshot, screen, format, key)?;
    let variant = asked::for_screen(format, query, &screen.screen)?;
    screen.stage.contact().note_asked(context.catalog.clock().now(), origin.0, agent(headers));
    Follower::new(context, Poll { id, variant, key, noted: true })
}

/// An event stream in the making.
struct Told {
    follower: Follower,
    base: Base,
    /// Until the first event: after how many milliseconds to come back.
    first: Option<u64>,
    _streaming: Streaming,
}

impl Told {
    /// The next piece of the stream; `None` ends it.
    async fn next(&mut self) -> Option<Bytes> {
        let text = match self.follower.next().await {
            Ok(News::Page(page)) => self.event(&page),
            // A comment: nobody hears it, but a broken connection is found out.
            Ok(News::Beat) => ":\n\n".to_owned(),
            // The screen is gone, or its token was taken back.
            Ok(News::Over) | Err(_) => return None,
        };
        if let Some(screen) =
            self.follower.context().catalog.snapshot().screens.get(&*self.follower.poll().id)
        {
            screen.stage.contact().note_bytes(text.len());
        }
        Some(text.into())
    }

    fn event(&mut self, Page { moment, encoded }: &Page) -> String {
        let poll = self.follower.poll();
        let text = |value: &HeaderValue| value.to_str().map(ToOwned::to_owned).unwrap_or_default();
        let (etag, notice) = (text(&encoded.etag), moment.notice.as_ref().map(text));
        let frame = moment.shown.id().to_string();
        let event = Event {
            screen: &poll.id,
            url: format!(
                "{}/frames/{frame}.{}{}",
                self.base.0,
                poll.variant.format().ext(),
                poll.variant.query()
            ),
            frame,
            etag: etag.trim_matches('"'),
            notice: notice.as_deref(),
            valid_until: moment.valid_until.rfc3339(),
            dwell_ms: moment.until.since(self.follower.context().catalog.clock().now()).max(0),
        };
        let mut out = String::new();
        if let Some(retry) = self.first.take() {
            let _ = write!(out, "retry: {retry}\n\n");
        }
        let json = serde_json::to_string(&event).unwrap_or_default();
        let _ = write!(out, "event: page\ndata: {json}\n\n");
        out
    }
}

fn retry_ms(id: &str) -> u64 {
    let digest = Digest::of(id.as_bytes()).0;
    let share = u64::from(u16::from_le_bytes([digest[0], digest[1]]));
    RETRY_MS.start + (RETRY_MS.end - RETRY_MS.start) * share / 65_536
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context as TaskContext, Poll as Ready, Waker},
    };

    use axum::body::HttpBody as _;

    use super::*;
    use crate::{
        color::ColorScheme,
        http::testing::{Kind, Site, header},
        screen::{Scan, TokenRule, Wiring},
    };

    type Stream = Pin<Box<super::super::Body>>;

    /// What comes without waiting; `None` while nothing does, `""` at the end.
    fn now(body: &mut Stream) -> Option<String> {
        match body.as_mut().poll_frame(&mut TaskContext::from_waker(Waker::noop())) {
            Ready::Ready(Some(frame)) => {
                Some(String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap())
            }
            Ready::Ready(None) => Some(String::new()),
            Ready::Pending => None,
        }
    }

    fn json(event: &str) -> serde_json::Value {
        let line = event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
        serde_json::from_str(line).unwrap()
    }

    #[tokio::test]
    async fn each_page_is_an_event_and_who_is_slow_gets_the_latest_only() {
        let site = Site::new();
        let stage = site.stage(&[(1, 8), (1, 8), (2, 8), (3, 8)]);
        let response = site.get("/screens/gate/events").await;
        assert_eq!(header(response.headers(), "content-type"), "text/event-stream");
        let etag = site.etag().await;
        let mut body = Box::pin(response.into_body());
        let first = now(&mut body).unwrap();
        assert!(first.starts_with("retry: ") && first.ends_with("}\n\n"), "{first}");
        let page = json(&first);
        assert_eq!(page["etag"], etag.trim_matches('"'));
        assert_eq!((&page["dwell_ms"], &page["screen"]), (&8000.into(), &"gate".into()));
        assert_eq!(page["valid_until"], "2026-11-23T04:01:08Z");
        assert_eq!(page["notice"], "bureau/01-%E6%8B%9B%E7%94%9F%E5%85%AC%E5%91%8A.md");
        assert_eq!(now(&mut body), None);
        assert!(stage.contact().is_held());
        site.clock.advance(8000);
        stage.tick();
        assert_eq!(now(&mut body), None, "the same picture");
        for _ in 0..2 {
            site.clock.advance(8000);
            stage.tick();
        }
        assert_eq!(json(&now(&mut body).unwrap())["etag"], site.etag().await.trim_matches('"'));
        assert_eq!(now(&mut body), None);
        site.door.beat();
        assert_eq!(now(&mut body).as_deref(), Some(":\n\n"));
        site.door.drain();
        assert_eq!(now(&mut body).as_deref(), Some(""), "it ends with the server");
        drop(body);
        assert!(!stage.contact().is_held());
    }

    #[tokio::test]
    async fn a_locked_screen_tells_who_has_its_token_until_that_is_revoked() {
        let mut locked = Kind::new("gate", ColorScheme::Red);
        locked.token = TokenRule::Required;
        let site = Site::of(vec![locked], |_| {});
        site.give_token("gate", "sesame");
        let stage = site.stage(&[(1, 8), (2, 8)]);
        assert_eq!(site.get("/screens/gate/events").await.status(), 401);
        let response = site.get("/screens/gate/events?ext=png&key=sesame").await;
        let mut body = Box::pin(response.into_body());
        let first = now(&mut body).unwrap();
        assert!(first.contains(".png\"") && !first.contains("sesame"), "{first}");
        site.give_token("gate", "other");
        site.clock.advance(8000);
        stage.tick();
        assert_eq!(now(&mut body).as_deref(), Some(""));
        for (path, status) in [
            ("/screens/nowhere/events", 404),
            ("/screens/gate/events?ext=jpg&key=other", 404),
            ("/screens/%ff/events", 400),
        ] {
            assert_eq!(site.get(path).await.status(), status, "{path}");
        }
        assert_eq!(site.ask("POST", "/screens/gate/events", &[]).await.status(), 405);
    }

    #[tokio::test]
    async fn an_event_names_the_bytes_as_the_wires_want_them_also_when_the_wires_change() {
        let site = Site::new();
        let stage = site.stage(&[(1, 8), (2, 8)]);
        let mut raw = Box::pin(site.get("/screens/gate/events?ext=raw.1").await.into_body());
        let shape = "bmp?depth=8&top-down=1";
        let mut bitmap =
            Box::pin(site.get("/screens/gate/events?ext=bmp&depth=8&top-down=1").await.into_body());
        let told = async |body: &mut Stream, file: &str, ending: &str| {
            // What must be made first is made on another thread.
            let page = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await.unwrap().unwrap();
            let page = json(std::str::from_utf8(&page.into_data().unwrap()).unwrap());
            assert!(page["url"].as_str().unwrap().ends_with(ending), "{page}");
            let etag =
                header(site.get(&format!("/screens/gate/frame.{file}")).await.headers(), "etag").to_owned();
            assert_eq!(page["etag"], etag.trim_matches('"'));
        };
        told(&mut raw, "raw.1", ".raw.1").await;
        told(&mut bitmap, shape, ".bmp?depth=8&top-down=1").await;
        site.rewire("gate", Wiring { scan: Scan::Column, ..Wiring::default() });
        site.clock.advance(8000);
        stage.tick();
        told(&mut raw, "raw.1", ".raw.1?scan=column").await;
        told(&mut bitmap, shape, ".bmp?depth=8&top-down=1").await;
        assert_eq!(stage.misses(), 4, "what an event names is what polls are given");
        assert_eq!(site.get("/screens/gate/events?ext=bmp&depth=3").await.status(), 406);
    }

    #[tokio::test]
    async fn beyond_the_limit_devices_are_told_to_poll() {
        let site = Site::new();
        site.stage(&[(1, 8)]);
        let all = site.door.take_followers();
        let response = site.get("/screens/gate/events").await;
        assert_eq!((response.status().as_u16(), header(response.headers(), "retry-after")), (503, "5"));
        assert_eq!(site.get("/screens/gate/frame.bmp").await.status(), 200);
        drop(all);
        assert_eq!(site.get("/screens/gate/events").await.status(), 200);
    }

    #[test]
    fn screens_do_not_come_back_all_at_once() {
        let mut waits: Vec<u64> = (0..200).map(|n| retry_ms(&format!("school-{n}")) / 500).collect();
        waits.sort_unstable();
        waits.dedup();
        assert_eq!(waits, (2..12).collect::<Vec<_>>());
    }
}
