//! Counts and logs each request, by what of it tells nothing about who sent
//! it.

use super::Service;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;

/// What became of events, for the log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcome {
    pub(super) accepted: usize,
    pub(super) known: usize,
    pub(super) refused: usize,
    pub(super) later: usize,
}

pub(super) async fn observe(
    State(service): State<Service>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let method = known(request.method());
    // The path as the router has it: what was asked for may be anything.
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let outcome = response.extensions().get::<Outcome>().copied();
    tracing::info!(
        method,
        route,
        status,
        ms,
        accepted = outcome.map(|outcome| outcome.accepted),
        known = outcome.map(|outcome| outcome.known),
        refused = outcome.map(|outcome| outcome.refused),
        later = outcome.map(|outcome| outcome.later),
        "request"
    );
    let labels = vec![("route", route), ("status", status.to_string())];
    service.metrics().requests.get_or_create(&labels).inc();
    response
}

/// A method may be any word; only those that mean something are named.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
