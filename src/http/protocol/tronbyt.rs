//! Tronbyt (protocol 1), as Tidbyt-class boards, tronberry and Interstate 75 speak it: `GET /{id}/next` for a
//! WebP with its dwell and brightness, or `GET /{id}/ws`, over which pages are pushed and acknowledged.

use std::{collections::VecDeque, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts as _, Path, Request, State},
    response::Response,
    routing::get,
};
use http::{
    HeaderName, HeaderValue,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE},
};
use serde_json::Value;

use super::{
    Asked, Device,
    websocket::{self, Heard, Refusal, Socket},
};
use crate::{
    catalog::{Moment, Shown},
    frame::Format,
    http::{
        Context,
        error::Problem,
        follow::{Follower, News, Page},
        wait::note_sent,
    },
    screen::{Protocol, Screen},
    time::UtcMillis,
};

/// What boards take by default, bytes; smaller ones say so with `clip: {max_bytes}`: 220,000 or 60,000.
const MAX_WEBP: usize = 460_000;
/// ESP32 boards ignore a dwell of 300 s and more.
const MAX_DWELL_SECS: i64 = 299;
/// Over the socket the firmware takes up to an hour.
const MAX_SOCKET_DWELL_SECS: i64 = 3600;
/// So long is waited for `displaying` before the next page is sent all the same.
const PATIENCE_MS: i64 = 600_000;
/// Pages sent whose acknowledgement may still come.
const REMEMBERED: usize = 8;
/// Messages between two beats; a board sends two for each page.
const MAX_MESSAGES: u32 = 200;
/// Beats without a sign of life; then the board is gone.
const MAX_SILENT_BEATS: u32 = 4;

const BRIGHTNESS: HeaderName = HeaderName::from_static("tronbyt-brightness");
const DWELL: HeaderName = HeaderName::from_static("tronbyt-dwell-secs");

/// Firmware of different age asks at different addresses.
pub(super) fn routes() -> Router<Arc<Context>> {
    Router::new()
        .route("/{id}/next", get(next))
        .route("/v0/devices/{id}/next", get(next))
        .route("/devices/{id}/next", get(next))
        .route("/api/v1/devices/{id}/next", get(next))
        .route("/{id}/ws", get(socket))
}

async fn next(State(context): State<Arc<Context>>, Path(id): Path<String>, asked: Asked) -> Response {
    let made = async {
        let device = context.device(Protocol::Tronbyt, &id, Format::Webp, &asked)?;
        let page = context.page(&device, max_bytes(&device.screen.screen)).await?;
        let now = context.catalog.clock().now();
        // The board asks as often as its screen says; sooner if the page ends. One that fetches ahead
        // (tronberry takes three at once) then shows no page for longer than a few polls.
        let poll_ms = i64::from(device.screen.screen.poll_ms);
        let secs = dwell_secs(page.moment.until.since(now).min(poll_ms), MAX_DWELL_SECS);
        Ok(respond(&page, secs))
    };
    made.await.unwrap_or_else(|problem: Problem| asked.refuse(&context, &problem))
}

