//! The `User-Agent` header.

use crate::config::{Config, settings};

/// What the program and the SDK say of themselves.
// Parity: botocore/useragent.py, for the parts' order and names.
pub(crate) fn user_agent(config: &Config, retry_mode: &str) -> String {
    let overrides = config.overrides();
    let program = overrides
        .user_agent
        .as_deref()
        .unwrap_or(concat!("awl-sdk/", env!("CARGO_PKG_VERSION")));
    let mut text = format!(
        "{program} ua/2.1 os/{} md/arch#{} lang/rust cfg/retry-mode#{}",
        std::env::consts::OS,
        std::env::consts::ARCH,
        clean(retry_mode),
    );
    if let Some(environment) = config.host().variable("AWS_EXECUTION_ENV") {
        text.push_str(" exec-env/");
        text.push_str(&clean(&environment));
    }
    if let Some(app) = config.text(&settings::APP_ID) {
        text.push_str(" app/");
        text.push_str(&clean(&app));
    }
    if let Some(suffix) = &overrides.user_agent_suffix {
        text.push(' ');
        text.push_str(suffix);
    }
    text
}

/// A part with `-` for whatever may not stand in a user agent.
// Parity: botocore/useragent.py, sanitize_user_agent_string_component.
fn clean(part: &str) -> String {
    part.chars()
        .map(|letter| {
            let allowed = letter.is_ascii_alphanumeric() || "!$%&'*+-.^_`|~,".contains(letter);
            if allowed { letter } else { '-' }
        })
        .collect()
}
