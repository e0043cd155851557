//! What the service is told: flags before the environment before a file
//! before what stands here.

use crate::forward;
use crate::store::ClickHouseSettings;
use clap::{Parser, ValueEnum};
use serde::Deserialize;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU32, NonZeroU64};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Receives the events that events.toml declares, and no others
#[derive(Debug, Default, Parser)]
#[command(name = "telemetry-ingest", version)]
pub struct Options {
    /// A file with what follows and more; docs/OPERATIONS.md lists it
    #[arg(long, env = "TELEMETRY_INGEST_CONFIG")]
    pub config: Option<PathBuf>,
    /// Where to listen, 127.0.0.1:8787 unless told; a proxy that ends TLS stands before it
    #[arg(long, env = "TELEMETRY_INGEST_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// The folder of the store, `ingest-data` unless told
    #[arg(long, env = "TELEMETRY_INGEST_DATA")]
    pub data: Option<PathBuf>,
    /// Keep events in the ClickHouse at this URL instead; a cluster has several, with commas
    #[arg(
        long,
        env = "TELEMETRY_INGEST_CLICKHOUSE",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub clickhouse: Vec<String>,
    /// The declarations, `events.toml` unless told; events.lock lies beside them
    #[arg(long, env = "TELEMETRY_INGEST_MANIFEST")]
    pub manifest: Option<PathBuf>,
    /// How lines of the log are written
    #[arg(long, env = "TELEMETRY_INGEST_LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
    /// The least that is worth a line of the log
    #[arg(long, env = "TELEMETRY_INGEST_LOG_LEVEL")]
    pub log_level: Option<LogLevel>,
}

/// Everything that can be told. Its fields are the keys of the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The folder of the store.
    pub data: PathBuf,
    /// The ClickHouse that keeps events in place of the folder, if one does.
    pub clickhouse: Option<ClickHouseSettings>,
    /// The declarations.
    pub manifest: PathBuf,
    /// What is logged.
    pub log: Log,
    /// How much at a time, and how long.
    pub limits: Limits,
    /// Who stands before the service.
    pub proxy: Proxy,
    /// The PostHog that events are forwarded to, if they are.
    pub posthog: Option<forward::Settings>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            data: "ingest-data".into(),
            clickhouse: None,
            manifest: "events.toml".into(),
            log: Log::default(),
            limits: Limits::default(),
            proxy: Proxy::default(),
            posthog: None,
        }
    }
}

/// `[log]`: lines on the standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// How a line is written.
    pub format: LogFormat,
    /// The least that is worth a line.
    pub level: LogLevel,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object of JSON.
    Json,
}

/// The least that is worth a line of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What somebody has to do something about.
    Error,
    /// What may become that.
    Warn,
    /// Each request, too.
    #[default]
    Info,
    /// Connections, too.
    Debug,
}

/// `[limits]`: what one machine and one sender may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The most connections at a time; each needs a descriptor.
    pub connections: NonZeroU32,
    /// The most memory for the bodies of requests that are under way, in MiB.
    pub body_memory_mib: NonZeroU32,
    /// How many requests a minute an address may make; 0 for any number.
    /// Unless told, an address of this machine may make any number, since a
    /// proxy may stand behind it.
    pub requests_per_minute: Option<u32>,
    /// How long the head of a request may take, and a connection be idle.
    pub header_seconds: NonZeroU64,
    /// How long the body of a request may take.
    pub body_seconds: NonZeroU64,
    /// How long a connection may be open; a request under way is finished.
    pub connection_seconds: NonZeroU64,
    /// How long requests under way may take when the service is to end.
    pub stop_seconds: NonZeroU64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // With the descriptors of the store, within the usual 1,024.
            connections: at_least_one(900),
            body_memory_mib: at_least_one(256),
            requests_per_minute: None,
            header_seconds: seconds(10),
            body_seconds: seconds(30),
            connection_seconds: seconds(300),
            stop_seconds: seconds(30),
        }
    }
}

const fn at_least_one(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

const fn seconds(number: u64) -> NonZeroU64 {
    match NonZeroU64::new(number) {
        Some(number) => number,
        None => NonZeroU64::MIN,
    }
}

/// The requests a minute of an address that is not of this machine, where
/// nothing was told: far more than an office behind one address makes.
const REQUESTS_PER_MINUTE: u32 = 600;

impl Limits {
    /// How many requests a minute this address may make.
    pub fn per_minute(&self, address: IpAddr) -> Option<NonZeroU32> {
        let unless_told = if address.is_loopback() {
            0
        } else {
            REQUESTS_PER_MINUTE
        };
        NonZeroU32::new(self.requests_per_minute.unwrap_or(unless_told))
    }

    /// [`header_seconds`](Self::header_seconds) as a duration.
    pub fn header(&self) -> Duration {
        Duration::from_secs(self.header_seconds.get())
    }

    /// [`body_seconds`](Self::body_seconds) as a duration.
    pub fn body(&self) -> Duration {
        Duration::from_secs(self.body_seconds.get())
    }

    /// [`connection_seconds`](Self::connection_seconds) as a duration.
    pub fn connection(&self) -> Duration {
        Duration::from_secs(self.connection_seconds.get())
    }

    /// [`stop_seconds`](Self::stop_seconds) as a duration.
    pub fn stop(&self) -> Duration {
        Duration::from_secs(self.stop_seconds.get())
    }
}

/// `[proxy]`: whose word is taken for where a request comes from. Without a
/// header, nobody's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proxy {
    /// The header that the proxy writes, such as `x-forwarded-for`; its last
    /// address counts.
    pub header: Option<String>,
    /// The addresses that the proxy may have; those of this machine unless
    /// told.
    pub addresses: Vec<IpAddr>,
}

