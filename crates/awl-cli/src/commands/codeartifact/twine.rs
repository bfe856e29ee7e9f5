//! Twine, which reads `~/.pypirc`.
// Parity: codeartifact/login.py, TwineLogin; Python's RawConfigParser.

use awl_sdk::config::ini;

use super::Login;
use crate::commands::Invocation;
use crate::error::CommandError;
use crate::python;

pub(super) fn login(invocation: &mut Invocation, login: &Login<'_>) -> Result<(), CommandError> {
    let path = login.home.join(".pypirc");
    let known = match invocation.host.read(&path) {
        Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Err(_) => None,
    };
    let text = match known {
        Some(known) => updated(&known, login).map_err(|message| {
            let line = format!("{} is in an invalid state.\n", path.display());
            invocation.ui.write_out(&line);
            CommandError::general(message)
        })?,
        None => format!(
            "[distutils]\nindex-servers = \n\tpypi\n\tcodeartifact\n\n{}",
            section(login)
        ),
    };
    if login.dry_run {
        invocation.ui.write_out(&format!(
            "Dryrun mode is enabled, not writing to pypirc.\n{} would have been set to the \
             following:\n\n{text}\n",
            path.display()
        ));
        return Ok(());
    }
    invocation
        .host
        .write(&path, text.as_bytes())
        .map_err(|error| CommandError::general(python::os_error(&error, &path)))?;
    login.report(invocation, "twine");
    Ok(())
}

fn entries(login: &Login<'_>) -> [(&'static str, String); 3] {
    [
        ("repository", login.endpoint.clone()),
        ("username", "aws".to_owned()),
        ("password", login.token.clone()),
    ]
}

fn section(login: &Login<'_>) -> String {
    let mut text = "[codeartifact]\n".to_owned();
    for (key, value) in entries(login) {
        text.push_str(&line(key, &value));
    }
    text.push('\n');
    text
}

fn line(key: &str, value: &str) -> String {
    format!("{key} = {}\n", value.replace('\n', "\n\t"))
}

/// The file with the repository in it, written anew.
fn updated(text: &str, login: &Login<'_>) -> Result<String, String> {
    let mut sections: Vec<(String, Vec<(String, String)>)> = ini::parse(text)
        .map_err(|error| error.to_string())?
        .into_iter()
        .map(|section| (section.name, section.entries))
        .collect();
    let set = |values: &mut Vec<(String, String)>, key: &str, value: String| match values
        .iter_mut()
        .find(|(known, _)| known == key)
    {
        Some(known) => known.1 = value,
        None => values.push((key.to_owned(), value)),
    };
    let own = sections.iter_mut().find(|(name, _)| name == "distutils");
    let (_, values) = own.ok_or("No section: 'distutils'")?;
    let servers = values.iter().find(|(key, _)| key == "index-servers");
    let (_, servers) = servers.ok_or("No option 'index-servers' in section: 'distutils'")?;
    let servers = servers
        .lines()
        .map(|line| line.trim_matches(python::is_space));
    let mut servers: Vec<&str> = servers.filter(|server| !server.is_empty()).collect();
    if !servers.contains(&"codeartifact") {
        servers.push("codeartifact");
        let servers = format!("\n{}", servers.join("\n"));
        set(values, "index-servers", servers);
    }
    if !sections.iter().any(|(name, _)| name == "codeartifact") {
        sections.push(("codeartifact".to_owned(), Vec::new()));
    }
    let mut result = String::new();
    for (name, mut values) in sections {
        if name == "codeartifact" {
            for (key, value) in entries(login) {
                set(&mut values, key, value);
            }
        }
        result.push_str(&format!("[{name}]\n"));
        for (key, value) in values {
            result.push_str(&line(&key, &value));
        }
        result.push('\n');
    }
    Ok(result)
}
