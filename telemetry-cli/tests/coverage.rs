//! What is declared and made by no code, in programs of all shapes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod painter;

use painter::{Workspace, manifest};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Code that says all of it.
const EVERYTHING: &str = "Idled.emit(); let colour = [Colour::Red, Colour::Green, Colour::Other]; \
     Painted { colour: colour[0], coats: Some(2.into()) }.emit();";
/// What a program does not say whose `main.rs` is this.
fn unsaid(main: &str) -> Vec<String> {
    let workspace = Workspace::new(false);
    workspace.write(
        "src/main.rs",
        &format!("telemetry_runtime::include_events!();\n{main}"),
    );
    workspace.unsaid("")
}

const NOTHING: [&str; 2] = [
    "T050 never-emitted::no code makes the event `painted`",
    "T050 never-emitted::no code makes the event `idled`",
];

#[test]
fn what_is_made_is_seen() {
    for main in [
        &format!("fn main() {{ {EVERYTHING} }}"),
        // Names of other kinds.
        "use Colour::*; use Painted as P; type C = Colour;
         fn main() { Idled.emit(); let c = [Red, self::Colour::Green, C::Other];
         P { colour: c[0], coats: Some(2.into()) }.emit(); }",
        // Another module, and `Self`.
        "mod deep { mod er { use super::super::{Colour as C, Painted};
         fn f() { let colour = C::from(1); Painted { colour, coats: Some(2.into()) }.emit() } }
         impl crate::Colour { fn from(n: u8) -> Self { match n { 0 => Self::Red, 1 => Self::Green, _ => Self::Other } } } }
         fn main() { crate::Idled.emit() }",
        // A name of a function's own, in a closure, in a constant.
        "const C: [Colour; 2] = [Colour::Red, Colour::Green];
         fn main() { use self::{Idled as I, Painted as P}; (|| I.emit())();
         P { colour: Colour::Other, ..unimplemented!() }.emit(); }",
        // What macros are given.
        "macro_rules! paint { ($c:expr) => { Painted { colour: $c, coats: Some(1.into()) }.emit() } }
         fn main() { let c = vec![Colour::Red; 2]; println!(\"{:?}\", Colour::Green);
         paint!(Colour::Other); tokio::select! { _ = x => { Idled.emit() } } }",
        // What is given after it was made.
        "fn main() { Idled.emit(); let c = [Colour::Red, Colour::Green, Colour::Other];
         let mut p = Painted { colour: c[0], coats: None }; if x() { p.coats = Some(2.into()); } p.emit(); }",
        "fn main() { Idled.emit(); let c = [Colour::Red, Colour::Green, Colour::Other];
         let mut p = Painted { colour: c[0], coats: None }; count(&mut p.coats); p.emit(); }",
        "fn main() { Idled.emit(); let c = [Colour::Red, Colour::Green, Colour::Other];
         let mut p = Painted { colour: c[0], coats: None }; p.coats.replace(2.into()); p.emit(); }",
        // A function's own name for something else.
        &format!("mod other {{ pub struct Idled; }} fn f() {{ use other::Idled; }} fn main() {{ {EVERYTHING} }}"),
        &format!("mod m {{ use super::*; fn f() {{ use std::x::Colour; }} fn g() {{ {EVERYTHING} }} }}"),
        // Only what is for tests is left out.
        &format!("#[cfg(any(unix, test))] fn main() {{ {EVERYTHING} }}"),
        &format!("#[cfg(all(unix, not(test)))] fn main() {{ {EVERYTHING} }}"),
        &format!("#[cfg(all(testing, unix))] fn main() {{ {EVERYTHING} }}"),
        &format!("#[cfg(not(test))] fn main() {{ {EVERYTHING} }}"),
        &format!("#[cfg(windows)] fn main() {{ {EVERYTHING} }}"),
    ] {
        assert_eq!(unsaid(main), [""; 0], "{main}");
    }
}

