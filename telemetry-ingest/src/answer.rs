//! Answers on their way to somebody who may not read them.

use crate::service::admission::Reserved;
use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;

/// Bytes that are handed on at a time. The connection holds no more of an
/// answer than a few of them, so it is there until it is nearly written.
const PART: usize = 16 << 10;

/// What a connection is writing.
pub(crate) type Writing = Arc<watch::Sender<State>>;

/// How far the answer is that is being written.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct State {
    /// When it began, if it is not written.
    began: Option<Instant>,
    /// Whether the connection has all of it.
    handed_on: bool,
}

/// What an answer keeps until it is written: the memory of its request.
#[derive(Debug, Clone)]
pub(crate) struct Keeps(#[allow(dead_code, reason = "it is dropped")] pub(crate) Arc<Reserved>);

/// The body of an answer, in parts.
#[derive(Debug)]
pub(crate) struct Answer {
    body: Body,
    /// What came from it, and was not handed on yet.
    rest: Bytes,
    writing: Writing,
    _keeps: Option<Keeps>,
}

impl Answer {
    /// Begins to answer.
    pub(crate) fn begin(mut response: Response, writing: Writing) -> Response<Self> {
        let keeps = response.extensions_mut().remove::<Keeps>();
        writing.send_replace(State {
            began: Some(Instant::now()),
            handed_on: false,
        });
        response.map(|body| Self {
            body,
            rest: Bytes::new(),
            writing,
            _keeps: keeps,
        })
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.writing.send_modify(|state| state.handed_on = true);
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                other => return other,
            }
        }
        let length = self.rest.len().min(PART);
        let part = self.rest.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = self.rest.len() as u64;
        if let Some(exact) = hint.exact() {
            hint.set_exact(exact + rest);
        }
        hint
    }
}

/// A connection that knows when an answer is written.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) stream: TcpStream,
    pub(crate) writing: Writing,
}

impl Outgoing {
    /// Of so many bytes the system has taken so many.
    fn wrote(&self, offered: usize, taken: &Poll<io::Result<usize>>) {
        if matches!(taken, Poll::Ready(Ok(taken)) if *taken == offered) {
            self.writing.send_if_modified(|state| {
                let written = state.handed_on && state.began.is_some();
                if written {
                    *state = State::default();
                }
                written
            });
        }
    }
}

impl AsyncRead for Outgoing {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Outgoing {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(bytes.len(), &taken);
        taken
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.wrote(parts.iter().map(|part| part.len()).sum(), &taken);
        taken
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Waits until an answer has been under way for too long.
pub(crate) async fn overdue(writing: Writing, most: Duration) {
    let mut changes = writing.subscribe();
    loop {
        let began = changes.borrow_and_update().began;
        let end = async {
            match began {
                Some(began) => tokio::time::sleep_until(began + most).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = end => return,
            // The sender is there: it is this one.
            _ = changes.changed() => {}
        }
    }
}
