//! What moves on this screen now? `GET /screens/{id}/clip.{gif,png,webp}`. As a frame's poll: in the steady state the
//! bytes are there. Whoever asks for a clip will ask for the next one; that is encoded meanwhile.

use std::{mem, sync::Arc};

use http::{HeaderMap, Method, request::Parts};
use percent_encoding::percent_decode_str;

use super::{
    Context,
    access::Key,
    address::Origin,
    conditional,
    error::Problem,
    poll::{Step, agent, respond, screen_of, told},
    query::{Query, decode, screen_file},
};
use crate::{
    catalog::{Encoded, Moment, ScreenState, StagedClip, moment_at},
    frame::ClipFormat,
    time::UtcMillis,
};

/// Answers `asked` if its path is that of a clip. Its headers are taken.
pub(super) fn poll(context: &Arc<Context>, origin: Origin, asked: &mut Parts) -> Option<Step> {
    let (id, ext) = screen_file(asked.uri.path(), "clip.")?;
    let step = answer(context, origin, &asked.method, asked.uri.query(), (id, ext), &mut asked.headers);
    Some(told(step, context, origin, &mut asked.headers))
}

fn answer(
    context: &Arc<Context>,
    origin: Origin,
    method: &Method,
    query: Option<&str>,
    (id, ext): (&str, &str),
    headers: &mut HeaderMap,
) -> Result<Step, Problem> {
    if method != Method::GET && method != Method::HEAD {
        return Err(Problem::Method(method.to_string(), "GET, HEAD"));
    }
    let read = query.map_or(Ok(Query::default()), Query::read)?;
    let id = decode(id)?;
    let unknown = || Problem::UnknownClip(percent_decode_str(ext).decode_utf8_lossy().into_owned());
    let format = ClipFormat::parse(ext).ok_or_else(unknown)?;
    let snapshot = context.catalog.snapshot();
    let screen = screen_of(&snapshot, &id)?;
    Key::of(headers, query).admit(&snapshot, screen)?;
    if screen.screen.profile.clip.is_none() {
        return Err(Problem::PagesOnly(screen.screen.id.to_string()));
    }
    let now = context.catalog.clock().now();
    let noted = method == Method::GET && !read.is_preview;
    if noted {
        screen.stage.contact().note_asked(now, origin.0, agent(headers));
    }
    let clips = screen.stage.clips();
    let moment = moment_at(&clips, now);
    let next = moment.and_then(|moment| moment_at(&clips, moment.until));
    if let Some(next) = next.filter(|next| next.shown.claim(format)) {
        prompt(Arc::clone(context), Arc::clone(&next.shown), format);
    }
    if let Some(moment) = moment
        && let Some(encoded) = moment.shown.get(format)
    {
        let not_modified = conditional::not_modified(headers, &encoded.etag, None, now);
        if noted {
            let bytes = if not_modified { 0 } else { encoded.body.len() };
            screen.stage.contact().note_sent(now, moment, bytes);
        }
        return Ok(Step::Now(respond(moment, encoded, not_modified, mem::take(headers), now)));
    }
    let (context, screen, asked) = (Arc::clone(context), Arc::clone(screen), mem::take(headers));
    Ok(Step::Later(Box::pin(async move {
        match make(&context, Arc::clone(&screen), format, now).await {
            Ok((moment, encoded)) => {
                let not_modified = conditional::not_modified(&asked, &encoded.etag, None, now);
                if noted {
                    let bytes = if not_modified { 0 } else { encoded.body.len() };
                    screen.stage.contact().note_sent(now, &moment, bytes);
                }
                respond(&moment, &encoded, not_modified, asked, now)
            }
            Err(problem) => problem.respond(&asked, context.catalog.rehearsing()),
        }
    })))
}

/// Encodes the clip that comes next, while nobody waits for it.
fn prompt(context: Arc<Context>, clip: Arc<StagedClip>, format: ClipFormat) {
    tokio::spawn(async move {
        let of = Arc::clone(&context);
        // What fails here fails again for whoever asks, and is told then.
        let _ = context
            .heavy(move || {
                clip.encode(format, of.catalog.fonts());
            })
            .await;
    });
}

