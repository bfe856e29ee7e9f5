//! `awl credentials get`: prints a profile's keys as a `credential_process`
//! does.

use awl_value::json;
use zeroize::Zeroizing;

use super::unlock::{KEY_FILE, Means, PASSPHRASE_COMMAND};
use super::vault::Vault;
use super::{Argument, Custom, Given};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::error::CommandError;

/// `credentials get`.
pub(super) const COMMAND: Custom = Custom::new(
    "get",
    &[
        Argument::positional("name").literal(),
        KEY_FILE,
        PASSPHRASE_COMMAND,
    ],
    run,
);

fn run(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let name = given.get("name").unwrap_or_default();
    let means = Means::new(invocation, given);
    let vault = Vault::open(&*invocation.host, &means)?;
    let record = vault.get(name)?;
    let quoted = |text: &str| {
        let mut quoted = Zeroizing::new(String::new());
        let text = awl_value::Value::from(text);
        json::write(&text, json::Style::PRETTY, &mut quoted);
        quoted
    };
    let text = Zeroizing::new(format!(
        "{{\n  \"Version\": 1,\n  \"AccessKeyId\": {},\n  \"SecretAccessKey\": {}\n}}\n",
        *quoted(&record.access_key_id),
        *quoted(&record.secret_access_key),
    ));
    invocation.ui.write_out(&text);
    Ok(())
}
