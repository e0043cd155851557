//! `telemetry-ingest`: receives events on loopback and keeps them in a folder.

#![forbid(unsafe_code)]

use clap::Parser;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use telemetry_ingest::config::{Config, Options};
use telemetry_ingest::forward::{Forwarder, Outbox};
use telemetry_ingest::judge::Terms;
use telemetry_ingest::portal::Portal;
use telemetry_ingest::service::{Service, Setup};
use telemetry_ingest::store::{ClickHouse, Sqlite, Store};
use telemetry_ingest::{logs, serve};
use telemetry_schema::{Bound, Sources, load};

/// How often what is past the retention is deleted.
const SWEEP: Duration = Duration::from_hours(1);

/// How long what is still under way may take after all requests have ended.
const LAST: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let options = Options::parse();
    let result = Config::of(&options)
        .map_err(Into::into)
        .and_then(|config| start(&config));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

fn start(config: &Config) -> Result<(), Box<dyn Error>> {
    logs::start(config.log);
    let bound = declarations(&config.manifest)?;
    let terms = Terms {
        program: bound.program(),
        retention_ms: u64::from(bound.schema.policy.retention_days) * 86_400_000,
    };
    let portal = Portal::of(&bound).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        format!("the portal cannot be made:\n{}", errors.join("\n"))
    })?;
    let store = open(config, &terms)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(run(config, terms, store, portal));
    // What goes on then is of nobody who will be answered.
    runtime.shutdown_timeout(LAST);
    ended
}

async fn run(
    config: &Config,
    terms: Terms,
    store: Arc<dyn Store>,
    portal: Portal,
) -> Result<(), Box<dyn Error>> {
    let setup = Setup {
        limits: config.limits,
        proxy: config.proxy.clone(),
        portal: Some(portal),
        outbox: outbox(config)?,
        forwards: config.posthog.is_some(),
    };
    let outbox = setup.outbox.clone();
    let service = Service::with(terms, store, setup);
    if let (Some(settings), Some(outbox)) = (config.posthog.clone(), outbox) {
        let forwarder = Forwarder::new(settings, outbox, service.metrics().clone())?;
        tokio::spawn(forwarder.run());
    }
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    let address = listener.local_addr()?;
    let app = terms.program.app;
    let prefix = app.replace('-', "_").to_ascii_uppercase();
    // If nobody reads it, so be it.
    let mut out = std::io::stdout();
    let _ = writeln!(
        out,
        "Receiving the events of {app} on http://{address}; try:\n  \
         {prefix}_TELEMETRY_ENDPOINT=http://{address}/api/events {app} telemetry upload --now\n  \
         http://{address}/ in a browser"
    )
    .and_then(|()| out.flush());
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        app,
        generation = terms.program.running().number,
        "started"
    );
    tokio::spawn(sweep(service.clone()));
    let (router, metrics) = (service.router(), service.metrics().clone());
    serve::serve(listener, router, config.limits, metrics, asked_to_stop()).await;
    // What was queued is kept when the last of it is dropped.
    tracing::info!("stopped");
    Ok(())
}

fn open(config: &Config, terms: &Terms) -> Result<Arc<dyn Store>, Box<dyn Error>> {
    if let Some(settings) = &config.clickhouse {
        let store = ClickHouse::open(settings, terms)
            .map_err(|error| format!("cannot open the store: {error}"))?;
        return Ok(Arc::new(store));
    }
    let store = Sqlite::open(&config.data, terms.program).map_err(|error| {
        format!(
            "cannot open the store in {}: {error}",
            config.data.display()
        )
    })?;
    Ok(Arc::new(store))
}

/// Also where nothing is forwarded any more: what is left there is still to go.
fn outbox(config: &Config) -> Result<Option<Arc<Outbox>>, Box<dyn Error>> {
    if config.posthog.is_none() && !Outbox::is_in(&config.data) {
        return Ok(None);
    }
    let outbox = Outbox::open(&config.data).map_err(|error| {
        format!(
            "cannot open the outbox in {}: {error}",
            config.data.display()
        )
    })?;
    Ok(Some(Arc::new(outbox)))
}

async fn sweep(service: Service) {
    loop {
        let sweeper = service.clone();
        let _ = tokio::task::spawn_blocking(move || sweeper.delete_expired()).await;
        tokio::time::sleep(SWEEP).await;
    }
}

/// Reads the declarations and their lock.
fn declarations(manifest: &Path) -> Result<Bound, Box<dyn Error>> {
    let read = |path: &Path| {
        std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))
    };
    let lock_path = manifest.with_extension("lock");
    let (events, lock) = (read(manifest)?, read(&lock_path)?);
    Ok(load(&Sources {
        events_name: &manifest.display().to_string(),
        events: &events,
        lock_name: &lock_path.display().to_string(),
        lock: Some(&lock),
    })?)
}

/// Waits for an interrupt or, on Unix, a request to end.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