/// What shows at `now` and its bytes; made off the runtime.
async fn make(
    context: &Arc<Context>,
    screen: Arc<ScreenState>,
    format: ClipFormat,
    now: UtcMillis,
) -> Result<(Moment<StagedClip>, Arc<Encoded>), Problem> {
    let snapshot = Arc::clone(&context.catalog.snapshot());
    screen.stage.note_miss();
    let of = Arc::clone(context);
    let work = move || {
        let staged = moment_at(&screen.stage.clips(), now).cloned();
        let moment = staged.or_else(|| of.clip_fallbacks.clip(&of.catalog, &snapshot, &screen, now))?;
        let encoded = Arc::clone(moment.shown.encode(format, of.catalog.fonts())?);
        Some((moment, encoded))
    };
    context.heavy(work).await?.ok_or(Problem::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        color::ColorScheme,
        http::testing::{Kind, NOON, Site, bytes_of, clock_fault, frame, header, text_of},
        notice::NoticeId,
        screen::{ClipLimits, TokenRule},
    };

    const GIF: &str = "/screens/gate/clip.gif";

    /// A site whose `gate` plays clips, and `still`, which does not.
    fn site() -> Site {
        let gate = Kind { clip: Some(ClipLimits::default()), ..Kind::new("gate", ColorScheme::Red) };
        Site::of(vec![gate, Kind::new("still", ColorScheme::Red)], |_| {})
    }

    /// Stages clips of one frame on `gate`: its number, and seconds.
    fn stage(site: &Site, clips: &[(u32, i64)]) -> Vec<Arc<StagedClip>> {
        let screen = site.screen("gate");
        let mut since = site.now();
        let mut moments = Vec::new();
        for (n, seconds) in clips {
            let page = frame(ColorScheme::Red, screen.screen.profile.face, *n);
            let clip = Arc::new(StagedClip::of_card(page, ClipLimits::default()));
            let until = since.plus(seconds * 1000);
            let notice = NoticeId::new("bureau", "01-招生公告.md");
            moments.push(Moment::new(since, until, until.plus(60_000), clip, 80, Some(&notice)));
            since = until;
        }
        let shown = moments.iter().map(|moment| moment.shown.clone()).collect();
        screen.stage.set_clips(moments);
        shown
    }

    #[tokio::test]
    async fn a_clip_comes_with_all_that_a_controller_needs() {
        let site = site();
        stage(&site, &[(1, 45), (2, 45)]);
        site.clock.advance(3000);
        let response = site.get(GIF).await;
        assert_eq!(response.status(), 200);
        let headers = response.headers().clone();
        let gif = bytes_of(response);
        assert_eq!(&gif[..6], b"GIF89a");
        let etag = format!("\"{}\"", crate::digest::Digest::of(&gif).short_hex());
        for (name, value) in [
            ("content-type", "image/gif"),
            ("content-length", &*gif.len().to_string()),
            ("etag", &etag),
            ("cache-control", "no-cache, no-transform"),
            ("last-modified", "Mon, 23 Nov 2026 04:00:00 GMT"),
            ("mingping-dwell-ms", "42000"),
            ("mingping-valid-until", "2026-11-23T04:01:45Z"),
            ("mingping-brightness", "80"),
            ("mingping-notice", "bureau/01-%E6%8B%9B%E7%94%9F%E5%85%AC%E5%91%8A.md"),
        ] {
            assert_eq!(header(&headers, name), value, "{name}");
        }
        assert!(header(&headers, "content-digest").starts_with("sha-256=:"));
        for method in ["GET", "HEAD"] {
            let again = site.ask(method, GIF, &[("if-none-match", &etag)]).await;
            assert_eq!(again.status(), 304);
            assert_eq!(header(again.headers(), "mingping-dwell-ms"), "42000");
            assert!(bytes_of(again).is_empty());
        }
        let dated = [("if-modified-since", "Mon, 23 Nov 2026 04:00:01 GMT")];
        assert_eq!(site.ask("GET", GIF, &dated).await.status(), 200, "a second does not tell clips apart");
        site.clock.advance(42_000);
        assert_ne!(header(site.get(GIF).await.headers(), "etag"), etag, "the next clip");
        for (ext, magic) in [("png", &b"\x89PNG"[..]), ("webp", b"RIFF")] {
            let response = site.get(&format!("/screens/gate/clip.{ext}")).await;
            assert_eq!(header(response.headers(), "content-type"), format!("image/{ext}"));
            assert!(bytes_of(response).starts_with(magic));
        }
        let metrics = text_of(site.get("/metrics").await);
        assert!(metrics.contains("route=\"clip\""), "{metrics}");
    }

    #[tokio::test]
    async fn who_plays_a_clip_finds_the_next_one_ready() {
        let site = site();
        let clips = stage(&site, &[(1, 45), (2, 45), (3, 45)]);
        let misses = || site.screen("gate").stage.misses();
        assert_eq!(site.get(GIF).await.status(), 200);
        assert_eq!(misses(), 1, "nobody knew that clips would be asked for");
        while clips[1].get(ClipFormat::Gif).is_none() {
            tokio::task::yield_now().await;
        }
        assert!(clips[1].get(ClipFormat::Png).is_none(), "only in the format that was asked for");
        assert!(clips[2].get(ClipFormat::Gif).is_none(), "and not more than is needed");
        site.clock.advance(45_000);
        let first = bytes_of(site.get(GIF).await);
        let second = bytes_of(site.get(GIF).await);
        assert_eq!(first.as_ptr(), second.as_ptr(), "the same bytes, not a copy");
        assert_eq!(misses(), 1);
    }

    #[tokio::test]
    async fn a_crowd_causes_the_work_of_one() {
        let site = site();
        stage(&site, &[(1, 45)]);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let door = site.door.clone();
            tasks.spawn(async move {
                let request = http::Request::get(GIF).body(http_body_util::Empty::<bytes::Bytes>::new());
                bytes_of(door.call(request.unwrap()).await.unwrap())
            });
        }
        let bodies = tasks.join_all().await;
        assert!(bodies.iter().all(|body| body.as_ptr() == bodies[0].as_ptr()), "one clip for all");
    }

    #[tokio::test]
    async fn what_cannot_be_had_says_why() {
        let locked = Kind {
            clip: Some(ClipLimits::default()),
            token: TokenRule::Required,
            ..Kind::new("office", ColorScheme::Rgb)
        };
        let site = Site::of(vec![Kind::new("still", ColorScheme::Red), locked], |_| {});
        for (method, path, status, code, says) in [
            ("GET", "/screens/still/clip.gif", 406, "pages_only", "motion: clip"),
            ("GET", "/screens/still/clip.mp4", 404, "unknown_format", "gif png webp"),
            ("GET", "/screens/nowhere/clip.gif", 404, "unknown_screen", "still"),
            ("GET", "/screens/office/clip.gif", 401, "token_needed", "token"),
            ("GET", "/screens/still/clip.gif?size=8x8", 400, "size_is_fixed", "size"),
            ("POST", "/screens/still/clip.gif", 405, "method_not_allowed", "GET"),
        ] {
            let response = site.ask(method, path, &[]).await;
            assert_eq!(response.status(), status, "{method} {path}");
            let text = text_of(response);
            assert!(text.contains(code) && text.contains(says), "{path}: {text}");
        }
        site.give_token("office", "sesame");
        assert_eq!(site.get("/screens/office/clip.gif?key=sesame").await.status(), 200);
        assert_eq!(site.get("/screens/office/clip.gif?key=other").await.status(), 401);
        assert!(site.screen("office").stage.contact().sent().is_some(), "a clip is noted as a page is");
        let site = Site::of(Vec::new(), |snapshot| snapshot.ready = false);
        assert_eq!(site.get(GIF).await.status(), 503);
    }

    /// The pixels of a clip of one frame, as red, green and blue.
    async fn only_frame(site: &Site) -> Vec<u8> {
        let response = site.get("/screens/gate/clip.png").await;
        assert_eq!(response.status(), 200);
        assert!(!response.headers().contains_key("mingping-notice"));
        image::load_from_memory(&bytes_of(response)).unwrap().to_rgb8().into_raw()
    }

    #[tokio::test]
    async fn with_nothing_on_air_or_a_late_stage_there_is_the_idle_frame() {
        let idle = |site: &Site| {
            let png = crate::frame::encode(&site.screen("gate").idle, crate::frame::Format::Png).unwrap();
            image::load_from_memory(&png).unwrap().to_rgb8().into_raw()
        };
        let late = site();
        assert_eq!(only_frame(&late).await, idle(&late), "nothing is staged");
        stage(&late, &[(1, 5)]);
        late.clock.advance(5000);
        assert_eq!(only_frame(&late).await, idle(&late), "what was staged is over");
        let gate = Kind { clip: Some(ClipLimits::default()), ..Kind::new("gate", ColorScheme::Red) };
        let lying = Site::of(vec![gate], |snapshot| snapshot.clock_fault = Some(clock_fault()));
        assert_eq!(only_frame(&lying).await, idle(&lying));
        let hours = crate::time::Hours::parse("22:00-23:00").unwrap();
        let gate = Kind { clip: Some(ClipLimits::default()), hours, ..Kind::new("gate", ColorScheme::Red) };
        let closed = Site::of(vec![gate], |_| {});
        assert!(only_frame(&closed).await.iter().all(|byte| *byte == 0), "black outside its hours");
        assert_eq!(closed.now(), NOON);
    }
}
