//! TRMNL, as its e-paper panels and its Linux client speak it: `GET /api/setup` introduces a device, `GET
//! /api/display` tells it where the picture is and when to ask again, `POST /api/log` takes what it has to say.
//! A device is known by its MAC address (`mac` in `screens.yaml`), by its screen's id, or by its token.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT},
};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;
use tokio::time::timeout;

use super::{Asked, Device, speaks};
use crate::{
    catalog::{Encoded, Moment, ScreenState, Snapshot},
    diagnostic::Lang,
    digest::Digest,
    frame::{Format, FrameId},
    geometry::Size,
    http::{
        Context,
        access::Key,
        address::path_segment,
        error::{MAX_BODY, Problem},
        follow::Page,
        frames,
        query::unknown_format,
    },
    screen::{Mac, Protocol},
    time::UtcMillis,
};

/// The largest BMP that a panel takes, bytes; what is larger is sent as PNG.
const MAX_BMP: u64 = 90_000;
/// Hex digits of the file's digest in its name; a name may have 31 characters.
const NAME_DIGITS: usize = 24;
/// However long a page stays, a device asks again after this, seconds: it is to hear of emergencies.
const MAX_REFRESH_SECS: i64 = 60;
/// Seconds after which to ask again when there is nothing to show yet.
const NOT_READY_SECS: i64 = 30;
/// For a device to send its log.
const BODY: Duration = Duration::from_secs(10);

const ID: HeaderName = HeaderName::from_static("id");

pub(super) fn routes() -> Router<Arc<Context>> {
    Router::new()
        .route("/api/setup", get(setup))
        .route("/api/setup/", get(setup))
        .route("/api/display", get(display))
        .route("/api/display/", get(display))
        .route("/api/log", post(log))
        .route("/api/log/", post(log))
        .route("/api/image/{screen}/{pass}/{file}", get(image))
}

async fn setup(State(context): State<Arc<Context>>, asked: Asked) -> Response {
    let made = async {
        let device = introduce(&context, &asked)?;
        let page = context.page(&device, usize::MAX).await?;
        let (id, digest) = (&device.poll.id, Digest::of(device.poll.id.as_bytes()).to_string());
        Ok(json!({
            "status": 200,
            // No secret: what opens a locked screen is issued by its owner, and cannot be asked for.
            "api_key": &digest[..22],
            "friendly_id": digest[22..28].to_uppercase(),
            "image_url": image_url(&context, &asked, id, &page, device.poll.variant.format()),
            "filename": filename(&page, device.poll.variant.format()),
            "message": device.screen.screen.name,
        }))
    };
    tell(made.await)
}

async fn display(State(context): State<Arc<Context>>, asked: Asked) -> Response {
    let made = async {
        let device = introduce(&context, &asked)?;
        let page = context.page(&device, usize::MAX).await?;
        let poll_secs = i64::from(device.screen.screen.poll_ms.div_ceil(1000));
        let left_secs = page.moment.until.since(context.catalog.clock().now()).div_euclid(1000) + 1;
        let image_url = image_url(&context, &asked, &device.poll.id, &page, device.poll.variant.format());
        let refresh_rate = left_secs.clamp(poll_secs, MAX_REFRESH_SECS.max(poll_secs));
        Ok(shown(0, Some((image_url, filename(&page, device.poll.variant.format()))), refresh_rate))
    };
    tell(made.await)
}

/// The answer of `display`.
fn shown(status: u16, picture: Option<(String, String)>, refresh_rate: i64) -> Value {
    let (image_url, filename) = picture.unzip();
    json!({
        "status": status,
        "image_url": image_url,
        "image_url_timeout": 0,
        "filename": filename,
        "refresh_rate": refresh_rate,
        "update_firmware": false,
        "firmware_url": null,
        "reset_firmware": false,
        "special_function": "none",
    })
}

async fn log(State(context): State<Arc<Context>>, asked: Asked, body: Body) -> Response {
    let taken = async {
        let device = introduce(&context, &asked)?;
        let body = timeout(BODY, axum::body::to_bytes(body, MAX_BODY as usize)).await;
        let body = body.map_err(|_| Problem::BadBody)?.map_err(|_| Problem::TooLarge(MAX_BODY + 1))?;
        let Ok(Value::Object(said)) = serde_json::from_slice(&body) else { return Err(Problem::BadBody) };
        let lines = said.get("logs").and_then(Value::as_array).map_or(0, Vec::len);
        tracing::debug!(screen = %device.screen.screen.id, lines, "a device sent its log");
        Ok(())
    };
    match taken.await {
        Ok(()) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Err(problem) => asked.refuse(&context, &problem),
    }
}

/// The picture by the address that `display` gave: it holds no token, and nobody can guess it.
async fn image(
    State(context): State<Arc<Context>>,
    Path((screen, pass, file)): Path<(String, String, String)>,
    asked: Asked,
) -> Response {
    let found = async {
        let (name, ext) = file.split_once('.').ok_or_else(|| Problem::FrameNever(file.clone()))?;
        let format = Format::parse(ext).ok_or_else(|| unknown_format(ext))?;
        let frame = FrameId::parse(name).ok_or_else(|| Problem::FrameNever(name.to_owned()))?;
        let good: bool = pass_of(&context, &screen, frame).as_bytes().ct_eq(pass.as_bytes()).into();
        if !good {
            return Err(Problem::FrameNever(name.to_owned()));
        }
        let (now, name, of) = (context.catalog.clock().now(), name.to_owned(), Arc::clone(&context));
        let find = move || {
            let snapshot = of.catalog.snapshot();
            let screen_state = snapshot.screens.get(&*screen);
            if let Some(found) = screen_state.and_then(|state| staged(state, frame, format, now)) {
                return Ok(found);
            }
            let may_see = |_: &Snapshot, state: &ScreenState| state.screen.id.as_str() == screen;
            frames::encode(&of.catalog.find_frame(frame, now, &may_see), (format, ""), now, name, Key::NONE)
        };
        context.heavy(find).await?
    };
    match found.await {
        Ok((encoded, left_ms)) => frames::respond(&encoded, left_ms, &asked.headers),
        Err(problem) => asked.refuse(&context, &problem),
    }
}

