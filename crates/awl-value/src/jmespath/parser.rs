//! Makes the tree of an expression, by operator precedence.
//!
//! Parity: jmespath/parser.py, method for method: what it accepts beyond the
//! grammar (a missing comma between arguments, say) is accepted here too.

use super::ast::{Call, Comparator, Node};
use super::error::{ErrorKind, JmespathError};
use super::functions;
use super::lexer::{self, Payload, Token, TokenKind};
use crate::Value;

/// How deep expressions may nest. Python's stack ends a little earlier.
const MAX_DEPTH: usize = 500;

/// Tokens that bind less than this end a projection.
const PROJECTION_STOP: u8 = 10;

/// The tree of an expression.
pub(super) fn parse(expression: &str) -> Result<Node, JmespathError> {
    let mut parser = Parser {
        expression,
        tokens: lexer::tokens(expression)?,
        index: 0,
        depth: 0,
    };
    let tree = parser.expression(0)?;
    if parser.kind() != TokenKind::Eof {
        let message = format!("Unexpected token: {}", parser.token(0).shown());
        return Err(parser.error(&message));
    }
    Ok(tree.node)
}

/// A node and how high the tree under it is: trees are walked by recursion.
struct Tree {
    node: Node,
    height: usize,
}

impl Tree {
    const fn leaf(node: Node) -> Self {
        Self { node, height: 1 }
    }
}

type Parsed = Result<Tree, JmespathError>;

struct Parser<'e> {
    expression: &'e str,
    /// Ends with the end token.
    tokens: Vec<Token<'e>>,
    index: usize,
    depth: usize,
}

