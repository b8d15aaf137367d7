//! The service that a connection calls for each request: polls first, by hand; everything else through the
//! router. Counts answers and tells the connection when one is being made.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Poll, ready},
};

use axum::{
    BoxError, Router, body::HttpBody, extract::Request, middleware, response::Response, routing::get,
};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, StatusCode, Uri,
    header::{CONNECTION, LOCATION},
    request::Parts,
};
use http_body_util::Either;
use tokio::sync::watch;
use tower::Service as _;

use super::{
    Base, Body, Context, Ends, Life, Options,
    address::Origin,
    body, clips,
    counters::{Held, Route},
    error::{MAX_BODY, Problem, honour_lang},
    events, frames,
    limiter::Toll,
    manifest, operations,
    patience::Progress,
    poll::{self, Step},
    protocol,
    query::frame_path,
    screens,
};
use crate::catalog::Catalog;

/// Answers requests of one connection.
#[derive(Clone)]
pub struct Door {
    context: Arc<Context>,
    router: Router,
    ends: Ends,
    progress: Arc<Progress>,
}

impl Door {
    /// A door without a connection, for tests and benchmarks; it never drains.
    pub fn new(catalog: Arc<Catalog>, options: Options, web_routes: Router) -> Self {
        Self::of(Context::new(catalog, options), web_routes)
    }

    pub(super) fn of(context: Arc<Context>, web_routes: Router) -> Self {
        let router = router(&context, web_routes);
        Self { context, router, ends: Ends::default(), progress: Arc::default() }
    }

    /// The door of a connection between `ends`.
    pub(super) fn for_connection(&self, ends: Ends) -> Self {
        Self { ends, progress: Arc::default(), ..self.clone() }
    }

    pub(super) fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    pub(super) fn hold_connection(&self) -> Held<'_> {
        self.context.counters.hold_connection()
    }

    pub(super) fn life(&self) -> watch::Receiver<Life> {
        self.context.life.subscribe()
    }

    /// Sends away who waits, as at shutdown.
    #[cfg(test)]
    pub(super) fn drain(&self) {
        self.context.life.send_replace(Life::Draining);
    }

    /// Tells those who follow that some seconds have passed.
    #[cfg(test)]
    pub(super) fn beat(&self) {
        self.context.beat.send_modify(|n| *n += 1);
    }

    /// Takes every place of those who follow.
    #[cfg(test)]
    pub(super) fn take_followers(&self) -> tokio::sync::OwnedSemaphorePermit {
        let all = super::follow::MAX_FOLLOWERS as u32;
        Arc::clone(&self.context.followers).try_acquire_many_owned(all).unwrap()
    }

    /// Answers one request.
    pub fn call<B>(&self, request: http::Request<B>) -> Answering
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.progress.asked();
        let body_bytes = request.body().size_hint().lower();
        let unbounded = !request.body().is_end_stream() && request.body().size_hint().exact().is_none();
        let (mut asked, sent) = request.into_parts();
        let rehearsing = self.context.catalog.rehearsing();
        let origin = Origin::of(self.ends.peer.map(|peer| peer.ip()), &asked.headers);
        if let Some(seconds) = self.too_many(origin, &asked) {
            let response = Problem::TooMany(seconds).brief();
            self.context.counters.count(route_of(asked.uri.path()), response.status());
            self.progress.answered();
            return Answering(State::Now(Some(response)));
        }
        honour_lang(asked.uri.query(), &mut asked.headers);
        let step = if unbounded && asked.method != http::Method::POST {
            // Nobody sends pieces with a question unless to hide a second one in them.
            let mut response = Problem::BadBody.respond(&asked.headers, rehearsing);
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            Some((Route::Frame, Step::Now(response)))
        } else if body_bytes > MAX_BODY {
            let refused = Problem::TooLarge(body_bytes).respond(&asked.headers, rehearsing);
            Some((Route::Frame, Step::Now(refused)))
        } else {
            let frame = poll::poll(&self.context, origin, &mut asked);
            let frame = frame.map(|step| (Route::Frame, step));
            frame.or_else(|| Some((Route::Clip, clips::poll(&self.context, origin, &mut asked)?)))
        };
        match step {
            Some((route, Step::Now(response))) => {
                self.context.counters.count(route, response.status());
                self.progress.answered();
                Answering(State::Now(Some(response)))
            }
            Some((route, Step::Later(answer))) => self.later(route, answer),
            None => {
                let route = route_of(asked.uri.path());
                asked
                    .extensions
                    .insert(Base::of(self.context.options.public_url.as_deref(), self.ends.local));
                asked.extensions.insert(origin);
                asked.extensions.insert(Arc::clone(&self.progress));
                asked.extensions.insert(self.ends);
                let request = Request::from_parts(asked, axum::body::Body::new(sent));
                let answer = self.router.clone().call(request);
                self.later(
                    route,
                    Box::pin(async move {
                        match answer.await {
                            Ok(response) => response.map(Either::Right),
                            Err(never) => match never {},
                        }
                    }),
                )
            }
        }
    }

    /// For how many seconds to wait, if this address asks too often. Programs on this computer may ask as they
    /// like: it is its administrator who runs them.
    fn too_many(&self, Origin(who): Origin, asked: &Parts) -> Option<u32> {
        let who = who.filter(|who| !who.is_loopback())?;
        let toll = Toll::of(asked.uri.path(), &asked.headers);
        self.context.limiter.admit(who, toll, self.context.catalog.clock().now()).err()
    }

    fn later(&self, route: Route, answer: Pin<Box<dyn Future<Output = Response<Body>> + Send>>) -> Answering {
        let end = End { context: Arc::clone(&self.context), progress: Arc::clone(&self.progress), route };
        Answering(State::Later { answer, end })
    }
}

