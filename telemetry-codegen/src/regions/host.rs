//! The kinds of pages that regions can be in.

use std::fmt;

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HostFormat {
    /// `.md`: `CommonMark` with GitHub's tables.
    Markdown,
    /// `.mdx`: Markdown with JSX.
    Mdx,
    /// `.html`
    Html,
    /// `.astro`: HTML with expressions in braces.
    Astro,
    /// `.txt`
    Text,
}

/// How a marker is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Syntax {
    /// `<!-- ... -->`
    Angles,
    /// `{/* ... */}`
    Braces,
    /// `[[...]]`
    Brackets,
}

impl HostFormat {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Markdown,
        Self::Mdx,
        Self::Html,
        Self::Astro,
        Self::Text,
    ];

    /// The format of a file, by the end of its name; the rule `page-path` of
    /// `telemetry-schema` asks for one of these ends.
    pub fn of_path(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Some(Self::Markdown),
            "mdx" => Some(Self::Mdx),
            "html" | "htm" => Some(Self::Html),
            "astro" => Some(Self::Astro),
            "txt" => Some(Self::Text),
            _ => None,
        }
    }

    /// The syntaxes that are comments here, the preferred one first.
    pub(super) const fn syntaxes(self) -> &'static [Syntax] {
        match self {
            Self::Markdown | Self::Html => &[Syntax::Angles],
            Self::Mdx => &[Syntax::Braces],
            Self::Astro => &[Syntax::Braces, Syntax::Angles],
            Self::Text => &[Syntax::Brackets],
        }
    }

    /// Whether code is quoted in backticks, and what looks like a marker in it
    /// is none.
    pub(super) const fn has_code(self) -> bool {
        matches!(self, Self::Markdown | Self::Mdx)
    }

    /// The lines of `printed`, each with this indent and this ending. White
    /// space within HTML's `<pre>` is text, and gets no indent.
    pub(super) fn indent(self, printed: &str, indent: &str, ending: &str) -> String {
        let mut indented = String::with_capacity(printed.len());
        let mut verbatim = false;
        for line in printed.lines() {
            if !verbatim && !line.is_empty() {
                indented.push_str(indent);
            }
            indented.push_str(line);
            indented.push_str(ending);
            if matches!(self, Self::Html | Self::Astro) {
                verbatim = (verbatim || line.contains("<pre")) && !line.contains("</pre>");
            }
        }
        indented
    }
}

impl fmt::Display for HostFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Markdown => "Markdown",
            Self::Mdx => "MDX",
            Self::Html => "HTML",
            Self::Astro => "Astro",
            Self::Text => "plain text",
        })
    }
}

impl Syntax {
    pub(super) const ALL: [Self; 3] = [Self::Angles, Self::Braces, Self::Brackets];

    /// What a marker begins with.
    pub(super) const fn open(self) -> &'static str {
        match self {
            Self::Angles => "<!--",
            Self::Braces => "{/*",
            Self::Brackets => "[[",
        }
    }

    /// What a marker ends with.
    pub(super) const fn close(self) -> &'static str {
        match self {
            Self::Angles => "-->",
            Self::Braces => "*/}",
            Self::Brackets => "]]",
        }
    }

    /// A marker that says this.
    pub(super) fn write(self, words: &str) -> String {
        let space = if self == Self::Brackets { "" } else { " " };
        format!("{}{space}{words}{space}{}", self.open(), self.close())
    }
}
