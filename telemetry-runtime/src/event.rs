//! What an event is to the runtime.

use crate::__private::Sealed;
use telemetry_wire::record::Template;
use telemetry_wire::{Generation, Level, Program, Version};

/// An event that `events.toml` declares. Generated types implement it by
/// [`derive(Event)`](telemetry_macros::Event); nothing else can.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a telemetry event",
    note = "events are declared in events.toml; the build makes their types"
)]
pub trait Event: Sealed + Copy + Sized + 'static {
    /// The program that declares it.
    const PROGRAM: &'static Program;
    /// Its stable code.
    const CODE: u16;
    /// From which level on it is emitted.
    const LEVEL: Level;
    /// The generation that its program emits.
    const RUNNING: Generation = Self::PROGRAM.running();
    /// What is known of its records when the program is built.
    #[doc(hidden)]
    const TEMPLATE: Template = Template::new(Self::RUNNING, Self::CODE);

    /// The fields as one number; none if a field's digit is past its radix,
    /// which no type of this crate makes.
    fn pack(self, host: Version) -> Option<u128>;

    /// The event of a payload; none where the declaration has no such value.
    fn unpack(payload: u128) -> Option<Self>;
}
