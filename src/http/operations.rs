//! Is the server well? `/healthz` (the process answers), `/readyz` (frames can be vouched for) and `/metrics`
//! in Prometheus' text format.

use std::{fmt::Write as _, sync::Arc};

use axum::{extract::State, response::Response};
use http::{
    HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};

use super::Context;
use crate::{
    catalog::{Snapshot, Status},
    diagnostic::{Lang, Msg, printable},
};

fn text(status: StatusCode, text: String, content_type: &'static str) -> Response {
    let mut response = Response::new(axum::body::Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

const PLAIN: &str = "text/plain; charset=utf-8";

pub(super) async fn healthz() -> Response {
    text(StatusCode::OK, "ok\n".to_owned(), PLAIN)
}

pub(super) async fn readyz(State(context): State<Arc<Context>>) -> Response {
    let reasons = unready(&context.catalog.snapshot());
    if reasons.is_empty() {
        return text(StatusCode::OK, "ready\n".to_owned(), PLAIN);
    }
    text(StatusCode::SERVICE_UNAVAILABLE, reasons, PLAIN)
}

/// Why frames cannot be vouched for, a line each.
fn unready(snapshot: &Snapshot) -> String {
    let mut out = String::new();
    if !snapshot.ready {
        let _ = writeln!(
            out,
            "{} {}",
            Msg::HttpNotReady.fill(Lang::En, &[]),
            Msg::HttpNotReady.fill_hint(Lang::En, &[])
        );
    }
    if let Some(fault) = &snapshot.clock_fault {
        let _ = writeln!(out, "{}", fault.one_line(Lang::En));
    }
    out
}

pub(super) async fn metrics(State(context): State<Arc<Context>>) -> Response {
    text(StatusCode::OK, exposition(&context), "text/plain; version=0.0.4; charset=utf-8")
}

fn exposition(context: &Context) -> String {
    let snapshot = context.catalog.snapshot();
    let mut out = String::new();
    let mut metric = |name: &str, kind: &str, help: &str, values: &[(String, u64)]| {
        let _ = writeln!(out, "# HELP mingping_{name} {help}\n# TYPE mingping_{name} {kind}");
        for (labels, value) in values {
            let _ = writeln!(out, "mingping_{name}{labels} {value}");
        }
    };
    let one = |value: u64| [(String::new(), value)];
    let version = format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    metric("build_info", "gauge", "The version that runs.", &[(version, 1)]);
    metric(
        "ready",
        "gauge",
        "Whether frames can be vouched for.",
        &one(u64::from(unready(&snapshot).is_empty())),
    );
    let fault = u64::from(snapshot.clock_fault.is_some());
    metric("clock_fault", "gauge", "Whether the clock cannot be trusted.", &one(fault));
    metric("snapshot_generation", "counter", "Snapshots made so far.", &one(snapshot.generation));
    metric("screens", "gauge", "Screens known.", &one(snapshot.screens.len() as u64));
    let files = |name: &str, counts: &dyn Fn(&Status) -> bool| {
        let count = snapshot.files.iter().filter(|file| counts(&file.status)).count();
        (format!("{{status=\"{name}\"}}"), count as u64)
    };
    let files = [
        files("approved", &|status| matches!(status, Status::Approved(_))),
        files("refused", &|status| matches!(status, Status::Refused(_))),
        files("beside", &|status| matches!(status, Status::Beside(_))),
        files("incomplete", &|status| matches!(status, Status::Incomplete)),
    ];
    metric("files", "gauge", "Dropped files by what became of them.", &files);
    metric("faults", "gauge", "Diagnostics of the site itself.", &one(snapshot.faults.len() as u64));
    let requests = context.counters.totals().into_iter();
    let requests: Vec<_> = requests
        .map(|(route, status, count)| (format!("{{route=\"{route}\",status=\"{status}\"}}"), count))
        .collect();
    metric("http_requests_total", "counter", "Answers by kind of address and status.", &requests);
    let followers = super::follow::MAX_FOLLOWERS - context.followers.available_permits();
    metric("followers", "gauge", "Event streams and sockets open.", &one(followers as u64));
    metric("connections", "gauge", "Connections open.", &one(context.counters.connections() as u64));
    metric("long_polls", "gauge", "Polls waiting for a change.", &one(context.counters.waiting() as u64));
    let misses: Vec<_> = snapshot
        .screens
        .iter()
        .map(|(id, screen)| (format!("{{screen=\"{}\"}}", label(id.as_str())), screen.stage.misses()))
        .collect();
    metric("stage_misses_total", "counter", "Polls whose bytes were not ready.", &misses);
    out
}

/// A label's value: backslash, quote and line end escaped.
fn label(text: &str) -> String {
    printable(text).replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        color::ColorScheme,
        http::testing::{Kind, Site, clock_fault, text_of},
    };

    #[tokio::test]
    async fn ready_means_that_frames_can_be_vouched_for() {
        let site = Site::new();
        assert_eq!(text_of(site.get("/healthz").await), "ok\n");
        assert_eq!(text_of(site.get("/readyz").await), "ready\n");
        let gate = || vec![Kind::new("gate", ColorScheme::Red)];
        let site = Site::of(gate(), |snapshot| snapshot.clock_fault = Some(clock_fault()));
        assert_eq!(site.get("/healthz").await.status(), 200, "the process is well");
        let response = site.get("/readyz").await;
        assert_eq!(response.status(), 503);
        assert!(text_of(response).contains("timedatectl set-ntp true"), "it says what to do");
    }

    #[tokio::test]
    async fn metrics_tell_answers_and_misses() {
        let site = Site::new();
        site.stage(&[(1, 60)]);
        let etag = site.etag().await;
        site.ask("GET", "/screens/gate/frame.bmp", &[("if-none-match", &etag)]).await;
        site.get("/screens/gate/frame.txt").await;
        let metrics = text_of(site.get("/metrics").await);
        for line in [
            "mingping_http_requests_total{route=\"frame\",status=\"2xx\"} 2",
            "mingping_http_requests_total{route=\"frame\",status=\"304\"} 1",
            "mingping_stage_misses_total{screen=\"gate\"} 1",
            "mingping_stage_misses_total{screen=\"大门\"} 0",
            "mingping_ready 1",
            "mingping_screens 2",
            "# TYPE mingping_http_requests_total counter",
        ] {
            assert!(metrics.lines().any(|l| l == line), "{line} is missing:\n{metrics}");
        }
        assert_eq!(label("a\"b\\c\n"), "a\\\"b\\\\c<U+000A>");
    }
}
