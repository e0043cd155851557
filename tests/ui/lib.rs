//! The cases are in `fail/` and `pass/`; this is here because a package needs
//! something to build.
