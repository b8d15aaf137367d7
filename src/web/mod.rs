//! What do people see? The dashboard `/`, a page for each screen, and the files these pages need. Pages are
//! made from the catalog's snapshot by pure functions; nothing here changes anything.

mod assets;
mod commissioning;
mod contact;
mod dashboard;
mod html;
mod language;
mod orders;
mod player;
mod preview;
mod shell;
mod times;
pub mod view;
mod words;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use tokio::sync::Semaphore;

use crate::{
    catalog::{Catalog, end_test, want_test},
    http::{Base, Ends, error::Problem},
};
use language::Choice;
use orders::Order;

/// How the server is reached, for the addresses that pages print.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `--public-url`: what stands before every path when somebody asks from outside.
    pub public_url: Option<String>,
    /// The address on which it listens.
    pub listen: SocketAddr,
    /// Whether it listens on loopback only, so that no controller reaches it.
    pub loopback_only: bool,
    /// Where test patterns are noted; `None`: none can be started.
    pub state: Option<PathBuf>,
}

/// Pages drawn at once; more wait. Drawing reads the whole snapshot, and polls must not feel it.
const DRAWN_AT_ONCE: usize = 2;

/// Only our own files, no inline scripts or styles, nothing framed, nothing sent anywhere.
const POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Web {
    catalog: Arc<Catalog>,
    settings: Settings,
    drawing: Arc<Semaphore>,
}

/// `/`, `/screens/{id}` with its player and test pages, and `/assets/{name}`.
pub fn routes(catalog: Arc<Catalog>, settings: Settings) -> Router {
    let web = Web { catalog, settings, drawing: Arc::new(Semaphore::new(DRAWN_AT_ONCE)) };
    Router::new()
        .route("/", get(get_dashboard))
        .route("/screens/{id}", get(get_preview))
        .route("/screens/{id}/player", get(get_player))
        .route("/screens/{id}/test", get(get_test).post(post_test))
        .route("/assets/{name}", get(assets::serve))
        .with_state(Arc::new(web))
}

async fn get_dashboard(
    State(web): State<Arc<Web>>,
    base: Option<Extension<Base>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let choice = choice(query.as_deref(), &headers);
    let rehearsing = web.catalog.rehearsing();
    let drawn = web.draw(move |web| dashboard::page(&view::dashboard(&web.catalog, web.site(base)), choice));
    drawn.await.map_or_else(|problem| refuse(&problem, &headers, rehearsing), |page| html(choice, page))
}

async fn get_preview(
    State(web): State<Arc<Web>>,
    base: Option<Extension<Base>>,
    uri: Uri,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let rehearsing = web.catalog.rehearsing();
    let Ok(Path(id)) = id else {
        return refuse(&Problem::BadPath(uri.path().to_owned()), &headers, rehearsing);
    };
    let choice = choice(query.as_deref(), &headers);
    let drawn = web.draw(move |web| {
        let view = view::preview(&web.catalog, web.site(base), &id)?;
        Ok(preview::page(&view, choice))
    });
    match drawn.await.flatten() {
        Ok(page) => html(choice, page),
        Err(problem) => refuse(&problem, &headers, rehearsing),
    }
}

async fn get_player(
    State(web): State<Arc<Web>>,
    uri: Uri,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let choice = choice(query.as_deref(), &headers);
    let id = id.map(|Path(id)| id).map_err(|_| Problem::BadPath(uri.path().to_owned()));
    let page = id.and_then(|id| {
        let snapshot = web.catalog.snapshot();
        Ok(player::page(&view::find(&snapshot, &id)?.screen, choice))
    });
    match page {
        Ok(page) => html(choice, page),
        Err(problem) => refuse(&problem, &headers, web.catalog.rehearsing()),
    }
}

async fn get_test(
    State(web): State<Arc<Web>>,
    base: Option<Extension<Base>>,
    ends: Option<Extension<Ends>>,
    uri: Uri,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let rehearsing = web.catalog.rehearsing();
    let Ok(Path(id)) = id else {
        return refuse(&Problem::BadPath(uri.path().to_owned()), &headers, rehearsing);
    };
    let choice = choice(query.as_deref(), &headers);
    let ends = ends.map(|Extension(ends)| ends);
    let from_here =
        web.settings.state.is_some() && orders::is_here(web.settings.loopback_only, ends, &headers);
    let drawn = web.draw(move |web| {
        let view = view::screen_test(&web.catalog, web.site(base), &id, from_here)?;
        Ok(commissioning::page(&view, choice))
    });
    match drawn.await.flatten() {
        Ok(page) => {
            let mut page = html(choice, page);
            if from_here {
                // Forms go to us alone, and say from where they come: that is how we know our own.
                let headers = page.headers_mut();
                let policy = POLICY.replace("form-action 'none'", "form-action 'self'");
                headers.insert(
                    header::CONTENT_SECURITY_POLICY,
                    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(POLICY)),
                );
                headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
            }
            page
        }
        Err(problem) => refuse(&problem, &headers, rehearsing),
    }
}

