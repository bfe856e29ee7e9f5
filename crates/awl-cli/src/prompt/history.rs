//! The commands that were run from the prompt, in the file that the AWS CLI
//! keeps them in.
// Parity: awscli/autoprompt/history.py.

use std::path::PathBuf;

use awl_sdk::env::Host;
use awl_value::{Map, Value, json};

/// How many commands the file keeps.
const MOST: usize = 500;
/// The version of the file.
const VERSION: i64 = 1;

fn path(host: &dyn Host) -> PathBuf {
    host.expand("~/.aws/cli/cache/prompt_history.json")
}

/// The commands, the oldest first. A file that is not there or that cannot be
/// read has none.
pub(crate) fn load(host: &dyn Host) -> Vec<String> {
    read(host).map_or_else(Vec::new, |file| {
        let commands = file.get("commands").and_then(Value::as_list);
        commands
            .unwrap_or_default()
            .iter()
            .filter_map(|command| command.as_str().map(str::to_owned))
            .collect()
    })
}

/// Adds a command. One that cannot be kept is forgotten: it runs all the same.
pub(crate) fn add(host: &dyn Host, command: &str) {
    let path = path(host);
    let mut file = match host.read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut file = Map::new();
            file.push("version", Value::Int(VERSION));
            file.push("commands", Value::List(Vec::new()));
            file
        }
        // What somebody else wrote there stays.
        _ => match read(host) {
            Some(file) => file,
            None => return,
        },
    };
    let Some(Value::List(commands)) = file.get_mut("commands") else {
        return;
    };
    commands.push(Value::from(command));
    let surplus = commands.len().saturating_sub(MOST);
    commands.drain(..surplus);
    let mut text = String::new();
    json::write(&Value::Map(file), json::Style::WIRE, &mut text);
    let _ = host.write(&path, text.as_bytes());
}

fn read(host: &dyn Host) -> Option<Map> {
    let bytes = host.read(&path(host)).ok()?;
    match json::parse(std::str::from_utf8(&bytes).ok()?).ok()? {
        Value::Map(file) => Some(file),
        _ => None,
    }
}