/// The frame as it lies on the stage, and for how many milliseconds it may be shown; only if it began.
fn staged(
    state: &ScreenState,
    frame: FrameId,
    format: Format,
    now: UtcMillis,
) -> Option<(Arc<Encoded>, i64)> {
    let moments = state.stage.moments();
    let began = |moment: &&Moment| moment.since <= now && now < moment.valid_until;
    let moment = moments.iter().filter(began).find(|moment| moment.shown.id() == frame)?;
    Some((moment.shown.encode(format)?, moment.valid_until.since(now)))
}

fn image_url(context: &Context, asked: &Asked, screen: &str, page: &Page, format: Format) -> String {
    let frame = page.moment.shown.id();
    let pass = pass_of(context, screen, frame);
    format!("{}/api/image/{}/{pass}/{frame}.{}", asked.base.0, path_segment(screen), format.ext())
}

/// Lets whoever knows it fetch `frame` of `screen`, as long as the frame may be had and this server runs.
fn pass_of(context: &Context, screen: &str, frame: FrameId) -> String {
    Digest::of_parts(&[&context.secret.0, screen.as_bytes(), &frame.0]).short_hex()
}

/// The client's cache key: it changes with the bytes.
fn filename(page: &Page, format: Format) -> String {
    format!("{}.{}", &page.encoded.sha256[..NAME_DIGITS], format.ext())
}

/// The device that asks.
fn introduce(context: &Context, asked: &Asked) -> Result<Device, Problem> {
    let snapshot = context.catalog.snapshot();
    let said = asked.headers.get(ID).and_then(|id| id.to_str().ok()).unwrap_or_default().trim();
    let mac = Mac::parse(said);
    let by_mac = mac.and_then(|mac| {
        let mut screens = snapshot.screens.values();
        screens
            .find(|state| state.screen.controller.mac == Some(mac))
            .map(|state| state.screen.id.to_string())
    });
    let id = by_mac
        .or_else(|| snapshot.screens.contains_key(said).then(|| said.to_owned()))
        .or_else(|| asked.key.screen(&snapshot).map(ToOwned::to_owned));
    let Some(id) = id else {
        if snapshot.ready
            && (context.options.protocols.contains(Protocol::Trmnl) || speaks(&snapshot, Protocol::Trmnl))
        {
            let id = mac.map_or_else(|| said.to_owned(), Mac::digits);
            let stranger = context.stranger(Protocol::Trmnl, &id, &called(asked)).map(|mut stranger| {
                stranger.mac = mac.map(|mac| mac.to_string().into());
                stranger.size = size(&asked.headers);
                stranger
            });
            context.catalog.strangers().note(stranger);
        }
        return Err(if snapshot.ready {
            Problem::UnknownScreen(said.to_owned(), Vec::new())
        } else {
            Problem::NotReady
        });
    };
    let format = snapshot.screens.get(&*id).map_or(Format::Png, |state| format_for(state));
    context.device(Protocol::Trmnl, &id, format, &called(asked))
}

/// The request with what the device calls itself where others look for it.
fn called(asked: &Asked) -> Asked {
    let text = |name: &str| asked.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = ["model", "fw-version"].map(text).join(" ");
    let mut headers = asked.headers.clone();
    if let (false, Ok(name)) = (name.trim().is_empty(), HeaderValue::from_str(&format!("TRMNL {name}"))) {
        headers.insert(USER_AGENT, name);
    }
    Asked { origin: asked.origin, base: asked.base.clone(), key: asked.key, headers }
}

/// The face that the device says it has.
fn size(headers: &HeaderMap) -> Option<Size> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u32>().ok();
    Size::parse(&format!("{}x{}", number("width")?, number("height")?))
}

/// BMP at one bit where the panel takes it, else PNG.
fn format_for(state: &ScreenState) -> Format {
    let profile = &state.screen.profile;
    let row_bytes = u64::from(profile.face.width).div_ceil(32) * 4;
    let bytes = 62 + row_bytes * u64::from(profile.face.height);
    if profile.scheme.planes() == Some(1) && bytes <= MAX_BMP { Format::Bmp } else { Format::Png }
}

/// JSON to the device. Its own `status` is never 500, whatever happens here: that would make the device forget
/// its key.
fn tell(made: Result<Value, Problem>) -> Response {
    let (status, json) = match made {
        Ok(json) => (StatusCode::OK, json),
        Err(Problem::NotReady | Problem::Broken | Problem::Busy) => {
            (StatusCode::OK, shown(202, None, NOT_READY_SECS))
        }
        Err(problem) => {
            let status = problem.status();
            let (message, hint) = problem.words(Lang::En);
            (
                status,
                json!({"status": status.as_u16(), "error": problem.code(), "message": message, "hint": hint}),
            )
        }
    };
    let body = json.to_string();
    let mut response = Response::new(Body::from(body.clone()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