/// Starts or ends a test pattern, for somebody at the server.
async fn post_test(
    State(web): State<Arc<Web>>,
    ends: Option<Extension<Ends>>,
    uri: Uri,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: axum::body::Body,
) -> Response {
    let ends = ends.map(|Extension(ends)| ends);
    let id = id.map(|Path(id)| id).map_err(|_| Problem::BadPath(uri.path().to_owned()));
    let done = match id {
        Ok(id) => web.order(&id, ends, &headers, body).await.map(|()| id),
        Err(problem) => Err(problem),
    };
    match done {
        Ok(id) => {
            let choice = choice(uri.query(), &headers);
            let lang = if choice.lang == crate::diagnostic::Lang::Zh { "zh" } else { "en" };
            let there = shell::path(&["screens", &id, "test"]) + "?lang=" + lang;
            (http::StatusCode::SEE_OTHER, [(header::LOCATION, there)]).into_response()
        }
        Err(problem) => refuse(&problem, &headers, web.catalog.rehearsing()),
    }
}

impl Web {
    /// Does what a form asks for and waits until the screen has it, at most a second.
    async fn order(
        self: &Arc<Self>,
        id: &str,
        ends: Option<Ends>,
        headers: &HeaderMap,
        form: axum::body::Body,
    ) -> Result<(), Problem> {
        if !orders::may_order(self.settings.loopback_only, ends, headers) {
            return Err(Problem::TestNotHere(id.to_owned()));
        }
        let screen = view::find(&self.catalog.snapshot(), id)?.screen.id.clone();
        let state = self.settings.state.clone().ok_or_else(|| Problem::TestNotHere(id.to_owned()))?;
        let form = axum::body::to_bytes(form, orders::MAX_FORM).await;
        let form = form.map_err(|_| Problem::TooLarge(orders::MAX_FORM as u64 + 1))?;
        let order = orders::read(&form, self.catalog.clock().now()).map_err(Problem::NoPattern)?;
        let wanted = match &order {
            Order::Start(test) => Some(*test),
            Order::Stop => None,
        };
        let noted = {
            let screen = screen.clone();
            tokio::task::spawn_blocking(move || match wanted {
                Some(test) => want_test(&state, &screen, &test),
                None => end_test(&state, &screen).map(|_| ()),
            })
        };
        match noted.await {
            Ok(Ok(())) => {}
            Ok(Err(e)) => {
                tracing::warn!("a test pattern could not be noted: {e}");
                return Err(Problem::Broken);
            }
            Err(_) => return Err(Problem::Broken),
        }
        for _ in 0..50 {
            if self.catalog.snapshot().tests.get(&screen).copied() == wanted {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Draws a page off the runtime's threads, a few at a time.
    async fn draw<T: Send + 'static>(
        self: Arc<Self>,
        draw: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = self.drawing.clone().acquire_owned().await.map_err(|_| Problem::Broken)?;
        let drawn = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            draw(&self)
        });
        drawn.await.map_err(|_| {
            tracing::error!("drawing a page panicked");
            Problem::Broken
        })
    }

    /// `base` is how this very connection reaches us; without it, what the settings know.
    fn site(&self, base: Option<Extension<Base>>) -> view::Site {
        let base = base.map(|Extension(Base(base))| base).filter(|base| !base.is_empty());
        view::Site {
            now: self.catalog.clock().now(),
            zone: self.catalog.snapshot().zone.clone(),
            rehearsing: self.catalog.rehearsing(),
            // Behind a proxy with a public address, controllers do reach it.
            loopback_only: self.settings.loopback_only && self.settings.public_url.is_none(),
            base: base.unwrap_or_else(|| self.settings.base()),
        }
    }
}

impl Settings {
    /// What stands before the path in printed addresses. Never taken from a request's `Host`.
    fn base(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None if self.listen.ip().is_unspecified() => format!("http://127.0.0.1:{}", self.listen.port()),
            None => format!("http://{}", self.listen),
        }
    }
}

fn choice(query: Option<&str>, headers: &HeaderMap) -> Choice {
    language::choose(query, headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// Problems are told as http tells them: JSON to programs, a page to browsers.
fn refuse(problem: &Problem, asked: &HeaderMap, rehearsing: bool) -> Response {
    problem.respond(asked, rehearsing).map(axum::body::Body::new)
}

fn html(choice: Choice, page: String) -> Response {
    const HEADERS: [(HeaderName, HeaderValue); 7] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::VARY, HeaderValue::from_static("Accept-Language")),
    ];
    let mut answer = (HEADERS, page).into_response();
    answer.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(choice.lang.tag()));
    answer
}

#[cfg(test)]
mod tests;
