//! How an operation is paginated, as its service's `paginators-1.json` says.
// Parity: botocore/paginate.py, Paginator.

use awl_model::{Node, Operation, ShapeKind};
use awl_value::jmespath::{Expression, Needs};
use awl_value::{Map, Value};

use super::{PaginationError, Path};

/// The model of an operation's pages, ready for use.
#[derive(Clone, Debug)]
pub struct Paginator {
    operation: Operation,
    input_tokens: Vec<&'static str>,
    output_tokens: Vec<Query>,
    more_results: Option<Query>,
    result_keys: Vec<Path>,
    non_aggregate_keys: Vec<Path>,
    limit_key: Option<&'static str>,
}

/// An expression; most are paths.
#[derive(Clone, Debug)]
enum Query {
    Path(Path),
    Expression(Box<Expression>),
}

/// The model of an operation's pages; null where it has none.
#[must_use]
pub fn model(operation: Operation) -> Node {
    operation.service().paginators().get(operation.name())
}

/// The names of the parameters that ask for a page: the input tokens, then
/// the limit. Empty where the operation is not paginated.
pub fn paging_parameters(operation: Operation) -> impl Iterator<Item = &'static str> {
    let model = model(operation);
    texts(model.get("input_token")).chain(model.str("limit_key"))
}

impl Paginator {
    /// The model of an operation's pages.
    ///
    /// # Errors
    /// An operation without pages; a model that cannot be used.
    pub fn new(operation: Operation) -> Result<Self, PaginationError> {
        let model = model(operation);
        if model.is_null() {
            return Err(PaginationError::NotPaginated {
                operation: operation.name(),
            });
        }
        let unusable = |part| {
            move || PaginationError::Model {
                operation: operation.name(),
                part,
            }
        };
        let paths = |part: &'static str| {
            texts(model.get(part))
                .map(|text| Path::parse(text).ok_or_else(unusable(part)))
                .collect::<Result<Vec<Path>, PaginationError>>()
        };
        let paginator = Self {
            operation,
            input_tokens: texts(model.get("input_token")).collect(),
            output_tokens: texts(model.get("output_token"))
                .map(Query::compile)
                .collect::<Result<_, _>>()?,
            more_results: model.str("more_results").map(Query::compile).transpose()?,
            result_keys: paths("result_key")?,
            non_aggregate_keys: paths("non_aggregate_keys")?,
            limit_key: model.str("limit_key"),
        };
        if paginator.input_tokens.is_empty() {
            return Err(unusable("input_token")());
        }
        if paginator.result_keys.is_empty() {
            return Err(unusable("result_key")());
        }
        Ok(paginator)
    }

    /// The operation.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.operation
    }

    /// The parameters that ask for a page.
    #[must_use]
    pub fn input_tokens(&self) -> &[&'static str] {
        &self.input_tokens
    }

    /// Where the items of a page are, the most important first; at least one.
    #[must_use]
    pub fn result_keys(&self) -> &[Path] {
        &self.result_keys
    }

    /// What is the same on all pages.
    #[must_use]
    pub fn non_aggregate_keys(&self) -> &[Path] {
        &self.non_aggregate_keys
    }

    /// The parameter that limits the size of a page.
    #[must_use]
    pub const fn limit_key(&self) -> Option<&'static str> {
        self.limit_key
    }

    /// Adds what the way from page to page looks at.
    pub(super) fn add_needs(&self, needs: &mut Needs) {
        for query in self.output_tokens.iter().chain(&self.more_results) {
            match query {
                Query::Path(path) => needs.add_path(path.names()),
                Query::Expression(expression) => needs.add(expression),
            }
        }
        for path in self.result_keys.iter().chain(&self.non_aggregate_keys) {
            // How many entries a map has counts, too.
            if self.kind(path) == Some(ShapeKind::Map) {
                needs.add_path(path.names());
            } else {
                needs.add_presence(path.names());
            }
        }
    }

    /// What stands at a path of the output.
    fn kind(&self, path: &Path) -> Option<ShapeKind> {
        let shape = path
            .names()
            .iter()
            .try_fold(self.operation.output()?, |shape, name| {
                let mut members = shape.members();
                members
                    .find(|member| member.name() == *name)
                    .map(|member| member.shape())
            });
        shape.map(|shape| shape.kind())
    }

    /// The list that comes first of the results, where its items are nothing but
    /// results: no token stands among them, and nothing else of a page has its place.
    #[must_use]
    pub fn plain_list(&self) -> Option<&Path> {
        let list = &self.result_keys[0];
        let (first, _) = list.names().split_first()?;
        let model = model(self.operation);
        let mentions = |text: &str| {
            text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .any(|word| word == *first)
        };
        let mut expressions = texts(model.get("output_token")).chain(model.str("more_results"));
        let is_shared = self
            .result_keys
            .iter()
            .skip(1)
            .chain(&self.non_aggregate_keys)
            .any(|other| other.names().first() == Some(first));
        (!is_shared && !expressions.any(mentions)).then_some(list)
    }

    /// The parameters that ask for the page behind `page`, null where that
    /// says nothing of them; empty where there is none.
    pub(super) fn next_token(&self, page: &Map) -> Result<Map, PaginationError> {
        if let Some(more_results) = &self.more_results
            && !is_true(&more_results.search(page)?)
        {
            return Ok(Map::new());
        }
        let mut token = Map::with_capacity(self.input_tokens.len());
        for (output, input) in self.output_tokens.iter().zip(&self.input_tokens) {
            let value = Some(output.search(page)?).filter(is_true);
            token.insert(*input, value.unwrap_or_default());
        }
        Ok(token)
    }

    /// Puts the token where the page has it, if that is not what it has.
    pub(super) fn replace_token(&self, page: &mut Map, token: &Map) {
        for (output, input) in self.output_tokens.iter().zip(&self.input_tokens) {
            if let Query::Path(path) = output
                && let Some(value) = token.get(input)
                && path.find(page).is_some_and(|found| found != value)
                && !value.is_null()
            {
                path.set(page, value.clone());
            }
        }
    }

    /// What of `page` is the same on all pages, null where it says nothing.
    pub(super) fn non_aggregate_part(&self, page: &Map) -> Map {
        let mut part = Map::with_capacity(self.non_aggregate_keys.len());
        for path in &self.non_aggregate_keys {
            path.set(&mut part, path.find(page).cloned().unwrap_or_default());
        }
        part
    }
}

impl Query {
    fn compile(text: &'static str) -> Result<Self, PaginationError> {
        Ok(match Path::parse(text) {
            Some(path) => Self::Path(path),
            None => Self::Expression(Box::new(Expression::compile(text)?)),
        })
    }

    fn search(&self, page: &Map) -> Result<Value, PaginationError> {
        Ok(match self {
            Self::Path(path) => path.find(page).cloned().unwrap_or_default(),
            Self::Expression(expression) => expression.search_map(page)?,
        })
    }
}

/// The texts of a node that is one, or a list of them.
fn texts(node: Node) -> impl Iterator<Item = &'static str> {
    node.as_str()
        .into_iter()
        .chain(node.items().filter_map(Node::as_str))
}

/// Python's truth.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Int(number) => *number != 0,
        Value::Float(number) => *number != 0.0,
        Value::String(text) => !text.is_empty(),
        Value::Blob(bytes) => !bytes.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
        Value::BigInt(_) | Value::Timestamp(_) => true,
    }
}