impl<B> hyper::service::Service<http::Request<B>> for Door
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: http::Request<B>) -> Answering {
        Door::call(self, request)
    }
}

/// An answer that is there, or on its way.
pub struct Answering(State);

enum State {
    Now(Option<Response<Body>>),
    Later { answer: Pin<Box<dyn Future<Output = Response<Body>> + Send>>, end: End },
}

/// What remains to be done when an answer has been made.
struct End {
    context: Arc<Context>,
    progress: Arc<Progress>,
    route: Route,
}

impl Future for Answering {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Now(response) => {
                // A future is polled once after it is ready only by mistake; then this is an empty answer.
                Poll::Ready(Ok(response.take().unwrap_or_else(|| Response::new(body(Bytes::new())))))
            }
            State::Later { answer, end } => {
                let response = ready!(answer.as_mut().poll(cx));
                end.context.counters.count(end.route, response.status());
                end.progress.answered();
                Poll::Ready(Ok(response))
            }
        }
    }
}

/// What is counted together.
fn route_of(path: &str) -> Route {
    match path {
        "/screens" => Route::Screens,
        "/healthz" | "/readyz" | "/metrics" => Route::Operations,
        _ if frame_path(path).is_some() => Route::Frame,
        _ if path.starts_with("/frames/") => Route::Frames,
        _ if path.ends_with("/manifest.json") => Route::Manifest,
        _ if path.starts_with("/screens/") && path.ends_with("/events") => Route::Events,
        _ if path.starts_with("/api/") || path.ends_with("/next") || path.ends_with("/ws") => Route::Protocol,
        _ => Route::Pages,
    }
}

/// Everything that is not a poll.
fn router(context: &Arc<Context>, web_routes: Router) -> Router {
    let rehearsing = context.catalog.rehearsing();
    Router::new()
        .route("/screens", get(screens::screens))
        .route("/screens/{id}/manifest.json", get(manifest::manifest))
        .route("/screens/{id}/events", get(events::events))
        .route("/frames/{file}", get(frames::frame))
        .route("/healthz", get(operations::healthz))
        .route("/readyz", get(operations::readyz))
        .route("/metrics", get(operations::metrics))
        .merge(protocol::routes())
        .with_state(Arc::clone(context))
        .merge(web_routes)
        .fallback(async move |uri: Uri, headers: HeaderMap| nothing_there(&uri, &headers, rehearsing))
        .layer(middleware::from_fn(move |request, next| wrong_method(request, next, rehearsing)))
}

fn nothing_there(uri: &Uri, headers: &HeaderMap, rehearsing: bool) -> Response {
    if let Some(there) = without_slash(uri) {
        let mut response = Response::new(axum::body::Body::empty());
        *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
        response.headers_mut().insert(LOCATION, there);
        return response;
    }
    Problem::NoPage(uri.path().to_owned()).respond(headers, rehearsing).map(axum::body::Body::new)
}

