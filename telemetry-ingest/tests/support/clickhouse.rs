//! ClickHouse servers of a test's own, on loopback: Debian's
//! `clickhouse-server`, and its `zookeeper` where there are replicas; and a
//! current engine from `PyPI`'s `chdb-core`, by the Python that `CHDB_PYTHON`
//! names.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Where Debian puts it.
const SERVER: &str = "/usr/sbin/clickhouse-server";
const ZOOKEEPER: &str = "/usr/share/java/zookeeper.jar";

/// Whether there is what a test needs.
pub(crate) fn installed(replicas: bool) -> bool {
    let mut needed = vec![SERVER];
    if replicas {
        needed.push(ZOOKEEPER);
    }
    let missing = needed.into_iter().find(|path| !Path::new(path).exists());
    missing.is_none_or(|path| skipped(&format!("{path} is missing")))
}

/// The Python that has a current engine.
pub(crate) fn python() -> Option<PathBuf> {
    let python = std::env::var_os("CHDB_PYTHON").map(PathBuf::from);
    if python.is_none() {
        skipped("CHDB_PYTHON is not set");
    }
    python
}

/// With `NOTHING_IS_SKIPPED`, which `.ci/clickhouse` sets in CI, what is missing
/// fails the test; else it is skipped, and says so past the capture of its
/// output.
fn skipped(what: &str) -> bool {
    let told = format!("{what}; .ci/clickhouse says what is to be installed");
    assert!(std::env::var_os("NOTHING_IS_SKIPPED").is_none(), "{told}");
    let _ = writeln!(std::io::stderr(), "SKIPPED: {told}");
    false
}

/// A process that ends with its owner.
struct Process(Child);

impl Process {
    fn start(command: &mut Command) -> Self {
        let quiet = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self(quiet.spawn().unwrap())
    }

    /// Kills it with SIGKILL.
    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How the two servers of a cluster share the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shards {
    /// Both have all.
    One,
    /// Each has a part of its own.
    Two,
}

/// A server and its folder.
pub(crate) struct Server {
    process: Process,
    folder: PathBuf,
    http: u16,
}

impl Server {
    /// One that is alone.
    pub(crate) fn alone(folder: &Path) -> Self {
        Self::start(folder, [port(), port(), port()], "")
    }

    /// Two servers of the cluster `both`, which a `ZooKeeper` ties together:
    /// replicas of one shard, or a shard each.
    pub(crate) fn cluster(folder: &Path, keeper: &ZooKeeper, shards: Shards) -> [Self; 2] {
        let ports = [[port(), port(), port()], [port(), port(), port()]];
        let replicas = ports.map(|[_, tcp, _]| {
            format!("<replica><host>127.0.0.1</host><port>{tcp}</port></replica>")
        });
        let shard = |replicas: &str| {
            format!("<shard><internal_replication>true</internal_replication>{replicas}</shard>")
        };
        let cluster = match shards {
            Shards::One => shard(&replicas.concat()),
            Shards::Two => replicas.map(|replica| shard(&replica)).concat(),
        };
        let start = |name: &str, number: u8, own: [u16; 3]| {
            let shard = match shards {
                Shards::One => 1,
                Shards::Two => number,
            };
            let more = format!(
                "<zookeeper><node><host>127.0.0.1</host><port>{}</port></node>\
                 <session_timeout_ms>6000</session_timeout_ms></zookeeper>\
                 <macros><shard>{shard}</shard><replica>{name}</replica></macros>\
                 <remote_servers><both>{cluster}</both></remote_servers>\
                 <distributed_ddl><path>/clickhouse/task_queue/ddl</path></distributed_ddl>",
                keeper.port
            );
            Self::start(&folder.join(name), own, &more)
        };
        [start("one", 1, ports[0]), start("two", 2, ports[1])]
    }

    /// The current engine, behind the same interface.
    pub(crate) fn current(folder: &Path, python: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/engine.py");
        let mut process = Process(
            Command::new(python)
                .arg(script)
                .arg(folder)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap(),
        );
        let mut line = String::new();
        let out = process.0.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        Self {
            process,
            folder: folder.to_owned(),
            http: line.trim().parse().unwrap(),
        }
    }

