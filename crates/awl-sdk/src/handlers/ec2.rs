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
    use crate::handlers::testing::{Fixture, params};
    use crate::{Call, Client};

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

    async fn sent(given: &str) -> String {
        let fixture = Fixture::new("ec2", "CopySnapshot");
        let client = Client::new(&fixture.config, fixture.operation.service()).unwrap();
        let call = Call::new(fixture.operation, params(given));
        let prepared = client.prepare(&call).await.unwrap();
        let body = prepared.request.body.as_bytes().unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    // What botocore 1.44.5 sends at the tests' time.
    #[tokio::test]
    async fn copies_carry_a_url_for_their_source() {
        assert_eq!(
            sent(r#"{"SourceRegion": "eu-west-1", "SourceSnapshotId": "snap-1"}"#).await,
            "Action=CopySnapshot&Version=2016-11-15&SourceRegion=eu-west-1\
             &SourceSnapshotId=snap-1&PresignedUrl=https%3A%2F%2Fec2.eu-west-1.amazonaws.com%2F\
             %3FAction%3DCopySnapshot%26Version%3D2016-11-15%26SourceRegion%3Deu-west-1\
             %26SourceSnapshotId%3Dsnap-1%26DestinationRegion%3Dus-west-2\
             %26X-Amz-Algorithm%3DAWS4-HMAC-SHA256\
             %26X-Amz-Credential%3DAKID%252F20200913%252Feu-west-1%252Fec2%252Faws4_request\
             %26X-Amz-Date%3D20200913T122640Z%26X-Amz-Expires%3D3600\
             %26X-Amz-SignedHeaders%3Dhost%26X-Amz-Signature%3D\
             d68e361310552a7a4fc5a97b5649317f1549ff7700fd6e2eac409a8e73680d40\
             &DestinationRegion=us-west-2"
        );
    }

    #[tokio::test]
    async fn ones_own_url_is_left_alone() {
        let given = r#"{"SourceRegion": "eu-west-1", "SourceSnapshotId": "snap-1",
            "PresignedUrl": "x"}"#;
        assert_eq!(
            sent(given).await,
            "Action=CopySnapshot&Version=2016-11-15&SourceRegion=eu-west-1\
             &SourceSnapshotId=snap-1&PresignedUrl=x"
        );
    }
}