fn respond(page: &Page, secs: i64) -> Response {
    let mut response = Response::new(Body::from(page.encoded.body.clone()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, page.encoded.content_type.clone());
    headers.insert(CONTENT_LENGTH, page.encoded.content_length.clone());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Both always: without the one boards blaze or go dark, without the other they ask without a pause.
    headers.insert(BRIGHTNESS, page.moment.brightness.clone());
    headers.insert(DWELL, HeaderValue::from(secs));
    response
}

fn max_bytes(screen: &Screen) -> usize {
    screen.profile.clip.map_or(MAX_WEBP, |limits| (limits.max_bytes as usize).min(MAX_WEBP))
}

/// Whole seconds, at least one.
fn dwell_secs(left_ms: i64, most: i64) -> i64 {
    (left_ms.max(0) as u64).div_ceil(1000).clamp(1, most as u64) as i64
}

async fn socket(State(context): State<Arc<Context>>, Path(id): Path<String>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let Ok(asked) = Asked::from_request_parts(&mut parts, &context).await;
    let opened = context.device(Protocol::Tronbyt, &id, Format::Webp, &asked).and_then(|device| {
        let (response, upgrade) = websocket::accept(&mut parts).ok_or(Problem::NoHandshake)?;
        let follower = Follower::new(&context, device.poll.clone())?;
        websocket::on_upgrade(upgrade, move |socket| converse(socket, follower, device));
        Ok(response)
    });
    opened.unwrap_or_else(|problem| asked.refuse(&context, &problem))
}

/// Pushes pages and hears acknowledgements until one side has enough.
async fn converse(mut socket: Socket, mut follower: Follower, device: Device) {
    let mut session = Session::default();
    let ended = loop {
        tokio::select! {
            biased;
            heard = socket.hear() => match heard {
                Heard::Text(text) => {
                    let now = follower.context().catalog.clock().now();
                    match session.hear(&text) {
                        Ok(Some(shown)) if device.proven => {
                            // Its place in the ledger comes here.
                            device.screen.stage.contact().note_acknowledged(&shown, now);
                        }
                        Ok(_) => {}
                        Err(refusal) => break Some(refusal),
                    }
                    if let Some(page) = session.release(now)
                        && push(&mut socket, &follower, &device, &mut session, page, false).await.is_err()
                    {
                        break None;
                    }
                }
                Heard::Life => session.silent_beats = 0,
                Heard::Wrong(refusal) => break Some(refusal),
                Heard::Gone => break None,
            },
            news = follower.next() => {
                let now = follower.context().catalog.clock().now();
                let sent = match news {
                    Ok(News::Page(page)) => match session.order(*page, now) {
                        Some((page, immediate)) => {
                            push(&mut socket, &follower, &device, &mut session, page, immediate).await
                        }
                        None => Ok(()),
                    },
                    Ok(News::Beat) if session.is_gone() => break None,
                    Ok(News::Beat) => match session.release(now) {
                        Some(page) => push(&mut socket, &follower, &device, &mut session, page, false).await,
                        None => socket.ping().await,
                    },
                    Ok(News::Over) => break Some(Refusal::Over),
                    Err(_) => break Some(Refusal::NotAllowed),
                };
                // Who takes nothing for half a minute is dropped.
                if sent.is_err() {
                    break None;
                }
            }
        }
    };
    if let Some(refusal) = ended {
        tracing::info!(screen = %device.screen.screen.id, "a socket was closed: {}", refusal.reason());
        socket.refuse(refusal).await;
    }
}

/// Sends a page: dwell, brightness if it is another, pixels, and whether to show them at once.
async fn push(
    socket: &mut Socket,
    follower: &Follower,
    device: &Device,
    session: &mut Session,
    page: Page,
    immediate: bool,
) -> std::io::Result<()> {
    let context = follower.context();
    let Ok(page) = context.fitting(device, page, max_bytes(&device.screen.screen)).await else {
        return Ok(());
    };
    let now = context.catalog.clock().now();
    let secs = dwell_secs(page.moment.until.since(now), MAX_SOCKET_DWELL_SECS);
    socket.text(format!("{{\"dwell_secs\":{secs}}}")).await?;
    if let Some(percent) = session.brightness(&page.moment) {
        socket.text(format!("{{\"brightness\":{percent}}}")).await?;
    }
    let bytes = page.encoded.body.len();
    socket.bytes(page.encoded.body.clone()).await?;
    if immediate {
        socket.text("{\"immediate\":true}".to_owned()).await?;
    }
    note_sent(context, follower.poll(), &page.moment, bytes, now);
    session.sent(&page.moment, now);
    Ok(())
}

/// What was said on one socket so far.
#[derive(Default)]
struct Session {
    /// What the firmware says it speaks; 0 until it says so. From 1 on it says what it displays.
    version: i64,
    brightness: Option<HeaderValue>,
    /// Pages sent: the board's number for each once it is queued.
    pages: VecDeque<(Option<i64>, Arc<Shown>)>,
    /// The last page sent: until when it shows, until when it may be shown, when it was sent.
    last: Option<(UtcMillis, UtcMillis, UtcMillis)>,
    /// Whether the last page sent was not displayed yet.
    unseen: bool,
    /// What to send when it was.
    held: Option<Page>,
    messages: u32,
    silent_beats: u32,
}

impl Session {
    /// Takes in a message; what the board now displays, if that is what it says.
    fn hear(&mut self, text: &str) -> Result<Option<Arc<Shown>>, Refusal> {
        self.silent_beats = 0;
        self.messages += 1;
        if self.messages > MAX_MESSAGES {
            return Err(Refusal::Flood);
        }
        let message: Value = serde_json::from_str(text).map_err(|_| Refusal::NotJson)?;
        let Value::Object(message) = message else { return Err(Refusal::NotJson) };
        if let Some(version) = message.get("client_info").and_then(|info| info.get("protocol_version")) {
            self.version = version.as_i64().unwrap_or(0).max(0);
        }
        if let Some(number) = message.get("queued").and_then(Value::as_i64) {
            // Boards number what they queue, and go on counting over connections.
            if let Some(page) = self.pages.iter_mut().find(|page| page.0.is_none()) {
                page.0 = Some(number);
            }
        }
        let legacy = message.get("status").is_some_and(|status| status == "displaying");
        let number = message.get(if legacy { "counter" } else { "displaying" }).and_then(Value::as_i64);
        Ok(number.and_then(|number| self.displaying(number)))
    }

    /// The page with the board's number `number`. One that was not sent here is nobody's affair.
    fn displaying(&mut self, number: i64) -> Option<Arc<Shown>> {
        let numbered = self.pages.iter().any(|page| page.0.is_some());
        let at = match self.pages.iter().position(|page| page.0 == Some(number)) {
            Some(at) => at,
            // Old firmware says nothing of queues.
            None if !numbered => self.pages.len().checked_sub(1)?,
            None => return None,
        };
        self.unseen &= at + 1 < self.pages.len();
        // Those before it were passed over.
        self.pages.drain(..at);
        self.pages.front().map(|page| Arc::clone(&page.1))
    }

    /// A page began. To be sent now, perhaps to be shown at once; `None` if the board is to display the one
    /// before it first.
    fn order(&mut self, page: Page, now: UtcMillis) -> Option<(Page, bool)> {
        self.held = None;
        let immediate = self.last.is_some_and(|(until, valid_until, _)| {
            // It was cut short, or may not be shown any more.
            now < until || valid_until <= now
        });
        if !immediate && self.must_wait(now) {
            self.held = Some(page);
            return None;
        }
        Some((page, immediate))
    }

    /// The page that was held back, if there is one and it need not be any longer.
    fn release(&mut self, now: UtcMillis) -> Option<Page> {
        if self.must_wait(now) { None } else { self.held.take() }
    }

    fn must_wait(&self, now: UtcMillis) -> bool {
        let patient = self.last.is_some_and(|(_, _, at)| now.since(at) < PATIENCE_MS);
        self.version >= 1 && self.unseen && patient
    }

    /// The brightness to tell, if the board was told another.
    fn brightness(&mut self, moment: &Moment) -> Option<u8> {
        if self.brightness.as_ref() == Some(&moment.brightness) {
            return None;
        }
        self.brightness = Some(moment.brightness.clone());
        moment.brightness.to_str().ok()?.parse().ok()
    }

    /// Notes that the page of `moment` was sent.
    fn sent(&mut self, moment: &Moment, now: UtcMillis) {
        if self.pages.len() >= REMEMBERED {
            self.pages.pop_front();
        }
        self.pages.push_back((None, Arc::clone(&moment.record)));
        self.last = Some((moment.until, moment.valid_until, now));
        self.unseen = true;
    }

    /// A beat passed: whether the board has been silent for too long.
    fn is_gone(&mut self) -> bool {
        self.messages = 0;
        self.silent_beats += 1;
        self.silent_beats > MAX_SILENT_BEATS
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::testing::{NOON, Site};

    fn page(site: &Site, n: u32, since: i64, until: i64) -> Page {
        let moment = site.moment(n, NOON.plus(since), NOON.plus(until));
        let encoded = Arc::clone(moment.shown.get(Format::Bmp).unwrap());
        Page { moment, encoded }
    }

    /// Sends a page in the session as the socket would.
    fn send(session: &mut Session, page: Page, at: i64) -> Option<bool> {
        let (page, immediate) = session.order(page, NOON.plus(at))?;
        session.sent(&page.moment, NOON.plus(at));
        Some(immediate)
    }

    #[test]
    fn a_board_that_tells_what_it_displays_gets_the_next_page_when_it_did() {
        let site = Site::new();
        let mut session = Session::default();
        let info = r#"{"client_info":{"firmware_version":"1.5","protocol_version":1,"mac":"aa:bb"}}"#;
        assert_eq!(session.hear(info), Ok(None));
        assert_eq!(send(&mut session, page(&site, 1, 0, 5000), 0), Some(false));
        assert_eq!(
            send(&mut session, page(&site, 2, 5000, 10_000), 5000),
            None,
            "the first is not displayed yet"
        );
        assert_eq!(send(&mut session, page(&site, 3, 10_000, 15_000), 10_000), None);
        let shown = session.hear(r#"{"queued":41}"#).and_then(|_| session.hear(r#"{"displaying":41}"#));
        assert_eq!(shown.unwrap().unwrap().frame, page(&site, 1, 0, 0).moment.shown.id());
        let held = session.release(NOON.plus(11_000)).unwrap();
        assert_eq!(
            held.moment.shown.id(),
            page(&site, 3, 0, 0).moment.shown.id(),
            "only the latest was kept"
        );
        session.sent(&held.moment, NOON.plus(11_000));
        assert!(session.release(NOON.plus(12_000)).is_none());
        assert_eq!(send(&mut session, page(&site, 4, 15_000, 20_000), 15_000), None);
        assert!(session.release(NOON.plus(610_999)).is_none());
        assert!(session.release(NOON.plus(611_000)).is_some(), "after ten minutes it is sent all the same");
    }

    #[test]
    fn what_may_not_be_shown_any_more_is_replaced_at_once() {
        let site = Site::new();
        let mut session = Session { version: 1, ..Session::default() };
        assert_eq!(send(&mut session, page(&site, 1, 0, 5000), 0), Some(false));
        assert_eq!(
            send(&mut session, page(&site, 2, 3000, 8000), 3000),
            Some(true),
            "cut short: an emergency"
        );
        let mut expiring = page(&site, 3, 8000, 9000);
        expiring.moment.valid_until = NOON.plus(9000);
        session.unseen = false;
        assert_eq!(send(&mut session, expiring, 8000), Some(false));
        assert_eq!(send(&mut session, page(&site, 4, 9000, 12_000), 9000), Some(true), "expired");
    }

    #[test]
    fn old_firmware_gets_each_page_when_it_begins_and_its_word_is_taken() {
        let site = Site::new();
        let mut session = Session::default();
        assert_eq!(session.hear(r#"{"status":"displaying","counter":1}"#), Ok(None), "nothing was sent yet");
        for n in 0..20 {
            let since = i64::from(n) * 5000;
            assert_eq!(send(&mut session, page(&site, n, since, since + 5000), since), Some(false));
        }
        let shown = session.hear(r#"{"status":"displaying","counter":977}"#).unwrap().unwrap();
        assert_eq!(shown.frame, page(&site, 19, 0, 0).moment.shown.id());
        assert!(session.pages.len() <= REMEMBERED);
    }

    #[test]
    fn what_was_never_sent_here_is_no_acknowledgement() {
        let site = Site::new();
        let mut session = Session { version: 1, ..Session::default() };
        send(&mut session, page(&site, 1, 0, 5000), 0);
        session.hear(r#"{"queued":7}"#).unwrap();
        for other in ["6", "8", "-1", "9999999999999999999999", "7.5", "\"7\"", "null", "{}"] {
            assert_eq!(session.hear(&format!("{{\"displaying\":{other}}}")), Ok(None), "{other}");
        }
        assert!(session.hear(r#"{"displaying":7}"#).unwrap().is_some());
    }

    #[test]
    fn what_is_not_json_or_too_much_ends_it() {
        let mut session = Session::default();
        for text in ["", "hello", "[1]", "7", "{", &"[".repeat(4000)] {
            assert_eq!(session.hear(text), Err(Refusal::NotJson), "{text}");
        }
        let mut session = Session::default();
        for _ in 0..MAX_MESSAGES {
            assert_eq!(session.hear("{}"), Ok(None));
        }
        assert_eq!(session.hear("{}"), Err(Refusal::Flood));
        assert!(!session.is_gone());
        assert_eq!(session.hear("{}"), Ok(None), "a beat later it may speak again");
        let gone = (0..10).position(|_| session.is_gone());
        assert_eq!(gone, Some(MAX_SILENT_BEATS as usize));
    }

    #[test]
    fn dwells_are_whole_seconds_within_what_boards_take() {
        for (left_ms, secs) in [(-5, 1), (0, 1), (1, 1), (1001, 2), (5000, 5), (i64::MAX, 299)] {
            assert_eq!(dwell_secs(left_ms, MAX_DWELL_SECS), secs);
        }
    }

    /// Whatever a board says, in whatever order: no panic, bounded memory, and only what was sent is shown.
    #[test]
    fn no_conversation_upsets_a_session() {
        let site = Site::new();
        let pages: Vec<_> = (0..60).map(|n| (n, i64::from(n) * 5000)).collect();
        let pages: Vec<_> = pages.iter().map(|(n, at)| page(&site, *n, *at, at + 5000).moment).collect();
        let said = prop_oneof![
            (0i64..12).prop_map(|n| format!("{{\"queued\":{n}}}")),
            (0i64..12).prop_map(|n| format!("{{\"displaying\":{n}}}")),
            any::<i64>().prop_map(|n| format!("{{\"status\":\"displaying\",\"counter\":{n}}}")),
            any::<i64>().prop_map(|n| format!("{{\"client_info\":{{\"protocol_version\":{n}}}}}")),
            Just("page".to_owned()),
            ".{0,40}",
        ];
        proptest!(ProptestConfig::with_cases(96), |(said in prop::collection::vec(said, 0..60))| {
            let mut session = Session::default();
            let mut sent = Vec::new();
            for (n, text) in said.iter().enumerate() {
                let (at, moment) = (n as i64 * 5000, &pages[n]);
                if text == "page" {
                    let encoded = Arc::clone(moment.shown.get(Format::Bmp).unwrap());
                    sent.push(moment.record.frame);
                    send(&mut session, Page { moment: moment.clone(), encoded }, at);
                } else if let Ok(Some(shown)) = session.hear(text) {
                    prop_assert!(sent.contains(&shown.frame));
                }
                if let Some(held) = session.release(NOON.plus(at)) {
                    session.sent(&held.moment, NOON.plus(at));
                }
                prop_assert!(session.pages.len() <= REMEMBERED);
            }
        });
    }
}
