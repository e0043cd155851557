//! Finds the code in Markdown, where a marker is only being shown.
//!
//! Fenced blocks and code spans by `CommonMark` 0.31, sections 4.5 and 6.1,
//! with two liberties: a fence may have any indent, since it may be in a
//! list, and a span ends on its line.

use std::ops::Range;

/// A fenced block that has begun.
struct Fence {
    start: usize,
    mark: char,
    length: usize,
}

/// Where the code of a page is.
pub(super) fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut fence: Option<Fence> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.trim();
        match &fence {
            None => match begins(code) {
                Some((mark, length)) => {
                    fence = Some(Fence {
                        start,
                        mark,
                        length,
                    });
                }
                None => ranges.extend(spans(line).map(|span| start + span.start..start + span.end)),
            },
            Some(open) => {
                if code.len() >= open.length && code.chars().all(|c| c == open.mark) {
                    ranges.push(open.start..start);
                    fence = None;
                }
            }
        }
        start += line.len();
    }
    // A fence that is never closed reaches to the end.
    ranges.extend(fence.map(|open| open.start..text.len()));
    ranges
}

/// The mark and the length of a fence that begins with this line.
fn begins(code: &str) -> Option<(char, usize)> {
    let mark = code.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = code.chars().take_while(|c| *c == mark).count();
    (length >= 3 && !(mark == '`' && code[length..].contains('`'))).then_some((mark, length))
}

/// The code spans of a line: from a run of backticks to the next as long.
fn spans(line: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let open = run(line, from)?;
            from = open.end;
            // Behind a backslash the first is a plain character.
            let escaped = usize::from(line[..open.start].ends_with('\\'));
            let length = open.len() - escaped;
            if length == 0 {
                continue;
            }
            let mut after = open.end;
            while let Some(close) = run(line, after) {
                if close.len() == length {
                    from = close.end;
                    return Some(open.start + escaped..close.end);
                }
                after = close.end;
            }
        }
    })
}

/// The next run of backticks.
fn run(line: &str, from: usize) -> Option<Range<usize>> {
    let start = from + line[from..].find('`')?;
    let length = line[start..]
        .bytes()
        .take_while(|byte| *byte == b'`')
        .count();
    Some(start..start + length)
}
