//! Which problems can an asker run into, and how is each told: one function from problem to status, one to
//! the answer, JSON for programs and a page for browsers.

use axum::response::Response;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{
        ACCEPT, ACCEPT_LANGUAGE, ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, SEC_WEBSOCKET_VERSION,
        UPGRADE, VARY, WWW_AUTHENTICATE,
    },
};
use serde::Serialize;

use super::{Body, body};
use crate::{
    color::ColorScheme,
    diagnostic::{Lang, Msg, printable},
    frame::{ClipFormat, Format, Variant},
    render::Pattern,
    screen::Protocol,
};

/// What stands in the way of an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// No good `screens.yaml` has been read yet.
    NotReady,
    /// No screen has this id; which there are.
    UnknownScreen(String, Vec<String>),
    /// No format has this name.
    UnknownFormat(String),
    /// Text frames are not to be had in a character set of this name.
    UnknownCharset(String),
    /// The screen's scheme cannot be had in this format.
    Unsuitable(Format, ColorScheme),
    /// A BMP of the scheme cannot be had in this depth.
    Depth(String, ColorScheme),
    /// Clips cannot be had in a format of this name.
    UnknownClip(String),
    /// The screen with this id shows pages only.
    PagesOnly(String),
    /// `?size=` was given.
    SizeAsked(String),
    /// The screen with this id wants a token.
    TokenNeeded(String),
    /// The token that was presented is not one of the screen with this id.
    TokenWrong(String),
    /// This method is not one of those that the address takes.
    Method(String, &'static str),
    /// The request's body has so many bytes.
    TooLarge(u64),
    /// The path is not percent-encoded UTF-8.
    BadPath(String),
    /// Nothing is at this path.
    NoPage(String),
    /// The last notice that made this frame is withdrawn or expired.
    FrameGone(String),
    /// This frame was never on air.
    FrameNever(String),
    /// Too many follow screens already.
    Busy,
    /// The screen with this id does not speak this protocol.
    NotSpoken(String, Protocol),
    /// A WebSocket's handshake was wanted.
    NoHandshake,
    /// The body is not what the address takes.
    BadBody,
    /// Too many requests; for how many seconds to wait.
    TooMany(u32),
    /// Test patterns of this screen are not started from where this was asked.
    TestNotHere(String),
    /// No test pattern has this name, or none lasts so long.
    NoPattern(String),
    /// The server failed.
    Broken,
}

/// Bodies of requests may have so many bytes; no address needs any.
pub(super) const MAX_BODY: u64 = 64 * 1024;

/// Seconds after which to ask again while nothing can be vouched for.
const RETRY_SECONDS: u32 = 5;

