//! Objects that a form of HTML brings: what was signed is a policy, which says
//! what the fields beside it may be. The form is read as the `PutObject` that it
//! stands for.

use awl_protocol::server::{Failure, Hint, Incoming, Recipient, Response};
use awl_protocol::{Body, Headers};
use awl_sign::{Presented, SignatureLocation, SigningTime};
use awl_value::{Value, json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::arrival::{Arrival, Known, Refusal};
use super::payload::{Intake, Payload};
use super::{Distrust, Family, Sandbox};
use crate::caller::Caller;
use crate::s3;

/// A form that was sent.
#[derive(Debug, Default)]
struct Form<'b> {
    /// The fields before the file, with lower-case names.
    fields: Vec<(String, String)>,
    file: Option<&'b [u8]>,
    file_name: String,
}

impl Form<'_> {
    fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let (_, value) = fields.find(|(known, _)| known == name)?;
        Some(value)
    }
}

/// Whether a request is a form with an object.
pub(super) fn is_one(method: &str, headers: &Headers) -> bool {
    let media_type = headers.get("content-type").unwrap_or_default();
    method == "POST" && media_type.starts_with("multipart/form-data")
}

/// How a form's answer is to be.
#[derive(Debug, Default)]
pub(super) struct Wish {
    pub(super) status: Option<u16>,
    pub(super) redirect: Option<String>,
    pub(super) bucket: String,
    pub(super) key: String,
}

impl Wish {
    /// Makes the answer to a form of the one to the request that it stands for.
    pub(super) fn fulfil(&self, response: &mut Response, etag: &str) {
        let (bucket, key) = (&self.bucket, &self.key);
        let place = format!("/{bucket}/{}", s3::escaped_path(key));
        let mut add =
            |name: &'static str, value: String| response.headers.push((name.into(), value));
        if let Some(redirect) = self.redirect.as_ref().filter(|own| own.contains("://")) {
            let mark = if redirect.contains('?') { '&' } else { '?' };
            let tag = s3::escaped_path(etag);
            let (bucket, key) = (s3::escaped_path(bucket), s3::escaped_path(key));
            add(
                "location",
                format!("{redirect}{mark}bucket={bucket}&key={key}&etag={tag}"),
            );
            response.status = 303;
            return;
        }
        add("location", place.clone());
        let wished = self.status.filter(|status| matches!(status, 200 | 201));
        response.status = wished.unwrap_or(204);
        if response.status == 201 {
            let plain = |text: &str| {
                text.replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;")
            };
            let text = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PostResponse><Location>{}</Location>\
                 <Bucket>{}</Bucket><Key>{}</Key><ETag>{}</ETag></PostResponse>",
                plain(&place),
                plain(bucket),
                plain(key),
                plain(etag)
            );
            response
                .headers
                .push(("content-type".into(), "application/xml".to_owned()));
            response.body = Body::Bytes(text.into_bytes());
        }
    }
}

