//! What the sandbox is given: this machine's clock and randomness, and the facts
//! of access.

use std::sync::Arc;
use std::time::Duration;

use awl_catalog::access;
use awl_iam::PolicyType;
use awl_iam::lint::{Lint, lint};
use awl_model::Operation;
use awl_sandbox::{Access, AccessFacts, Entropy, Need, Scope, Surroundings};
use awl_sdk::env::Host;
use awl_value::Map;

use crate::commands::policy::Catalog;
use crate::commands::rehearsal;

/// This machine.
#[derive(Debug)]
pub(super) struct Machine(pub(super) Arc<dyn Host>);

impl Entropy for Machine {
    fn fill(&self, bytes: &mut [u8]) -> std::io::Result<()> {
        self.0.fill(bytes)
    }
}

impl Surroundings for Machine {
    fn now(&self) -> i64 {
        i64::try_from(self.0.epoch().as_secs()).unwrap_or(i64::MAX)
    }

    fn clock(&self) -> Duration {
        self.0.epoch()
    }
}

thread_local! {
    /// What is known of services, read once for all policies.
    static CATALOG: Catalog = Catalog::default();
}

/// The facts of the catalog.
#[derive(Debug)]
pub(super) struct Facts;

impl AccessFacts for Facts {
    fn managed_policies(&self) -> &str {
        awl_catalog::MANAGED_POLICIES
    }

    fn access(&self, operation: Operation, parameters: &Map, scope: &Scope<'_>) -> Access {
        let scope = access::Scope {
            partition: "aws".to_owned(),
            region: scope.region.to_owned(),
            account: scope.account.to_owned(),
        };
        let parameters = rehearsal::flat(operation, parameters);
        let found = access::access(operation, &parameters, &scope);
        if found.free.is_some() {
            return Access::Free;
        }
        let needs = found.needs.into_iter().map(|need| Need {
            action: need.action,
            resources: need.resources,
        });
        Access::Needs(needs.collect())
    }

    fn findings(&self, text: &str, policy_type: PolicyType) -> Vec<Lint> {
        CATALOG.with(|catalog| lint(text, policy_type, catalog))
    }
}
