//! JMESPath against the public compliance suite, against jmespath.py, and over
//! expressions that nobody wrote.

#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

mod compliance;
mod properties;
mod reference;
mod strategies;
