//! Web sockets (RFC 6455) on hyper's connections: the handshake, and bounds for what comes and goes.

use std::{future::Future, io, time::Duration};

use axum::response::Response;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{
    HeaderMap, HeaderValue, StatusCode, Version,
    header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
    request::Parts,
};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        error::CapacityError,
        handshake::derive_accept_key,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};

/// A message of a device, in one frame or in many, may have so many bytes.
pub(super) const MAX_MESSAGE: usize = 4096;
/// For a device to take a message of ours; who is slower is dropped.
const WRITE: Duration = Duration::from_secs(30);

/// The handshake of `parts`, answered; `None` if it is none.
pub(super) fn accept(parts: &mut Parts) -> Option<(Response, OnUpgrade)> {
    let headers = &parts.headers;
    let key = headers.get(SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24)?;
    let good = parts.method == http::Method::GET
        && parts.version == Version::HTTP_11
        && lists(headers, &UPGRADE, "websocket")
        && lists(headers, &CONNECTION, "upgrade")
        && headers.get(SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok()?;
    let upgrade = parts.extensions.remove::<OnUpgrade>().filter(|_| good)?;
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    Some((response, upgrade))
}

/// Whether the list in `name` holds `word`.
fn lists(headers: &HeaderMap, name: &http::HeaderName, word: &str) -> bool {
    let words = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    words.flat_map(|value| value.split(',')).any(|item| item.trim().eq_ignore_ascii_case(word))
}

/// Runs `speak` on the socket once the handshake is over.
pub(super) fn on_upgrade<F>(upgrade: OnUpgrade, speak: impl FnOnce(Socket) -> F + Send + 'static)
where
    F: Future<Output = ()> + Send,
{
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let config = WebSocketConfig::default()
            .read_buffer_size(MAX_MESSAGE)
            .write_buffer_size(0)
            .max_write_buffer_size(2 << 20)
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let io = TokioIo::new(upgraded);
        speak(Socket(WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await)).await;
    });
}

/// What a device sent.
#[derive(Debug)]
pub(super) enum Heard {
    /// Text.
    Text(String),
    /// A sign of life.
    Life,
    /// What it may not send; why.
    Wrong(Refusal),
    /// It is gone.
    Gone,
}

/// Why a connection is ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Refusal {
    /// A message over [`MAX_MESSAGE`], or a frame that RFC 6455 does not know.
    TooBig,
    /// Bytes where text belongs.
    Binary,
    /// Text that is not JSON.
    NotJson,
    /// Too many messages.
    Flood,
    /// The screen is gone, or the token was taken back.
    NotAllowed,
    /// The server ends.
    Over,
}

impl Refusal {
    fn code(self) -> CloseCode {
        match self {
            Self::TooBig => CloseCode::Size,
            Self::Binary => CloseCode::Unsupported,
            Self::NotJson => CloseCode::Invalid,
            Self::Flood | Self::NotAllowed => CloseCode::Policy,
            Self::Over => CloseCode::Away,
        }
    }

    /// What the device and the log are told.
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::TooBig => "message too large",
            Self::Binary => "binary message",
            Self::NotJson => "not JSON",
            Self::Flood => "too many messages",
            Self::NotAllowed => "not allowed any more",
            Self::Over => "server ends",
        }
    }
}

/// A WebSocket with a device.
pub(super) struct Socket(WebSocketStream<TokioIo<Upgraded>>);

impl Socket {
    /// Waits for what the device sends.
    pub(super) async fn hear(&mut self) -> Heard {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => Heard::Text(text.as_str().to_owned()),
            Some(Ok(Message::Binary(_))) => Heard::Wrong(Refusal::Binary),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Heard::Life,
            Some(Err(Error::Capacity(CapacityError::MessageTooLong { .. }))) => Heard::Wrong(Refusal::TooBig),
            Some(Err(Error::Utf8(_))) => Heard::Wrong(Refusal::NotJson),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Heard::Gone,
        }
    }

    /// Sends text.
    pub(super) async fn text(&mut self, text: String) -> io::Result<()> {
        self.send(Message::Text(text.into())).await
    }

    /// Sends bytes, without copying them.
    pub(super) async fn bytes(&mut self, bytes: Bytes) -> io::Result<()> {
        self.send(Message::Binary(bytes)).await
    }

    /// Asks for a sign of life.
    pub(super) async fn ping(&mut self) -> io::Result<()> {
        self.send(Message::Ping(Bytes::new())).await
    }

    /// Says good-bye.
    pub(super) async fn refuse(&mut self, refusal: Refusal) {
        let frame = CloseFrame { code: refusal.code(), reason: refusal.reason().into() };
        let _ = timeout(WRITE, self.0.close(Some(frame))).await;
    }

    async fn send(&mut self, message: Message) -> io::Result<()> {
        match timeout(WRITE, self.0.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(more: &[(&'static str, &str)]) -> Parts {
        let mut request = http::Request::builder().uri("/gate/ws");
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn what_is_no_handshake_is_none() {
        let whole = [
            ("upgrade", "WebSocket"),
            ("connection", "keep-alive, Upgrade"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        assert!(accept(&mut parts(&whole)).is_none(), "hyper has no connection to give up here");
        for missing in 0..whole.len() {
            let mut some = whole.to_vec();
            some.remove(missing);
            assert!(accept(&mut parts(&some)).is_none());
        }
        assert_eq!(
            derive_accept_key(b"dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "RFC 6455"
        );
    }
}
