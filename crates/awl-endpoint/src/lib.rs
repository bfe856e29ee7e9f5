//! awl-endpoint.
