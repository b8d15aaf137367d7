//! How long may a peer keep us waiting? One connection: hyper speaks HTTP/1 on it, and [`Patience`] watches
//! its socket. A head must be complete 10 s after its first byte (from accept for the first one), an idle
//! connection is kept for 75 s, and a peer that takes nothing for 30 s is closed. hyper's own
//! `header_read_timeout` would cut idle connections too, and it has no timeout for writing.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use super::{
    Life,
    door::{Door, Turn},
};

/// From a head's first byte to its last.
const HEAD: Duration = Duration::from_secs(10);
/// From an answer to the next head's first byte.
const IDLE: Duration = Duration::from_secs(75);
/// For a peer to take anything of what we write.
const WRITE: Duration = Duration::from_secs(30);
/// A head may have so many bytes; more is 431.
const MAX_HEAD: usize = 16 * 1024;

/// Serves `stream` until either side has enough.
pub(super) async fn serve<S>(stream: S, door: &Door, local: Option<SocketAddr>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let door = door.for_connection(local);
    let _held = door.hold_connection();
    let mut life = door.life();
    let io = TokioIo::new(Patience::new(stream, Arc::clone(door.turn())));
    let connection = http1::Builder::new()
        .title_case_headers(true)
        .half_close(false)
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD)
        .serve_connection(io, door.clone());
    tokio::pin!(connection);
    loop {
        tokio::select! {
            biased;
            // What went wrong is the peer's affair: it left, was too slow, or does not speak HTTP.
            _ = connection.as_mut() => return,
            changed = life.changed() => match *life.borrow_and_update() {
                Life::Running if changed.is_ok() => {}
                Life::Draining => connection.as_mut().graceful_shutdown(),
                _ => return,
            },
        }
    }
}

/// A socket that loses patience. One timer, made when something is first waited for; it is moved only when it
/// goes off too early or would go off too late, so that a busy connection hardly touches it.
struct Patience<S> {
    stream: S,
    turn: Arc<Turn>,
    /// The turn for which `waiting` was set.
    seen: u32,
    reading: Reading,
    /// Since when the peer has taken nothing of what we write.
    write_stalled: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

/// What a read waits for.
#[derive(Clone, Copy)]
enum Reading {
    /// The rest of a head that began then.
    Head(Instant),
    /// The next head, since then.
    Idle(Instant),
}

impl<S> Patience<S> {
    fn new(stream: S, turn: Arc<Turn>) -> Self {
        let seen = turn.number();
        Self { stream, turn, seen, reading: Reading::Head(Instant::now()), write_stalled: None, timer: None }
    }

    /// A read found bytes.
    fn bytes_came(&mut self) {
        if self.turn.number() == self.seen
            && let Reading::Idle(_) = self.reading
        {
            self.reading = Reading::Head(Instant::now());
        }
    }

    /// A read found nothing: too long already?
    fn nothing_came(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let turn = self.turn.number();
        if turn % 2 == 1 {
            return Poll::Pending; // the peer waits for us
        }
        if turn != self.seen {
            self.seen = turn;
            self.reading = Reading::Idle(Instant::now());
        }
        let deadline = match self.reading {
            Reading::Head(since) => since + HEAD,
            Reading::Idle(since) => since + IDLE,
        };
        self.poll_deadline(cx, deadline)
    }

    /// A write was not taken: too long already?
    fn nothing_taken(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let since = *self.write_stalled.get_or_insert_with(Instant::now);
        self.poll_deadline(cx, since + WRITE)
    }

    fn poll_deadline(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<io::Error> {
        let mut moved = self.timer.is_none();
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
            moved = true;
        }
        if !moved && !timer.is_elapsed() {
            return Poll::Pending; // it knows this task already and wakes it in time
        }
        loop {
            ready!(timer.as_mut().poll(cx));
            if Instant::now() >= deadline {
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
            timer.as_mut().reset(deadline);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patience<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_read(cx, buf);
        if result.is_ready() {
            this.bytes_came();
            return result;
        }
        this.nothing_came(cx).map(Err)
    }
}

impl<S: AsyncWrite + Unpin> Patience<S> {
    fn after_write(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if result.is_ready() {
            self.write_stalled = None;
            return result;
        }
        self.nothing_taken(cx).map(Err)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patience<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.after_write(cx, result)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.after_write(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Poll::Ready(result) = Pin::new(&mut this.stream).poll_flush(cx) {
            return Poll::Ready(result);
        }
        this.nothing_taken(cx).map(Err)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
