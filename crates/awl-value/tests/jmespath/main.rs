//! JMESPath against the public compliance suite, against jmespath.py, and over
//! expressions that nobody wrote.

mod compliance;
mod properties;
mod reference;
mod strategies;
