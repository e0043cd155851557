//! The rules as a table, which the documentation shows and which holds
//! [`decide`] for every combination of inputs.
//!
//! The table is not in the order of the code: it is a list of sufficient
//! conditions. Whichever rows fit a combination must agree on whether
//! telemetry is on; the first of them names the input that decides.

use super::{Inputs, Opinion, Reason, decide};
use crate::admin::AdminRules;
use crate::answer::{Answer, Date, Given, How, Recorded};
use crate::policy::ConsentDefault;
use std::fmt::Write as _;
use std::path::Path;
use telemetry_wire::{Channel, Version};

/// The inputs, as the table's columns have them.
const COLUMNS: [&str; 12] = [
    "platform",
    "test runner",
    "run flag",
    "DO_NOT_TRACK",
    "environment",
    "administrator",
    "configuration",
    "answer",
    "data folder",
    "CI",
    "dev channel",
    "channel default",
];

/// Each row: what every column must say, whether telemetry is then on, and
/// the column that decides. `no` and `yes` are the input's own, `quiet` is
/// neither, `-` is a no or nothing of the kind (never a no), `any` is all.
const TABLE: &str = "
no  any any any  any   any   any   any   any any any any  off platform
any no  any any  any   any   any   any   any any any any  off test runner
any any no  any  any   any   any   any   any any any any  off run flag
any any any no   any   any   any   any   any any any any  off DO_NOT_TRACK
any any any any  no    any   any   any   any any any any  off environment
any any any any  any   no    any   any   any any any any  off administrator
any any any any  any   any   no    any   any any any any  off configuration
any any any any  any   any   any   no    any any any any  off answer
any any any any  any   any   any   any   no  any any any  off data folder
-   -   -   -    yes   -     -     -     -   any any any  on  environment
-   -   -   -    -     yes   -     -     -   any any any  on  administrator
-   -   -   -    -     -     yes   -     -   any any any  on  configuration
-   -   -   -    -     -     -     yes   -   any any any  on  answer
-   -   -   -    quiet quiet quiet quiet -   no  any any  off CI
-   -   -   -    quiet quiet quiet quiet -   any no  any  off dev channel
-   -   -   -    quiet quiet quiet quiet -   any any no   off channel default
-   -   -   -    quiet quiet quiet quiet -   -   -   yes  on  channel default
";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Yes,
    No,
    Quiet,
}

/// What a column must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Any,
    Yes,
    No,
    Quiet,
    NotNo,
}

impl Need {
    fn parse(word: &str) -> Self {
        match word {
            "any" => Self::Any,
            "yes" => Self::Yes,
            "no" => Self::No,
            "quiet" => Self::Quiet,
            "-" => Self::NotNo,
            other => panic!("{other} is no word of the table"),
        }
    }
}

struct Row {
    needs: [Need; 12],
    on: bool,
    decides: String,
}

fn rows() -> Vec<Row> {
    TABLE.trim().lines().map(row).collect()
}

fn row(line: &str) -> Row {
    let mut words = line.split_whitespace();
    let needs = std::array::from_fn(|_| Need::parse(words.next().unwrap()));
    let on = words.next().unwrap() == "on";
    let decides = words.collect::<Vec<_>>().join(" ");
    assert!(COLUMNS.contains(&&*decides), "{line}");
    Row { needs, on, decides }
}

impl Row {
    fn fits(&self, said: &[Word; 12]) -> bool {
        self.needs.iter().zip(said).all(|(need, said)| match need {
            Need::Any => true,
            Need::Yes => *said == Word::Yes,
            Need::No => *said == Word::No,
            Need::Quiet => *said == Word::Quiet,
            Need::NotNo => *said != Word::No,
        })
    }
}

/// One value of an input, and what it says in the table's words.
type Choice<T> = (T, Word);

const FACTS: [Choice<bool>; 2] = [(false, Word::Quiet), (true, Word::No)];
const NEEDS: [Choice<bool>; 2] = [(true, Word::Quiet), (false, Word::No)];
const TRACKING: [Choice<Opinion>; 2] = [(Opinion::Unset, Word::Quiet), (Opinion::No, Word::No)];
const SWITCH: [Choice<Opinion>; 4] = [
    (Opinion::Unset, Word::Quiet),
    (Opinion::Yes, Word::Yes),
    (Opinion::No, Word::No),
    (Opinion::Unreadable, Word::No),
];
const CI: [Choice<Option<&str>>; 2] = [(None, Word::Quiet), (Some("CI"), Word::No)];
const DEFAULTS: [Choice<ConsentDefault>; 2] = [
    (ConsentDefault::OptIn, Word::No),
    (ConsentDefault::OptOut, Word::Yes),
];