#[test]
fn what_is_not_made_is_found() {
    for main in [
        "fn main() {}",
        // Tests, patterns, comparisons, types, imports.
        &format!("#[cfg(test)] mod tests {{ fn f() {{ {EVERYTHING} }} }} #[test] fn t() {{ {EVERYTHING} }}"),
        &format!("#[cfg(all(unix, test))] fn f() {{ {EVERYTHING} }}"),
        &format!("#[cfg(all(unix, any(all(windows, test))))] fn f() {{ {EVERYTHING} }}"),
        "use Painted as P; fn main(p: P) { if let P { colour: Colour::Red, .. } = p {} }
         fn f(c: Colour) -> bool { matches!(c, Colour::Red | Colour::Green) || c == Colour::Other }",
        // Something else by the same name.
        &format!("mod own {{ struct Idled; struct Painted; enum Colour {{ Red, Green, Other }} fn f() {{ {EVERYTHING} }} }}"),
        "use other::{Idled, Painted}; fn main() { Idled.emit(); Painted { colour: 1, coats: None }.emit(); }",
        // Comments and texts.
        &format!("/* {EVERYTHING} */ const X: &str = \"Idled.emit()\";"),
    ] {
        assert_eq!(unsaid(main), NOTHING, "{main}");
    }
    assert_eq!(
        unsaid(
            "fn main() { Idled.emit(); let c: Colour = x(); if c != Colour::Green {}
             Painted { colour: Colour::Red, coats: None }.emit(); }"
        ),
        [
            "T051 never-said::no code says `green` and `other` of `colour`",
            "T052 never-given::no code gives the field `coats`",
        ]
    );
    // What is taken away, read or compared is not given.
    assert_eq!(
        unsaid(
            "fn main() { Idled.emit(); let c = [Colour::Red, Colour::Green, Colour::Other];
             let mut p = Painted { colour: c[0], coats: None }; p.coats = None;
             if p.coats == other.coats { f(&p.coats); coats = 2; } p.emit(); }"
        ),
        ["T052 never-given::no code gives the field `coats`"]
    );
}

#[test]
fn files_are_found_as_the_compiler_finds_them() {
    let workspace = Workspace::new(false);
    workspace.write(
        "src/main.rs",
        "telemetry_runtime::include_events!();\nmod flat;\nmod folder;\n\
         #[path = \"elsewhere/odd.rs\"] mod named;\nmod inline { mod inner; }",
    );
    workspace.write("src/flat.rs", "mod below;");
    let idle = "fn f() { crate::Idled.emit() }";
    workspace.write("src/flat/below.rs", idle);
    let says = |colour| format!("const C: crate::Colour = crate::Colour::{colour};");
    workspace.write("src/folder/mod.rs", "mod below;");
    workspace.write("src/folder/below.rs", &says("Red"));
    workspace.write("src/elsewhere/odd.rs", &says("Green"));
    workspace.write(
        "src/inline/inner.rs",
        &format!(
            "{} fn f() {{ crate::Painted {{ colour: C, coats: x() }}; }}",
            says("Other")
        ),
    );
    assert_eq!(workspace.unsaid(""), [""; 0]);

    // What is not there or is no Rust is told, and not passed over.
    workspace.write("src/elsewhere/odd.rs", "const C = ;");
    fs::remove_file(workspace.path("src/folder/below.rs")).unwrap();
    let (code, said) = workspace.run("", &["coverage"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("warning: src/folder/below.rs cannot be read"),
        "{said}"
    );
    assert!(
        said.contains("warning: src/elsewhere/odd.rs:1: expected"),
        "{said}"
    );
}

#[test]
fn a_path_under_a_condition_and_a_raw_name_are_followed() {
    let workspace = Workspace::new(false);
    workspace.write(
        "src/main.rs",
        "telemetry_runtime::include_events!();\n\
         #[cfg_attr(unix, path = \"unix.rs\")] #[cfg_attr(windows, path = \"windows.rs\")] mod sys;\n\
         mod r#gen; mod made { fn f() { super::r#gen::paint(crate::r#gen::C::Other) } }",
    );
    workspace.write("src/unix.rs", "fn f() { crate::Idled.emit() }");
    workspace.write(
        "src/windows.rs",
        "const C: crate::Colour = crate::Colour::Red;",
    );
    workspace.write(
        "src/gen.rs",
        "pub use crate::Colour as C; pub fn paint(colour: C) {
         crate::Painted { colour: C::Green, coats: x() }.emit() }",
    );
    assert_eq!(workspace.unsaid(""), [""; 0]);

    // It may be made where the condition holds; what it says is not known here.
    fs::remove_file(workspace.path("src/windows.rs")).unwrap();
    let (_, said) = workspace.run("", &["coverage"]);
    let warning = "warning: src/windows.rs, which a condition names, is not there; ";
    assert!(said.contains(warning), "{said}");
    assert!(!said.contains("cannot be read"), "{said}");
    assert!(!said.contains("never-emitted"), "{said}");
}

