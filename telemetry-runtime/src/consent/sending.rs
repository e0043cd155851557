//! What may leave the machine.
//!
//! Consent is bound to the collection that the user knows of, by the lock
//! file's generation:
//!
//! | telemetry is on by | the consent covers |
//! |---|---|
//! | an explicit yes in the answer | the generation it was given for, or a newer one that a notice has shown since |
//! | the administrator | the running generation: whoever runs the fleet answers for it |
//! | environment or configuration | the newest generation that the user was told of; where nothing is recorded, the running one |
//! | the channel's default | the newest generation that a notice has shown; none was, and nothing is sent |
//!
//! A record that says anything newer is held back whole, and a policy that
//! was widened since holds back everything.

use super::decide::{Decision, Permit};
use super::opinion::Opinion;
use super::reason::Reason;
use crate::answer::Answer;
use crate::policy::Policy;
use std::fmt;
use telemetry_wire::Decoded;

/// The collection that somebody agreed to. Only a [`Decision`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Consent {
    generation: u16,
}

impl Consent {
    /// The newest generation that it covers.
    pub fn generation(self) -> u16 {
        self.generation
    }

    /// Whether it covers something that came in generation `since`.
    pub fn covers(self, since: u16) -> bool {
        since <= self.generation
    }

    /// Whether it covers everything that a record says. What it does not
    /// cover is held back whole, never cut to size.
    pub fn covers_record(self, record: &Decoded) -> bool {
        self.covers(record.since())
    }
}

/// The right to send what the consent covers. Only a [`Decision`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct UploadPermit {
    permit: Permit,
    consent: Consent,
}

impl UploadPermit {
    /// What may be sent.
    pub fn consent(&self) -> Consent {
        self.consent
    }

    /// The permit to keep events that it goes with.
    pub fn permit(&self) -> Permit {
        self.permit
    }
}

/// The right to ask for the deletion of what was sent. Only a [`Decision`]
/// makes one.
///
/// To ask for that is an act of the user's own, and a no to telemetry is none
/// to it. So it takes less than to send events, and more than nothing: see
/// [`Decision::deletion`].
#[derive(Debug, Clone, Copy)]
pub struct DeletionPermit(());

/// Why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hold {
    /// Telemetry is off.
    Off,
    /// The user or the administrator wants nothing sent from this machine.
    AirGapped,
    /// The administrator wants no telemetry of this machine, and so no
    /// request of it either.
    Administrator,
    /// Something that could say that nothing may be sent cannot be read.
    Unreadable,
    /// It is on by default, and no notice has been shown yet.
    NotTold,
    /// What is promised was widened in this generation, and the user knows
    /// of an earlier one.
    PolicyWidened(u16),
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "telemetry is off",
            Self::AirGapped => "this machine is set to send nothing",
            Self::Administrator => "the administrator says no",
            Self::Unreadable => "a setting that could forbid it cannot be read",
            Self::NotTold => "nothing is sent before the notice has been shown",
            Self::PolicyWidened(_) => {
                "the terms have changed, and nothing is sent before you have seen how"
            }
        })
    }
}

impl Decision {
    /// What the user agreed to; none while telemetry is off, and while it is
    /// on by default and no notice has been shown.
    pub fn consent(&self) -> Option<Consent> {
        if !self.enabled() {
            return None;
        }
        let inputs = self.inputs();
        let known = inputs.answer.answer().as_ref().and_then(Answer::known);
        let generation = match self.reason() {
            Reason::Administrator(_) => Some(inputs.running),
            Reason::Environment(_) | Reason::Config(_) => known.or(Some(inputs.running)),
            _ => known,
        };
        generation.map(|generation| Consent { generation })
    }

    /// Whether nothing may be sent from this machine, whatever else is said.
    pub fn air_gapped(&self) -> bool {
        let inputs = self.inputs();
        let answered = inputs
            .answer
            .answer()
            .is_some_and(|answer| answer.air_gapped);
        inputs.air_gapped || inputs.administrator.air_gapped || answered
    }

