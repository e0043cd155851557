//! The id of an event.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The id of the record at `offset` in the rotated file `spool.<name>`: a
/// UUID of version 8 (RFC 9562, section 5.8) from the first 128 bits of
/// SHA-256(`name` as its 32 hex digits, then `offset` as 64 bits, least
/// significant byte first).
///
/// The name is random and deleted with its file, so an id tells neither
/// which events came from one process nor in which order. Reading the same
/// record again gives the same id.
pub fn event_id(name: &str, offset: u64) -> Uuid {
    let digest = Sha256::new()
        .chain_update(name.as_bytes())
        .chain_update(offset.to_le_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn is_a_version_8_uuid_that_only_name_and_offset_decide() {
        let name = "0123456789abcdef0123456789abcdef";
        let ids: HashSet<Uuid> = (0..1_000).map(|slot| event_id(name, slot * 32)).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(ids.iter().all(|id| id.get_version_num() == 8));
        assert!(
            ids.iter()
                .all(|id| id.get_variant() == uuid::Variant::RFC4122)
        );
        assert!(ids.contains(&event_id(name, 32)));
        assert!(!ids.contains(&event_id("0123456789abcdef0123456789abcdee", 32)));
    }

    #[test]
    fn stays_as_it_is() {
        // Ids of events that were uploaded before must come out the same.
        let id = event_id("00000000000000000000000000000000", 0);
        insta::assert_snapshot!(id, @"7caae281-7e1c-8cfb-80ef-3bcd8b899598");
    }
}
