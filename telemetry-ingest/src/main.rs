//! `telemetry-ingest`: receives events on loopback and keeps them in a folder.

#![forbid(unsafe_code)]

use clap::Parser;
use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use telemetry_ingest::judge::Terms;
use telemetry_ingest::service::Service;
use telemetry_ingest::store::Sqlite;
use telemetry_schema::{Sources, load};

/// How often what is past the retention is deleted.
const SWEEP: Duration = Duration::from_hours(1);

/// Receives the events that events.toml declares, and no others
#[derive(Debug, Parser)]
#[command(name = "telemetry-ingest", version)]
struct Options {
    /// Where to listen; a proxy that ends TLS stands before it
    #[arg(
        long,
        env = "TELEMETRY_INGEST_LISTEN",
        default_value = "127.0.0.1:8787"
    )]
    listen: SocketAddr,
    /// The folder of the store
    #[arg(long, env = "TELEMETRY_INGEST_DATA", default_value = "ingest-data")]
    data: PathBuf,
    /// The declarations; events.lock lies beside them
    #[arg(long, env = "TELEMETRY_INGEST_MANIFEST", default_value = "events.toml")]
    manifest: PathBuf,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(&options)),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let terms = terms(options)?;
    let store = Sqlite::open(&options.data).map_err(|error| {
        format!(
            "cannot open the store in {}: {error}",
            options.data.display()
        )
    })?;
    let service = Service::new(terms, Arc::new(store));
    let listener = tokio::net::TcpListener::bind(options.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    let address = listener.local_addr()?;
    let app = terms.program.app;
    let prefix = app.replace('-', "_").to_ascii_uppercase();
    // If nobody reads it, so be it.
    let mut out = std::io::stdout();
    let _ = writeln!(
        out,
        "Receiving the events of {app} on http://{address}; try:\n  \
         {prefix}_TELEMETRY_ENDPOINT=http://{address}/api/events {app} telemetry upload --now\n  \
         curl http://{address}/metrics"
    )
    .and_then(|()| out.flush());
    let sweeper = service.clone();
    tokio::spawn(async move {
        loop {
            let sweeper = sweeper.clone();
            let _ = tokio::task::spawn_blocking(move || sweeper.delete_expired()).await;
            tokio::time::sleep(SWEEP).await;
        }
    });
    axum::serve(listener, service.router())
        .with_graceful_shutdown(asked_to_stop())
        .await?;
    Ok(())
}

/// Reads the declarations and their lock.
fn terms(options: &Options) -> Result<Terms, Box<dyn Error>> {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))
    };
    let lock_path = options.manifest.with_extension("lock");
    let (events, lock) = (read(&options.manifest)?, read(&lock_path)?);
    let bound = load(&Sources {
        events_name: &options.manifest.display().to_string(),
        events: &events,
        lock_name: &lock_path.display().to_string(),
        lock: Some(&lock),
    })?;
    Ok(Terms {
        program: bound.program(),
        retention_ms: u64::from(bound.schema.policy.retention_days) * 86_400_000,
    })
}

/// Waits for an interrupt or, on Unix, a request to end.
async fn asked_to_stop() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return interrupt.await;
        };
        let mut interrupt = std::pin::pin!(interrupt);
        std::future::poll_fn(|context| {
            if terminate.poll_recv(context).is_ready() {
                return std::task::Poll::Ready(());
            }
            interrupt.as_mut().poll(context)
        })
        .await;
    }
    #[cfg(not(unix))]
    interrupt.await;
}
