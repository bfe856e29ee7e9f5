//! IAM's policy language: policies are read with the place of every word,
//! checked, evaluated as AWS documents it, and explained. The crate does no I/O,
//! knows no clock and no account: what a decision needs is given to it.
//!
//! ```
//! use awl_iam::{Decision, NamedPolicy, Policy, PolicySet, Principal, Request, evaluate};
//! let policy = Policy::parse(r#"{"Version": "2012-10-17", "Statement": [{
//!     "Sid": "Home", "Effect": "Allow", "Action": "s3:*Object",
//!     "Resource": "arn:aws:s3:::home/${aws:username}/*"}]}"#)?;
//! let policies = PolicySet {
//!     identity: vec![NamedPolicy::new("home", policy)],
//!     ..PolicySet::default()
//! };
//! let ana = Principal::parse("arn:aws:iam::111122223333:user/ana").unwrap();
//! let request = Request::new(ana, "s3:GetObject", "arn:aws:s3:::home/ana/notes.txt")
//!     .with_context([("aws:username", "ana")].into_iter().collect());
//! let evaluation = evaluate(&request, &policies);
//! assert_eq!(evaluation.decision, Decision::Allowed);
//! assert_eq!(evaluation.matched[0].statement.sid.as_ref().unwrap().value, "Home");
//! # Ok::<(), awl_iam::PolicyErrors>(())
//! ```

mod arn;
pub mod batch;
mod condition;
mod context;
mod evaluate;
pub mod lint;
pub mod messages;
mod pattern;
mod policy;
mod position;
mod principal;
pub mod remedy;
mod request;
pub mod simulate;
mod syntax;
pub mod words;

pub use arn::Arn;
pub use condition::{Comparison, Condition, ConditionOutcome, Family, Operator, SetOperator};
pub use context::{Context, ContextValue};
pub use evaluate::{
    Decision, Evaluation, Explanation, Failure, MatchedStatement, NearMiss, Part, PolicySet, Role,
    decide, evaluate,
};
pub use policy::{
    Actions, Effect, Finding, NamedPolicy, Policy, PolicyError, PolicyErrorKind, PolicyErrors,
    PolicyType, Principals, Resources, Severity, Statement, Version,
};
pub use position::{Located, Position, Span};
pub use principal::{InvalidPrincipal, Naming, Principal, PrincipalKind, PrincipalPattern};
pub use request::Request;
