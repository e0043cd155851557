//! The service in a process of its own, over a store.

use crate::bodies::Declared;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use telemetry_ingest::config::Limits;
use telemetry_ingest::judge::Terms;
use telemetry_ingest::serve::serve as run;
use telemetry_ingest::service::Service as Ingest;
use telemetry_ingest::store::{ClickHouse, ClickHouseSettings, Null, Sqlite, Store};

/// The argument by which this program becomes the service.
pub(crate) const FLAG: &str = "--serve";

/// Where events go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Sqlite,
    ClickHouse,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Null => "none",
            Self::Sqlite => "SQLite",
            Self::ClickHouse => "ClickHouse",
        }
    }

    /// The store of this name, in letters of any case.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let kinds = [Self::Null, Self::Sqlite, Self::ClickHouse];
        kinds
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// Opens the store.
    pub(crate) fn open(
        self,
        declared: Declared,
        data: &Path,
        url: Option<&str>,
    ) -> Result<Arc<dyn Store>> {
        let terms = terms(declared);
        Ok(match self {
            Self::Null => Arc::new(Null),
            Self::Sqlite => Arc::new(Sqlite::open(data, terms.program)?),
            Self::ClickHouse => {
                let settings = ClickHouseSettings {
                    urls: url.map(str::to_owned).into_iter().collect(),
                    ..ClickHouseSettings::default()
                };
                Arc::new(ClickHouse::open(&settings, &terms)?)
            }
        })
    }
}

fn terms(declared: Declared) -> Terms {
    Terms {
        program: declared.program(),
        retention_ms: 90 * 86_400_000,
    }
}

/// The service as seen from its parent; it ends with this.
pub(crate) struct Service {
    child: Child,
    pub(crate) address: String,
}

impl Service {
    pub(crate) fn start(
        kind: Kind,
        declared: Declared,
        data: &Path,
        url: Option<&str>,
    ) -> Result<Self> {
        let thousand = if declared == Declared::Thousand {
            "1000"
        } else {
            ""
        };
        let mut child = Command::new(std::env::current_exe()?)
            .args([FLAG, kind.name(), thousand])
            .arg(data)
            .arg(url.unwrap_or_default())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().context("no standard output")?;
        let mut address = String::new();
        BufReader::new(out).read_line(&mut address)?;
        let address = address.trim().to_owned();
        if address.is_empty() {
            bail!("the service did not start");
        }
        Ok(Self { child, address })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The life of the child.
pub(crate) fn serve(arguments: &[String]) -> Result<()> {
    let [kind, thousand, data, url] = arguments else {
        bail!("started by hand");
    };
    let declared = if thousand.is_empty() {
        Declared::Caro
    } else {
        Declared::Thousand
    };
    let store = Kind::of(kind).context("no such store")?;
    let store = store.open(declared, Path::new(data), Some(url))?;
    let ingest = Ingest::new(terms(declared), store);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let mut out = std::io::stdout();
        writeln!(out, "{}", listener.local_addr()?)?;
        out.flush()?;
        let metrics = ingest.metrics().clone();
        run(
            listener,
            ingest.router(),
            Limits::default(),
            metrics,
            std::future::pending(),
        )
        .await;
        Ok(())
    })
}
