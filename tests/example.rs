//! The example host's own tests. As an example it is compiled as a program,
//! which other tests start.

#[path = "../examples/caro.rs"]
#[allow(dead_code, reason = "its `main` is not called here")]
mod caro;
