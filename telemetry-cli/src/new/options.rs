//! What `cargo telemetry new` may be told.

use clap::{Args, Subcommand};

/// What is new.
#[derive(Subcommand)]
pub(crate) enum What {
    /// An event with its fields
    #[command(after_help = EVENT_HELP)]
    Event(EventOptions),
    /// A field of an event
    #[command(after_help = FIELD_HELP)]
    Field(FieldOptions),
    /// A list of words that fields choose from
    #[command(after_help = ENUM_HELP)]
    Enum(EnumOptions),
}

/// What a field looks like on the command line.
const FIELD_HELP: &str = r#"A field is one line, NAME: TYPE; DOC, with a type of these:

  edited: bool; Whether it was changed before it was run.
  backend: choice backend; The backend that made it.
  way: choice { key = "By a key.", mouse = "By the mouse." }; How it was done.
  tried: set backend; The backends that were tried.
  waited_ms: integer 0..=600000 ms, precision 10; From request to answer.
  version: version 8; The program's own version, 8 releases in use at a time.

`optional` before the type lets it be absent; `stable` says that it stays the
same on a machine from day to day."#;

/// The same, after what the other flags do.
const EVENT_HELP: &str = r"On a terminal what is missing is asked for. Elsewhere --doc, --why, --level and
--expires are needed. A field is one line, NAME: TYPE; DOC, such as

  --field 'waited_ms: integer 0..=600000 ms, precision 10; From request to answer.'

and `cargo telemetry new field --help` shows every type.";

const ENUM_HELP: &str = r"On a terminal what is missing is asked for. Elsewhere --doc and a --value for each
word are needed, such as

  --value 'mouse: By the mouse.'

A field has one of the words as `choice NAME`, or any of them as `set NAME`.";

/// What is known of an event.
#[derive(Args)]
pub(crate) struct EventOptions {
    /// Its name in lower case, with underscores
    pub(super) name: String,
    /// What happened, in one sentence
    #[arg(long, value_name = "TEXT")]
    pub(super) doc: Option<String>,
    /// What question it answers
    #[arg(long, value_name = "TEXT")]
    pub(super) why: Option<String>,
    /// From which level on it is emitted: minimal, normal or verbose
    #[arg(long)]
    pub(super) level: Option<String>,
    /// When it must be gone: never, a date or a version of the program
    #[arg(long, value_name = "WHEN")]
    pub(super) expires: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "WHO")]
    pub(super) owner: Option<String>,
    /// Where it was reviewed
    #[arg(long, value_name = "URL")]
    pub(super) review: Option<String>,
    /// A field, as NAME: TYPE; DOC; one for each
    #[arg(long = "field", value_name = "FIELD")]
    pub(super) fields: Vec<String>,
}

/// What is known of a field.
#[derive(Args)]
pub(crate) struct FieldOptions {
    /// The event that gets it
    pub(super) event: String,
    /// The field, as NAME: TYPE; DOC; asked for on a terminal
    pub(super) field: Option<String>,
}

/// What is known of an enum.
#[derive(Args)]
pub(crate) struct EnumOptions {
    /// Its name in lower case, with underscores
    pub(super) name: String,
    /// What its words have in common, in one sentence
    #[arg(long, value_name = "TEXT")]
    pub(super) doc: Option<String>,
    /// A word, as WORD: MEANING; one for each
    #[arg(long = "value", value_name = "VALUE")]
    pub(super) values: Vec<String>,
}