impl Problem {
    /// The one mapping from problem to status.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotReady | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::UnknownScreen(..)
            | Self::UnknownFormat(_)
            | Self::NotSpoken(..)
            | Self::UnknownClip(_)
            | Self::NoPage(_)
            | Self::FrameNever(_) => StatusCode::NOT_FOUND,
            Self::Unsuitable(..) | Self::Depth(..) | Self::PagesOnly(_) => StatusCode::NOT_ACCEPTABLE,
            Self::NoHandshake => StatusCode::UPGRADE_REQUIRED,
            Self::SizeAsked(_)
            | Self::BadPath(_)
            | Self::BadBody
            | Self::NoPattern(_)
            | Self::UnknownCharset(_) => StatusCode::BAD_REQUEST,
            Self::TestNotHere(_) => StatusCode::FORBIDDEN,
            Self::TokenNeeded(_) | Self::TokenWrong(_) => StatusCode::UNAUTHORIZED,
            Self::Method(..) => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::FrameGone(_) => StatusCode::GONE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A name for programs; it never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotReady => "not_ready",
            Self::UnknownScreen(..) => "unknown_screen",
            Self::UnknownFormat(_) | Self::UnknownClip(_) => "unknown_format",
            Self::PagesOnly(_) => "pages_only",
            Self::UnknownCharset(_) => "unknown_charset",
            Self::Unsuitable(..) => "not_acceptable",
            Self::Depth(..) => "depth_not_acceptable",
            Self::SizeAsked(_) => "size_is_fixed",
            Self::TokenNeeded(_) => "token_needed",
            Self::TokenWrong(_) => "token_wrong",
            Self::Method(..) => "method_not_allowed",
            Self::TooLarge(_) => "body_too_large",
            Self::BadPath(_) => "bad_path",
            Self::NoPage(_) => "not_found",
            Self::FrameGone(_) => "frame_gone",
            Self::FrameNever(_) => "frame_unknown",
            Self::Busy => "busy",
            Self::NotSpoken(..) => "protocol_off",
            Self::NoHandshake => "upgrade_required",
            Self::BadBody => "bad_body",
            Self::TooMany(_) => "too_many_requests",
            Self::TestNotHere(_) => "test_not_here",
            Self::NoPattern(_) => "unknown_pattern",
            Self::Broken => "internal",
        }
    }

    /// The words for it; `page` if a person reads them in a browser.
    fn message(&self, page: bool) -> (Msg, Vec<String>) {
        let formats = |suits: &dyn Fn(Format) -> bool| {
            let names: Vec<_> = Format::ALL.into_iter().filter(|f| suits(*f)).map(Format::ext).collect();
            names.join(" ")
        };
        match self {
            Self::NotReady => (Msg::HttpNotReady, vec![]),
            Self::UnknownScreen(id, known) => (Msg::UnknownScreen, vec![id.clone(), known.join(", ")]),
            Self::UnknownFormat(ext) => (Msg::HttpFormat, vec![ext.clone(), formats(&|_| true)]),
            Self::UnknownCharset(name) => (Msg::HttpCharset, vec![name.clone(), Format::CHARSETS.join(", ")]),
            Self::Unsuitable(format, scheme) => {
                let possible = formats(&|format| format.suits(*scheme));
                (Msg::HttpScheme, vec![format.ext().into(), scheme.to_string(), possible])
            }
            Self::Depth(depth, scheme) => {
                let possible = [1, 4, 8, 24].into_iter();
                let possible = possible.filter(|depth| Variant::bmp(*scheme, Some(*depth), false).is_some());
                let possible: Vec<_> = possible.map(|depth: u8| depth.to_string()).collect();
                (Msg::HttpDepth, vec![depth.clone(), scheme.to_string(), possible.join(" ")])
            }
            Self::UnknownClip(ext) => {
                let names: Vec<_> = ClipFormat::ALL.into_iter().map(ClipFormat::ext).collect();
                (Msg::HttpFormat, vec![ext.clone(), names.join(" ")])
            }
            Self::PagesOnly(id) => (Msg::HttpPagesOnly, vec![id.clone()]),
            Self::SizeAsked(size) => (Msg::HttpSize, vec![size.clone()]),
            Self::TokenNeeded(id) => (Msg::HttpTokenNeeded, vec![id.clone()]),
            Self::TokenWrong(id) => (Msg::HttpTokenWrong, vec![id.clone()]),
            Self::Method(method, allowed) => (Msg::HttpMethod, vec![method.clone(), (*allowed).into()]),
            Self::TooLarge(bytes) => (Msg::HttpTooLarge, vec![bytes.to_string(), MAX_BODY.to_string()]),
            Self::BadPath(path) => {
                (Msg::HttpBadPath, vec![path.clone(), "/screens/%E5%A4%A7%E9%97%A8".into()])
            }
            Self::NoPage(path) => {
                let list = if page { "/" } else { "/screens" };
                (Msg::HttpNoPage, vec![path.clone(), list.into()])
            }
            Self::FrameGone(id) => (Msg::HttpFrameGone, vec![id.clone()]),
            Self::FrameNever(id) => (Msg::HttpFrameNever, vec![id.clone()]),
            Self::Busy => (Msg::HttpBusy, vec![]),
            Self::NotSpoken(id, protocol) => {
                (Msg::HttpNotSpoken, vec![id.clone(), protocol.name().to_owned()])
            }
            Self::NoHandshake => (Msg::HttpNoHandshake, vec![]),
            Self::BadBody => (Msg::HttpBadBody, vec![]),
            Self::TooMany(seconds) => (Msg::HttpTooMany, vec![seconds.to_string()]),
            Self::TestNotHere(id) => (Msg::HttpTestNotHere, vec![id.clone()]),
            Self::NoPattern(name) => {
                let names = Pattern::ALL.map(Pattern::name).join(" ");
                (Msg::HttpNoPattern, vec![name.clone(), names])
            }
            Self::Broken => (Msg::HttpBroken, vec![]),
        }
    }

    /// What is wrong, and the way out, for a program.
    pub(super) fn words(&self, lang: Lang) -> (String, String) {
        let (msg, args) = self.message(false);
        let args: Vec<String> = args.iter().map(|arg| printable(arg)).collect();
        (msg.fill(lang, &args), msg.fill_hint(lang, &args))
    }

    /// The shortest answer, for a program that does not read it anyway and asks a thousand times a second.
    pub(super) fn brief(&self) -> Response<Body> {
        let mut response = Response::new(body(bytes::Bytes::from_static(b"too many requests\n")));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let seconds = match self {
            Self::TooMany(1) => HeaderValue::from_static("1"),
            Self::TooMany(seconds) => HeaderValue::from(*seconds),
            _ => HeaderValue::from(RETRY_SECONDS),
        };
        headers.insert(RETRY_AFTER, seconds);
        response
    }

    /// The answer for whoever sent `asked`; pages of a rehearsal say that they are.
    pub fn respond(&self, asked: &HeaderMap, rehearsing: bool) -> Response<Body> {
        let page = wants_page(asked);
        let lang = preferred_language(asked).unwrap_or(if page { Lang::Zh } else { Lang::En });
        let (msg, args) = self.message(page);
        let args: Vec<String> = args.iter().map(|arg| printable(arg)).collect();
        let (message, hint) = (msg.fill(lang, &args), msg.fill_hint(lang, &args));
        let (text, content_type) = if page {
            (error_page(self.status(), lang, rehearsing, &message, &hint), "text/html; charset=utf-8")
        } else {
            let error = ErrorBody { code: self.code(), message: &message, hint: &hint };
            let json = serde_json::to_string(&Envelope { error }).unwrap_or_default();
            (json + "\n", "application/json")
        };
        let mut response = Response::new(body(text));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, HeaderValue::from_static("Accept, Accept-Language"));
        match self {
            Self::NoHandshake => {
                headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            }
            Self::NotReady | Self::Busy => {
                headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
            }
            Self::TooMany(seconds) => {
                headers.insert(RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Self::TokenNeeded(_) | Self::TokenWrong(_) => {
                headers.append(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"mingping\""));
                headers.append(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"mingping\""));
            }
            Self::Method(_, allowed) => {
                headers.insert(ALLOW, HeaderValue::from_static(allowed));
            }
            _ => {}
        }
        response
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: ErrorBody<'a>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'static str,
    message: &'a str,
    hint: &'a str,
}

