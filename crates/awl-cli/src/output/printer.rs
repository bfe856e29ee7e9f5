//! An answer, queried and laid out as the command line and the configuration
//! want it.
// Parity: awscli/formatter.py.

use awl_protocol::{Blobs, Timestamps};
use awl_sdk::config::{Config, settings};
use awl_sdk::env::Host;
use awl_value::jmespath::{Expression, Needs};
use awl_value::{Value, json};

use super::rows::{Layout, Rows};
use super::table::{Colour, Paper, RESET, write_table};
use super::text::write_text;
use super::timestamps::show_timestamps;
use super::yaml::{write_yaml, write_yaml_item};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::ui::Ui;

/// Blobs of an answer are printed as they came, in base64.
pub(crate) const BLOBS: Blobs = Blobs::Wire;

/// How answers are laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Text,
    Table,
    Yaml,
    YamlStream,
    Off,
    Rows(Layout),
    /// One that there is not, which is an error once something is printed.
    Unknown(String),
}

/// How the pages of a listing are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paging {
    /// As one answer.
    Merged,
    /// As one answer in JSON, while they come.
    Json,
    /// The results of each, by themselves.
    Results,
    /// Each as it is.
    Whole,
    /// The items of each.
    Rows(Layout),
}

/// Prints the answers of one command.
#[derive(Debug)]
pub(crate) struct Printer {
    format: Format,
    query: Option<Expression>,
    timestamps: Timestamps,
    /// What stands at the top of a table.
    title: &'static str,
    /// `--color`.
    colour: Option<String>,
}

impl Printer {
    /// A printer of the answers of the operation called `title`, as the options
    /// and the configuration want it.
    ///
    /// # Errors
    /// A format of timestamps that there is not.
    pub(crate) fn new(
        config: &Config,
        globals: &Globals,
        title: &'static str,
    ) -> Result<Self, CommandError> {
        let format = config.text(&settings::OUTPUT).unwrap_or_default();
        let format = match &*format {
            "json" => Format::Json,
            "text" => Format::Text,
            "table" => Format::Table,
            "yaml" => Format::Yaml,
            "yaml-stream" => Format::YamlStream,
            "off" => Format::Off,
            name => Layout::named(name).map_or(Format::Unknown(format), Format::Rows),
        };
        // Parity: awscli/customizations/timestampformat.py.
        let timestamps = config.text(&settings::CLI_TIMESTAMP_FORMAT);
        let timestamps = match timestamps.as_deref() {
            Some("wire") => Timestamps::Wire,
            Some("iso8601") | None => Timestamps::Typed,
            Some(other) => {
                return Err(CommandError::configuration(format!(
                    "Unknown cli_timestamp_format value: {other}, valid values are \"wire\" or \
                     \"iso8601\""
                )));
            }
        };
        let query = globals.query.as_deref().map(compile_query).transpose()?;
        Ok(Self {
            format,
            query,
            timestamps,
            title,
            colour: globals.color.clone(),
        })
    }

    /// How the pages of a listing are to be printed.
    pub(crate) const fn paging(&self) -> Paging {
        match self.format {
            Format::Json if self.query.is_none() => Paging::Json,
            Format::Text => Paging::Results,
            // Nothing needs to be kept.
            Format::Off | Format::YamlStream => Paging::Whole,
            Format::Rows(layout) if self.query.is_none() => Paging::Rows(layout),
            _ => Paging::Merged,
        }
    }

    /// How the timestamps of an answer are wanted.
    pub(crate) const fn timestamps(&self) -> Timestamps {
        self.timestamps
    }

    /// What is looked at of an answer, where that is not all of it.
    pub(crate) fn needs(&self) -> Option<Needs> {
        self.query.as_ref().map(Expression::needs)
    }

    /// Whether what is no JSON is written as Python's `str` has it.
    pub(crate) const fn writes_words(&self) -> bool {
        matches!(self.format, Format::Text | Format::Table)
    }

    /// Whether answers can be printed at all; asked before pages are fetched.
    ///
    /// # Errors
    /// A format that there is not.
    pub(crate) fn check(&self) -> Result<(), CommandError> {
        match &self.format {
            Format::Unknown(format) => Err(CommandError::general(format!(
                "Unknown output type: {format}"
            ))),
            _ => Ok(()),
        }
    }