#[test]
fn a_file_that_is_a_module_of_itself_is_read_once() {
    let workspace = Workspace::new(false);
    workspace.write(
        "src/main.rs",
        &format!("telemetry_runtime::include_events!(); mod a; fn f() {{ {EVERYTHING} }}"),
    );
    workspace.write("src/a.rs", "#[path = \"a.rs\"] mod a;");
    assert_eq!(workspace.unsaid(""), [""; 0]);
}

#[test]
fn a_library_is_said_by_whoever_depends_on_it() {
    let workspace = Workspace::new(true);
    assert_eq!(workspace.unsaid("words"), NOTHING);
    workspace.write("src/main.rs", "mod say; fn main() { say::all() }");
    workspace.write(
        "src/say.rs",
        "pub use words::*; pub fn all() { inner::all() } mod inner { use super::*; use words as w;
         pub fn all() { w::Idled.emit(); words::Painted { colour: Colour::Red, coats: x() }.emit();
         let _ = (crate::say::Colour::Green, ::words::Colour::Other); } }",
    );
    assert_eq!(workspace.unsaid("words"), [""; 0]);
    // From where it is a dependency, too.
    let (code, said) = workspace.run("", &["coverage", "--package", "words"]);
    assert_eq!(code, 0, "{said}");

    // A package elsewhere, and a file alone.
    workspace.write("src/main.rs", "");
    let away = manifest("away", "[workspace]\n", "")
        + "w = { package = \"words\", path = \"../words\" }\n";
    workspace.write("away/Cargo.toml", &away);
    workspace.write("away/src/main.rs", "fn main() { w::Idled.emit() }");
    workspace.write(
        "one.rs",
        "fn main() { words::Painted { colour: words::Colour::Red, coats: x() }; }",
    );
    let arguments = [
        "coverage",
        "--source",
        "../away",
        "--source",
        "../one.rs",
        "--format=github",
    ];
    let (code, said) = workspace.run("words", &arguments);
    assert_eq!(code, 1, "{said}");
    assert_eq!(said.matches("::warning").count(), 1, "{said}");
    assert!(said.contains("no code says `green` and `other`"), "{said}");
    let (code, said) = workspace.run("words", &["coverage", "--source", "../src"]);
    assert_eq!(code, 2, "{said}");
}

#[test]
fn what_is_allowed_is_no_finding() {
    let workspace = Workspace::new(false);
    let allow = |text: &str| {
        let events = fs::read_to_string(workspace.path("events.toml")).unwrap();
        let idled = "doc = \"Nobody painted.\"\n";
        workspace.write(
            "events.toml",
            &events.replace(idled, &format!("{idled}{text}")),
        );
    };
    workspace.write(
        "src/main.rs",
        &format!("telemetry_runtime::include_events!(); fn f() {{ {EVERYTHING} }}"),
    );
    allow("allow = { never-emitted = \"Our other program does.\" }\n");
    assert_eq!(
        workspace.unsaid(""),
        ["T038 unneeded-allowance::there is nothing of `never-emitted` to allow here"]
    );
    workspace.write(
        "src/main.rs",
        &format!(
            "telemetry_runtime::include_events!(); fn f() {{ {} }}",
            EVERYTHING.replace("Idled.emit();", "")
        ),
    );
    assert_eq!(workspace.unsaid(""), [""; 0]);
    // Who only checks the declarations has not looked at the code.
    assert_eq!(workspace.run("", &["check"]).0, 0);
}

#[test]
fn the_programs_of_this_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-telemetry"))
            .args(arguments)
            .current_dir(&root)
            .output()
            .unwrap();
        let said = [output.stderr, output.stdout].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    // What an example declares it makes.
    let (code, said) = run(&["coverage", "--manifest", "examples/keepsake/events.toml"]);
    assert_eq!(code, Some(0), "{said}");
    // Caro's declarations are a library; its example makes every event, and
    // not every value.
    let (code, said) = run(&["coverage", "--source", "examples/caro.rs"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("5 of 5 events are made"), "{said}");
}
