//! awl-catalog.
