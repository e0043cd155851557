//! What is let through on one item, and for which reason.

use super::{Check, by_name};
use crate::declared::{Declarations, Spanned};
use crate::diagnostic::{Diagnostic, listed, nearest, quoted};
use crate::moment::Moment;
use std::ops::Range;

rule! {
    /// `allow` names rules whose findings are warnings.
    ///
    /// A warning can be let through on one event, field or enum, with the
    /// reason why the rule does not hold there. What a rule calls an error is
    /// a promise that could not be kept, and no reason makes it one that can.
    ///
    /// ```toml
    /// [events.build.fields]
    /// tries = { type = "integer", min = 0, max = 9, unit = "count", doc = "How often it was tried.", allow = { event-budget = "It is worth it." } }
    /// ```
    ///
    /// Mend what the rule finds, and take the allowance away:
    ///
    /// ```toml
    /// [events.build.fields]
    /// tries = { type = "integer", min = 0, max = 9, unit = "count", doc = "How often it was tried." }
    /// ```
    RULE, "T037", "allowance", Error, Check::Declared(check)
}

rule! {
    /// An allowance lets something through.
    ///
    /// One that lets nothing through speaks of a fault that is not there any
    /// more, and would hide the next one. What only shows on a day or for a
    /// release (an expiry that is far away) is judged by
    /// `cargo telemetry check`, and not by a build.
    ///
    /// Here no other field has a name like `cached`:
    ///
    /// ```toml
    /// [events.build.fields]
    /// cached = { type = "bool", doc = "Whether an earlier result was used.", allow = { similar-name = "It was there first." } }
    /// ```
    ///
    /// Take the allowance away:
    ///
    /// ```toml
    /// [events.build.fields]
    /// cached = { type = "bool", doc = "Whether an earlier result was used." }
    /// ```
    UNNEEDED, "T038", "unneeded-allowance", Warning, Check::Allowances
}

/// One allowance, on one item.
struct Allowance<'a> {
    /// Where the item's name is.
    item: Range<usize>,
    rule: &'a Spanned<String>,
    used: bool,
}

/// All that is allowed, and whether it was of use so far.
pub(crate) struct Allowed<'a>(Vec<Allowance<'a>>);

impl<'a> Allowed<'a> {
    pub(crate) fn of(declared: &'a Declarations) -> Self {
        let allowances = declared.items().flat_map(|(name, allow)| {
            allow.iter().map(|entry| Allowance {
                item: name.span.clone(),
                rule: &entry.name,
                used: false,
            })
        });
        Self(allowances.collect())
    }

    /// Takes away the warnings that are allowed, and says of the others how
    /// they could be.
    pub(crate) fn let_through(&mut self, findings: &mut Vec<Diagnostic>) {
        findings.retain(|found| {
            let mut stays = true;
            for allowance in &mut self.0 {
                let on = found.on.contains(&allowance.item);
                if on && allowance.rule.value == found.name {
                    allowance.used = true;
                    stays = false;
                }
            }
            stays
        });
        // Each is judged once.
        for found in findings.iter_mut().filter(|found| !found.on.is_empty()) {
            found.on.clear();
            found.helps.push(format!(
                "or, if it is right as it is: `allow = {{ {} = \"the reason\" }}`",
                found.name
            ));
        }
    }

    /// Reports allowances that were of no use. Without a moment nothing is
    /// known of those for rules that ask for one.
    /// What asks for a program's code is never known here.
    pub(crate) fn unneeded(&self, moment: Option<&Moment>, findings: &mut Vec<Diagnostic>) {
        let judged = |check: &Check| match check {
            Check::Moment(_) => moment.is_some(),
            Check::Source => false,
            _ => true,
        };
        self.report(judged, findings);
    }

    /// The same for the rules that ask for a program's code.
    pub(crate) fn unneeded_of_source(&self, findings: &mut Vec<Diagnostic>) {
        self.report(|check| matches!(check, Check::Source), findings);
    }

    fn report(&self, judged: impl Fn(&Check) -> bool, findings: &mut Vec<Diagnostic>) {
        for Allowance { rule, used, .. } in &self.0 {
            let judged = by_name(&rule.value).is_some_and(|known| judged(&known.check));
            if *used || !judged {
                continue;
            }
            let name = quoted(&rule.value);
            findings.push(
                Diagnostic::new(
                    &UNNEEDED,
                    format!("there is nothing of {name} to allow here"),
                )
                .here(&rule.span, "lets nothing through")
                .note("an allowance that is of no use now would hide the next fault")
                .help("take it away"),
            );
        }
    }
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for (item, allow) in declared.items() {
        for entry in allow.iter() {
            if let Some(found) = fault(item, &entry.name) {
                findings.push(found);
            }
        }
    }
}

/// What is wrong with an allowance for a rule.
fn fault(item: &Spanned<String>, rule: &Spanned<String>) -> Option<Diagnostic> {
    let known = super::ALL.iter().filter(|rule| rule.can_be_allowed());
    let known: Vec<&str> = known.map(|rule| rule.name).collect();
    let shown = quoted(&rule.value);
    let can = format!(
        "what can be allowed is {}",
        listed(known.iter().copied(), "and")
    );
    let Some(named) = by_name(&rule.value) else {
        let near = nearest(&rule.value, known.iter().copied());
        let diagnostic = Diagnostic::new(
            &RULE,
            format!("{} allows {shown}, which is no rule", quoted(&item.value)),
        )
        .note(can);
        return Some(match near {
            Some(near) => diagnostic
                .here(&rule.span, format!("did you mean {}?", quoted(near)))
                .help(format!("write `{near} = \"the reason\"`")),
            None => diagnostic.here(&rule.span, "not the name of a rule").help(
                "write the name that a finding has; `cargo telemetry explain --list` shows all",
            ),
        });
    };
    if named.can_be_allowed() {
        return None;
    }
    Some(
        Diagnostic::new(&RULE, format!("{shown} cannot be allowed"))
            .here(
                &rule.span,
                match named.severity {
                    crate::Severity::Error => "an error",
                    crate::Severity::Warning => "a finding about allowances",
                },
            )
            .note(can)
            .help("mend what it finds, and take the allowance away"),
    )
}
