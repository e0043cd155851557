//! JSON as it is committed: two spaces, and lists of plain values filled
//! into lines, so that a list of 200 numbers is not 200 lines of a diff.

use serde_json::Value;
use std::fmt::Write as _;

const WIDTH: usize = 100;

/// The text of a JSON document, with a line break at its end.
pub(crate) fn print(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, 0);
    out.push('\n');
    out
}

fn write_value(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Array(items) if items.iter().all(is_plain) => write_plain_list(out, items, depth),
        Value::Array(items) => {
            write_lines(out, ['[', ']'], items, depth, |out, item| {
                write_value(out, item, depth + 1);
            });
        }
        Value::Object(entries) => {
            write_lines(out, ['{', '}'], entries, depth, |out, (key, value)| {
                // Writing to a String does not fail.
                let _ = write!(out, "{}: ", Value::from(key.as_str()));
                write_value(out, value, depth + 1);
            });
        }
        plain => {
            let _ = write!(out, "{plain}");
        }
    }
}

fn write_lines<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    depth: usize,
    mut write: impl FnMut(&mut String, T),
) {
    out.push(open);
    let mut any = false;
    for item in items {
        if any {
            out.push(',');
        }
        any = true;
        new_line(out, depth + 1);
        write(out, item);
    }
    if any {
        new_line(out, depth);
    }
    out.push(close);
}

/// On one line if it fits, else filled into lines.
fn write_plain_list(out: &mut String, items: &[Value], depth: usize) {
    let items: Vec<String> = items.iter().map(Value::to_string).collect();
    let one_line = items.join(", ");
    if one_line.len() + 2 * depth <= WIDTH {
        let _ = write!(out, "[{one_line}]");
        return;
    }
    out.push('[');
    let mut column = WIDTH;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        if column + item.len() + 2 > WIDTH {
            new_line(out, depth + 1);
            column = 2 * (depth + 1);
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(item);
        column += item.len() + 1;
    }
    new_line(out, depth);
    out.push(']');
}

fn is_plain(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fills_lists_and_reads_back() {
        let value = json!({
            "short": [1, "two", null],
            "long": (0..60).map(|n| n * 1_000).collect::<Vec<_>>(),
            "nested": [{ "a": [] }, {}],
        });
        let text = print(&value);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(
            text.contains("  \"short\": [1, \"two\", null],\n"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 16, "{text}");
    }
}
