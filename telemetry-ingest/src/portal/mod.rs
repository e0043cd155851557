//! The portal: a page that says what is received, and takes bundles.
//!
//! It is the same page for everybody, made once when the service starts:
//! hand-written words around what codegen says of the declarations that the
//! service runs with. It asks no other server for anything, and a browser is
//! told not to let it.

mod declarations;

use axum::Router;
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use axum::routing::get;
use telemetry_codegen::regions::{HostFormat, RegionError, Sections, apply};
use telemetry_schema::Bound;

const PAGE: &str = include_str!("page.html");

/// What is served beside the page and its declarations: a path, a type and
/// the text.
const FILES: [(&str, &str, &str); 4] = [
    (
        "/page.css",
        "text/css; charset=utf-8",
        include_str!("../../../website/src/styles/page.css"),
    ),
    (
        "/portal.css",
        "text/css; charset=utf-8",
        include_str!("portal.css"),
    ),
    (
        "/portal.js",
        "text/javascript; charset=utf-8",
        include_str!("portal.js"),
    ),
    (
        "/bundle.js",
        "text/javascript; charset=utf-8",
        include_str!("bundle.js"),
    ),
];

/// What a browser is told of everything that the portal serves.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (header::CACHE_CONTROL, "no-cache"),
];

/// The portal of one program.
#[derive(Debug, Clone)]
pub struct Portal {
    page: String,
    declarations: String,
}

impl Portal {
    /// What there is to say of these declarations.
    ///
    /// # Errors
    ///
    /// What the page asks for and codegen does not have: a mistake in this
    /// program.
    pub fn of(bound: &Bound) -> Result<Self, Vec<RegionError>> {
        let page = apply(PAGE, HostFormat::Html, &Sections::of(bound))?;
        Ok(Self {
            page: page.text,
            declarations: declarations::json(bound).to_string(),
        })
    }

    /// What it serves.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let page = ("/", "text/html; charset=utf-8", self.page);
        let declarations = ("/declarations.json", "application/json", self.declarations);
        let files = FILES.map(|(path, kind, text)| (path, kind, text.to_owned()));
        let all = files.into_iter().chain([page, declarations]);
        all.fold(Router::new(), |router, (path, kind, text)| {
            let text = axum::body::Bytes::from(text);
            let serve = move || {
                let answer = ([(header::CONTENT_TYPE, kind)], HEADERS, text.clone());
                std::future::ready(answer.into_response())
            };
            router.route(path, get(serve))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use telemetry_schema::{Sources, load};

    #[test]
    fn every_program_has_a_page() {
        let (events, lock) = (
            include_str!("../../../events.toml"),
            include_str!("../../../events.lock"),
        );
        let bound = load(&Sources {
            events_name: "events.toml",
            events,
            lock_name: "events.lock",
            lock: Some(lock),
        })
        .unwrap();
        let portal = Portal::of(&bound).unwrap();
        for event in &bound.schema.events {
            assert!(portal.page.contains(&format!("event-{}", event.name)));
            assert!(portal.declarations.contains(&event.name));
        }
        let named = "<code>caro</code><!-- /telemetry:value --> <code>telemetry ";
        let commands = portal.page.matches("<code>telemetry ").count();
        assert!(commands > 0);
        assert_eq!(portal.page.matches(named).count(), commands);
    }
}
