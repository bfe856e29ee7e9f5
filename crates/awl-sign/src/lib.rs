//! awl-sign.