impl Sandbox {
    /// Makes the `PutObject` of a form: who sends it, its data, and how it is to
    /// be answered.
    pub(super) fn posted(
        &self,
        arrival: &mut Arrival,
        body: &[u8],
    ) -> Result<(Known, Payload, Wish), Refusal> {
        let visit = &mut arrival.visit;
        let service = self.directory.router("s3").map(|router| router.service());
        let recipient = Recipient::guess(&visit.incoming(&[]), service);
        let failed = |failure: Failure| (recipient, failure);
        let media_type = visit.headers.get("content-type").unwrap_or_default();
        let form = read(media_type, body).ok_or_else(|| {
            let text = "The body of your POST request is not well-formed multipart/form-data.";
            failed(Failure::new("MalformedPOSTRequest", text))
        })?;
        let Some(file) = form.file else {
            let text = "POST requires exactly one file upload per request.";
            return Err(failed(Failure::new(
                "IncorrectNumberOfFilesInPostRequest",
                text,
            )));
        };
        let bucket = visit.path.trim_matches('/').to_owned();
        let key = form.field("key").ok_or_else(|| {
            let text = "Bucket POST must contain a field named 'key'.  If it is specified, please \
                        check the order of the fields.";
            failed(Failure::new("InvalidArgument", text).with_detail("ArgumentName", "key"))
        })?;
        let key = key.replace("${filename}", &form.file_name);
        let now = visit.now;
        let (caller, presented) = match presented(&form) {
            Some(presented) => {
                let claimed = self.claimed(&self.account(), &presented);
                let policy = form.field("policy").unwrap_or_default();
                let believed = claimed.and_then(|(caller, credentials)| {
                    let session = caller.session.as_ref();
                    if !presented.signs(policy, &credentials) {
                        return Err(Distrust::Signature(awl_sign::VerifyError::Mismatch {
                            canonical_request: String::new(),
                            string_to_sign: policy.to_owned(),
                        }));
                    }
                    if session.is_some_and(|session| session.expires <= now) {
                        return Err(Distrust::Expired);
                    }
                    Ok(caller)
                });
                let caller = believed.map_err(|distrust| {
                    failed(Family::S3.distrusted(&distrust, Some(&presented), now))
                })?;
                allows(policy, &form, (&bucket, &key), file.len(), now).map_err(failed)?;
                (caller, Some(presented))
            }
            None => (Caller::anonymous(), None),
        };
        let mut headers: Vec<(String, String)> = form
            .fields
            .iter()
            .filter(|(name, _)| is_header(name))
            .map(|(name, value)| match &**name {
                "acl" | "tagging" => (format!("x-amz-{name}"), value.clone()),
                _ => (name.clone(), value.clone()),
            })
            .collect();
        headers.push(("content-length".to_owned(), file.len().to_string()));
        if let Some(host) = visit.headers.get("host") {
            headers.push(("host".to_owned(), host.to_owned()));
        }
        visit.entry.principal = Some(match &presented {
            Some(_) => caller.principal.arn().to_owned(),
            None => "anonymous".to_owned(),
        });
        visit.entry.region = presented.as_ref().map(|own| own.region.clone());
        visit.entry.access_key_id = presented.as_ref().map(|own| own.access_key_id.clone());
        let path = format!("/{bucket}/{}", s3::escaped_path(&key));
        visit.headers = headers
            .iter()
            .map(|(name, value)| (&**name, value))
            .collect();
        let mut intake = Intake::small(u64::MAX);
        let algorithms = s3::algorithms(&visit.headers);
        intake.object(u64::MAX, &algorithms, &self.blobs);
        let taken = intake.push(file, &self.blobs, self.entropy());
        let finished = taken.and_then(|()| intake.finish(&self.blobs, self.entropy()));
        let (payload, _) = finished.map_err(|_| failed(super::internal()))?;
        visit.request.method = "PUT".to_owned();
        visit.request.query = String::new();
        visit.path = path;
        let incoming = Incoming {
            method: "PUT",
            path: &visit.path,
            query: "",
            headers: &visit.headers,
            body: &[],
        };
        let route = self.directory.route(&incoming, Hint::signed_for("s3"));
        let route = route
            .map_err(|error| failed(Failure::of_route(&error, awl_protocol::Protocol::RestXml)))?;
        visit.entry.service = Some(route.operation.service().name());
        visit.entry.operation = Some(route.operation.name());
        let wish = Wish {
            status: form
                .field("success_action_status")
                .and_then(|own| own.parse().ok()),
            redirect: form.field("success_action_redirect").map(str::to_owned),
            bucket,
            key,
        };
        let known = Known {
            recipient: Recipient::of(&route),
            route,
            family: Family::S3,
            caller,
            credentials: None,
            region: presented.map(|own| own.region),
        };
        Ok((known, payload, wish))
    }
}

/// Whether a field is a header of the request that the form stands for.
fn is_header(name: &str) -> bool {
    const PLAIN: [&str; 7] = [
        "acl",
        "tagging",
        "cache-control",
        "content-type",
        "content-disposition",
        "content-encoding",
        "expires",
    ];
    const AMZ: [&str; 8] = [
        "x-amz-meta-",
        "x-amz-checksum-",
        "x-amz-storage-class",
        "x-amz-server-side-encryption",
        "x-amz-website-redirect-location",
        "x-amz-object-lock-",
        "x-amz-tagging",
        "x-amz-acl",
    ];
    PLAIN.contains(&name) || AMZ.iter().any(|prefix| name.starts_with(prefix))
}

/// The signature of a form's policy.
fn presented(form: &Form<'_>) -> Option<Presented> {
    form.field("policy")?;
    let scope = form.field("x-amz-credential")?;
    let mut parts = scope.split('/');
    Some(Presented {
        location: SignatureLocation::Query,
        asymmetric: false,
        access_key_id: parts.next()?.to_owned(),
        date: parts.next()?.to_owned(),
        region: parts.next()?.to_owned(),
        signing_name: parts.next()?.to_owned(),
        signed_headers: Vec::new(),
        signature: form.field("x-amz-signature")?.to_owned(),
        time: SigningTime::parse_amz_date(form.field("x-amz-date")?)?,
        expires_in: None,
        session_token: form.field("x-amz-security-token").map(str::to_owned),
    })
}

