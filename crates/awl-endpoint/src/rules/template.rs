//! Templates: `https://{Region}.{PartitionResult#dnsSuffix}`.

use std::borrow::Cow;

use super::variable::Variable;
use crate::EndpointError;

/// Expands a template; text that is none comes back as it is, doubled braces
/// included.
///
/// # Errors
/// A variable that is not there, or a brace that stands alone.
// Parity: botocore/endpoint_provider.py, is_template and
// resolve_template_string; Python's string.Formatter.parse.
pub(super) fn expand<'v, 'a: 'v>(
    text: &'static str,
    variable: impl Fn(&str) -> Option<&'v Variable<'a>>,
) -> Result<Cow<'static, str>, EndpointError> {
    if !is_template(text) {
        return Ok(Cow::Borrowed(text));
    }
    let mut expanded = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        expanded.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        let after = &rest[at + 1..];
        if let Some(after) = after.strip_prefix(brace) {
            expanded.push_str(brace);
            rest = after;
            continue;
        }
        let (reference, after) = after
            .split_once('}')
            .filter(|_| brace == "{")
            .ok_or_else(|| EndpointError::rules(format!("a single brace in {text:?}")))?;
        push_reference(reference, &variable, &mut expanded)?;
        rest = after;
    }
    expanded.push_str(rest);
    Ok(Cow::Owned(expanded))
}

/// Whether text has a reference in it: letters and hashes between braces.
fn is_template(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let end = after
            .find(|letter: char| !letter.is_ascii_alphabetic() && letter != '#')
            .unwrap_or(after.len());
        if end > 0 && after[end..].starts_with('}') {
            return true;
        }
        rest = after;
    }
    false
}

fn push_reference<'v, 'a: 'v>(
    reference: &str,
    variable: &impl Fn(&str) -> Option<&'v Variable<'a>>,
    expanded: &mut String,
) -> Result<(), EndpointError> {
    let mut names = reference.split('#');
    let name = names.next().unwrap_or_default();
    let value = variable(name)
        .ok_or_else(|| EndpointError::rules(format!("variable {name} is not there")))?;
    let Some(name) = names.next() else {
        value.push_to(expanded);
        return Ok(());
    };
    let mut value = value.attribute(name)?;
    for name in names {
        value = value.attribute(name)?;
    }
    value.push_to(expanded);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &'static str, expected: Option<&str>) {
        let name = Variable::Text("value".into());
        let flag = Variable::Bool(true);
        let expanded = expand(text, |wanted| match wanted {
            "Name" => Some(&name),
            "Flag" => Some(&flag),
            _ => None,
        });
        assert_eq!(expanded.ok().as_deref(), expected, "{text}");
    }

    #[test]
    fn templates_expand() {
        check("", Some(""));
        check("plain", Some("plain"));
        check("{Name}", Some("value"));
        check("a{Name}b{Flag}c", Some("avaluebTruec"));
        check("{{{Name}}}", Some("{value}"));
        check("{{Name}} {Name}", Some("{Name} value"));
        check("é{Name}é", Some("évalueé"));
    }

    #[test]
    fn text_without_reference_stays() {
        check("{{}}", Some("{{}}"));
        check("{", Some("{"));
        check("{na-me}", Some("{na-me}"));
    }

    #[test]
    fn broken_templates_are_refused() {
        check("{Other}", None);
        check("{Name#part}", None);
        check("{Name} {", None);
        check("{Name} }", None);
    }
}
