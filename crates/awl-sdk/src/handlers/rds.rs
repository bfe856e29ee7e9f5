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
    use crate::handlers::testing::{Fixture, params};
    use crate::{Call, Client};

    async fn sent(service: &str, operation: &str, given: &str) -> String {
        let fixture = Fixture::new(service, operation);
        let client = Client::new(&fixture.config, fixture.operation.service()).unwrap();
        let call = Call::new(fixture.operation, params(given));
        let prepared = client.prepare(&call).await.unwrap();
        let body = prepared.request.body.as_bytes().unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    // What botocore 1.44.5 sends at the tests' time.
    #[tokio::test]
    async fn copies_carry_a_url_for_their_source() {
        for service in ["rds", "neptune", "docdb"] {
            let given = r#"{"SourceRegion": "eu-west-1",
                "SourceDBClusterSnapshotIdentifier": "a",
                "TargetDBClusterSnapshotIdentifier": "b"}"#;
            assert_eq!(
                sent(service, "CopyDBClusterSnapshot", given).await,
                "Action=CopyDBClusterSnapshot&Version=2014-10-31\
                 &SourceDBClusterSnapshotIdentifier=a&TargetDBClusterSnapshotIdentifier=b\
                 &PreSignedUrl=https%3A%2F%2Frds.eu-west-1.amazonaws.com%2F\
                 %3FAction%3DCopyDBClusterSnapshot%26Version%3D2014-10-31\
                 %26SourceDBClusterSnapshotIdentifier%3Da\
                 %26TargetDBClusterSnapshotIdentifier%3Db%26DestinationRegion%3Dus-west-2\
                 %26X-Amz-Algorithm%3DAWS4-HMAC-SHA256\
                 %26X-Amz-Credential%3DAKID%252F20200913%252Feu-west-1%252Frds%252Faws4_request\
                 %26X-Amz-Date%3D20200913T122640Z%26X-Amz-Expires%3D3600\
                 %26X-Amz-SignedHeaders%3Dhost%26X-Amz-Signature%3D\
                 ceadd6d36f261d7940a2191c21ddfd2066f87e7acaea09f6f9b06af6ccbe156d"
            );
        }
    }

    #[tokio::test]
    async fn other_calls_carry_none() {
        let copy = r#""SourceDBSnapshotIdentifier": "a", "TargetDBSnapshotIdentifier": "b""#;
        let form = "Action=CopyDBSnapshot&Version=2014-10-31&SourceDBSnapshotIdentifier=a\
                    &TargetDBSnapshotIdentifier=b";
        let given = format!("{{{copy}}}");
        assert_eq!(sent("rds", "CopyDBSnapshot", &given).await, form);
        let given = format!(r#"{{{copy}, "SourceRegion": "eu-west-1", "PreSignedUrl": "x"}}"#);
        assert_eq!(
            sent("rds", "CopyDBSnapshot", &given).await,
            format!("{form}&PreSignedUrl=x")
        );
    }
}
