use awl_model::Operation;

use super::rst::{Block, parse};
use super::{OperationPage, Paper, layout, render, service_page};
use crate::arguments::Table;

const PAPER: Paper = Paper {
    width: 78,
    styled: false,
};

/// Every so many operations: all of them take a minute.
const STEP: usize = 11;

#[test]
fn operations_of_all_services_have_readable_pages() {
    let mut count = 0;
    for service in awl_catalog::store().services() {
        let name = service.name();
        let documentation = awl_catalog::library().block(&format!("service/{name}"));
        let documentation = documentation.expect(name);
        let examples = awl_catalog::library().block(&format!("examples/{name}"));
        let text = documentation.of_service().unwrap_or_default();
        check(name, service_page(name, text, &[]).text());
        let operations = service.operations().collect::<Vec<Operation>>();
        for operation in operations.iter().step_by(STEP) {
            let page = OperationPage {
                command: name,
                name: operation.cli_name(),
                operation: *operation,
                table: &Table::new(name, operation.cli_name(), *operation),
                waiter: None,
                documentation: Some(&documentation),
                examples: examples.as_ref(),
            };
            check(operation.cli_name(), page.script().text());
            count += 1;
        }
    }
    assert!(count > 1000, "{count}");
}

/// Tags that the models escape twice, so that they are meant to be seen.
const ESCAPED: [&str; 1] = ["<code>null</code>"];

/// No tag of HTML, and no line that could have been broken and was not.
fn check(name: &str, source: &str) {
    let blocks = without_literals(parse(source));
    assert!(!blocks.is_empty(), "{name}");
    for line in layout::lay_out(&blocks, PAPER).lines() {
        for tag in [
            "</p>", "</code>", "</b>", "</li>", "</ul>", "</note>", "</a>",
        ] {
            let is_escaped = ESCAPED.iter().any(|text| line.contains(text));
            assert!(is_escaped || !line.contains(tag), "{name}: {line}");
        }
        let text = line.trim_start().trim_start_matches("• ");
        let indent = line.chars().count() - text.chars().count();
        let is_title = line.starts_with(|letter: char| letter != ' ') || indent == 3;
        let is_long = line.chars().count() > PAPER.width.max(indent + 20);
        assert!(
            !is_long || !text.contains(' ') || is_title,
            "{name}: {line}"
        );
    }
}

fn without_literals(blocks: Vec<Block>) -> Vec<Block> {
    blocks
        .into_iter()
        .filter(|block| !matches!(block, Block::Literal(_)))
        .map(|block| match block {
            Block::Quote(inside) => Block::Quote(without_literals(inside)),
            Block::Note(name, inside) => Block::Note(name, without_literals(inside)),
            Block::List(items) => Block::List(
                items
                    .into_iter()
                    .map(|(label, inside)| (label, without_literals(inside)))
                    .collect(),
            ),
            Block::Definitions(items) => Block::Definitions(
                items
                    .into_iter()
                    .map(|(term, inside)| (term, without_literals(inside)))
                    .collect(),
            ),
            block => block,
        })
        .collect()
}

#[test]
fn long_pages_describe_a_structure_once() {
    // The longest of all: every shape wherever it stands makes 40 MB.
    let service = awl_catalog::store()
        .service("quicksight")
        .expect("a service");
    let operation = service.operation("CreateAnalysis").expect("an operation");
    let documentation = awl_catalog::library().block("service/quicksight");
    let script = OperationPage {
        command: "quicksight",
        name: operation.cli_name(),
        operation,
        table: &Table::new("quicksight", operation.cli_name(), operation),
        waiter: None,
        documentation: documentation.as_ref(),
        examples: None,
    }
    .script();
    let page = render(&script, PAPER);
    assert!(page.contains("( ... as above ... )") && page.contains("{ ... as above ... }"));
    assert!(
        page.contains("AnalysisId -> (string)"),
        "the output is there"
    );
    assert!(page.len() < 3 << 20, "{}", page.len());
}

#[test]
fn topics_and_examples_are_read() {
    let topics = awl_catalog::library().block("topics").expect("topics");
    for name in super::topic_names(&topics) {
        let script = super::topic_page(&topics, name).expect(name);
        assert!(render(&script, PAPER).contains("   "), "{name}");
    }
    let mut count = 0;
    let library = awl_catalog::library();
    for name in library.names().filter(|name| name.starts_with("examples")) {
        let block = library.block(name).expect(name);
        for (_, text) in block.texts() {
            layout::lay_out(&parse(text), PAPER);
            count += 1;
        }
    }
    assert!(count > 5000, "{count}");
}