    fn start(folder: &Path, [http, tcp, between]: [u16; 3], more: &str) -> Self {
        let at = |name: &str| folder.join(name).display().to_string();
        for name in ["data", "tmp"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        let config = format!(
            "<yandex><logger><level>warning</level><log>{}</log><errorlog>{}</errorlog></logger>\
             <listen_host>127.0.0.1</listen_host><interserver_http_host>127.0.0.1</interserver_http_host>\
             <http_port>{http}</http_port><tcp_port>{tcp}</tcp_port>\
             <interserver_http_port>{between}</interserver_http_port>\
             <path>{}/</path><tmp_path>{}/</tmp_path><users_config>users.xml</users_config>\
             <default_profile>default</default_profile><default_database>default</default_database>\
             <mark_cache_size>67108864</mark_cache_size>{more}</yandex>",
            at("log"),
            at("errors"),
            at("data"),
            at("tmp"),
        );
        fs::write(folder.join("config.xml"), config).unwrap();
        let users = "<yandex><profiles><default/></profiles><quotas><default/></quotas>\
             <users><default><password></password><networks><ip>127.0.0.1</ip></networks>\
             <profile>default</profile><quota>default</quota></default></users></yandex>";
        fs::write(folder.join("users.xml"), users).unwrap();
        let server = Self {
            process: Self::run(folder),
            folder: folder.to_owned(),
            http,
        };
        server.answers();
        server
    }

    fn run(folder: &Path) -> Process {
        Process::start(
            Command::new(SERVER)
                .arg("--config-file=config.xml")
                .current_dir(folder),
        )
    }

    /// Kills it, as a machine's failure would.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Stops it, as a machine that hangs, or lets it go on.
    pub(crate) fn hangs(&self, hangs: bool) {
        let signal = if hangs { "-STOP" } else { "-CONT" };
        let pid = self.process.0.id().to_string();
        let told = Command::new("kill").args([signal, &pid]).status();
        assert!(told.unwrap().success());
    }

    /// Starts it again over what it left.
    pub(crate) fn start_again(&mut self) {
        self.process = Self::run(&self.folder);
        self.answers();
    }

    fn answers(&self) {
        eventually("a ClickHouse that answers", || {
            self.asked("SELECT 1").is_ok_and(|answer| answer == "1\n")
        });
    }

    /// Where it takes statements.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.http)
    }

    /// The part of a service's configuration that has it store here.
    pub(crate) fn section(&self) -> String {
        format!("[clickhouse]\nurls = [\"{}\"]\n", self.url())
    }

    /// All that it writes to.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it says to a statement.
    pub(crate) fn says(&self, statement: &str) -> String {
        self.asked(statement).unwrap()
    }

    pub(crate) fn asked(&self, statement: &str) -> Result<String, String> {
        let mut stream =
            TcpStream::connect(("127.0.0.1", self.http)).map_err(|error| error.to_string())?;
        let request = format!(
            "POST /?output_format_json_quote_64bit_integers=0 HTTP/1.0\r\n\
             content-length: {}\r\n\r\n{statement}",
            statement.len()
        );
        let mut answer = Vec::new();
        stream
            .write_all(request.as_bytes())
            .and_then(|()| stream.read_to_end(&mut answer))
            .map_err(|error| error.to_string())?;
        let answer = String::from_utf8_lossy(&answer);
        match answer.split_once("\r\n\r\n") {
            Some((head, body)) if head.contains(" 200 ") => Ok(body.to_owned()),
            _ => Err(format!("{statement}: {answer}")),
        }
    }
}

/// What replicas agree by.
pub(crate) struct ZooKeeper {
    _process: Process,
    port: u16,
}

impl ZooKeeper {
    pub(crate) fn start(folder: &Path) -> Self {
        let port = port();
        let data = folder.join("data");
        fs::create_dir_all(&data).unwrap();
        let config = format!(
            "tickTime=500\ndataDir={}\nclientPort={port}\nclientPortAddress=127.0.0.1\n\
             admin.enableServer=false\n4lw.commands.whitelist=srvr\n",
            data.display()
        );
        let path = folder.join("zoo.cfg");
        fs::write(&path, config).unwrap();
        let process = Process::start(
            Command::new("java")
                .args(["-Xmx256m", "-cp", ZOOKEEPER])
                .arg("org.apache.zookeeper.server.quorum.QuorumPeerMain")
                .arg(&path)
                .current_dir(folder),
        );
        eventually("a ZooKeeper that answers", || says_its_mode(port));
        Self {
            _process: process,
            port,
        }
    }
}

/// It takes connections before it serves them.
fn says_its_mode(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let mut answer = String::new();
    // Who came too early is never answered.
    let asked = stream.set_read_timeout(Some(Duration::from_secs(2)));
    asked
        .and_then(|()| stream.write_all(b"srvr"))
        .and_then(|()| stream.read_to_string(&mut answer))
        .is_ok()
        && answer.contains("Mode:")
}

/// Waits for something that another process does.
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let give_up = Instant::now() + Duration::from_mins(2);
    while !holds() {
        assert!(Instant::now() < give_up, "never: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// A port that is free, and none that the system gives to whoever connects.
fn port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let next = std::process::id().wrapping_mul(31) + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 10_240 + u16::try_from(next % 20_480).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
