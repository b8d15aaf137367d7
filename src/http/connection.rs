//! One connection: hyper speaks HTTP/1 on it, [`Patience`] ends it when the peer keeps us waiting, and the
//! server's own end reaches it here.

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    Ends, Life,
    door::Door,
    patience::{Patience, Watched},
};

/// A head may have so many bytes; more is 431.
const MAX_HEAD: usize = 16 * 1024;

/// Serves `stream` until either side has enough.
pub(super) async fn serve<S>(stream: S, door: &Door, ends: Ends)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let door = door.for_connection(ends);
    let _held = door.hold_connection();
    let mut life = door.life();
    let mut patience = Patience::new(Arc::clone(door.progress()));
    let io = TokioIo::new(Watched::new(stream, Arc::clone(door.progress())));
    let mut connection = pin!(
        http1::Builder::new()
            .title_case_headers(true)
            // Some firmware closes its sending side as soon as it has asked.
            .half_close(true)
            .header_read_timeout(None)
            .max_buf_size(MAX_HEAD)
            .serve_connection(io, door.clone())
            .with_upgrades()
    );
    loop {
        let over = poll_fn(|cx| {
            // What went wrong is the peer's affair: it left, was too slow, or does not speak HTTP.
            if connection.as_mut().poll(cx).is_ready() { Poll::Ready(()) } else { patience.poll_lost(cx) }
        });
        tokio::select! {
            biased;
            () = over => return,
            changed = life.changed() => match *life.borrow_and_update() {
                Life::Running if changed.is_ok() => {}
                Life::Draining => connection.as_mut().graceful_shutdown(),
                _ => return,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
        time::{Instant, advance},
    };

    use super::*;
    use crate::{
        color::ColorScheme,
        geometry::Size,
        http::testing::{Kind, Site},
    };

    /// Our end of a connection to the site, whose buffers hold `buffer` bytes.
    fn connect(site: &Site, buffer: usize) -> DuplexStream {
        let (ours, theirs) = duplex(buffer);
        let door = site.door.clone();
        tokio::spawn(async move { serve(theirs, &door, Ends::default()).await });
        ours
    }

    /// Reads to the end and says how many seconds that took.
    async fn read_to_end(stream: &mut DuplexStream) -> (String, u64) {
        let began = Instant::now();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        (String::from_utf8_lossy(&bytes).into_owned(), began.elapsed().as_secs())
    }

    async fn exchange(site: &Site, request: &str) -> String {
        let mut stream = connect(site, 1 << 16);
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        read_to_end(&mut stream).await.0
    }

    #[tokio::test(start_paused = true)]
    async fn old_firmware_is_understood_and_gets_title_case_and_a_length() {
        let site = Site::new();
        site.stage(&[(1, 100)]);
        let answer = exchange(&site, "GET /screens/gate/frame.bmp HTTP/1.0\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
        for line in
            ["Content-Length: 1342\r\n", "Mingping-Dwell-Ms: ", "Date: ", "Content-Type: image/bmp\r\n"]
        {
            assert!(answer.contains(line), "{line} is missing: {answer}");
        }
        assert!(!answer.to_ascii_lowercase().contains("transfer-encoding"));
        let head =
            exchange(&site, "HEAD /screens/gate/frame.bmp HTTP/1.1\r\nConnection: close\r\n\r\n").await;
        assert!(head.contains("Content-Length: 1342\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_304_takes_at_most_250_bytes() {
        let site = Site::new();
        site.stage(&[(1, 100)]);
        let etag = site.etag().await;
        for version in ["HTTP/1.1\r\nConnection: close", "HTTP/1.0\r\nConnection: keep-alive"] {
            let request = format!("GET /screens/gate/frame.bmp {version}\r\nIf-None-Match: {etag}\r\n\r\n");
            let answer = exchange(&site, &request).await;
            assert!(answer.contains(" 304 ") && answer.len() <= 250, "{} bytes: {answer}", answer.len());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_ten_seconds_from_its_first_byte() {
        let site = Site::new();
        site.stage(&[(1, 1000)]);
        assert_eq!(read_to_end(&mut connect(&site, 1024)).await.1, 10, "the first: from accept");
        let mut stream = connect(&site, 4096);
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        advance(Duration::from_secs(60)).await;
        stream.write_all(b"GET /hea").await.unwrap();
        tokio::task::yield_now().await;
        advance(Duration::from_secs(6)).await;
        stream.write_all(b"lthz HTTP/1.1\r\n").await.unwrap();
        let (answer, seconds) = read_to_end(&mut stream).await;
        assert_eq!(seconds, 4, "more bytes buy no time");
        assert_eq!(answer.matches("200 OK").count(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_is_kept_for_75_seconds_after_each_answer() {
        let site = Site::new();
        let mut stream = connect(&site, 4096);
        for _ in 0..3 {
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
            tokio::task::yield_now().await;
            advance(Duration::from_secs(70)).await;
        }
        let (answers, seconds) = read_to_end(&mut stream).await;
        assert_eq!((answers.matches("200 OK").count(), seconds), (3, 5));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_us_is_no_idleness() {
        let site = Site::new();
        site.stage(&[(1, 1000)]);
        let etag = site.etag().await;
        let mut stream = connect(&site, 4096);
        let request =
            format!("GET /screens/gate/frame.bmp?wait=55 HTTP/1.1\r\nIf-None-Match: {etag}\r\n\r\n");
        stream.write_all(request.repeat(2).as_bytes()).await.unwrap();
        let (answers, seconds) = read_to_end(&mut stream).await;
        assert_eq!((answers.matches("304 Not Modified").count(), seconds), (2, 55 + 55 + 75));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_is_closed_after_30_seconds() {
        let mut wide = Kind::new("gate", ColorScheme::Rgb);
        wide.size = Size::new(256, 128);
        let site = Site::of(vec![wide], |_| {});
        site.stage(&[(1, 1000)]);
        let mut stream = connect(&site, 1000);
        stream.write_all(b"GET /screens/gate/frame.bmp HTTP/1.1\r\n\r\n").await.unwrap();
        advance(Duration::from_secs(29)).await;
        let mut some = [0; 900];
        stream.read_exact(&mut some).await.unwrap();
        tokio::task::yield_now().await;
        advance(Duration::from_secs(29)).await;
        stream.read_exact(&mut some).await.unwrap();
        tokio::task::yield_now().await;
        advance(Duration::from_secs(31)).await;
        tokio::task::yield_now().await;
        let (rest, _) = read_to_end(&mut stream).await;
        assert!(rest.len() < 4000, "{} bytes more came", rest.len());
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_stream_is_not_idle_but_who_takes_nothing_of_it_is_dropped() {
        let site = Site::new();
        let stage = site.stage(&[(1, 1000)]);
        let request = b"GET /screens/gate/events HTTP/1.1\r\nHost: x\r\n\r\n";
        let mut stream = connect(&site, 1 << 16);
        stream.write_all(request).await.unwrap();
        tokio::task::yield_now().await;
        advance(Duration::from_secs(500)).await;
        tokio::task::yield_now().await;
        assert!(stage.contact().is_held(), "no news for minutes, and still connected");
        site.door.beat();
        let mut seen = Vec::new();
        while !seen.ends_with(b":\n\n\r\n") {
            seen.push(stream.read_u8().await.unwrap());
        }
        drop(stream);

        let mut stalled = connect(&site, 64);
        stalled.write_all(&request[..]).await.unwrap();
        tokio::task::yield_now().await;
        advance(Duration::from_secs(31)).await;
        tokio::task::yield_now().await;
        let (rest, _) = read_to_end(&mut stalled).await;
        assert!(rest.len() < 4000, "{} bytes", rest.len());
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_over_16_kib_is_431() {
        let site = Site::new();
        let long = format!("GET /healthz HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(17 * 1024));
        let answer = exchange(&site, &long).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        let fits = format!("GET /healthz HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(15 * 1024));
        assert!(exchange(&site, &fits).await.starts_with("HTTP/1.1 200 "));
        let many = format!("GET /healthz HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(200));
        assert!(exchange(&site, &many).await.starts_with("HTTP/1.1 431 "));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_over_the_limit_is_413_and_what_is_not_http_is_closed() {
        let site = Site::new();
        let answer = exchange(&site, "POST /healthz HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        let answer = exchange(&site, "\x16\x03\x01 what is this\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
}
