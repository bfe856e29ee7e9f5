//! awl-sdk.
