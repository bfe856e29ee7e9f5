//! awl-test.
