//! The accept loop, and the way out: at shutdown nothing new is taken, waiting polls are answered at once,
//! and after five seconds all is over.

use std::{future::Future, sync::Arc, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, time::interval};

use super::{Context, Ends, Life, Options, connection, door::Door};
use crate::catalog::Catalog;

/// From the wish to stop to the end of the last connection.
const DRAIN: Duration = Duration::from_secs(4);

/// Connections held at once; what comes beyond is closed at once, so that memory stays bounded.
const MAX_CONNECTIONS: usize = 60_000;

/// How often those who follow a screen get a sign of life: proxies and routers forget what is silent for longer.
pub(super) const BEAT: Duration = Duration::from_secs(20);

/// How long accepting rests when the system has no file descriptor left.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// Serves polls, operations and `web_routes` (which bring no fallback of their own) on `listener` until
/// `shutdown` resolves; returns within five seconds after that.
pub async fn serve(
    listener: TcpListener,
    catalog: Arc<Catalog>,
    web_routes: Router,
    options: Options,
    shutdown: impl Future<Output = ()>,
) {
    let context = Context::new(catalog, options);
    let door = Arc::new(Door::of(Arc::clone(&context), web_routes));
    tokio::pin!(shutdown);
    let mut beat = interval(BEAT);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = beat.tick() => {
                context.beat.send_modify(|n| *n = n.wrapping_add(1));
                continue;
            }
            () = shutdown.as_mut() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                if context.counters.connections() >= MAX_CONNECTIONS {
                    continue;
                }
                // An answer is one write: waiting for more to send would only delay it.
                let _ = stream.set_nodelay(true);
                let ends = Ends { local: stream.local_addr().ok(), peer: Some(peer) };
                let door = Arc::clone(&door);
                tokio::spawn(async move { connection::serve(stream, &door, ends).await });
            }
            Err(error) => {
                // The peer may have gone again; or we are out of descriptors, and must not spin.
                tracing::warn!("accepting a connection failed: {error}");
                tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
            }
        }
    }
    drop(listener);
    drop(door);
    context.life.send_replace(Life::Draining);
    if tokio::time::timeout(DRAIN, context.life.closed()).await.is_err() {
        context.life.send_replace(Life::Over);
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
        sync::oneshot,
    };

    use super::*;
    use crate::http::testing::Site;

    #[tokio::test]
    async fn at_the_end_waiting_polls_are_answered_and_idle_connections_closed() {
        let site = Site::new();
        site.stage(&[(1, 1000)]);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(
            listener,
            Arc::clone(&site.catalog),
            Router::new(),
            Options::default(),
            async {
                let _ = stopped.await;
            },
        ));
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET /screens HTTP/1.1\r\nHost: evil.example\r\n\r\n").await.unwrap();
        let mut listing = vec![0; 4096];
        let n = idle.read(&mut listing).await.unwrap();
        let listing = String::from_utf8_lossy(&listing[..n]).into_owned();
        assert!(listing.contains(&format!("http://{address}/screens/gate/frame.bmp")), "{listing}");
        let mut waiting = TcpStream::connect(address).await.unwrap();
        let etag = site.etag().await;
        let poll = format!("GET /screens/gate/frame.bmp?wait=55 HTTP/1.1\r\nIf-None-Match: {etag}\r\n\r\n");
        waiting.write_all(poll.as_bytes()).await.unwrap();
        while site.screen("gate").stage.watchers() == 0 {
            tokio::task::yield_now().await;
        }
        stop.send(()).unwrap();
        let mut answer = String::new();
        waiting.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 304 ") && answer.contains("Connection: close\r\n"), "{answer}");
        assert_eq!(idle.read(&mut [0; 16]).await.unwrap(), 0);
        serving.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "nothing new is taken");
    }
}