/// Where `/screens/` and `/screens/{id}/` are: the same address without the slash at its end.
fn without_slash(uri: &Uri) -> Option<HeaderValue> {
    let path = uri.path().strip_suffix('/')?;
    let id = path.strip_prefix("/screens")?;
    if !(id.is_empty() || id.len() > 1 && id.rfind('/') == Some(0)) {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    HeaderValue::from_str(&format!("{path}{query}")).ok()
}

/// Says in words what the router says with a bare 405.
async fn wrong_method(request: Request, next: middleware::Next, rehearsing: bool) -> Response {
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let allowed = match request.uri().path() {
        path if path.starts_with("/api/log") => "POST",
        path if path.ends_with("/test") => "GET, HEAD, POST",
        _ => "GET, HEAD",
    };
    let response = next.run(request).await;
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    Problem::Method(method.to_string(), allowed).respond(&headers, rehearsing).map(axum::body::Body::new)
}

#[cfg(test)]
mod tests {
    use crate::http::testing::{Site, header, text_of};

    #[tokio::test]
    async fn a_slash_too_many_is_taken_off() {
        let site = Site::new();
        for (asked, there) in [
            ("/screens/", "/screens"),
            ("/screens/gate/", "/screens/gate"),
            ("/screens/gate/?lang=en", "/screens/gate?lang=en"),
        ] {
            let response = site.get(asked).await;
            assert_eq!((response.status().as_u16(), header(response.headers(), "location")), (308, there));
        }
        for nothing in ["/", "/screens//", "/screens/gate//", "//screens/", "/screensgate/", "/frames/"] {
            assert_eq!(site.get(nothing).await.status(), 404, "{nothing}");
        }
    }

    #[tokio::test]
    async fn a_controller_gone_wild_gets_429_and_its_neighbours_notice_nothing() {
        let mut site = Site::new();
        site.stage(&[(1, 60)]);
        site.come_from("10.0.0.66");
        let mut statuses = [0; 2];
        for n in 0..1000 {
            let response = site.get("/screens/gate/frame.bmp").await;
            let refused = response.status() == 429;
            statuses[usize::from(refused)] += 1;
            if refused {
                assert_eq!(header(response.headers(), "retry-after"), "1");
                assert_eq!(text_of(response), "too many requests\n");
            }
            if n % 100 == 0 {
                site.come_from("10.0.0.7");
                assert_eq!(site.get("/screens/gate/frame.bmp").await.status(), 200);
                site.come_from("10.0.0.66");
                assert_eq!(site.get("/screens/%E5%A4%A7%E9%97%A8/frame.bmp").await.status(), 200);
            }
            site.clock.advance(1);
        }
        assert_eq!(statuses, [159, 841]);
        site.clock.advance(1000);
        assert_eq!(site.get("/screens/gate/frame.bmp").await.status(), 200, "calm again");
        site.come_from("127.0.0.1");
        for _ in 0..1000 {
            assert_eq!(site.get("/screens/gate/frame.bmp").await.status(), 200, "this computer's own");
        }
        let metrics = text_of(site.get("/metrics").await);
        assert!(metrics.contains("{route=\"frame\",status=\"429\"} 841\n"), "{metrics}");
    }

    #[tokio::test]
    async fn it_is_noted_who_asked_and_what_was_sent_but_not_who_looks_on() {
        let mut site = Site::new();
        site.stage(&[(1, 8), (2, 8)]);
        site.come_from("10.0.0.7");
        let contact = || site.screen("gate");
        let asked = |path: &'static str| site.ask("GET", path, &[("user-agent", "card/2")]);
        asked("/screens/gate/frame.bmp?preview").await;
        site.ask("HEAD", "/screens/gate/frame.bmp", &[]).await;
        assert_eq!(contact().stage.contact().asked_at(), None);
        asked("/screens/gate/frame.bmp").await;
        let caller = contact().stage.contact().caller().unwrap();
        assert_eq!((caller.address.unwrap().to_string(), &*caller.agent), ("10.0.0.7".into(), "card/2"));
        let sent = contact().stage.contact().sent().unwrap();
        assert_eq!(sent.notice.as_ref().unwrap().to_string(), "bureau/01-招生公告.md");
        site.clock.advance(9000);
        asked("/screens/gate/frame.bmp").await;
        assert_ne!(contact().stage.contact().sent().unwrap().frame, sent.frame);
        assert_eq!(contact().stage.contact().counts().1, 0);
        asked("/screens/%E4%B8%89%E5%B0%8F/frame.bmp").await;
        asked("/screens/%E4%B8%89%E5%B0%8F/manifest.json").await;
        let strangers = site.catalog.strangers().list(|_| false);
        assert_eq!((strangers[0].id.as_str(), strangers[0].count), ("三小", 2));
    }

    #[tokio::test]
    async fn the_language_in_the_address_decides() {
        let site = Site::new();
        let browser = [("accept", "text/html"), ("accept-language", "zh-CN")];
        for path in ["/nowhere?lang=en", "/screens/nowhere/frame.bmp?lang=en"] {
            let page = text_of(site.ask("GET", path, &browser).await);
            assert!(page.contains("lang=\"en\"") && page.contains("there is no"), "{page}");
        }
        assert!(text_of(site.ask("GET", "/nowhere", &browser).await).contains("明屏"));
    }
}
