//! Identity providers: those of OpenID Connect, and those of SAML.

use awl_iam::Arn;
use awl_protocol::server::Failure;
use awl_value::Value;

use super::extras::{OidcProvider, SamlProvider};
use super::{add_tags, done, exceeded, list_tags, map, remove_tags, time};
use crate::account::tags_value;
use crate::door::{Call, Outcome};
use crate::ids;

/// The most of either kind.
const PROVIDERS: usize = 100;
const CLIENTS: usize = 100;
const THUMBPRINTS: usize = 5;
/// How long metadata of SAML are good: a hundred years, as IAM says of those that
/// say nothing.
const VALID: i64 = 100 * 365 * 86_400;

/// Answers what is asked of identity providers.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    if operation.contains("SAMLProvider") {
        return saml(call, operation);
    }
    if !operation.contains("OpenIDConnectProvider") {
        return Ok(None);
    }
    match operation {
        "CreateOpenIDConnectProvider" => return create(call),
        "ListOpenIDConnectProviders" => {
            let account = &call.account.id;
            let all = call
                .account
                .extras
                .oidc
                .values()
                .map(|own| Value::Map(map([("Arn", own.arn(account).into())])));
            let all = Value::List(all.collect());
            return Ok(Some(map([("OpenIDConnectProviderList", all)])));
        }
        _ => {}
    }
    let mut own = find(call)?;
    match operation {
        "GetOpenIDConnectProvider" => {
            return Ok(Some(map([
                ("Url", own.url.as_str().into()),
                ("ClientIDList", own.clients.clone().into()),
                ("ThumbprintList", own.thumbprints.clone().into()),
                ("CreateDate", time(own.created)),
                ("Tags", tags_value(&own.tags)),
            ])));
        }
        "DeleteOpenIDConnectProvider" => {
            call.account.remove_oidc(&own.url);
            return done();
        }
        "ListOpenIDConnectProviderTags" => return list_tags(call, &own.tags),
        "AddClientIDToOpenIDConnectProvider" => {
            let client = call.parameters.text("ClientID").unwrap_or_default();
            if !own.clients.iter().any(|known| known == client) {
                own.clients.push(client.to_owned());
            }
            if own.clients.len() > CLIENTS {
                return Err(exceeded(call, "ClientIdsPerOpenIdConnectProvider", CLIENTS));
            }
        }
        "RemoveClientIDFromOpenIDConnectProvider" => {
            let client = call.parameters.text("ClientID").unwrap_or_default();
            own.clients.retain(|known| known != client);
        }
        "UpdateOpenIDConnectProviderThumbprint" => own.thumbprints = thumbprints(call)?,
        "TagOpenIDConnectProvider" => add_tags(call, "OpenIdConnectProvider", &mut own.tags)?,
        "UntagOpenIDConnectProvider" => remove_tags(call, &mut own.tags),
        _ => return Ok(None),
    }
    call.account.put_oidc(own);
    done()
}

impl OidcProvider {
    pub(crate) fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:oidc-provider/{}", self.url)
    }
}

fn find(call: &Call<'_>) -> Result<OidcProvider, Failure> {
    let arn = call.parameters.text("OpenIDConnectProviderArn");
    let arn = arn.unwrap_or_default();
    let all = call.account.extras.oidc.values();
    let account = &call.account.id;
    let mut found = all.filter(|own| own.arn(account) == arn);
    found.next().cloned().ok_or_else(|| {
        let message = format!("OpenIDConnect Provider not found for arn {arn}");
        call.failure("NoSuchEntity", message)
    })
}

fn create(call: &mut Call<'_>) -> Outcome {
    let url = call.parameters.text("Url").unwrap_or_default();
    let Some(place) = url.strip_prefix("https://") else {
        return Err(call.failure("ValidationError", "Invalid Open ID Connect Provider URL"));
    };
    let place = place.trim_end_matches('/');
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/:~%".contains(&byte);
    if place.is_empty() || !place.bytes().all(is_host) {
        return Err(call.failure("ValidationError", "Invalid Open ID Connect Provider URL"));
    }
    if call.account.extras.oidc.contains_key(place) {
        let message = format!("Provider with url https://{place} already exists.");
        return Err(call.failure("EntityAlreadyExists", message));
    }
    if call.account.extras.oidc.len() >= PROVIDERS {
        return Err(exceeded(
            call,
            "OpenIdConnectProvidersPerAccount",
            PROVIDERS,
        ));
    }
    let clients = call.parameters.texts("ClientIDList");
    if clients.len() > CLIENTS {
        return Err(exceeded(call, "ClientIdsPerOpenIdConnectProvider", CLIENTS));
    }
    let mut tags = Vec::new();
    add_tags(call, "OpenIdConnectProvider", &mut tags)?;
    let own = OidcProvider {
        url: place.to_owned(),
        clients,
        thumbprints: thumbprints(call)?,
        created: call.now,
        tags,
    };
    let mut output = map([("OpenIDConnectProviderArn", own.arn(&call.account.id).into())]);
    if !own.tags.is_empty() {
        output.push("Tags", tags_value(&own.tags));
    }
    call.account.put_oidc(own);
    Ok(Some(output))
}

