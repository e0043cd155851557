//! The private paths of the runtime, which `check` finds in a program's code.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "other tests use the rest of what is shared")]

mod painter;

use painter::{Workspace, manifest};
use std::fs;

#[test]
fn private_paths_are_found_by_check() {
    let workspace = Workspace::new(false);
    let (code, said) = workspace.run("", &["check"]);
    assert_eq!(code, 0, "{said}");
    for (main, count) in [
        ("impl telemetry_runtime::__private::Sealed for u8 {}", 1),
        (
            "use telemetry_runtime::{Event, __private::{Choice, Sealed}};",
            1,
        ),
        (
            "use telemetry_runtime as t; fn f<T: t::__private::Choice>() {}",
            1,
        ),
        (
            "use telemetry_runtime::*; use ::telemetry_runtime::__private as p; fn f() { p::x(); }",
            1,
        ),
        (
            "fn f() { x!(telemetry_runtime::__private::Packer::new()); }",
            1,
        ),
        (
            "mod a { pub use telemetry_runtime; } use a::telemetry_runtime::__private::Sealed;",
            1,
        ),
        // Others have private paths too, and tests may do what they like.
        (
            "fn f() { serde::__private::x(); } mod __private { } use crate::__private;",
            0,
        ),
        (
            "#[cfg(test)] mod tests { use telemetry_runtime::__private::Sealed; }",
            0,
        ),
    ] {
        workspace.write("src/main.rs", main);
        let (code, said) = workspace.run("", &["check"]);
        assert_eq!(code, i32::from(count > 0), "{main}\n{said}");
        assert_eq!(said.matches("error[T053]").count(), count, "{main}\n{said}");
    }
    workspace.write(
        "src/main.rs",
        "// Not declared.\nimpl telemetry_runtime::__private::Sealed for Letters {}\n",
    );
    insta::assert_snapshot!(workspace.run("", &["check"]).1);
}

#[test]
fn declarations_below_a_package_or_beside_a_workspace_have_code() {
    let private = "impl telemetry_runtime::__private::Sealed for u8 {}";
    let workspace = Workspace::new(false);
    workspace.write("src/main.rs", private);
    for file in ["events.toml", "events.lock"] {
        let text = fs::read_to_string(workspace.path(file)).unwrap();
        workspace.write(&format!("telemetry/of/{file}"), &text);
    }
    let (code, said) = workspace.run("telemetry/of", &["check"]);
    assert_eq!((code, said.contains("error[T053]")), (1, true), "{said}");

    // A manifest without a package stands for all its members.
    workspace.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"words\", \"app\"]\n",
    );
    workspace.write("app/Cargo.toml", &manifest("app", "", "telemetry-runtime"));
    workspace.write("app/src/main.rs", private);
    let (code, said) = workspace.run("", &["check"]);
    assert_eq!((code, said.contains("error[T053]")), (1, true), "{said}");
    workspace.write("app/src/main.rs", "");
    assert_eq!(workspace.run("", &["check"]).0, 0);
}
