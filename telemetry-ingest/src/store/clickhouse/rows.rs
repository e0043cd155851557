//! Events as `RowBinary`, ClickHouse's own format of rows: numbers are
//! little-endian, a UUID is two of them, and a byte before what may be NULL
//! says whether it is.

use crate::judge::Event;
use telemetry_codegen::sql::Columns;

/// The statement that inserts such rows into a table.
pub(super) fn insert_into(table: &str, columns: &Columns) -> String {
    let mut names = String::from("_event, _time, _id, _session");
    for name in columns.names() {
        names.push_str(", ");
        names.push_str(name);
    }
    format!("INSERT INTO {table} ({names}) FORMAT RowBinary")
}

/// Writes an event's row; `numbers` is for the next one to use again.
pub(super) fn write(
    out: &mut Vec<u8>,
    event: &Event,
    columns: &Columns,
    numbers: &mut Vec<Option<i64>>,
) {
    let seconds = u32::try_from(event.time_ms() / 1000).unwrap_or(u32::MAX);
    let id = u128::from_be_bytes(event.id);
    out.extend_from_slice(&event.decoded.event().code.to_le_bytes());
    out.extend_from_slice(&seconds.to_le_bytes());
    out.extend_from_slice(&id.rotate_left(64).to_le_bytes());
    out.extend_from_slice(&event.session);
    columns.write(&event.decoded, numbers);
    for number in numbers {
        match number {
            None => out.push(1),
            Some(number) => {
                out.push(0);
                out.extend_from_slice(&number.to_le_bytes());
            }
        }
    }
}
