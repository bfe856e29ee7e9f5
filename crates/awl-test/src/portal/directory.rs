//! `sso`: the accounts and roles of who is logged in; and two services that are
//! called with what comes of it.
// Source: https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/

use std::collections::BTreeMap;

use awl_value::{Map, Value};

use super::{Account, State, answer, error, now};
use crate::{Answer, Request};

/// How many accounts or roles stand on a page.
const PAGE: usize = 2;

impl State {
    pub(super) fn role_credentials(
        &mut self,
        query: &BTreeMap<String, String>,
        request: &Request,
    ) -> Answer {
        if let Err(refusal) = self.check(request) {
            return refusal;
        }
        let get = |name: &str| query.get(name).map_or("", String::as_str);
        let (account, role) = (get("account_id"), get("role_name"));
        let is_assigned = self
            .settings
            .accounts
            .iter()
            .any(|one| one.id == account && one.roles.contains(&role));
        if !is_assigned {
            return error(403, "ForbiddenException", "No access");
        }
        let token = self.name("role-session-token");
        let number = self.number;
        let mut credentials = Map::new();
        for (name, value) in [
            ("accessKeyId", format!("ASIA{number:016}")),
            ("secretAccessKey", self.name("role-secret")),
            ("sessionToken", token),
        ] {
            credentials.push(name, Value::from(value));
        }
        let ends = (now() + self.settings.role_seconds) * 1000;
        credentials.push("expiration", Value::Int(ends));
        answer([("roleCredentials", Value::Map(credentials))])
    }

    pub(super) fn list_accounts(
        &mut self,
        query: &BTreeMap<String, String>,
        request: &Request,
    ) -> Answer {
        if let Err(refusal) = self.check(request) {
            return refusal;
        }
        let entry = |account: &Account| {
            let mut map = Map::new();
            map.push("accountId", Value::from(account.id));
            for (name, value) in [
                ("accountName", account.name),
                ("emailAddress", account.email),
            ] {
                if !value.is_empty() {
                    map.push(name, Value::from(value));
                }
            }
            Value::Map(map)
        };
        page(
            "accountList",
            query,
            self.settings.accounts.iter().map(entry),
        )
    }

    pub(super) fn list_roles(
        &mut self,
        query: &BTreeMap<String, String>,
        request: &Request,
    ) -> Answer {
        if let Err(refusal) = self.check(request) {
            return refusal;
        }
        let id = query.get("account_id").map_or("", String::as_str);
        let account = self.settings.accounts.iter().find(|one| one.id == id);
        let Some(account) = account else {
            return error(404, "ResourceNotFoundException", "no such account");
        };
        let entry = |role: &&'static str| {
            let mut map = Map::new();
            map.push("roleName", Value::from(*role));
            map.push("accountId", Value::from(account.id));
            Value::Map(map)
        };
        page("roleList", query, account.roles.iter().map(entry))
    }

    pub(super) fn log_out(&mut self, request: &Request) -> Answer {
        if let Err(refusal) = self.check(request) {
            return refusal;
        }
        let token = request.header(HEADER).unwrap_or_default();
        self.tokens.remove(token);
        Answer::new(200, "")
    }

    /// CodeCatalyst's VerifySession: it takes a bearer token.
    pub(super) fn bearer_session(&mut self, request: &Request) -> Answer {
        let authorization = request.header("authorization").unwrap_or_default();
        let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
        if self.is_valid(token) {
            answer([("identity", Value::from("alice"))])
        } else {
            error(401, "AccessDeniedException", "no such token")
        }
    }

    fn check(&self, request: &Request) -> Result<(), Answer> {
        let token = request.header(HEADER).unwrap_or_default();
        if self.is_valid(token) {
            Ok(())
        } else {
            let message = "Session token not found or invalid";
            Err(error(401, "UnauthorizedException", message))
        }
    }
}

const HEADER: &str = "x-amz-sso_bearer_token";

/// One page of a list.
fn page(
    member: &'static str,
    query: &BTreeMap<String, String>,
    items: impl Iterator<Item = Value>,
) -> Answer {
    let start = query.get("next_token").and_then(|text| text.parse().ok());
    let start = start.unwrap_or(0);
    let items: Vec<Value> = items.collect();
    let end = items.len().min(start + PAGE);
    let mut members = vec![(member, Value::List(items[start.min(end)..end].to_vec()))];
    if end < items.len() {
        members.push(("nextToken", Value::from(end.to_string())));
    }
    answer(members)
}

/// STS's GetCallerIdentity: whose key it is.
pub(super) fn caller_identity(request: &Request) -> Answer {
    let authorization = request.header("authorization").unwrap_or_default();
    let key = authorization
        .split_once("Credential=")
        .and_then(|(_, rest)| rest.split('/').next())
        .unwrap_or("nobody");
    Answer::new(
        200,
        format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><UserId>{key}</UserId>\
             <Account>123456789012</Account><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn>\
             </GetCallerIdentityResult></GetCallerIdentityResponse>"
        ),
    )
}
