//! Why a request is not taken.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// When to try again what there was no room for.
pub const TRY_AGAIN: Duration = Duration::from_secs(10);

/// Why a request as a whole is not taken. Nothing of it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not of the form that it is to have.
    Malformed,
    /// A browser sent it from a page of another site.
    AnotherSite,
    /// Its body took too long.
    TooSlow,
    /// It holds more events or bytes than a request may.
    TooLarge,
    /// Its Content-Encoding is none that is read.
    Encoding,
    /// Its sender asks too often, and may ask again after a while.
    TooMany(Duration),
    /// There is no room, or no store, for it now.
    Unavailable,
    /// A mistake in this program.
    Fault,
}

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::AnotherSite => StatusCode::FORBIDDEN,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What is wrong, and what helps.
    fn says(self) -> &'static str {
        match self {
            Self::Malformed => "this is not what is taken here; nothing of it was kept\n",
            Self::AnotherSite => "a page of another site may not send anything here\n",
            Self::TooSlow => "the body took too long; nothing of it was kept, send it again\n",
            Self::TooLarge => "this is more than a request may hold; send it in parts\n",
            Self::Encoding => "send the body as it is, or with Content-Encoding: gzip\n",
            Self::TooMany(_) => "too many requests; try again after a while\n",
            Self::Unavailable => "there is no room for this now; try again after a while\n",
            Self::Fault => "this is a mistake in the service; nothing was acknowledged\n",
        }
    }

    fn wait(self) -> Option<Duration> {
        match self {
            Self::TooMany(wait) => Some(wait),
            Self::Unavailable => Some(TRY_AGAIN),
            _ => None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.says()).into_response();
        let headers = response.headers_mut();
        if let Some(wait) = self.wait() {
            // Whole seconds, rounded up.
            let seconds = wait.as_millis().div_ceil(1000).max(1);
            let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if matches!(self, Self::TooSlow | Self::TooLarge) {
            // What is left of the body will not be read.
            let close = axum::http::HeaderValue::from_static("close");
            headers.insert(header::CONNECTION, close);
        }
        response
    }
}
