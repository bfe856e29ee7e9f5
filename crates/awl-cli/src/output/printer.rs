//! An answer, queried and laid out as the command line and the configuration
//! want it.
// Parity: awscli/formatter.py.

use awl_protocol::{Blobs, Timestamps};
use awl_sdk::config::{Config, settings};
use awl_sdk::env::Host;
use awl_value::jmespath::Expression;
use awl_value::{Value, json};

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
    Off,
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
            "off" => Format::Off,
            "text" | "table" | "yaml" | "yaml-stream" => {
                return Err(CommandError::general(format!(
                    "Output type {format} is not available in this version; json and off are."
                )));
            }
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

    /// How the timestamps of an answer are wanted.
    pub(crate) const fn timestamps(&self) -> Timestamps {
        self.timestamps
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
        // An operation that answers nothing prints nothing.
        if matches!(&answer, Value::Map(map) if map.is_empty()) {
            return Ok(());
        }
        let mut text = String::new();
        json::write(&answer, json::Style::PRETTY, &mut text);
        text.push('\n');
        ui.write_out(&text);
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