impl<'e> Parser<'e> {
    fn expression(&mut self, power: u8) -> Parsed {
        if self.depth == MAX_DEPTH {
            return Err(JmespathError::too_deep(ErrorKind::Syntax));
        }
        self.depth += 1;
        let mut left = self.prefix()?;
        while power < self.kind().binding_power() {
            left = self.infix(left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// What a token at the start of an expression means.
    fn prefix(&mut self) -> Parsed {
        let kind = self.kind();
        match kind {
            TokenKind::Eof => return Err(JmespathError::incomplete(self.expression)),
            TokenKind::Literal
            | TokenKind::UnquotedIdentifier
            | TokenKind::QuotedIdentifier
            | TokenKind::Star
            | TokenKind::Filter
            | TokenKind::LeftBrace
            | TokenKind::LeftParenthesis
            | TokenKind::Flatten
            | TokenKind::Not
            | TokenKind::LeftBracket
            | TokenKind::Current
            | TokenKind::Expref => self.advance(),
            _ => return Err(self.error("invalid token")),
        }
        match kind {
            TokenKind::Literal => Ok(Tree::leaf(Node::Literal(self.passed_value()))),
            TokenKind::UnquotedIdentifier => Ok(Tree::leaf(Node::Field(self.passed_text()))),
            TokenKind::QuotedIdentifier => {
                if self.kind() == TokenKind::LeftParenthesis {
                    let token = self.token(0);
                    return Err(JmespathError::parse(
                        self.expression,
                        0,
                        (&token.shown(), token.kind.name()),
                        "Quoted identifier not allowed for function names.",
                    ));
                }
                Ok(Tree::leaf(Node::Field(self.passed_text())))
            }
            TokenKind::Star => {
                let right = if self.kind() == TokenKind::RightBracket {
                    Tree::leaf(Node::Identity)
                } else {
                    self.projection_right(TokenKind::Star.binding_power())?
                };
                pair(Node::ValueProjection, Tree::leaf(Node::Identity), right)
            }
            TokenKind::Filter => self.filter(Tree::leaf(Node::Identity)),
            TokenKind::LeftBrace => self.multi_select_hash(),
            TokenKind::LeftParenthesis => {
                let inner = self.expression(0)?;
                self.expect(TokenKind::RightParenthesis)?;
                Ok(inner)
            }
            TokenKind::Flatten => self.flatten(Tree::leaf(Node::Identity)),
            TokenKind::Not => {
                let inner = self.expression(TokenKind::Not.binding_power())?;
                single(Node::Not, inner)
            }
            TokenKind::LeftBracket => self.bracket(),
            TokenKind::Expref => {
                let inner = self.expression(TokenKind::Expref.binding_power())?;
                single(Node::Expref, inner)
            }
            _ => Ok(Tree::leaf(Node::Current)),
        }
    }

    /// What a token after an expression makes of it.
    fn infix(&mut self, left: Tree) -> Parsed {
        let kind = self.kind();
        let comparator = match kind {
            TokenKind::Equal => Some(Comparator::Equal),
            TokenKind::NotEqual => Some(Comparator::NotEqual),
            TokenKind::Less => Some(Comparator::Less),
            TokenKind::LessOrEqual => Some(Comparator::LessOrEqual),
            TokenKind::Greater => Some(Comparator::Greater),
            TokenKind::GreaterOrEqual => Some(Comparator::GreaterOrEqual),
            TokenKind::Dot
            | TokenKind::Pipe
            | TokenKind::Or
            | TokenKind::And
            | TokenKind::LeftParenthesis
            | TokenKind::Filter
            | TokenKind::Flatten
            | TokenKind::LeftBracket => None,
            _ => return Err(self.error("invalid token")),
        };
        self.advance();
        if let Some(comparator) = comparator {
            let right = self.expression(kind.binding_power())?;
            return pair(|nodes| Node::Comparator(comparator, nodes), left, right);
        }
        match kind {
            TokenKind::Dot => self.dot(left),
            TokenKind::LeftParenthesis => self.call(left),
            TokenKind::Filter => self.filter(left),
            TokenKind::Flatten => self.flatten(left),
            TokenKind::LeftBracket => self.index_or_star(left),
            _ => {
                let right = self.expression(kind.binding_power())?;
                let node = match kind {
                    TokenKind::Pipe => Node::Pipe,
                    TokenKind::Or => Node::Or,
                    _ => Node::And,
                };
                pair(node, left, right)
            }
        }
    }

    /// After `[` at the start of an expression.
    fn bracket(&mut self) -> Parsed {
        match self.kind() {
            TokenKind::Number | TokenKind::Colon => {
                let right = self.index_or_slice()?;
                self.project_slice(Tree::leaf(Node::Identity), right)
            }
            TokenKind::Star if self.token(1).kind == TokenKind::RightBracket => {
                self.advance();
                self.advance();
                let right = self.projection_right(TokenKind::Star.binding_power())?;
                pair(Node::Projection, Tree::leaf(Node::Identity), right)
            }
            _ => self.multi_select_list(),
        }
    }

    /// After `[` behind an expression.
    fn index_or_star(&mut self, mut left: Tree) -> Parsed {
        if matches!(self.kind(), TokenKind::Number | TokenKind::Colon) {
            let right = self.index_or_slice()?;
            if let Node::IndexExpression(nodes) = &mut left.node {
                // A slice that gets here does not project: the reference's way.
                nodes.push(right.node);
                return Ok(left);
            }
            return self.project_slice(left, right);
        }
        self.expect(TokenKind::Star)?;
        self.expect(TokenKind::RightBracket)?;
        let right = self.projection_right(TokenKind::Star.binding_power())?;
        pair(Node::Projection, left, right)
    }

    fn project_slice(&mut self, left: Tree, right: Tree) -> Parsed {
        let slices = matches!(right.node, Node::Slice(_));
        let index = Tree {
            height: left.height.max(right.height) + 1,
            node: Node::IndexExpression(vec![left.node, right.node]),
        };
        if !slices {
            return checked(index);
        }
        let right = self.projection_right(TokenKind::Star.binding_power())?;
        pair(Node::Projection, index, right)
    }

    fn index_or_slice(&mut self) -> Parsed {
        if self.kind() == TokenKind::Colon || self.token(1).kind == TokenKind::Colon {
            return self.slice();
        }
        let index = self.position();
        self.advance();
        self.expect(TokenKind::RightBracket)?;
        Ok(Tree::leaf(Node::Index(index)))
    }

    fn slice(&mut self) -> Parsed {
        let mut parts = [None; 3];
        let mut part = 0;
        while self.kind() != TokenKind::RightBracket {
            match self.kind() {
                TokenKind::Colon if part < 2 => part += 1,
                TokenKind::Number => parts[part] = Some(self.position()),
                _ => return Err(self.error("syntax error")),
            }
            self.advance();
        }
        self.advance();
        Ok(Tree::leaf(Node::Slice(parts)))
    }

    fn dot(&mut self, mut left: Tree) -> Parsed {
        let power = TokenKind::Dot.binding_power();
        if self.kind() == TokenKind::Star {
            self.advance();
            let right = self.projection_right(power)?;
            return pair(Node::ValueProjection, left, right);
        }
        let right = self.dot_right(power)?;
        let height = left.height.max(right.height + 1);
        if let Node::Subexpression(nodes) = &mut left.node {
            nodes.push(right.node);
            return checked(Tree { height, ..left });
        }
        checked(Tree {
            height: left.height.max(right.height) + 1,
            node: Node::Subexpression(vec![left.node, right.node]),
        })
    }

    fn dot_right(&mut self, power: u8) -> Parsed {
        match self.kind() {
            TokenKind::QuotedIdentifier | TokenKind::UnquotedIdentifier | TokenKind::Star => {
                self.expression(power)
            }
            TokenKind::LeftBracket => {
                self.advance();
                self.multi_select_list()
            }
            TokenKind::LeftBrace => {
                self.advance();
                self.multi_select_hash()
            }
            kind => Err(self.error(&format!(
                "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', \
                 'lbrace'], got: {}",
                kind.name()
            ))),
        }
    }

    fn flatten(&mut self, left: Tree) -> Parsed {
        let left = single(Node::Flatten, left)?;
        let right = self.projection_right(TokenKind::Flatten.binding_power())?;
        pair(Node::Projection, left, right)
    }

    fn filter(&mut self, left: Tree) -> Parsed {
        let condition = self.expression(0)?;
        self.expect(TokenKind::RightBracket)?;
        let right = if self.kind() == TokenKind::Flatten {
            Tree::leaf(Node::Identity)
        } else {
            self.projection_right(TokenKind::Filter.binding_power())?
        };
        checked(Tree {
            height: left.height.max(right.height).max(condition.height) + 1,
            node: Node::FilterProjection(Box::new([left.node, right.node, condition.node])),
        })
    }

    /// What is done with each item of a projection.
    fn projection_right(&mut self, power: u8) -> Parsed {
        match self.kind() {
            kind if kind.binding_power() < PROJECTION_STOP => Ok(Tree::leaf(Node::Identity)),
            TokenKind::LeftBracket | TokenKind::Filter => self.expression(power),
            TokenKind::Dot => {
                self.advance();
                self.dot_right(power)
            }
            _ => Err(self.error("syntax error")),
        }
    }

    fn call(&mut self, left: Tree) -> Parsed {
        let Node::Field(name) = left.node else {
            // The name stands before the parenthesis that is passed.
            let token = &self.tokens[self.index.saturating_sub(2)];
            let message = format!("Invalid function name '{}'", token.shown());
            return Err(self.error_at(token, &message));
        };
        let mut arguments = Vec::new();
        let mut height = 0;
        while self.kind() != TokenKind::RightParenthesis {
            let argument = self.expression(0)?;
            if self.kind() == TokenKind::Comma {
                self.advance();
            }
            height = height.max(argument.height);
            arguments.push(argument.node);
        }
        self.advance();
        checked(Tree {
            height: height + 1,
            node: Node::Function(Call {
                function: functions::find(&name),
                name,
                arguments,
            }),
        })
    }

    fn multi_select_list(&mut self) -> Parsed {
        let mut nodes = Vec::new();
        let mut height = 0;
        loop {
            let item = self.expression(0)?;
            height = height.max(item.height);
            nodes.push(item.node);
            if self.kind() == TokenKind::RightBracket {
                break;
            }
            self.expect(TokenKind::Comma)?;
        }
        self.advance();
        checked(Tree {
            height: height + 1,
            node: Node::MultiSelectList(nodes),
        })
    }

    fn multi_select_hash(&mut self) -> Parsed {
        let mut pairs = Vec::new();
        let mut height = 0;
        loop {
            if !matches!(
                self.kind(),
                TokenKind::QuotedIdentifier | TokenKind::UnquotedIdentifier
            ) {
                return Err(self.unexpected("['quoted_identifier', 'unquoted_identifier']"));
            }
            self.advance();
            let key = self.passed_text();
            self.expect(TokenKind::Colon)?;
            let value = self.expression(0)?;
            height = height.max(value.height);
            pairs.push((key, value.node));
            match self.kind() {
                TokenKind::Comma => self.advance(),
                TokenKind::RightBrace => break,
                _ => {}
            }
        }
        self.advance();
        checked(Tree {
            height: height + 1,
            node: Node::MultiSelectHash(pairs),
        })
    }

    fn kind(&self) -> TokenKind {
        self.token(0).kind
    }

    /// The token so many places ahead; beyond the last one, the last one.
    fn token(&self, ahead: usize) -> &Token<'e> {
        &self.tokens[(self.index + ahead).min(self.tokens.len() - 1)]
    }

    const fn advance(&mut self) {
        self.index += 1;
    }

    /// The identifier that was passed last.
    fn passed_text(&self) -> String {
        match &self.tokens[self.index - 1].payload {
            Payload::Text(text) => text.clone().into_owned(),
            Payload::Value(_) => String::new(),
        }
    }

    /// The literal that was passed last.
    fn passed_value(&self) -> Value {
        match &self.tokens[self.index - 1].payload {
            Payload::Text(text) => Value::String(text.clone().into_owned()),
            Payload::Value(value) => value.clone(),
        }
    }

    /// The number here. No list is so long that a larger one mattered.
    fn position(&self) -> i64 {
        match &self.token(0).payload {
            Payload::Value(Value::Int(number)) => *number,
            Payload::Value(Value::BigInt(digits)) if digits.starts_with('-') => i64::MIN,
            _ => i64::MAX,
        }
    }

    fn expect(&mut self, kind: TokenKind) -> Result<(), JmespathError> {
        if self.kind() != kind {
            return Err(self.unexpected(kind.name()));
        }
        self.advance();
        Ok(())
    }

    fn unexpected(&self, expected: &str) -> JmespathError {
        match self.kind() {
            TokenKind::Eof => JmespathError::incomplete(self.expression),
            kind => self.error(&format!("Expecting: {expected}, got: {}", kind.name())),
        }
    }

    /// An error at the token here.
    fn error(&self, message: &str) -> JmespathError {
        self.error_at(self.token(0), message)
    }

    fn error_at(&self, token: &Token<'_>, message: &str) -> JmespathError {
        JmespathError::parse(
            self.expression,
            token.start,
            (&token.shown(), token.kind.name()),
            message,
        )
    }
}

fn single(node: fn(Box<Node>) -> Node, inner: Tree) -> Parsed {
    checked(Tree {
        height: inner.height + 1,
        node: node(Box::new(inner.node)),
    })
}

fn pair(node: impl Fn(Box<[Node; 2]>) -> Node, left: Tree, right: Tree) -> Parsed {
    checked(Tree {
        height: left.height.max(right.height) + 1,
        node: node(Box::new([left.node, right.node])),
    })
}

fn checked(tree: Tree) -> Parsed {
    if tree.height > MAX_DEPTH {
        return Err(JmespathError::too_deep(ErrorKind::Syntax));
    }
    Ok(tree)
}
