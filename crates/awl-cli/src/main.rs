//! The `awl` binary.

fn main() {}
