//! Free text does not compile. Each case in `fail/` is one mistake, and the
//! file beside it holds all that the compiler says: one error, which tells
//! what to do instead.
//!
//! After a change of the words, `TRYBUILD=overwrite cargo test -p ui-tests`
//! writes the files anew; read what it wrote.

#[test]
fn mistakes_are_one_error_each() {
    let cases = trybuild::TestCases::new();
    // A case that builds makes trybuild build and not only check, without
    // which the constant assertions are not evaluated.
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*.rs");
}
