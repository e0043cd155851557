use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, quoted};
use crate::names::LONGEST;

rule! {
    /// `app.name` is the command's name: lower-case letters, digits and
    /// hyphens, beginning with a letter, of at most 40 characters.
    ///
    /// It becomes the name of a folder and, in upper case, the beginning of
    /// the names of environment variables.
    ///
    /// ```toml
    /// [app]
    /// name = "My App"
    /// ```
    ///
    /// Write the name that people type; `title` is the one that they read:
    ///
    /// ```toml
    /// [app]
    /// name = "my-app"
    /// ```
    RULE, "T011", "app-name", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let Some(name) = declared.app.as_ref().and_then(|app| app.name.as_ref()) else {
        return;
    };
    let fine = name.value.starts_with(|c: char| c.is_ascii_lowercase())
        && name.value.len() <= LONGEST
        && name
            .value
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if fine || name.value.trim().is_empty() {
        return;
    }
    findings.push(
        Diagnostic::new(&RULE, format!("{} cannot be the name of an app", quoted(&name.value)))
            .here(&name.span, "lower-case letters, digits and hyphens")
            .note(format!("the name becomes a folder and a part of environment variables; at most {LONGEST} characters"))
            .help("write the name of the command, like `caro`; `title` is for people"),
    );
}
