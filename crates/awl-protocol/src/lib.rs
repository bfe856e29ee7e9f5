//! awl-protocol.
