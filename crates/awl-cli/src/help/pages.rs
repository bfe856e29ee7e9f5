//! The pages that list what there is: the program's, a service's, the waiters',
//! the topics', those of commands that no model describes.
// Parity: awscli/clidocs.py; awscli/customizations/{commands,waiters}.py.

use awl_model::Node;
use awl_model::documentation::Block;
use awl_value::{Value, json};

use super::notes;
use super::options;
use super::script::Script;
use super::texts;
use crate::commands::custom::Custom;

/// The page of the program itself.
pub(crate) fn main_page(program: &str, commands: &[String]) -> Script {
    let mut script = Script::new(program);
    script.section("Description");
    script.write(
        "awl is the AWS command line in one file: every service's operations with the arguments, \
         the output and the exit codes of the AWS CLI.",
    );
    script.section("Synopsis");
    script.start_literal();
    script.line(&format!(
        "{program} [options] <command> <subcommand> [parameters]"
    ));
    script.end_literal();
    script.write(&format!(
        "``{program} COMMAND help`` says what a command does, ``{program} COMMAND SUBCOMMAND \
         help`` how it is called. ``{program} help topics`` lists what else can be read. \
         Parameters in square brackets may be left out."
    ));
    script.paragraph();
    script.section("Global Options");
    options::write(&mut script, &[]);
    script.section("Available Services");
    script.list(commands);
    script.section("See Also");
    script.list([format!("{program} help topics")]);
    script
}

/// The page of a service.
pub(crate) fn service_page(name: &str, text: &str, commands: &[String]) -> Script {
    let mut script = Script::new(name);
    script.section("Description");
    script.documentation(text);
    notes::description(name, &mut script);
    script.section("Available Commands");
    script.list(commands);
    script
}

/// The page of a service's waiters.
pub(crate) fn waiters_page(names: &[String]) -> Script {
    let text = "Wait until a particular condition is satisfied. Each subcommand polls an API \
                until the listed requirement is met.";
    service_page("wait", text, names)
}

/// What a waiter says of itself.
pub(crate) fn waiter_text(waiter: Node) -> String {
    let number = |key| waiter.get(key).as_int().unwrap_or_default();
    let mut text = match waiter.str("description") {
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => {
            let success = waiter
                .get("acceptors")
                .items()
                .find(|acceptor| acceptor.str("state") == Some("success"));
            format!(
                "Wait until {}when polling with ``{}``.",
                success.map_or_else(String::new, success_text),
                awl_model::kebab_case(waiter.str("operation").unwrap_or_default())
            )
        }
    };
    text.push_str(&format!(
        " It will poll every {} seconds until a successful state has been reached. This will exit \
         with a return code of 255 after {} failed checks.",
        number("delay"),
        number("maxAttempts")
    ));
    text
}

fn success_text(acceptor: Node) -> String {
    let expected = acceptor.get("expected");
    let expected = match (expected.as_str(), expected.as_int(), expected.as_bool()) {
        (Some(text), ..) => text.to_owned(),
        (_, Some(number), _) => number.to_string(),
        (_, _, Some(true)) => "True".to_owned(),
        _ => "False".to_owned(),
    };
    let query = acceptor.str("argument").unwrap_or_default();
    let returns = format!("JMESPath query {query} returns {expected}");
    match acceptor.str("matcher") {
        Some("error") => format!("{expected} is thrown "),
        Some("status") => format!("{expected} response is received "),
        Some("pathAll") => format!("{returns} for all elements "),
        Some("pathAny") => format!("{returns} for any element "),
        _ => format!("{returns} "),
    }
}

