//! A mistake in `events.toml` is one compiler error that shows the place, and
//! the program that uses the events is not in error with it.

mod scratch;

use scratch::Scratch;

/// All that rustc and Cargo say but for the last line, which only counts.
fn errors(messages: &str) -> Vec<&str> {
    messages
        .lines()
        .filter(|line| line.starts_with("error") && !line.contains("could not compile"))
        .collect()
}

#[test]
fn each_mistake_is_one_error() {
    let scratch = Scratch::new("broken-declarations");

    scratch.edit(
        "events.toml",
        r#"error_category = { type = "choice", enum = "generation_error", optional = true"#,
        r#"error_category = { type = "string", optional = true"#,
    );
    let text = scratch.messages();
    insta::assert_snapshot!(text);

    scratch.edit(
        "events.toml",
        r#"success = { type = "bool""#,
        r#"success = { typ = "bool""#,
    );
    let text = scratch.messages();
    assert_eq!(errors(&text).len(), 2, "{text}");
    assert!(text.contains("did you mean `type`?"), "{text}");
}

#[test]
fn a_lock_that_is_not_up_to_date_is_one_error() {
    let scratch = Scratch::new("stale-lock");
    scratch.edit(
        "events.toml",
        r#"doc = "Whether a command came of it." }"#,
        "doc = \"Whether a command came of it.\" }\nretried = { type = \"bool\", doc = \"Whether it was tried again.\" }",
    );
    let text = scratch.messages();
    assert_eq!(errors(&text).len(), 2, "{text}");
}