/// Browsers name `text/html`; programs do not.
fn wants_page(asked: &HeaderMap) -> bool {
    asked
        .get_all(ACCEPT)
        .iter()
        .any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

/// Lets `?lang=` decide over what the browser likes.
pub(super) fn honour_lang(query: Option<&str>, headers: &mut HeaderMap) {
    let Some(query) = query else { return };
    let lang = query.split('&').filter_map(|pair| pair.strip_prefix("lang=")).find_map(Lang::parse);
    if let Some(lang) = lang {
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    }
}

/// The language that `Accept-Language` likes best among ours; the first of equals.
pub fn preferred_language(asked: &HeaderMap) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for value in asked.get_all(ACCEPT_LANGUAGE) {
        for item in value.to_str().unwrap_or_default().split(',') {
            let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0);
            if let Some(lang) = Lang::parse(tag)
                && weight > best.map_or(0.0, |(weight, _)| weight)
            {
                best = Some((weight, lang));
            }
        }
    }
    best.map(|(_, lang)| lang)
}

/// A page without anything that could fail to load.
fn error_page(status: StatusCode, lang: Lang, rehearsing: bool, message: &str, hint: &str) -> String {
    let (brand, back, rehearsal) = match lang {
        Lang::Zh => ("明屏", "回到首页", "演练模式：时间是模拟的。"),
        Lang::En => ("Mingping", "Back to the start", "Rehearsal: the clock is simulated."),
    };
    let rehearsal = if rehearsing { rehearsal } else { "" };
    let banner = match rehearsal {
        "" => String::new(),
        text => format!("<p role=\"note\"><strong>{text}</strong></p>"),
    };
    format!(
        "<!doctype html>\n<html lang=\"{}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{rehearsal}{} · {brand}</title>\
         <body style=\"font:1rem/1.6 sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem\">\
         {banner}<h1>{}</h1><p>{}</p><p>{}</p><p><a href=\"/\">{back}</a></p></body></html>\n",
        lang.tag(),
        status.as_u16(),
        status.as_u16(),
        escape(message),
        escape(hint),
    )
}

