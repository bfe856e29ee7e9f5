//! Amazon S3 Glacier: the account is one's own unless said, the version goes in
//! a header, and archives carry their tree hash.

use awl_value::Value;
use sha2::{Digest, Sha256};

use super::Handlers;
use crate::Error;
use crate::transport::{HttpRequest, TransportError};

/// How much of an archive a leaf of its tree covers.
const LEAF: usize = 1024 * 1024;

pub(super) const HANDLERS: Handlers = Handlers {
    // Parity: botocore/handlers.py, inject_account_id.
    parameters: |_, params| {
        if params.get("accountId").is_none_or(Value::is_null) {
            params.insert("accountId", Value::from("-"));
        }
        Ok(())
    },
    request: |context, _, request| {
        let version = context.operation.service().api_version();
        request.set_header("x-amz-glacier-version", version);
        Ok(())
    },
    complete: Some(|_, operation, request| match operation.name() {
        "UploadArchive" | "UploadMultipartPart" => Box::pin(add_checksums(request)),
        _ => Box::pin(std::future::ready(Ok(()))),
    }),
    ..Handlers::NONE
};

// Parity: botocore/handlers.py, add_glacier_checksums.
async fn add_checksums(request: &mut HttpRequest) -> Result<(), Error> {
    const LINEAR: &str = "x-amz-content-sha256";
    const TREE: &str = "x-amz-sha256-tree-hash";
    let (mut linear, mut tree) = (Sha256::new(), TreeHash::default());
    request
        .body
        .read_through(|bytes| {
            linear.update(bytes);
            tree.update(bytes);
        })
        .await
        .map_err(|source| TransportError::RequestBody { source })?;
    if request.header(LINEAR).is_none() {
        request.set_header(LINEAR, hex(&linear.finalize()));
    }
    if request.header(TREE).is_none() {
        request.set_header(TREE, hex(&tree.finish()));
    }
    Ok(())
}

/// The hash of a tree whose leaves are the hashes of one megabyte each.
// Parity: botocore/utils.py, calculate_tree_hash.
#[derive(Default)]
struct TreeHash {
    leaves: Vec<[u8; 32]>,
    leaf: Sha256,
    filled: usize,
}

impl TreeHash {
    fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at(bytes.len().min(LEAF - self.filled));
            self.leaf.update(now);
            self.filled += now.len();
            if self.filled == LEAF {
                self.leaves.push(self.leaf.finalize_reset().into());
                self.filled = 0;
            }
            bytes = rest;
        }
    }

    fn finish(mut self) -> [u8; 32] {
        if self.filled > 0 || self.leaves.is_empty() {
            self.leaves.push(self.leaf.finalize().into());
        }
        while self.leaves.len() > 1 {
            self.leaves = self
                .leaves
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => Sha256::new()
                        .chain_update(left)
                        .chain_update(right)
                        .finalize()
                        .into(),
                    single => single[0],
                })
                .collect();
        }
        self.leaves[0]
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::{LEAF, TreeHash, hex};
    use crate::Client;
    use crate::handlers::testing::{Fixture, params};
    use crate::transport::HttpRequest;

    #[test]
    fn the_account_is_ones_own_unless_said() {
        let fixture = Fixture::new("glacier", "ListVaults");
        for (given, expected) in [
            ("{}", r#"{"accountId": "-"}"#),
            (r#"{"accountId": null}"#, r#"{"accountId": "-"}"#),
            (r#"{"accountId": "1"}"#, r#"{"accountId": "1"}"#),
        ] {
            assert_eq!(fixture.parameters(given).unwrap(), params(expected));
        }
        let mut request = HttpRequest::new("GET", "https://host/");
        fixture.request("{}", &mut request);
        assert_eq!(request.header("x-amz-glacier-version"), Some("2012-06-01"));
    }

    #[test]
    fn trees_are_hashed_pair_by_pair() {
        let hash = |bytes: &[u8]| -> [u8; 32] { Sha256::digest(bytes).into() };
        let pair = |left: [u8; 32], right: [u8; 32]| hash(&[left, right].concat());
        let leaf = |byte: u8| hash(&vec![byte; LEAF]);
        for (sizes, expected) in [
            (vec![0], hash(b"")),
            (vec![1], hash(&[0])),
            (vec![LEAF], leaf(0)),
            (vec![LEAF, LEAF], pair(leaf(0), leaf(1))),
            (
                vec![LEAF, LEAF, 7],
                pair(pair(leaf(0), leaf(1)), hash(&[2; 7])),
            ),
        ] {
            let body: Vec<u8> = sizes
                .iter()
                .enumerate()
                .flat_map(|(index, size)| std::iter::repeat_n(index as u8, *size))
                .collect();
            for chunk in [1000, LEAF + 1] {
                let mut tree = TreeHash::default();
                body.chunks(chunk).for_each(|bytes| tree.update(bytes));
                assert_eq!(tree.finish(), expected);
            }
        }
    }

    #[tokio::test]
    async fn archives_carry_their_hashes_unless_given() {
        let fixture = Fixture::new("glacier", "UploadArchive");
        let client = Client::new(&fixture.config, fixture.operation.service()).unwrap();
        let mut request = HttpRequest::new("POST", "https://host/");
        request.body = "hi".to_owned().into();
        request.set_header("X-Amz-Sha256-Tree-Hash", "given");
        let complete = fixture.handlers.complete.unwrap();
        complete(&client, fixture.operation, &mut request)
            .await
            .unwrap();
        assert_eq!(
            request.header("x-amz-content-sha256"),
            Some(&*hex(&Sha256::digest(b"hi")))
        );
        assert_eq!(request.header("x-amz-sha256-tree-hash"), Some("given"));
    }
}
