//! What is asked: who, what, on what, under which circumstances.

use crate::arn::{Arn, is_account};
use crate::context::Context;
use crate::principal::Principal;

/// A request to be decided on.
///
/// ```
/// use awl_iam::{Principal, Request};
/// let ana = Principal::parse("arn:aws:iam::111122223333:user/ana").unwrap();
/// let request = Request::new(ana, "s3:GetObject", "arn:aws:s3:::reports/2026.csv")
///     .with_resource_account("444455556666")
///     .with_context([("aws:SourceIp", "203.0.113.7")].into_iter().collect());
/// assert_eq!(request.resource_account(), Some("444455556666"));
/// ```
#[derive(Clone, Debug)]
pub struct Request {
    principal: Principal,
    action: String,
    lower_action: String,
    resource: String,
    account: Option<String>,
    context: Context,
}

impl Request {
    /// A request without context. The resource is an ARN, or `*` for actions
    /// that are on no resource in particular.
    pub fn new(
        principal: Principal,
        action: impl Into<String>,
        resource: impl Into<String>,
    ) -> Self {
        let action = action.into();
        Self {
            principal,
            lower_action: action.to_ascii_lowercase(),
            action,
            resource: resource.into(),
            account: None,
            context: Context::new(),
        }
    }

    /// The same with the account that owns the resource, where its ARN does not
    /// say it.
    #[must_use]
    pub fn with_resource_account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// The same with a context. It is taken as it is: nothing is filled in.
    #[must_use]
    pub fn with_context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// Who asks.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The action as it was given.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The action in lower case.
    pub(crate) fn lower_action(&self) -> &str {
        &self.lower_action
    }

    /// The resource.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The context.
    #[must_use]
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// The account that owns the resource: the one that was given, else the
    /// ARN's, else the caller's.
    #[must_use]
    pub fn resource_account(&self) -> Option<&str> {
        let in_arn = || Arn::parse(&self.resource).map(|arn| arn.account);
        self.account
            .as_deref()
            .or_else(|| in_arn().filter(|account| is_account(account)))
            .or_else(|| self.principal.account())
    }

    /// Whether caller and resource belong to different accounts.
    #[must_use]
    pub fn is_cross_account(&self) -> bool {
        match (self.principal.account(), self.resource_account()) {
            (Some(caller), Some(owner)) => caller != owner,
            _ => false,
        }
    }

    /// Whether the resource is a role that the action opens a session of.
    pub(crate) fn assumes_role(&self) -> bool {
        self.lower_action.starts_with("sts:assumerole")
            && Arn::parse(&self.resource)
                .is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with("role/"))
    }

    /// Whether the resource is a key of KMS.
    pub(crate) fn uses_key(&self) -> bool {
        self.lower_action.starts_with("kms:")
            && Arn::parse(&self.resource)
                .is_some_and(|arn| arn.service == "kms" && arn.resource.starts_with("key/"))
    }
}
