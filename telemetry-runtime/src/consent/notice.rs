//! The notice: what the user is told before anything is sent.

use super::decide::Decision;
use super::reason::prefix;
use super::widening::New;
use crate::policy::Policy;

/// No line is longer, where words allow it: terminals of 80 columns.
const WIDTH: usize = 78;

/// The notice for a user of `app`, the short name whose variables are meant:
/// what is collected and why, what is not, where it is sent, what happens now
/// and how to stop it. Plain text, ending in a line's end; the question is the
/// caller's.
pub fn notice(app: &str, policy: &Policy, endpoint: &str, decision: &Decision) -> String {
    let mut page = Page::default();
    let title = policy.title;
    page.paragraph(&format!(
        "{title} can tell its makers a little about how it is used. This is all that it can tell:"
    ));
    for collected in policy.notice.collects {
        page.item(&format!("{} {}", collected.doc, collected.why));
    }
    if !policy.notice.never.is_empty() {
        page.paragraph(&format!(
            "Never: {}. There is no field that could hold them.",
            policy.notice.never.join("; ")
        ));
    }
    page.paragraph(&format!(
        "Events are kept for {} days, and sent at most every {} to {}.",
        policy.retention_days,
        hours(policy.upload_interval_hours),
        receiver(policy, endpoint),
    ));
    page.paragraph(&now(app, decision));
    let prefix = prefix(app);
    page.paragraph(&format!(
        "To turn it off: {} (or set {prefix}_TELEMETRY_ENABLED=false or DO_NOT_TRACK=1).",
        policy.turn_off
    ));
    page.paragraph(&format!("Everything in detail: {}", policy.docs_url));
    page.text
}

/// The notice for a user who knows an earlier generation: exactly what is
/// new, as [`widening`](super::widening()) lists it. Empty if nothing is.
pub fn notice_of_new(policy: &Policy, new: &[New]) -> String {
    if new.is_empty() {
        return String::new();
    }
    let mut page = Page::default();
    page.paragraph(&format!(
        "This version of {} can tell its makers more than the one you know:",
        policy.title
    ));
    for new in new {
        page.item(&new.to_string());
    }
    page.paragraph("Whatever says anything of that has been held back on this machine so far.");
    page.paragraph(&format!("To turn it off: {}", policy.turn_off));
    page.paragraph(&format!("Everything in detail: {}", policy.docs_url));
    page.text
}

/// A paragraph, wrapped like the notice.
#[cfg(feature = "commands")]
pub(crate) fn wrapped(words: &str) -> String {
    let mut page = Page::default();
    page.wrap("", "", words);
    page.text.trim_end().to_owned()
}

/// Who gets events. What is set here may be taken back, and a yes then holds
/// for the declared receiver, so both are named.
fn receiver(policy: &Policy, endpoint: &str) -> String {
    if endpoint == policy.endpoint {
        return endpoint.to_owned();
    }
    format!(
        "{endpoint}, which is set on this machine, and else to {}",
        policy.endpoint
    )
}

fn hours(number: u16) -> String {
    match number {
        1 => "hour".into(),
        _ => format!("{number} hours"),
    }
}

/// What happens if the user does nothing.
fn now(app: &str, decision: &Decision) -> String {
    if !decision.enabled() {
        let reason = decision.reason().sentence(app);
        return format!("It is off, and nothing is kept or sent: {reason}.");
    }
    if decision.air_gapped() {
        return "It is on, and nothing is sent: this machine is set to send nothing.".into();
    }
    "It is on until you turn it off.".into()
}

/// Text that is wrapped at [`WIDTH`].
#[derive(Default)]
struct Page {
    text: String,
    in_list: bool,
}

impl Page {
    fn paragraph(&mut self, words: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.in_list = false;
        self.wrap("", "", words);
    }

    fn item(&mut self, words: &str) {
        if !self.in_list {
            self.text.push('\n');
        }
        self.in_list = true;
        self.wrap("  - ", "    ", words);
    }

    fn wrap(&mut self, first: &str, others: &str, words: &str) {
        let mut width = first.chars().count();
        self.text.push_str(first);
        let mut fresh = true;
        for word in words.split_whitespace() {
            let length = word.chars().count();
            if !fresh && width + 1 + length > WIDTH {
                self.text.push('\n');
                self.text.push_str(others);
                width = others.chars().count();
                fresh = true;
            }
            if !fresh {
                self.text.push(' ');
                width += 1;
            }
            self.text.push_str(word);
            width += length;
            fresh = false;
        }
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::samples::{POLICY, PROGRAM};
    use crate::consent::{Inputs, decide, widening};
    use crate::policy::ConsentDefault;

    #[test]
    fn says_what_why_and_how_to_stop() {
        let decision = decide(&Inputs {
            channel_default: ConsentDefault::OptOut,
            ..Inputs::silent()
        });
        insta::assert_snapshot!(notice("my-tool", &POLICY, POLICY.endpoint, &decision), @r"
        My Tool can tell its makers a little about how it is used. This is all that it
        can tell:

          - The tool was started. Tells us which backends to test first and which can
            be left to those who know them better.
          - The tool broke down. Tells us what to mend.

        Never: what you type; what the tool prints; names of files, people or
        machines. There is no field that could hold them.

        Events are kept for 90 days, and sent at most every hour to
        https://example.org/events.

        It is on until you turn it off.

        To turn it off: my-tool telemetry off (or set MY_TOOL_TELEMETRY_ENABLED=false
        or DO_NOT_TRACK=1).

        Everything in detail: https://example.org/telemetry
        ");
    }

    #[test]
    fn says_what_happens_now() {
        let off = notice(
            "my-tool",
            &POLICY,
            POLICY.endpoint,
            &decide(&Inputs::silent()),
        );
        assert!(off.contains(
            "\nIt is off, and nothing is kept or sent: stable releases are off until turned\non.\n"
        ));
        let gap = decide(&Inputs {
            channel_default: ConsentDefault::OptOut,
            air_gapped: true,
            ..Inputs::silent()
        });
        assert!(
            notice("my-tool", &POLICY, POLICY.endpoint, &gap)
                .contains("\nIt is on, and nothing is sent")
        );
    }

    #[test]
    fn who_gets_events_otherwise_is_named_too() {
        let set = "https://fleet.example/events";
        let notice = notice("my-tool", &POLICY, set, &decide(&Inputs::silent()));
        for receiver in [set, POLICY.endpoint] {
            assert!(notice.contains(receiver), "{notice}");
        }
    }

    #[test]
    fn of_what_is_new_says_exactly_that() {
        insta::assert_snapshot!(notice_of_new(&POLICY, &widening(&PROGRAM, &POLICY, 2)), @r"
        This version of My Tool can tell its makers more than the one you know:

          - The event `crash` is new: The tool broke down.

        Whatever says anything of that has been held back on this machine so far.

        To turn it off: my-tool telemetry off

        Everything in detail: https://example.org/telemetry
        ");
        assert_eq!(notice_of_new(&POLICY, &[]), "");
    }
}
