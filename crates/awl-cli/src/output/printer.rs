//! An answer, queried and laid out as the command line and the configuration
//! want it.
// Parity: awscli/formatter.py.

use awl_protocol::{Blobs, Timestamps};
use awl_sdk::config::{Config, settings};
use awl_sdk::env::Host;
use awl_value::jmespath::Expression;
use awl_value::{Value, json};

use super::text::write_text;
use super::timestamps::show_timestamps;
use crate::argv::Globals;
use crate::error::CommandError;
use crate::ui::Ui;

/// Blobs of an answer are printed as they came, in base64.
pub(crate) const BLOBS: Blobs = Blobs::Wire;

/// How answers are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Text,
    Off,
    /// One that is not there yet. Parameters are checked first.
    Missing,
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
}

/// Prints the answers of one command.
#[derive(Debug)]
pub(crate) struct Printer {
    format: Format,
    query: Option<Expression>,
    timestamps: Timestamps,
}

impl Printer {
    /// A printer as the options and the configuration want it.
    ///
    /// # Errors
    /// A format that there is not.
    pub(crate) fn new(config: &Config, globals: &Globals) -> Result<Self, CommandError> {
        let format = config.text(&settings::OUTPUT).unwrap_or_default();
        let format = match &*format {
            "json" => Format::Json,
            "text" => Format::Text,
            "off" => Format::Off,
            "table" | "yaml" | "yaml-stream" => Format::Missing,
            _ => {
                return Err(CommandError::general(format!(
                    "Unknown output type: {format}"
                )));
            }
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
        })
    }

    /// How the pages of a listing are to be printed.
    pub(crate) const fn paging(&self) -> Paging {
        match self.format {
            Format::Json if self.query.is_none() => Paging::Json,
            Format::Text => Paging::Results,
            // Nothing is printed, so nothing needs to be kept.
            Format::Off => Paging::Whole,
            _ => Paging::Merged,
        }
    }

    /// How the timestamps of an answer are wanted.
    pub(crate) const fn timestamps(&self) -> Timestamps {
        self.timestamps
    }

    /// Whether answers can be printed at all; asked before a call is made.
    ///
    /// # Errors
    /// A format that is not there yet.
    pub(crate) fn check(&self) -> Result<(), CommandError> {
        match self.format {
            Format::Missing => Err(CommandError::general(
                "This output type is not available in this version; json, text and off are.",
            )),
            _ => Ok(()),
        }
    }

    /// Prints an answer.
    ///
    /// # Errors
    /// A query that the answer does not fit.
    pub(crate) fn print(
        &self,
        ui: &mut Ui,
        host: &dyn Host,
        mut answer: Value,
    ) -> Result<(), CommandError> {
        if self.format == Format::Off {
            return Ok(());
        }
        show_timestamps(&mut answer, host);
        if let Some(query) = &self.query {
            answer = query
                .search(&answer)
                .map_err(|error| CommandError::general(error.to_string()))?;
        }
        let mut text = String::new();
        match self.format {
            Format::Text => {
                let result = write_text(&answer, &mut text);
                ui.write_out(&text);
                return result.map_err(CommandError::general);
            }
            // An operation that answers nothing prints nothing.
            _ if matches!(&answer, Value::Map(map) if map.is_empty()) => {}
            _ => {
                json::write(&answer, json::Style::PRETTY, &mut text);
                text.push('\n');
                ui.write_out(&text);
            }
        }
        Ok(())
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