fn administrators() -> Vec<Choice<AdminRules>> {
    let rules = |enabled, trusted| AdminRules {
        enabled,
        trusted,
        ..AdminRules::default()
    };
    let broken = AdminRules {
        fault: Some(fault()),
        ..rules(None, true)
    };
    vec![
        (rules(None, true), Word::Quiet),
        (rules(Some(true), true), Word::Yes),
        (rules(Some(true), false), Word::Quiet),
        (rules(Some(false), true), Word::No),
        (rules(Some(false), false), Word::No),
        (broken, Word::No),
    ]
}

fn answers() -> Vec<Choice<Recorded>> {
    let given = |yes, how, channel| {
        Recorded::Answer(Answer {
            given: Some(Given {
                yes,
                how,
                date: Date::of(0),
                version: Version::parse("1.0.0").unwrap(),
                channel,
                generation: 1,
            }),
            ..Answer::default()
        })
    };
    vec![
        (Recorded::Nothing, Word::Quiet),
        (Recorded::Answer(Answer::default()), Word::Quiet),
        (given(true, How::Explicitly, Channel::Beta), Word::Yes),
        (given(true, How::ByDefault, Channel::Beta), Word::Quiet),
        (given(true, How::ByDefault, Channel::Stable), Word::Quiet),
        (given(false, How::Explicitly, Channel::Beta), Word::No),
        (given(false, How::ByDefault, Channel::Beta), Word::No),
        (Recorded::Unreadable(fault()), Word::No),
    ]
}

fn fault() -> crate::Fault {
    Answer::parse(b"?").unwrap_err()
}

/// Calls `each` with every combination of all inputs.
fn for_each_combination(mut each: impl FnMut(&Inputs, &[Word; 12])) {
    let (administrators, answers) = (administrators(), answers());
    let mut next = Mixed(0);
    let mut left = 2 * 2 * 2 * 2 * 4 * administrators.len() * 4 * answers.len() * 2 * 2 * 5 * 2;
    while left > 0 {
        let mut digits = next;
        let (supported, platform) = digits.pick(&NEEDS);
        let (test_runner, test) = digits.pick(&FACTS);
        let (off_for_this_run, flag) = digits.pick(&FACTS);
        let (do_not_track, tracking) = digits.pick(&TRACKING);
        let (environment, variable) = digits.pick(&SWITCH);
        let (administrator, admin) = digits.pick(&administrators);
        let (config, configured) = digits.pick(&SWITCH);
        let (answer, answered) = digits.pick(&answers);
        let (data_folder, folder) = digits.pick(&NEEDS);
        let (ci, service) = digits.pick(&CI);
        let channel = digits.pick(&Channel::ALL);
        let dev = if channel == Channel::Dev {
            Word::No
        } else {
            Word::Quiet
        };
        let (channel_default, default) = digits.pick(&DEFAULTS);
        let inputs = Inputs {
            supported,
            data_folder,
            test_runner,
            off_for_this_run,
            do_not_track,
            environment,
            administrator,
            config,
            answer,
            ci,
            channel,
            channel_default,
            ..Inputs::silent()
        };
        let said = [
            platform, test, flag, tracking, variable, admin, configured, answered, folder, service,
            dev, default,
        ];
        each(&inputs, &said);
        next.0 += 1;
        left -= 1;
    }
}

/// A number that is taken apart digit by digit.
#[derive(Clone, Copy)]
struct Mixed(usize);

impl Mixed {
    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let choice = choices[self.0 % choices.len()];
        self.0 /= choices.len();
        choice
    }
}