impl Proxy {
    /// Whether this is the proxy.
    pub fn is(&self, peer: IpAddr) -> bool {
        if self.addresses.is_empty() {
            peer.is_loopback()
        } else {
            let mut all = self.addresses.iter();
            all.any(|address| address.to_canonical() == peer)
        }
    }
}

/// Why the service cannot be started as it was told.
#[derive(Debug)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl Config {
    /// What options say, over what their file says.
    ///
    /// # Errors
    ///
    /// That the file cannot be read, or the line with what is not a key or a
    /// value of it.
    pub fn of(options: &Options) -> Result<Self, Error> {
        let mut config = match &options.config {
            Some(path) => Self::read(path)?,
            None => Self::default(),
        };
        set(&mut config.listen, options.listen);
        set(&mut config.data, options.data.clone());
        set(&mut config.manifest, options.manifest.clone());
        if !options.clickhouse.is_empty() {
            let settings = config.clickhouse.get_or_insert_default();
            settings.urls.clone_from(&options.clickhouse);
        }
        set(&mut config.log.format, options.log_format);
        set(&mut config.log.level, options.log_level);
        Ok(config)
    }

    fn read(path: &Path) -> Result<Self, Error> {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error(format!("cannot read {shown}: {error}")))?;
        let mut config =
            Self::parse(&text).map_err(|error| Error(format!("{shown} is not right: {error}")))?;
        // Its paths are seen from where it lies.
        let folder = path.parent().unwrap_or(Path::new(""));
        config.data = folder.join(&config.data);
        config.manifest = folder.join(&config.manifest);
        let posthog = config.posthog.as_mut();
        if let Some(deletions) = posthog.and_then(|posthog| posthog.deletions.as_mut()) {
            deletions.personal_key_file = folder.join(&deletions.personal_key_file);
        }
        Ok(config)
    }

    fn parse(text: &str) -> Result<Self, Error> {
        let config: Self = toml::from_str(text).map_err(|error| wrong(text, &error))?;
        if let Some(header) = &config.proxy.header
            && axum::http::HeaderName::try_from(header).is_err()
        {
            return Err(Error(format!(
                "proxy.header is {header:?}, which is no name of a header; write one such as \
                 \"x-forwarded-for\""
            )));
        }
        Ok(config)
    }
}

/// What is wrong, with its line; but a URL may hold a password, so that where
/// there may be one no line and no value is shown.
fn wrong(text: &str, error: &toml::de::Error) -> Error {
    if !text.contains("clickhouse") {
        return Error(error.to_string());
    }
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let said = error.message().split('"').next().unwrap_or_default();
    Error(format!(
        "line {line}: {}; it is not shown, for it may hold a password",
        said.trim_end()
    ))
}

fn set<T>(value: &mut T, told: Option<T>) {
    if let Some(told) = told {
        *value = told;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_go_before_the_file_and_its_paths_begin_where_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ingest.toml");
        std::fs::write(
            &path,
            "listen = \"127.0.0.1:1\"\ndata = \"kept\"\n[log]\nformat = \"json\"\n\
             [limits]\nconnections = 7\n",
        )
        .unwrap();
        let options = Options {
            config: Some(path),
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 2))),
            ..Options::default()
        };
        let config = Config::of(&options).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.data, folder.path().join("kept"));
        assert_eq!(config.manifest, folder.path().join("events.toml"));
        assert_eq!(config.log.format, LogFormat::Json);
        assert_eq!(config.limits.connections.get(), 7);
        assert_eq!(config.limits.body_seconds, Limits::default().body_seconds);
    }

    #[test]
    fn the_packaged_file_says_what_holds_where_nothing_is_said() {
        let text = include_str!("../packaging/ingest.toml");
        assert_eq!(Config::parse(text).unwrap(), Config::default());
        // What is commented out are keys as well.
        let all: String = text
            .lines()
            .map(|line| line.strip_prefix("# ").unwrap_or(line))
            .filter(|line| line.starts_with('[') || line.contains(" = "))
            .flat_map(|line| [line, "\n"])
            .collect();
        let config = Config::parse(&all).unwrap();
        assert!(
            config
                .posthog
                .is_some_and(|posthog| posthog.deletions.is_some())
        );
        assert!(config.proxy.header.is_some());
        assert!(config.limits.requests_per_minute.is_some());
    }

    #[test]
    fn no_password_is_shown() {
        for text in [
            "[clickhouse]\nurls = \"http://user:hunter2@host/\"\n",
            "[clickhouse]\nurls = [\"http://user:hunter2@host/\" 7]\n",
            "[clickhouse]\nurl = [\"http://user:hunter2@host/\"]\n",
            "clickhouse.urls = \"http://user:hunter2@host/\"\n",
        ] {
            let said = Config::parse(text).unwrap_err().to_string();
            assert!(said.contains("line "), "{said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn what_is_not_right_is_shown_with_its_line() {
        let said: Vec<String> = [
            "[limits]\nconections = 7\n",
            "[limits]\nbody_seconds = 0\n",
            "listen = \"localhost\"\n",
            "[log]\nlevel = \"loud\"\n",
            "[proxy]\nheader = \"who is it\"\n",
            "[clickhouse]\nurl = \"http://127.0.0.1:8123/\"\n",
        ]
        .into_iter()
        .map(|text| Config::parse(text).unwrap_err().to_string())
        .collect();
        insta::assert_snapshot!(said.join("\n"));
    }
}