    /// The right to ask for a deletion, where the user does; or why there is
    /// none. The user's own no does not forbid it; an air gap, the
    /// administrator's no and what cannot be read do. Nor do tests send any.
    pub fn deletion(&self) -> Result<DeletionPermit, Hold> {
        let inputs = self.inputs();
        let unreadable = [
            inputs.administrator.opinion(),
            inputs.config,
            inputs.answer.opinion(),
        ];
        if unreadable.contains(&Opinion::Unreadable) {
            return Err(Hold::Unreadable);
        }
        if self.air_gapped() {
            return Err(Hold::AirGapped);
        }
        if inputs.administrator.opinion().is_no() {
            return Err(Hold::Administrator);
        }
        if inputs.test_runner || !inputs.supported {
            return Err(Hold::Off);
        }
        Ok(DeletionPermit(()))
    }

    /// The right to send, or why there is none.
    pub fn upload(&self, policy: &Policy) -> Result<UploadPermit, Hold> {
        let permit = self.permit().ok_or(Hold::Off)?;
        if self.air_gapped() {
            return Err(Hold::AirGapped);
        }
        let consent = self.consent().ok_or(Hold::NotTold)?;
        match policy.notice.widened_at(self.inputs().running) {
            Some(since) if !consent.covers(since) => Err(Hold::PolicyWidened(since)),
            _ => Ok(UploadPermit { permit, consent }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::AdminRules;
    use crate::answer::{Date, Given, How, Recorded};
    use crate::config::TelemetryLevel;
    use crate::consent::{Inputs, Opinion, decide};
    use crate::policy::{ConsentDefault, Notice, Widened};
    use telemetry_wire::{Channel, Version};

    const RUNNING: u16 = 7;

    /// The answers that a generation can be known by: none, a notice alone,
    /// a yes of generation 3, and that yes with later notices.
    fn recorded(given: Option<How>, told: Option<u16>) -> Recorded {
        Recorded::Answer(Answer {
            given: given.map(|how| Given {
                yes: true,
                how,
                date: Date::of(0),
                version: Version::parse("1.0.0").unwrap(),
                channel: Channel::Stable,
                generation: 3,
            }),
            told,
            ..Answer::default()
        })
    }

    fn consent(inputs: &Inputs) -> Option<u16> {
        decide(inputs).consent().map(Consent::generation)
    }

    fn base() -> Inputs {
        Inputs {
            running: RUNNING,
            ..Inputs::silent()
        }
    }

    #[test]
    fn each_yes_covers_what_it_knows_of() {
        let by_default = Inputs {
            channel_default: ConsentDefault::OptOut,
            ..base()
        };
        let environment = Inputs {
            environment: Opinion::Yes,
            ..base()
        };
        let config = Inputs {
            config: Opinion::Yes,
            ..base()
        };
        let administrator = Inputs {
            administrator: AdminRules {
                enabled: Some(true),
                trusted: true,
                ..AdminRules::default()
            },
            ..base()
        };
        let nothing = Recorded::Nothing;
        let told = recorded(None, Some(5));
        let said_yes = recorded(Some(How::Explicitly), None);
        let both = recorded(Some(How::Explicitly), Some(5));
        let lazily = recorded(Some(How::ByDefault), Some(5));
        for (inputs, answer, covered) in [
            (base(), nothing, None),
            (base(), told, None),
            (base(), lazily, None),
            (base(), said_yes, Some(3)),
            (base(), both, Some(5)),
            (by_default, nothing, None),
            (by_default, told, Some(5)),
            (by_default, lazily, Some(5)),
            (by_default, both, Some(5)),
            (environment, nothing, Some(RUNNING)),
            (environment, told, Some(5)),
            (config, nothing, Some(RUNNING)),
            (config, said_yes, Some(3)),
            (administrator, nothing, Some(RUNNING)),
            (administrator, both, Some(RUNNING)),
        ] {
            let inputs = Inputs { answer, ..inputs };
            assert_eq!(consent(&inputs), covered, "{inputs:?}");
        }
    }

    const fn policy(widened: &'static [Widened]) -> Policy {
        Policy {
            title: "Test",
            docs_url: "",
            endpoint: "",
            sink: telemetry_wire::Sink::Events,
            contact: "",
            turn_off: "",
            retention_days: 90,
            upload_interval_hours: 1,
            upload_batch_events: 100,
            consent: [ConsentDefault::OptIn; 5],
            notice: Notice {
                widened,
                ..Notice::NONE
            },
        }
    }

    static WIDENED: Policy = policy(&[
        Widened {
            path: "policy.retention_days",
            since: 2,
            what: "Events are kept for 90 days.",
        },
        Widened {
            path: "app.endpoint",
            since: 4,
            what: "Events are sent elsewhere.",
        },
        Widened {
            path: "policy.retention_days",
            since: 9,
            what: "Of a generation that does not run.",
        },
    ]);

    #[test]
    fn to_send_takes_more_than_to_keep() {
        let upload = |inputs: &Inputs, policy: &Policy| {
            decide(inputs)
                .upload(policy)
                .map(|permit| permit.consent().generation())
        };
        let plain = policy(&[]);
        let yes = Inputs {
            answer: recorded(Some(How::Explicitly), None),
            ..base()
        };
        assert_eq!(upload(&base(), &plain), Err(Hold::Off));
        assert_eq!(upload(&yes, &plain), Ok(3));
        let untold = Inputs {
            channel_default: ConsentDefault::OptOut,
            ..base()
        };
        assert_eq!(upload(&untold, &plain), Err(Hold::NotTold));
        assert!(decide(&untold).permit().is_some());

        assert_eq!(upload(&yes, &WIDENED), Err(Hold::PolicyWidened(4)));
        let told = Inputs {
            answer: recorded(Some(How::Explicitly), Some(4)),
            ..base()
        };
        assert_eq!(upload(&told, &WIDENED), Ok(4));
    }

    #[test]
    fn a_deletion_takes_less_than_an_upload_and_more_than_nothing() {
        let administrator = |enabled, fault| AdminRules {
            enabled,
            fault,
            ..AdminRules::default()
        };
        let fault = crate::settings::Fault::whole(crate::settings::Wrong::Newer);
        let base = base();
        for (inputs, given) in [
            (base, Ok(())),
            (
                Inputs {
                    do_not_track: Opinion::No,
                    environment: Opinion::No,
                    config: Opinion::No,
                    off_for_this_run: true,
                    ci: Some("CI"),
                    ..base
                },
                Ok(()),
            ),
            (
                Inputs {
                    air_gapped: true,
                    ..base
                },
                Err(Hold::AirGapped),
            ),
            (
                Inputs {
                    administrator: administrator(Some(false), None),
                    ..base
                },
                Err(Hold::Administrator),
            ),
            (
                Inputs {
                    administrator: administrator(None, Some(fault)),
                    ..base
                },
                Err(Hold::Unreadable),
            ),
            (
                Inputs {
                    answer: Recorded::Unreadable(fault),
                    ..base
                },
                Err(Hold::Unreadable),
            ),
            (
                Inputs {
                    config: Opinion::Unreadable,
                    ..base
                },
                Err(Hold::Unreadable),
            ),
            (
                Inputs {
                    test_runner: true,
                    ..base
                },
                Err(Hold::Off),
            ),
        ] {
            assert_eq!(decide(&inputs).deletion().map(|_| ()), given, "{inputs:?}");
        }
    }

    #[test]
    fn anybody_can_close_the_air_gap_and_nobody_can_open_it_for_another() {
        let yes = Inputs {
            environment: Opinion::Yes,
            level: Some(TelemetryLevel::Normal),
            ..base()
        };
        let config = Inputs {
            air_gapped: true,
            ..yes
        };
        let administrator = Inputs {
            administrator: AdminRules {
                air_gapped: true,
                ..AdminRules::default()
            },
            ..yes
        };
        let answer = Inputs {
            answer: Recorded::Answer(Answer {
                air_gapped: true,
                ..Answer::default()
            }),
            ..yes
        };
        assert!(decide(&yes).upload(&policy(&[])).is_ok());
        for inputs in [config, administrator, answer] {
            let decision = decide(&inputs);
            assert!(decision.air_gapped() && decision.permit().is_some());
            assert_eq!(decision.upload(&policy(&[])).unwrap_err(), Hold::AirGapped);
        }
    }
}
