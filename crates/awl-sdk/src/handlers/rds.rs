//! Amazon RDS, Neptune and DocumentDB: what is copied from another Region
//! takes a URL signed for that Region.

use awl_model::Operation;

use super::{Handlers, form_body, form_pairs};
use crate::transport::HttpRequest;
use crate::{Client, Error};

/// The operations that copy, as far as the service has them.
const COPYING: [&str; 5] = [
    "CopyDBClusterSnapshot",
    "CopyDBSnapshot",
    "CreateDBCluster",
    "CreateDBInstanceReadReplica",
    "StartDBInstanceAutomatedBackupsReplication",
];

pub(super) const HANDLERS: Handlers = Handlers {
    complete: Some(|client, operation, request| {
        if COPYING.contains(&operation.name()) {
            Box::pin(copy(client, operation, request))
        } else {
            Box::pin(std::future::ready(Ok(())))
        }
    }),
    ..Handlers::NONE
};

// Parity: botocore/handlers.py, inject_presigned_url_rds.
async fn copy(
    client: &Client,
    operation: Operation,
    request: &mut HttpRequest,
) -> Result<(), Error> {
    let mut form = form_pairs(request);
    // Without it the copy stays in one Region. The service itself does not
    // know this parameter.
    let Some(index) = form.iter().position(|(name, _)| name == "SourceRegion") else {
        return Ok(());
    };
    let (_, source) = form.remove(index);
    if !form.iter().any(|(name, _)| name == "PreSignedUrl") {
        let url = client
            .cross_region_url(operation, &request.url, &form, &source)
            .await?;
        form.push(("PreSignedUrl".to_owned(), url));
    }
    request.body = form_body(&form).into();
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::Client;
    use crate::handlers::form_pairs;
    use crate::handlers::testing::Fixture;
    use crate::transport::HttpRequest;

    async fn sent(service: &str, operation: &str, form: &str) -> Vec<(String, String)> {
        let fixture = Fixture::new(service, operation);
        let client = Client::new(&fixture.config, fixture.operation.service()).unwrap();
        let mut request = HttpRequest::new("POST", "https://rds.us-west-2.amazonaws.com/");
        request.body = form.to_owned().into();
        let complete = fixture.handlers.complete.unwrap();
        complete(&client, fixture.operation, &mut request)
            .await
            .unwrap();
        form_pairs(&request)
    }

    #[tokio::test]
    async fn copies_carry_a_url_for_their_source() {
        for service in ["rds", "neptune", "docdb"] {
            let form = "Action=CopyDBClusterSnapshot&SourceRegion=eu-west-1";
            let pairs = sent(service, "CopyDBClusterSnapshot", form).await;
            let names: Vec<&str> = pairs.iter().map(|(name, _)| &**name).collect();
            assert_eq!(names, ["Action", "PreSignedUrl"]);
            assert!(
                pairs[1].1.starts_with(
                    "https://rds.eu-west-1.amazonaws.com/?Action=CopyDBClusterSnapshot\
                     &DestinationRegion=us-west-2&X-Amz-Algorithm=AWS4-HMAC-SHA256\
                     &X-Amz-Credential=AKID%2F20200913%2Feu-west-1%2Frds%2F"
                ),
                "{}",
                pairs[1].1
            );
        }
    }

    #[tokio::test]
    async fn other_calls_stay_as_they_are() {
        for (operation, form, expected) in [
            ("CopyDBSnapshot", "Action=CopyDBSnapshot", 1),
            ("CopyDBSnapshot", "PreSignedUrl=x&SourceRegion=eu-west-1", 1),
            ("DescribeDBInstances", "SourceRegion=eu-west-1&A=b", 2),
        ] {
            assert_eq!(sent("rds", operation, form).await.len(), expected);
        }
    }
}