/// The column of the input that a reason names.
fn column(reason: Reason) -> &'static str {
    match reason {
        Reason::UnsupportedPlatform => "platform",
        Reason::NoDataFolder => "data folder",
        Reason::TestRunner => "test runner",
        Reason::OffForThisRun => "run flag",
        Reason::DoNotTrack => "DO_NOT_TRACK",
        Reason::Environment(_) => "environment",
        Reason::Administrator(_) => "administrator",
        Reason::Config(_) => "configuration",
        Reason::Answer(_) => "answer",
        Reason::Ci(_) => "CI",
        Reason::DevChannel => "dev channel",
        Reason::ChannelDefault(..) => "channel default",
    }
}

#[test]
fn every_combination_follows_the_table() {
    let rows = rows();
    let mut decided = vec![0_u32; rows.len()];
    let mut combinations = 0;
    for_each_combination(|inputs, said| {
        let mut fitting = rows.iter().enumerate().filter(|(_, row)| row.fits(said));
        let (first, row) = fitting
            .next()
            .unwrap_or_else(|| panic!("no row fits {inputs:?}"));
        assert!(
            fitting.all(|(_, other)| other.on == row.on),
            "rows disagree on {inputs:?}"
        );
        let decision = decide(inputs);
        assert_eq!(decision.enabled(), row.on, "{inputs:?}");
        assert_eq!(column(decision.reason()), row.decides, "{inputs:?}");
        assert_eq!(decision.permit().is_some(), row.on);
        decided[first] += 1;
        combinations += 1;
    });
    assert_eq!(combinations, 16 * 4 * 6 * 4 * 8 * 2 * 2 * 5 * 2);
    assert!(!decided.contains(&0), "a row decides nothing: {decided:?}");
}

/// The table in words.
fn markdown() -> String {
    let mut page = String::from(HEAD);
    let _ = writeln!(
        page,
        "| {} | telemetry is | decided by |",
        COLUMNS.join(" | ")
    );
    let _ = writeln!(page, "|{}", "---|".repeat(COLUMNS.len() + 2));
    for row in rows() {
        let cells: Vec<_> = row
            .needs
            .iter()
            .zip(COLUMNS)
            .map(|(need, column)| cell(*need, column))
            .collect();
        let on = if row.on { "**on**" } else { "off" };
        let _ = writeln!(page, "| {} | {on} | {} |", cells.join(" | "), row.decides);
    }
    page.push_str(TAIL);
    page
}

/// What a column must say, in words that fit it.
fn cell(need: Need, column: &str) -> &'static str {
    match (need, column) {
        (Need::Any, _) => "",
        (Need::No, "platform") => "unsupported",
        (Need::No, "run flag") => "given",
        (Need::No, "data folder") | (Need::NotNo, "test runner" | "CI" | "dev channel") => "none",
        (Need::No, "test runner" | "CI") => "found",
        (Need::No, "dev channel") => "dev",
        (Need::No, "channel default") => "opt-in",
        (Need::Yes, "channel default") => "opt-out",
        (Need::No, _) => "no",
        (Need::Yes, _) => "yes",
        (Need::Quiet, _) => "silent",
        (Need::NotNo, "platform" | "data folder") => "there",
        (Need::NotNo, "run flag" | "DO_NOT_TRACK") => "unset",
        (Need::NotNo, _) => "not no",
    }
}

const HEAD: &str = "\
<!-- Made from table.rs and page.md in telemetry-runtime/src/consent by
     `BLESS=1 cargo test -p telemetry-runtime --all-features consent_page`. Do not edit it. -->

# Is telemetry on?

One function decides, from all inputs at once: `telemetry_runtime::consent::decide`.

1. A no anywhere wins, and what cannot be read is a no.
2. Without a no, the first explicit yes decides: environment, administrator, configuration,
   recorded answer.
3. Without either, CI and the `dev` channel (debug builds, development versions) are off.
4. Else the release channel's default holds.

The table below says the same. An empty cell is any value; *silent* is neither yes nor no. The
rows that fit a case agree, and the first of them names the input that `status` marks. A test
runs through every combination of all inputs and holds the function to this table.

";

/// What follows the table.
const TAIL: &str = include_str!("page.md");

/// The page as committed. `BLESS=1` writes it.
#[test]
fn consent_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/CONSENT.md");
    let page = markdown();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "docs/CONSENT.md is not what the table says; \
         run `BLESS=1 cargo test -p telemetry-runtime consent_page` and commit it"
    );
}
