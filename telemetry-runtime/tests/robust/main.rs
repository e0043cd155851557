//! The program and its user's commands where the world is not as it should
//! be: the host goes on, nothing else is touched, nothing is lost, and each
//! command ends as its help says.
//!
//! | module | what is wrong |
//! |---|---|
//! | `administrator` | nothing: the administrator's file is in its real place |
//! | `disk` | no home, a disk that is full or read-only |
//! | `interrupted` | the command is killed in the middle |
//! | `links` | links planted in the place of every file |
//! | `owner` | the folder belongs to another user |
//! | `garbage` | damage in every file |
//! | `future` | files that a newer version wrote |
//! | `newer` | another release of the program at work in the same folder |
//! | `machine` | the home is another machine's |
//! | `modes` | a umask that lets everybody read |
//! | `stories` | nothing: what people see on a terminal, kept word for word as it is on Linux |
//! | `withdrawal` | an uploader is at work while the user says no |
//!
//! The tests that mount a disk or become another user need Linux and the
//! right to do so; they say so when they are skipped, and `.ci/faults` lets
//! none be.

#![cfg(all(unix, feature = "commands", feature = "upload"))]
#![allow(clippy::unwrap_used, reason = "this is test code, outside #[test] too")]

mod administrator;
mod disk;
mod future;
mod garbage;
mod interrupted;
mod links;
mod machine;
mod modes;
mod newer;
mod owner;
mod person;
#[path = "../support/server.rs"]
mod server;
#[cfg(target_os = "linux")]
mod stories;
#[path = "../support/mod.rs"]
mod support;
mod withdrawal;