/// Checks a form against its policy.
fn allows(
    policy: &str,
    form: &Form<'_>,
    (bucket, key): (&str, &str),
    size: usize,
    now: i64,
) -> Result<(), Failure> {
    let refused = |why: &str| {
        let text = format!("Invalid according to Policy: {why}");
        Failure::new("AccessDenied", text).with_status(403)
    };
    let bytes = STANDARD.decode(policy).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let policy = text.and_then(|text| json::parse(&text).ok());
    let policy = policy.ok_or_else(|| refused("Invalid Policy: Invalid JSON."))?;
    let expiration = policy.get("expiration").and_then(Value::as_str);
    let expiration =
        expiration.ok_or_else(|| refused("Invalid Policy: Policy missing expiration."))?;
    let compact: String = expiration
        .chars()
        .filter(|own| !matches!(own, '-' | ':'))
        .collect();
    let compact = compact
        .split_once('.')
        .map_or(compact.clone(), |(own, _)| format!("{own}Z"));
    let until = SigningTime::parse_amz_date(&compact);
    let until = until.ok_or_else(|| refused("Invalid Policy: Invalid 'expiration' value."))?;
    if until.epoch_seconds() < now {
        return Err(refused("Policy expired."));
    }
    let value_of = |name: &str| match name {
        "bucket" => Some(bucket),
        // What the policy says of the key, it says of the name that is asked for.
        "key" => form.field("key").or(Some(key)),
        name => form.field(name),
    };
    let mut named = vec!["policy", "x-amz-signature", "file", "bucket"];
    let mut names = Vec::new();
    let conditions = policy.get("conditions").and_then(Value::as_list);
    for condition in conditions.unwrap_or_default() {
        let shown = json::to_string(condition);
        let fails = || Err(refused(&format!("Policy Condition failed: {shown}")));
        if let Value::Map(map) = condition {
            for (name, value) in map.iter() {
                let name = name.to_ascii_lowercase();
                let wanted = awl_value::python::str(value);
                if value_of(&name) != Some(&*wanted) {
                    return Err(refused(&format!(
                        "Policy Condition failed: [\"eq\", \"${name}\", \"{wanted}\"]"
                    )));
                }
                names.push(name);
            }
            continue;
        }
        let Some([operator, name, value]) = condition.as_list() else {
            return Err(refused(&format!(
                "Invalid Policy: Invalid Condition: {shown}"
            )));
        };
        let operator = operator.as_str().unwrap_or_default();
        if operator == "content-length-range" {
            let (least, most) = (name.as_int(), value.as_int());
            let size = i64::try_from(size).unwrap_or(i64::MAX);
            if let Some(most) = most.filter(|most| size > *most) {
                return Err(s3::too_large(size.unsigned_abs(), most.unsigned_abs()));
            }
            if let Some(least) = least.filter(|least| size < *least) {
                let text = "Your proposed upload is smaller than the minimum allowed size";
                return Err(Failure::new("EntityTooSmall", text)
                    .with_detail("ProposedSize", size.to_string())
                    .with_detail("MinSizeAllowed", least.to_string()));
            }
            continue;
        }
        let name = name.as_str().unwrap_or_default();
        let name = name.trim_start_matches('$').to_ascii_lowercase();
        let wanted = value.as_str().unwrap_or_default();
        let holds = value_of(&name).is_some_and(|own| match operator {
            "eq" => own == wanted,
            "starts-with" => own.starts_with(wanted),
            _ => false,
        });
        if !holds {
            return fails();
        }
        names.push(name);
    }
    named.extend(names.iter().map(String::as_str));
    let extra = form.fields.iter().map(|(name, _)| &**name);
    let mut extra = extra.filter(|name| !named.contains(name) && !name.starts_with("x-ignore-"));
    match extra.next() {
        Some(name) => Err(refused(&format!("Extra input fields: {name}"))),
        None => Ok(()),
    }
}

/// Reads a form. What comes behind the file is passed over.
fn read<'b>(media_type: &str, body: &'b [u8]) -> Option<Form<'b>> {
    let boundary = media_type
        .split(';')
        .find_map(|part| part.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    let (first, between) = (format!("--{boundary}"), format!("\r\n--{boundary}"));
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut form = Form::default();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = find(part, between.as_bytes())?;
        let (part, after) = part.split_at(end);
        rest = &after[between.len()..];
        let head = find(part, b"\r\n\r\n")?;
        let (head, value) = (std::str::from_utf8(&part[..head]).ok()?, &part[head + 4..]);
        let mut name = None;
        for line in head.split("\r\n") {
            let (header, says) = line.split_once(':')?;
            if header.eq_ignore_ascii_case("content-disposition") {
                name = parameter(says, "name");
                if name.as_deref() == Some("file") {
                    form.file_name = parameter(says, "filename").unwrap_or_default();
                }
            }
        }
        let name = name?.to_ascii_lowercase();
        if name == "file" {
            form.file = Some(value);
            break;
        }
        form.fields
            .push((name, String::from_utf8(value.to_vec()).ok()?));
    }
    Some(form)
}

/// A parameter of a header: `name="key"`.
fn parameter(text: &str, name: &str) -> Option<String> {
    let mut parts = text.split(';').map(str::trim);
    let value = parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.trim_matches('"').to_owned())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na/${filename}\r\n\
                     --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b.txt\"\r\n\
                     Content-Type: text/plain\r\n\r\nline\r\n--\r\n--x--\r\n";
        let form = read("multipart/form-data; boundary=x", body).unwrap();
        assert_eq!(form.field("key"), Some("a/${filename}"));
        assert_eq!(form.file, Some(&b"line\r\n--"[..]));
        assert_eq!(form.file_name, "b.txt");
        assert!(read("multipart/form-data; boundary=y", body).is_none());
        assert!(read("multipart/form-data", body).is_none());
        for end in 0..body.len() {
            let _ = read("multipart/form-data; boundary=x", &body[..end]);
        }
    }
}
