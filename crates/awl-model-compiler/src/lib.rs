//! awl-model-compiler.
