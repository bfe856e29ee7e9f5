//! awl-model.