/// The page of a command that no model describes; `lineage` is its name with
/// those of the commands that it belongs to.
pub(crate) fn custom_page(program: &str, lineage: &str, command: &Custom) -> Script {
    let mut script = Script::new(command.name);
    let about = texts::about(lineage);
    script.section("Description");
    script.write(about.map_or("", |about| about.text));
    script.section("Synopsis");
    script.start_literal();
    if command.run.is_some() {
        script.line(&format!("{program} {lineage}"));
        for argument in command.arguments {
            script.line(&argument.synopsis());
        }
    }
    if !command.subcommands.is_empty() {
        script.line(&format!("{program} {lineage} <subcommand> [parameters]"));
    } else {
        options::write_synopsis(&mut script, &[]);
    }
    script.end_literal();
    if command.run.is_some() {
        script.section("Options");
        if command.arguments.is_empty() {
            script.write("*None*\n");
        }
        for argument in command.arguments {
            let name = argument.name();
            script.write(&format!("``{name}`` ({})", argument.type_name()));
            if argument.is_required() {
                script.write(" [required]");
            }
            script.indent();
            script.paragraph();
            script.write(about.map_or("", |about| about.argument(name)));
            let choices = argument.choice_names();
            if !choices.is_empty() {
                script.paragraph();
                script.write("Possible values:");
                script.list(choices.iter().map(|choice| format!("``{choice}``")));
            }
            script.dedent();
            script.paragraph();
        }
    }
    if command.subcommands.is_empty() {
        script.section("Global Options");
        options::write(&mut script, &[]);
    } else {
        script.section("Available Commands");
        let mut names: Vec<&str> = command.subcommands.iter().map(|sub| sub.name).collect();
        names.sort_unstable();
        script.list(names);
    }
    if let Some(about) = about.filter(|about| !about.examples.is_empty()) {
        script.section("Examples");
        for (text, line) in about.examples {
            script.write(&format!("{text}::\n\n    {line}\n\n"));
        }
    }
    script
}

/// The names of the topics.
pub(crate) fn topic_names(block: &Block) -> impl Iterator<Item = &str> {
    block
        .texts()
        .map(|(name, _)| name)
        .filter(|name| *name != TAGS)
}

/// The file that says what topics there are.
const TAGS: &str = "topic-tags.json";

/// The page that lists the topics.
pub(crate) fn topics_page(program: &str, block: &Block) -> Script {
    let mut script = Script::new("topics");
    script.section("Description");
    script.write(&format!(
        "What there is to read beyond the pages of commands. ``{program} help TOPIC`` shows a \
         topic."
    ));
    script.section("Available Topics");
    let tags = tags(block);
    let tag = |topic: &Value, key: &str| -> Option<String> {
        let values = topic.get(key)?.as_list()?;
        Some(values.first()?.as_str()?.to_owned())
    };
    let topics: Vec<(String, String)> = topic_names(block)
        .map(|name| {
            let topic = tags.get(name).unwrap_or(&Value::Null);
            let category = tag(topic, "category").unwrap_or_else(|| "General".to_owned());
            let description = tag(topic, "description").unwrap_or_default();
            (category, format!("{name}: {description}"))
        })
        .collect();
    let mut categories: Vec<&String> = topics.iter().map(|(category, _)| category).collect();
    categories.sort_unstable();
    categories.dedup();
    for category in categories {
        script.subsection(category);
        script.list(
            topics
                .iter()
                .filter(|(other, _)| other == category)
                .map(|(_, line)| line),
        );
    }
    script
}

/// The page of a topic.
pub(crate) fn topic_page(block: &Block, name: &str) -> Option<Script> {
    let text = block.text(name).filter(|_| name != TAGS)?;
    let mut script = Script::titled(name);
    // What stands at the top is for the index.
    let is_tag = |line: &&str| line.starts_with(':') && line[1..].contains(':');
    for line in text.lines().skip_while(is_tag) {
        script.write(line);
        script.write("\n");
    }
    Some(script)
}

fn tags(block: &Block) -> Value {
    block
        .text(TAGS)
        .and_then(|text| json::parse(text).ok())
        .unwrap_or(Value::Null)
}
