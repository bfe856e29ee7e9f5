//! Amazon EC2: user data and console output travel in base64; copying a
//! snapshot from another Region takes a URL signed for that Region.

use awl_model::Operation;
use awl_value::Value;

use super::autoscaling::encode_user_data;
use super::text::unbase64;
use super::{Handlers, common, form_body, form_pairs};
use crate::transport::HttpRequest;
use crate::{Client, Error};

pub(super) const HANDLERS: Handlers = Handlers {
    parameters: |context, params| {
        common::aliases(context, params)?;
        if context.operation.name() == "RunInstances" {
            encode_user_data(params);
        }
        Ok(())
    },
    complete: Some(|client, operation, request| match operation.name() {
        "CopySnapshot" => Box::pin(copy_snapshot(client, operation, request)),
        _ => Box::pin(std::future::ready(Ok(()))),
    }),
    // Parity: botocore/handlers.py, decode_console_output.
    output: |context, _, output| {
        if context.operation.name() == "GetConsoleOutput"
            && let Some(Value::String(text)) = output.get_mut("Output")
            && let Some(bytes) = unbase64(text)
        {
            *text = String::from_utf8_lossy(&bytes).into_owned();
        }
    },
    ..Handlers::NONE
};

// Parity: botocore/handlers.py, inject_presigned_url_ec2.
async fn copy_snapshot(
    client: &Client,
    operation: Operation,
    request: &mut HttpRequest,
) -> Result<(), Error> {
    let mut form = form_pairs(request);
    let given = |wanted: &str| form.iter().position(|(name, _)| name == wanted);
    let Some(source) = given("SourceRegion") else {
        return Ok(());
    };
    if given("PresignedUrl").is_some() {
        return Ok(());
    }
    let destination = given("DestinationRegion");
    let url = client
        .cross_region_url(operation, &request.url, &form, &form[source].1)
        .await?;
    form.push(("PresignedUrl".to_owned(), url));
    // EC2 wants the destination said as well.
    let region = client.region().to_owned();
    match destination {
        Some(index) => form[index].1 = region,
        None => form.push(("DestinationRegion".to_owned(), region)),
    }
    request.body = form_body(&form).into();
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::Client;
    use crate::handlers::form_pairs;
    use crate::handlers::testing::{Fixture, params};
    use crate::transport::HttpRequest;

    #[test]
    fn user_data_and_console_output_are_text() {
        let fixture = Fixture::new("ec2", "RunInstances");
        assert_eq!(
            fixture.parameters(r#"{"UserData": "hi"}"#).unwrap(),
            params(r#"{"UserData": "aGk="}"#)
        );
        let fixture = Fixture::new("ec2", "GetConsoleOutput");
        for (output, expected) in [
            (r#"{"Output": "aGk="}"#, r#"{"Output": "hi"}"#),
            (r#"{"Output": "/w=="}"#, "{\"Output\": \"\u{fffd}\"}"),
            (r#"{"Output": "a"}"#, r#"{"Output": "a"}"#),
            ("{}", "{}"),
        ] {
            assert_eq!(fixture.output("{}", output), params(expected));
        }
    }

    async fn copied(form: &str) -> Vec<(String, String)> {
        let fixture = Fixture::new("ec2", "CopySnapshot");
        let client = Client::new(&fixture.config, fixture.operation.service()).unwrap();
        let mut request = HttpRequest::new("POST", "https://ec2.us-west-2.amazonaws.com/");
        request.body = form.to_owned().into();
        let complete = fixture.handlers.complete.unwrap();
        complete(&client, fixture.operation, &mut request)
            .await
            .unwrap();
        form_pairs(&request)
    }

    #[tokio::test]
    async fn copies_carry_a_url_for_their_source() {
        let form = "Action=CopySnapshot&Version=2016-11-15&SourceRegion=eu-west-1";
        let pairs = copied(form).await;
        assert_eq!(pairs.len(), 5);
        let (name, url) = &pairs[3];
        assert_eq!(name, "PresignedUrl");
        assert!(
            url.starts_with(
                "https://ec2.eu-west-1.amazonaws.com/?Action=CopySnapshot&Version=2016-11-15\
                 &SourceRegion=eu-west-1&DestinationRegion=us-west-2\
                 &X-Amz-Algorithm=AWS4-HMAC-SHA256\
                 &X-Amz-Credential=AKID%2F20200913%2Feu-west-1%2Fec2%2Faws4_request"
            ),
            "{url}"
        );
        assert!(url.contains("&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature="));
        assert_eq!(pairs[4].0, "DestinationRegion");
        assert_eq!(pairs[4].1, "us-west-2");
        // One's own URL is left alone.
        let form = "Action=CopySnapshot&SourceRegion=eu-west-1&PresignedUrl=x";
        assert_eq!(copied(form).await.len(), 3);
    }
}
