//! JMESPath, as jmespath.py 1.1.0 has it and thus the AWS CLI: what it accepts,
//! what it gives, and every word of its errors. Order is kept everywhere.
//!
//! Evaluation borrows from the document; only the result is copied.
//!
//! ```
//! use awl_value::{jmespath::Expression, json};
//! let document = json::parse(r#"{"Buckets": [{"Name": "a"}, {"Name": "b"}]}"#).unwrap();
//! let expression = Expression::compile("Buckets[].{Key: Name, Size: length(Name)}").unwrap();
//! let result = expression.search(&document).unwrap();
//! assert_eq!(
//!     json::to_string(&result),
//!     r#"[{"Key": "a", "Size": 1}, {"Key": "b", "Size": 1}]"#
//! );
//! ```

mod ast;
mod builtins;
mod error;
mod functions;
mod identity;
mod interpreter;
mod item;
mod lexer;
mod needs;
mod number;
mod owned;
mod parser;
mod python;

pub use error::{ErrorKind, JmespathError};
pub use needs::Needs;

use crate::{Map, Value};

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Expression {
    root: ast::Node,
}

impl Expression {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Bad syntax, in the reference's words; nesting beyond some 500 levels.
    /// Functions are looked up and checked when they are called.
    pub fn compile(expression: &str) -> Result<Self, JmespathError> {
        let root = parser::parse(expression)?;
        Ok(Self { root })
    }

    /// What the expression gives for a document. A timestamp counts as the text
    /// that it is printed as, a blob as a type of its own.
    ///
    /// # Errors
    /// A function that does not exist or is called wrongly, in the reference's
    /// words; where it lets a `TypeError` or `ValueError` of Python's escape, in
    /// the words of that.
    pub fn search(&self, document: &Value) -> Result<Value, JmespathError> {
        interpreter::evaluate(&self.root, &item::Item::Value(document), 0)?.into_value()
    }

    /// What [`Expression::search`] gives, and which lists and maps of it are one
    /// object in Python: in the order in which they begin, a number from one for
    /// each object that comes more than once, zero for the others; nothing at all
    /// if no object does.
    ///
    /// # Errors
    /// As those of [`Expression::search`].
    pub fn search_identified(&self, document: &Value) -> Result<(Value, Vec<u32>), JmespathError> {
        let item = interpreter::evaluate(&self.root, &item::Item::Value(document), 0)?;
        let repeats = identity::repeats(&item);
        Ok((item.into_value()?, repeats))
    }

    /// What [`Expression::search`] gives for a document that is this map.
    ///
    /// # Errors
    /// As those of [`Expression::search`].
    pub fn search_map(&self, document: &Map) -> Result<Value, JmespathError> {
        let document = item::Item::map(item::Entries::Map(document).to_vec())?;
        interpreter::evaluate(&self.root, &document, 0)?.into_value()
    }

    /// What [`Expression::search`] gives, for a document that is not needed any
    /// more: what the expression only picks out is moved instead of copied.
    ///
    /// # Errors
    /// As those of [`Expression::search`].
    pub fn search_owned(&self, document: Value) -> Result<Value, JmespathError> {
        owned::take(&self.root, document)
    }

    /// What the expression looks at: members beside them make no difference to what
    /// [`Expression::search`] gives, nor to its errors.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        needs.add(self);
        needs
    }

    /// The syntax tree as the reference's dictionaries of `type`, `children`
    /// and `value`, which its `jp.py --ast` prints.
    #[must_use]
    pub fn syntax_tree(&self) -> Value {
        self.root.to_value()
    }
}