    /// Prints an answer, unless it is empty.
    ///
    /// # Errors
    /// A query that the answer does not fit; an answer that the format cannot
    /// show.
    pub(crate) fn print(
        &self,
        ui: &mut Ui,
        host: &dyn Host,
        answer: Value,
    ) -> Result<(), CommandError> {
        self.check()?;
        if self.format == Format::Off {
            return Ok(());
        }
        let (answer, repeats) = self.select(host, answer)?;
        let is_nothing = matches!(&answer, Value::Map(map) if map.is_empty());
        let mut text = String::new();
        match self.format {
            Format::Text => {
                let result = write_text(&answer, &mut text);
                ui.write_out(&text);
                return result.map_err(CommandError::general);
            }
            Format::Rows(layout) => {
                let mut rows = Rows::new(layout);
                rows.add_answer(answer, self.query.is_some(), &mut text);
                finish_rows(ui, rows, text);
                return Ok(());
            }
            // An operation that answers nothing prints nothing.
            _ if is_nothing && self.format != Format::Table => {}
            Format::Yaml => write_yaml(&answer, &repeats, &mut text),
            Format::YamlStream => write_yaml_item(&answer, &repeats, &mut text),
            Format::Table => {
                let paper = self.paper(ui, host);
                write_table(self.title, &answer, paper, &mut text)
                    .map_err(CommandError::general)?;
                if paper.colour != Colour::Off && ui.is_terminal() {
                    text.push_str(RESET);
                }
            }
            _ => {
                json::write_pieces(&answer, json::Style::PRETTY, &mut |piece| {
                    ui.write_out(piece)
                });
                text.push('\n');
            }
        }
        ui.write_out(&text);
        Ok(())
    }

    /// Prints one of the pages that are printed as they are.
    ///
    /// # Errors
    /// A query that the page does not fit.
    pub(crate) fn print_page(
        &self,
        ui: &mut Ui,
        host: &dyn Host,
        page: Value,
    ) -> Result<(), CommandError> {
        if self.format != Format::YamlStream {
            return self.print(ui, host, page);
        }
        let (page, repeats) = self.select(host, page)?;
        let mut text = String::new();
        write_yaml_item(&page, &repeats, &mut text);
        ui.write_out(&text);
        Ok(())
    }

    /// What is to be printed of an answer, and which parts of it are one
    /// object, where that is shown.
    fn select(
        &self,
        host: &dyn Host,
        mut answer: Value,
    ) -> Result<(Value, Vec<u32>), CommandError> {
        show_timestamps(&mut answer, host);
        let Some(query) = &self.query else {
            return Ok((answer, Vec::new()));
        };
        let result = match self.format {
            Format::Yaml | Format::YamlStream => query.search_identified(&answer),
            _ => query.search_owned(answer).map(|value| (value, Vec::new())),
        };
        result.map_err(|error| CommandError::general(error.to_string()))
    }

    fn paper(&self, ui: &Ui, host: &dyn Host) -> Paper {
        Paper {
            width: ui.columns(),
            colour: if is_coloured(self.colour.as_deref(), ui, host) {
                Colour::OnWithResets
            } else {
                Colour::Off
            },
        }
    }
}

/// Ends rows, of which `text` is to be written already.
pub(crate) fn finish_rows(ui: &mut Ui, rows: Rows, mut text: String) {
    let left_out = rows.finish(&mut text);
    ui.write_out(&text);
    if !left_out.is_empty() {
        ui.write_error(&format!(
            "warning: columns that first appear late in a long listing are left out: {}. --output \
             jsonl has all.\n",
            left_out.join(", ")
        ));
    }
}

/// Whether `--color` comes to colours. By itself, on a terminal.
pub(crate) fn is_coloured(option: Option<&str>, ui: &Ui, host: &dyn Host) -> bool {
    match option {
        Some("on") => true,
        Some("off") => false,
        // Not in the AWS CLI, but wherever else colours come by themselves.
        _ => {
            ui.is_terminal()
                && host
                    .variable("NO_COLOR")
                    .is_none_or(|value| value.is_empty())
        }
    }
}

/// What an answer called `title` looks like in a format, or why it cannot be
/// shown in it: for somebody who is still writing the command.
#[cfg(feature = "prompt")]
pub(crate) fn sample_text(
    format: &str,
    title: &str,
    answer: Value,
    query: Option<&Expression>,
) -> String {
    /// The columns of a table.
    const WIDTH: usize = 80;
    let answer = match query {
        Some(query) => match query.search_owned(answer) {
            Ok(answer) => answer,
            Err(error) => return error.to_string(),
        },
        None => answer,
    };
    let mut text = String::new();
    let result = match format {
        "text" => write_text(&answer, &mut text),
        "table" => {
            let paper = Paper {
                width: WIDTH,
                colour: Colour::Off,
            };
            write_table(title, &answer, paper, &mut text)
        }
        "yaml" => {
            write_yaml(&answer, &[], &mut text);
            Ok(())
        }
        "yaml-stream" => {
            write_yaml_item(&answer, &[], &mut text);
            Ok(())
        }
        "off" => Ok(()),
        name => match Layout::named(name) {
            Some(layout) => {
                let mut rows = Rows::new(layout);
                rows.add_answer(answer, query.is_some(), &mut text);
                rows.finish(&mut text);
                Ok(())
            }
            None => {
                json::write(&answer, json::Style::PRETTY, &mut text);
                text.push('\n');
                Ok(())
            }
        },
    };
    match result {
        Ok(()) => text,
        Err(error) => error,
    }
}

/// Compiles the expression of `--query`.
///
/// # Errors
/// One that does not compile.
pub(crate) fn compile_query(query: &str) -> Result<Expression, CommandError> {
    Expression::compile(query).map_err(|error| {
        CommandError::validation(format!("Bad value for --query {query}: {error}"))
    })
}