fn thumbprints(call: &Call<'_>) -> Result<Vec<String>, Failure> {
    let all = call.parameters.texts("ThumbprintList");
    if all.len() > THUMBPRINTS {
        return Err(call.failure(
            "InvalidInput",
            "Thumbprint list must contain fewer than 5 entries.",
        ));
    }
    Ok(all)
}

fn saml(call: &mut Call<'_>, operation: &str) -> Outcome {
    let account = call.account.id.clone();
    let arn = |name: &str| format!("arn:aws:iam::{account}:saml-provider/{name}");
    match operation {
        "CreateSAMLProvider" => {
            let name = call.parameters.text("Name").unwrap_or_default().to_owned();
            if call.account.extras.saml.contains_key(&name) {
                let message = format!("EntityAlreadyExists: SAMLProvider {name} already exists.");
                return Err(call.failure("EntityAlreadyExists", message));
            }
            if call.account.extras.saml.len() >= PROVIDERS {
                return Err(exceeded(call, "SAMLProvidersPerAccount", PROVIDERS));
            }
            let mut tags = Vec::new();
            add_tags(call, "SAMLProvider", &mut tags)?;
            let own = SamlProvider {
                document: metadata(call)?,
                id: ids::unique_id("ASPA", call.sandbox.entropy()),
                created: call.now,
                until: call.now.saturating_add(VALID),
                tags,
                name,
            };
            let output = map([("SAMLProviderArn", arn(&own.name).into())]);
            call.account.put_saml(own);
            return Ok(Some(output));
        }
        "ListSAMLProviders" => {
            let all = call.account.extras.saml.values().map(|own| {
                Value::Map(map([
                    ("Arn", arn(&own.name).into()),
                    ("ValidUntil", time(own.until)),
                    ("CreateDate", time(own.created)),
                ]))
            });
            let all = Value::List(all.collect());
            return Ok(Some(map([("SAMLProviderList", all)])));
        }
        _ => {}
    }
    let asked = call.parameters.text("SAMLProviderArn").unwrap_or_default();
    let name = Arn::parse(asked).and_then(|arn| arn.resource.strip_prefix("saml-provider/"));
    let found = name.and_then(|name| call.account.extras.saml.get(name));
    let Some(mut own) = found.filter(|own| arn(&own.name) == asked).cloned() else {
        let message = format!("Manifest not found for arn {asked}");
        return Err(call.failure("NoSuchEntity", message));
    };
    match operation {
        "GetSAMLProvider" => {
            return Ok(Some(map([
                ("SAMLMetadataDocument", own.document.as_str().into()),
                ("SAMLProviderUUID", own.id.as_str().into()),
                ("CreateDate", time(own.created)),
                ("ValidUntil", time(own.until)),
                ("Tags", tags_value(&own.tags)),
            ])));
        }
        "DeleteSAMLProvider" => {
            call.account.remove_saml(&own.name);
            return done();
        }
        "ListSAMLProviderTags" => return list_tags(call, &own.tags),
        "UpdateSAMLProvider" => {
            if call.parameters.text("SAMLMetadataDocument").is_some() {
                own.document = metadata(call)?;
            }
            let output = map([("SAMLProviderArn", asked.into())]);
            call.account.put_saml(own);
            return Ok(Some(output));
        }
        "TagSAMLProvider" => add_tags(call, "SAMLProvider", &mut own.tags)?,
        "UntagSAMLProvider" => remove_tags(call, &mut own.tags),
        _ => return Ok(None),
    }
    call.account.put_saml(own);
    done()
}

/// The metadata that a parameter gives, which have to be such of a provider.
fn metadata(call: &Call<'_>) -> Result<String, Failure> {
    let text = call.parameters.text("SAMLMetadataDocument");
    let text = text.unwrap_or_default();
    if !text.contains("EntityDescriptor") || !text.contains("IDPSSODescriptor") {
        return Err(call.failure("InvalidInput", "Could not parse metadata"));
    }
    Ok(text.to_owned())
}
