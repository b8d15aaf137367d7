//! How long may a peer keep us waiting? A head must be complete 10 s after its first byte (from accept for the
//! first one), an idle connection is kept for 75 s, and a peer that takes nothing for 30 s is closed. hyper's
//! own `header_read_timeout` would cut idle connections too, and it has no timeout for writing.
//!
//! The socket ([`Watched`]) and the door note what happens in [`Progress`]; after each turn of the connection's
//! task [`Patience`] looks at that and keeps one timer.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// From a head's first byte to its last.
const HEAD: Duration = Duration::from_secs(10);
/// From an answer to the next head's first byte.
const IDLE: Duration = Duration::from_secs(75);
/// For a peer to take anything of what we write.
const WRITE: Duration = Duration::from_secs(30);

/// What happened on a connection. Written and read by its own task only; atomics because tasks move between
/// threads.
#[derive(Default)]
pub(super) struct Progress {
    /// Requests begun and answers made: odd while an answer is being made.
    turns: AtomicU32,
    /// Whether bytes came since the last request was complete.
    bytes: AtomicBool,
    /// Writes that the peer took something of.
    taken: AtomicU32,
    /// Whether the peer did not take the last write.
    stalled: AtomicBool,
    /// Answers that go on without an end known.
    streams: AtomicU32,
}

/// An answer that goes on, as long as it lives: meanwhile the peer is not idle.
pub(super) struct Streaming(Arc<Progress>);

impl Streaming {
    /// Begins one.
    pub(super) fn on(progress: Arc<Progress>) -> Self {
        progress.streams.fetch_add(1, Relaxed);
        Self(progress)
    }
}

impl Drop for Streaming {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Relaxed);
        // Idleness begins anew.
        self.0.turns.fetch_add(2, Relaxed);
    }
}

impl Progress {
    /// A head is complete.
    pub(super) fn asked(&self) {
        self.turns.store(self.turns.load(Relaxed).wrapping_add(1), Relaxed);
        self.bytes.store(false, Relaxed);
    }

    /// Its answer is made.
    pub(super) fn answered(&self) {
        self.turns.store(self.turns.load(Relaxed).wrapping_add(1), Relaxed);
    }

    fn written<T>(&self, result: &Poll<T>) {
        self.stalled.store(result.is_pending(), Relaxed);
        if result.is_ready() {
            self.taken.store(self.taken.load(Relaxed).wrapping_add(1), Relaxed);
        }
    }
}

/// What we wait for the peer to do.
#[derive(Clone, Copy)]
enum Waiting {
    /// To complete a head that began then.
    Head(Instant),
    /// To begin the next head, since then.
    Idle(Instant),
}

/// Finds out when it has been too long.
pub(super) struct Patience {
    progress: Arc<Progress>,
    waiting: Waiting,
    /// The turns for which `waiting` holds.
    turns: u32,
    /// Since when, and after how many writes, the peer has taken nothing.
    stalled: Option<(Instant, u32)>,
    /// Moved only when it goes off too early or would go off too late: a busy connection hardly touches it.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    pub(super) fn new(progress: Arc<Progress>) -> Self {
        Self { progress, waiting: Waiting::Head(Instant::now()), turns: 0, stalled: None, timer: None }
    }

    /// Ready when it has been too long. To be polled whenever the connection was.
    pub(super) fn poll_lost(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let turns = self.progress.turns.load(Relaxed);
        if turns != self.turns {
            self.turns = turns;
            self.waiting = Waiting::Idle(Instant::now());
        }
        if let Waiting::Idle(_) = self.waiting
            && self.progress.bytes.load(Relaxed)
        {
            self.waiting = Waiting::Head(Instant::now());
        }
        let mut deadline = match self.waiting {
            // The peer waits for us.
            _ if turns % 2 == 1 || self.progress.streams.load(Relaxed) > 0 => None,
            Waiting::Head(since) => Some(since + HEAD),
            Waiting::Idle(since) => Some(since + IDLE),
        };
        if self.progress.stalled.load(Relaxed) {
            let taken = self.progress.taken.load(Relaxed);
            let since = match self.stalled {
                Some((since, before)) if before == taken => since,
                _ => Instant::now(),
            };
            self.stalled = Some((since, taken));
            let write = since + WRITE;
            deadline = Some(deadline.map_or(write, |deadline| deadline.min(write)));
        } else {
            self.stalled = None;
        }
        deadline.map_or(Poll::Pending, |deadline| self.poll_deadline(cx, deadline))
    }

    fn poll_deadline(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
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
                return Poll::Ready(());
            }
            timer.as_mut().reset(deadline);
        }
    }
}

/// A socket that notes what comes and what is taken.
pub(super) struct Watched<S> {
    stream: S,
    progress: Arc<Progress>,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, progress: Arc<Progress>) -> Self {
        Self { stream, progress }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_read(cx, buf);
        if result.is_ready() {
            this.progress.bytes.store(true, Relaxed);
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.progress.written(&result);
        result
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        // An answer without a body is one piece: `send` costs the system less than `writev`.
        let result = match bufs {
            [only] => Pin::new(&mut this.stream).poll_write(cx, only),
            _ => Pin::new(&mut this.stream).poll_write_vectored(cx, bufs),
        };
        this.progress.written(&result);
        result
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
