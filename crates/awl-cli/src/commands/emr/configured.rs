//! The values that EMR's commands take from the block `emr` of the profile.
// Parity: awscli/customizations/emr/{config,configutils}.py.

use awl_sdk::config::ini;
use awl_sdk::config::writer::{ConfigFile, Edit, Section};
use awl_sdk::config::{Config, SectionKind, settings};

use crate::argv::Globals;
use crate::commands::{Invocation, call};
use crate::error::CommandError;

/// The block `emr` of the chosen profile.
#[derive(Debug)]
pub(super) struct Block(Vec<(String, String)>);

impl Block {
    pub(super) fn new(config: &Config) -> Self {
        let block = config.profile_key("emr").unwrap_or_default();
        Self(ini::nested(block).unwrap_or_default())
    }

    pub(super) fn load(invocation: &Invocation, globals: &Globals) -> Result<Self, CommandError> {
        Ok(Self::new(&call::load_config(invocation, globals)?))
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.as_str())
    }
}

/// The arguments that the block gives.
// Parity: command.py, override_args_required_option.
pub(super) fn given(
    invocation: &Invocation,
    globals: &Globals,
) -> Result<Vec<String>, CommandError> {
    let block = Block::load(invocation, globals)?;
    let keys = block.0.iter().map(|(key, _)| key);
    Ok(keys
        .map(|key| format!("--{}", key.replace('_', "-")))
        .collect())
}

/// The value of `enable_debugging`.
///
/// # Errors
/// One that is no boolean.
// Parity: config.py, BooleanConfiguration.add.
pub(super) fn enable_debugging(
    config: &Config,
    block: &Block,
) -> Result<Option<bool>, CommandError> {
    let Some(value) = block.get("enable_debugging") else {
        return Ok(None);
    };
    match &*value.to_lowercase() {
        "true" => Ok(Some(true)),
        "false" => Ok(Some(false)),
        _ => {
            let profile = match config.chosen_profile() {
                Some(profile) => format!("profile.{}", profile.value),
                None => "default".to_owned(),
            };
            Err(CommandError::validation(format!(
                "{value} for enable_debugging in the config file is invalid. The value should be \
                 either 'True' or 'False'. Use 'aws configure set {profile}.emr.enable_debugging \
                 <value>' command to set a valid value."
            )))
        }
    }
}

/// Writes down the default roles, unless roles are configured.
// Parity: configutils.py, update_roles.
pub(super) fn write_roles(config: &Config, roles: [(&str, &str); 2]) -> Result<(), CommandError> {
    let block = Block::new(config);
    if roles.iter().any(|(key, _)| block.get(key).is_some()) {
        return Ok(());
    }
    let section = match config.chosen_profile() {
        Some(profile) => Section::Named(SectionKind::Profile, &profile.value),
        None => Section::Header("default"),
    };
    let edits = roles.map(|(key, value)| Edit::SetNested("emr", key, value));
    let host = &**config.host();
    let path = config.text(&settings::CONFIG_FILE).unwrap_or_default();
    let mut file = ConfigFile::open(host, &host.expand(&path))?;
    file.document.apply(section, &edits)?;
    file.save(host)?;
    Ok(())
}
