//! The command line's grammar: a parser with argparse's rules and words, the
//! global options, and the suggestions for a name that does not exist.
//!
//! A command line is parsed in passes, as the AWS CLI does it: the first takes
//! the global options and the command out of the line, wherever they stand,
//! the next takes the operation, the last the operation's own arguments.

mod close_matches;
mod globals;
mod parser;

pub(crate) use globals::{
    FirstPass, Globals, PrintRequest, check_prompt_options, parse as parse_globals,
};
pub(crate) use parser::{Arity, Check, Names, Parsed, Spec, parse, usage};
