//! `awl credentials list`: whose keys are in the encrypted store.

use awl_value::{Map, Value};

use super::unlock::{KEY_FILE, Means, PASSPHRASE_COMMAND};
use super::vault::Vault;
use super::{Custom, Given};
use crate::argv::Globals;
use crate::commands::{Invocation, call};
use crate::error::CommandError;
use crate::output::Printer;

/// `credentials list`.
pub(super) const COMMAND: Custom = Custom::new("list", &[KEY_FILE, PASSPHRASE_COMMAND], run);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let means = Means::new(invocation, given);
    let vault = Vault::open(&*invocation.host, &means)?;
    if globals.output.is_none() && globals.query.is_none() {
        let lines = vault
            .records
            .iter()
            .map(|record| format!("{} {}\n", record.access_key_id, record.profile));
        let text: String = lines.collect();
        invocation.ui.write_out(&text);
        return Ok(());
    }
    let records = vault.records.iter().map(|record| {
        let mut map = Map::with_capacity(2);
        map.push("Profile", Value::from(&*record.profile));
        map.push("AccessKeyId", Value::from(&*record.access_key_id));
        Value::Map(map)
    });
    let mut answer = Map::with_capacity(1);
    answer.push("Credentials", Value::List(records.collect()));
    let config = call::load_config(invocation, globals)?;
    let printer = Printer::new(&config, globals, "list")?;
    printer.print(&mut invocation.ui, &*invocation.host, Value::Map(answer))
}