/// Text for HTML.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        crate::text::push_html(c, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::text_of;

    fn asked(name: http::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn programs_get_json_that_names_the_way_out() {
        let problem = Problem::Unsuitable(Format::RawRg, ColorScheme::Red);
        let response = problem.respond(&HeaderMap::new(), false);
        assert_eq!(response.status(), 406);
        let json: serde_json::Value = serde_json::from_str(&text_of(response)).unwrap();
        assert_eq!(json["error"]["code"], "not_acceptable");
        let hint = json["error"]["hint"].as_str().unwrap();
        assert!(hint.contains("bmp") && hint.contains("raw.1") && !hint.contains("raw.rg"), "{hint}");
    }

    #[test]
    fn browsers_get_a_page_in_their_language_with_everything_escaped() {
        let problem = Problem::NoPage("/<script>".into());
        let mut headers = asked(ACCEPT, "text/html,*/*;q=0.8");
        let response = problem.respond(&headers, false);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        let page = text_of(response);
        assert!(page.contains("没有“/&lt;script&gt;”") && !page.contains("<script"), "{page}");
        assert!(page.contains("<title>404 · 明屏</title>") && !page.contains("演练"), "{page}");
        assert!(page.contains("屏幕列表在 /。"), "people are not sent to JSON: {page}");
        let page = text_of(problem.respond(&headers, true));
        assert!(page.contains("<strong>演练模式"), "{page}");
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("fr, en;q=0.9, zh;q=0.1"));
        assert!(text_of(problem.respond(&headers, false)).contains("there is nothing at"));
    }

    #[test]
    fn the_best_liked_of_our_languages_is_chosen() {
        for (value, lang) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Lang::Zh)),
            ("fr;q=1.0, en;q=0.5, zh;q=0.7", Some(Lang::Zh)),
            ("de, fr", None),
            (";;q=,,en;q=x", None),
            ("en;q=0", None),
        ] {
            assert_eq!(preferred_language(&asked(ACCEPT_LANGUAGE, value)), lang, "{value}");
        }
    }

    #[test]
    fn what_must_accompany_a_status_does() {
        let header =
            |problem: Problem, name| problem.respond(&HeaderMap::new(), false).headers()[name].clone();
        assert_eq!(header(Problem::NotReady, RETRY_AFTER), "5");
        assert_eq!(header(Problem::Method("PUT".into(), "GET, HEAD"), ALLOW), "GET, HEAD");
        let refused = Problem::TokenNeeded("a".into()).respond(&HeaderMap::new(), false);
        let ways: Vec<_> = refused.headers().get_all(WWW_AUTHENTICATE).iter().collect();
        assert_eq!(ways, ["Bearer realm=\"mingping\"", "Basic realm=\"mingping\""]);
    }
}
