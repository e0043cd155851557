//! Connections: how many, how long, and how they end.
//!
//! | what | bound |
//! |---|---|
//! | connections at a time | [`Limits::connections`]; more are answered 503 at once |
//! | the head of a request, and between two | [`Limits::header`] |
//! | an answer | [`Limits::body`], as its request; then the connection ends |
//! | a connection | [`Limits::connection`], then the request under way is its last |
//! | the end of the service | [`Limits::stop`] for all requests under way |
//!
//! What bodies may take is the service's own affair.

use crate::answer::{Answer, Outgoing, Writing, overdue};
use crate::config::Limits;
use crate::metrics::{Counted, Metrics};
use crate::service::TRY_AGAIN;
use crate::service::admission::Peer;
use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tower::ServiceExt;

/// The most bytes of a request's head.
const MOST_HEAD: usize = 16 << 10;

/// How many are told at a time that there is no room. Who comes beyond them
/// finds the connection closed.
const MOST_TURNED_AWAY: usize = 64;

/// How long somebody may take to be told so.
const TURNING_AWAY: Duration = Duration::from_secs(2);

/// Serves until `stop`, and then until what is under way has been answered or
/// its time is over.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    metrics: Arc<Metrics>,
    stop: impl Future<Output = ()>,
) {
    let most = limits.connections.get();
    let slots = Arc::new(Semaphore::new(most as usize));
    let away = Arc::new(Semaphore::new(MOST_TURNED_AWAY));
    let (stopping, stopped) = watch::channel(false);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.as_mut() => break,
        };
        let (stream, peer) = match accepted {
            Ok((stream, peer)) => (stream, peer.ip()),
            Err(error) => {
                // Out of descriptors, say; or somebody who left at once.
                tracing::warn!(kind = ?error.kind(), "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        if let Ok(slot) = slots.clone().try_acquire_owned() {
            let open = Open {
                limits,
                router: router.clone(),
                metrics: metrics.clone(),
                stopped: stopped.clone(),
            };
            tokio::spawn(open.run(stream, peer, slot));
        } else {
            metrics.connections_shed.inc();
            if let Ok(slot) = away.clone().try_acquire_owned() {
                tokio::spawn(turn_away(stream, slot));
            }
        }
    }
    drop(listener);
    let _ = stopping.send(true);
    if timeout(limits.stop(), slots.acquire_many(most))
        .await
        .is_err()
    {
        // Nothing of them was acknowledged.
        tracing::warn!("requests were still under way when their time was over");
    }
}

/// A connection that has a place.
struct Open {
    limits: Limits,
    router: Router,
    metrics: Arc<Metrics>,
    stopped: watch::Receiver<bool>,
}

impl Open {
    async fn run(mut self, stream: TcpStream, peer: IpAddr, _slot: OwnedSemaphorePermit) {
        let metrics = self.metrics;
        let _counted = Counted::in_gauge(&metrics.connections);
        // Answers are short, and written at once.
        let _ = stream.set_nodelay(true);
        let router = self.router;
        let writing = Writing::default();
        let stream = Outgoing {
            stream,
            writing: writing.clone(),
        };
        let mut overdue = pin!(overdue(writing.clone(), self.limits.body()));
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            let (answer, writing) = (router.clone().oneshot(request), writing.clone());
            async move { Ok::<_, Infallible>(Answer::begin(answer.await?, writing)) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header())
            .max_buf_size(MOST_HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = overdue.as_mut() => Some(Ok(())),
            _ = self.stopped.wait_for(|stopped| *stopped) => None,
            () = tokio::time::sleep(self.limits.connection()) => None,
        };
        let ended = if let Some(ended) = ended {
            ended
        } else {
            connection.as_mut().graceful_shutdown();
            let left = self.limits.header() + self.limits.body() + self.limits.stop();
            tokio::select! {
                ended = timeout(left, connection) => ended.unwrap_or(Ok(())),
                () = overdue => Ok(()),
            }
        };
        if let Err(error) = ended {
            tracing::debug!(
                slow = error.is_timeout(),
                broken = error.is_parse(),
                "a connection ended early"
            );
        }
    }
}

/// Says that there is no room, to somebody who may not listen.
async fn turn_away(mut stream: TcpStream, _slot: OwnedSemaphorePermit) {
    let wait = TRY_AGAIN.as_secs();
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: {wait}\r\n\
         content-length: 0\r\nconnection: close\r\n\r\n"
    );
    let told = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // What was sent is read away: closing before would take the answer
        // back.
        let mut rest = [0; 4096];
        while stream.read(&mut rest).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = timeout(TURNING_AWAY, told).await;
}
