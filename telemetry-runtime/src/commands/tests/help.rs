use crate::commands::{Exit, TelemetryCommands};
use clap::{Command, Subcommand};

fn program() -> Command {
    TelemetryCommands::augment_subcommands(Command::new("caro-telemetry"))
}

fn help(of: &str) -> String {
    let mut program = program();
    program.build();
    let command = program.find_subcommand_mut(of).unwrap();
    let help = command.render_long_help().to_string();
    // clap indents empty lines, which editors and git do not like.
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[test]
fn the_command_line_is_sound() {
    program().debug_assert();
}

#[test]
fn a_session_id_that_is_none_is_refused_before_anything_is_read() {
    for wrong in ["", "0123", "0123456789abcdeg", "0123456789abcdef0"] {
        let line = ["caro-telemetry", "show", "--session", wrong];
        let error = program().try_get_matches_from(line).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }
    let line = ["caro-telemetry", "show", "-s", "0123456789ABCDEF"];
    assert!(program().try_get_matches_from(line).is_ok());
}

#[test]
fn help_says_what_each_command_does_and_how_it_ends() {
    insta::assert_snapshot!(help("show"), @r"
    Show queued telemetry events

    The newest events come last. With --json they are what would be sent, byte for byte, one event a line.

    Usage: caro-telemetry show [OPTIONS]

    Options:
      -l, --limit <N>
              Show only the last N events

              [default: 20]

      -s, --session <ID>
              Show only events of this session

      -e, --event <NAME>
              Show only events of this name

          --json
              Print a JSON array of events

      -h, --help
              Print help (see a summary with '-h')

    Exit codes:
      0  done
      1  refused, or not confirmed
      2  the command line was not understood
      3  the queue could not be read, or the result not be written or sent
    ");
    insta::assert_snapshot!(help("export"), @r"
    Export telemetry data (for air-gapped environments)

    Writes all queued events as a bundle, one event a line between a first line that says what it is and a last one with its checksum. `import` takes it on another machine. The events stay in the queue.

    Usage: caro-telemetry export [OPTIONS]

    Options:
      -o, --output <FILE>
              Write to FILE instead of standard output; `-` is standard output

      -f, --force
              Write over a FILE that is there

          --json
              Write a plain JSON array of events, which `import` does not take

      -h, --help
              Print help (see a summary with '-h')

    Exit codes:
      0  done
      1  refused, or not confirmed
      2  the command line was not understood
      3  the queue could not be read, or the result not be written or sent
    ");
    insta::assert_snapshot!(help("clear"), @r"
    Clear all queued events

    Asks first, and deletes nothing where it cannot ask.

    Usage: caro-telemetry clear [OPTIONS]

    Options:
      -f, --force
              Skip the question

      -h, --help
              Print help (see a summary with '-h')

    Exit codes:
      0  done
      1  refused, or not confirmed
      2  the command line was not understood
      3  the queue could not be read, or the result not be written or sent
    ");
    insta::assert_snapshot!(help("status"), @r"
    Show telemetry status and what decides it

    Usage: caro-telemetry status [OPTIONS]

    Options:
          --json
              Print a JSON object

      -h, --help
              Print help

    Exit codes:
      0  done
      1  refused, or not confirmed
      2  the command line was not understood
      3  the queue could not be read, or the result not be written or sent
    ");
}

#[test]
fn help_of_the_switch() {
    insta::assert_snapshot!(help("on"), @r"
    Turn telemetry on

    Records your yes to what this version collects, and shows first what that is if you have not seen it. A no from elsewhere still wins.

    Usage: caro-telemetry on [OPTIONS]

    Options:
          --json
              Print a JSON object

      -h, --help
              Print help (see a summary with '-h')

    Exit codes:
      0  done
      1  refused, or not confirmed
      2  the command line was not understood
      3  the queue could not be read, or the result not be written or sent
    ");
    insta::assert_snapshot!(help("off"), @r"
    Turn telemetry off and delete what it has kept

    Writes one file, your answer. All events that were kept and the key of their session ids are deleted; `export` saves the events first. Then, on a terminal, it offers what `forget` does: what was sent can be named by that key alone.

    Usage: caro-telemetry off [OPTIONS]

    Options:
          --json
              Print a JSON object

      -h, --help
              Print help (see a summary with '-h')

    Exit codes:
      0  done
      1  refused, or not confirmed
      2  the command line was not understood
      3  the queue could not be read, or the result not be written or sent
    ");
    insta::assert_snapshot!(help("air-gap"), @r"
    Keep events on this machine and send nothing, or end that

    Records your wish. The configuration and the administrator can wish the same, and then it holds whatever you say.

    Usage: caro-telemetry air-gap [OPTIONS] <STATE>

    Arguments:
      <STATE>
              Whether it is to hold

              Possible values:
              - on:  From now on
              - off: No longer

    Options:
          --json
              Print a JSON object

      -h, --help
              Print help (see a summary with '-h')

    Exit codes:
      0  done
      1  refused, or not confirmed
      2  the command line was not understood
      3  the queue could not be read, or the result not be written or sent
    ");
}

#[test]
fn exit_codes_are_those_of_the_help() {
    assert_eq!(
        [Exit::Done, Exit::Refused, Exit::Failed].map(i32::from),
        [0, 1, 3]
    );
}
