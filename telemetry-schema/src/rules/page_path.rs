use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, quoted};

rule! {
    /// A page of `[docs]` is a file of the project that can have regions.
    ///
    /// Its path is relative to the folder of `events.toml` and stays within
    /// it, so that no declaration makes the tool write elsewhere on a
    /// machine. `/` stands between its parts on every system. The end of its
    /// name says how comments are written there: `.md`, `.markdown`, `.mdx`,
    /// `.html`, `.htm`, `.astro` or `.txt`.
    ///
    /// ```toml
    /// [docs]
    /// pages = ["../other/privacy.md"]
    /// ```
    ///
    /// Write a path from the folder of `events.toml`:
    ///
    /// ```toml
    /// [docs]
    /// pages = ["docs/privacy.md"]
    /// ```
    RULE, "T034", "page-path", Error, Check::Declared(check)
}

/// The ends of the names of pages.
const ENDINGS: [&str; 7] = ["md", "markdown", "mdx", "html", "htm", "astro", "txt"];

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for page in declared.docs.iter().flat_map(|docs| &docs.pages.0) {
        let Some(fault) = fault(&page.value) else {
            continue;
        };
        findings.push(
            Diagnostic::new(
                &RULE,
                format!("{} cannot be a page", quoted(&page.value)),
            )
            .here(&page.span, fault)
            .note("pages are written to, so they are files of this project, and their names say how a comment is written in them")
            .help("write a path from the folder of this file, like `website/src/pages/telemetry.astro`"),
        );
    }
}

fn fault(path: &str) -> Option<&'static str> {
    if path.starts_with('/') || path.contains(['\\', ':']) || path.contains(char::is_control) {
        return Some("must be relative, with `/` between its parts");
    }
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Some("has a part that is empty, `.` or `..`");
    }
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    if ending.is_none_or(|ending| {
        !ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    }) {
        return Some("must end in .md, .markdown, .mdx, .html, .htm, .astro or .txt");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_can_be_a_page() {
        for path in [
            "telemetry.md",
            "a/b/c.astro",
            "docs/Tele metry.TXT",
            "..a.md",
        ] {
            assert_eq!(fault(path), None, "{path}");
        }
        for path in [
            "",
            "/etc/motd.txt",
            "../other/page.md",
            "a/../../b.md",
            "a//b.md",
            "./a.md",
            "a/",
            "C:/page.md",
            "a\\b.md",
            "page",
            "page.rs",
            "a.md/b",
            "a\n.md",
        ] {
            assert!(fault(path).is_some(), "{path}");
        }
    }
}
