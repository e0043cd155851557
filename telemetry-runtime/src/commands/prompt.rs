//! A question on the terminal, answered with one key.

use dialoguer::console::{Key, Term};
use dialoguer::theme::{SimpleTheme, Theme as _};

/// What somebody said to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    /// They typed it.
    Typed(bool),
    /// They took what was offered.
    Default,
    /// They left: Ctrl-C, Ctrl-D, Escape, or a terminal that went away.
    Left,
}

/// Asks on standard error. `dialoguer::Confirm` is not used as it is: it hides
/// the cursor and raises SIGINT on Ctrl-C, which ends the host and leaves the
/// terminal without a cursor. Here Ctrl-C is a key, and the cursor stays.
pub(super) fn ask(question: &str, default: bool) -> Reply {
    let term = Term::stderr();
    if !term.is_term() {
        return Reply::Left;
    }
    let _ = term.write_str(&text(question, default));
    let reply = loop {
        match term.read_key_raw() {
            Ok(key) => {
                if let Some(reply) = meant(&key) {
                    break reply;
                }
            }
            Err(_) => break Reply::Left,
        }
    };
    let _ = term.write_line(if reply.is_yes(default) { "yes" } else { "no" });
    reply
}

impl Reply {
    /// Whether it is a yes, where `default` was offered.
    pub(super) fn is_yes(self, default: bool) -> bool {
        match self {
            Self::Typed(yes) => yes,
            Self::Default => default,
            Self::Left => false,
        }
    }
}

fn text(question: &str, default: bool) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = SimpleTheme.format_confirm_prompt(&mut text, question, Some(default));
    text
}

/// What a key means; none where it means nothing here.
fn meant(key: &Key) -> Option<Reply> {
    match key {
        Key::Char('y' | 'Y') => Some(Reply::Typed(true)),
        Key::Char('n' | 'N') => Some(Reply::Typed(false)),
        Key::Enter => Some(Reply::Default),
        Key::CtrlC | Key::Escape | Key::Char('\u{3}' | '\u{4}') => Some(Reply::Left),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_enter_means() {
        assert_eq!(text("Turn it on?", false), "Turn it on? [y/N] ");
        assert_eq!(text("Keep it on?", true), "Keep it on? [Y/n] ");
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        for (key, reply) in [
            (Key::Char('y'), Some(Reply::Typed(true))),
            (Key::Char('N'), Some(Reply::Typed(false))),
            (Key::Enter, Some(Reply::Default)),
            (Key::CtrlC, Some(Reply::Left)),
            (Key::Char('\u{4}'), Some(Reply::Left)),
            (Key::Escape, Some(Reply::Left)),
            (Key::Char('x'), None),
            (Key::ArrowUp, None),
            (Key::Unknown, None),
        ] {
            assert_eq!(meant(&key), reply, "{key:?}");
        }
        for default in [false, true] {
            assert!(!Reply::Left.is_yes(default));
            assert!(!Reply::Typed(false).is_yes(default));
            assert_eq!(Reply::Default.is_yes(default), default);
        }
    }

    #[test]
    fn without_a_terminal_nobody_answers() {
        if !Term::stderr().is_term() {
            assert_eq!(ask("On?", true), Reply::Left);
        }
    }
}
