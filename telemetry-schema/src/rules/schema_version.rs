use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::Diagnostic;

rule! {
    /// `schema` must be 1, the version of the language that this build reads.
    ///
    /// A later version may give a key another meaning. To guess would be to
    /// send what nobody agreed to.
    ///
    /// ```toml
    /// schema = 2
    /// ```
    ///
    /// Use the `telemetry-codegen` and the `cargo telemetry` that read this version,
    /// or write the one that they read:
    ///
    /// ```toml
    /// schema = 1
    /// ```
    RULE, "T007", "schema-version", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let Some(schema) = declared.schema.as_ref().filter(|schema| schema.value != 1) else {
        return;
    };
    findings.push(
        Diagnostic::new(
            &RULE,
            format!("there is no version {} of the language", schema.value),
        )
        .here(&schema.span, "must be 1")
        .note("this build reads version 1")
        .help("write `schema = 1`, or build with a newer telemetry-codegen"),
    );
}
