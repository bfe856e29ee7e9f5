//! NuGet, by its own program or by .NET's.
// Parity: codeartifact/login.py, NuGetBaseLogin, NuGetLogin, DotNetLogin.

use super::Login;
use super::run;
use crate::commands::Invocation;
use crate::error::CommandError;
use crate::python;

pub(super) fn login(
    invocation: &mut Invocation,
    login: &Login<'_>,
    tool: &str,
) -> Result<(), CommandError> {
    let words =
        |words: &[&str]| -> Vec<String> { words.iter().map(|word| (*word).to_owned()).collect() };
    let is_dotnet = tool == "dotnet";
    let list = if is_dotnet {
        words(&["dotnet", "nuget", "list", "source", "--format", "detailed"])
    } else {
        words(&["nuget", "sources", "list", "-format", "detailed"])
    };
    let listed = run::plain(&list).map_err(|failure| match failure {
        run::Failure::Absent => run::not_found(tool),
        run::Failure::Failed(error) | run::Failure::Other(error) => error,
    })?;
    let sources = sources(&String::from_utf8_lossy(&listed))?;
    let url = format!("{}v3/index.json", login.endpoint);
    let word = |name: &str| login.given.get(name).unwrap_or_default();
    let own_name = format!("{}/{}", word("--domain"), word("--repository"));
    let by_url = sources.iter().find(|(_, known)| *known == url);
    let known = by_url.or_else(|| sources.iter().find(|(name, _)| *name == own_name));
    let (name, is_known) = match known {
        Some((name, _)) => (name.clone(), true),
        None => (own_name, false),
    };
    let command = if is_dotnet {
        let mut command = match is_known {
            true => words(&[
                "dotnet", "nuget", "update", "source", &name, "--source", &url,
            ]),
            false => words(&["dotnet", "nuget", "add", "source", &url, "--name", &name]),
        };
        command.extend(words(&["--username", "aws", "--password", &login.token]));
        // Windows alone can encrypt it.
        if !cfg!(windows) {
            command.push("--store-password-in-clear-text".to_owned());
        }
        command
    } else {
        let verb = if is_known { "update" } else { "add" };
        let mut command = words(&["nuget", "sources", verb, "-name", &name, "-source", &url]);
        command.extend(words(&["-username", "aws", "-password", &login.token]));
        command
    };
    if login.dry_run {
        let line = format!("{}\n", command.join(" "));
        invocation.ui.write_out(&line);
        return Ok(());
    }
    run::checked(&command, &login.token).map_err(|failure| match failure {
        run::Failure::Absent => run::not_found(tool),
        run::Failure::Failed(error) => {
            invocation
                .ui
                .write_out("Failed to update the NuGet.Config\n");
            error
        }
        run::Failure::Other(error) => error,
    })?;
    let line = match is_known {
        true => format!("Updated source {name} in the NuGet.Config\n"),
        false => format!("Added source {name} to the user level NuGet.Config\n"),
    };
    invocation.ui.write_out(&line);
    login.report(invocation, "nuget");
    Ok(())
}

/// The sources' names and addresses. A later one of the same name counts, at
/// the place of the first.
fn sources(text: &str) -> Result<Vec<(String, String)>, CommandError> {
    let lines = text.lines().map(|line| line.trim_matches(python::is_space));
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    let mut sources: Vec<(String, String)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(name) = source_name(line) else {
            continue;
        };
        let url = lines
            .get(index + 1)
            .ok_or_else(|| CommandError::general("list index out of range"))?;
        match sources.iter_mut().find(|(known, _)| known == name) {
            Some(known) => (*url).clone_into(&mut known.1),
            None => sources.push((name.to_owned(), (*url).to_owned())),
        }
    }
    Ok(sources)
}

/// The name in `1.  nuget.org [Enabled]`.
fn source_name(line: &str) -> Option<&str> {
    let (number, rest) = line.split_once('.')?;
    if number.is_empty() || !number.chars().all(char::is_numeric) {
        return None;
    }
    let rest = rest.strip_prefix(python::is_space)?;
    let end = rest[..rest.rfind(']')?].rfind('[')?;
    let name = rest[..end].strip_suffix(python::is_space)?;
    let name = name.trim_matches(python::is_space);
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::sources;

    #[test]
    fn sources_are_found_among_other_lines() {
        let text = "Registered Sources:\n\n  1.  nuget.org [Enabled]\n      https://n/v3\n  2.  \
                    a [b] [Disabled]\n   https://b\nwarn : x\n";
        let expected = [("nuget.org", "https://n/v3"), ("a [b]", "https://b")];
        let expected = expected.map(|(name, url)| (name.to_owned(), url.to_owned()));
        assert_eq!(sources(text).unwrap(), expected);
    }
}
