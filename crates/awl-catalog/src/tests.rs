use awl_model::{Location, Node, ShapeKind};

use crate::{size, store};

#[test]
fn every_operation_of_every_service_is_found_by_both_its_names() {
    let (mut services, mut operations) = (0, 0);
    for service in store().services() {
        services += 1;
        assert_eq!(
            store().service(service.name()).map(|found| found.name()),
            Some(service.name())
        );
        for operation in service.operations() {
            operations += 1;
            let found = service.operation(operation.name()).expect("by its name");
            assert_eq!(found.cli_name(), operation.cli_name());
            let found = service
                .operation_by_cli_name(operation.cli_name())
                .expect("by CLI name");
            assert_eq!(found.name(), operation.name());
        }
    }
    println!(
        "{services} services, {operations} operations, {} bytes",
        size()
    );
    assert!(services > 400 && operations > 18_000);
    assert!(
        size() <= 16 << 20,
        "the store has outgrown its 16 MiB: {}",
        size()
    );
}

#[test]
fn every_shape_and_member_can_be_read() {
    for service in store().services() {
        assert!(!service.protocol().is_empty(), "{service:?}");
        assert!(!service.endpoint_rules().is_null(), "{service:?}");
        for shape in service.shapes() {
            assert!(!shape.name().is_empty());
            match shape.kind() {
                ShapeKind::Structure => {
                    for member in shape.members() {
                        assert!(!member.name().is_empty());
                        // A map of all headers has the empty prefix.
                        let all_headers = member.location() == Location::Headers;
                        assert!(all_headers || !member.wire_name().is_empty(), "{member:?}");
                        assert!(!member.shape().name().is_empty());
                    }
                }
                ShapeKind::List => assert!(shape.list_member().is_some()),
                ShapeKind::Map => assert!(shape.map_key().is_some() && shape.map_value().is_some()),
                _ => assert_eq!(shape.members().len(), 0),
            }
        }
    }
}

#[test]
fn paginators_waiters_and_partitions_are_there() {
    let ec2 = store().service("ec2").expect("EC2");
    let paginator = ec2.paginators().get("DescribeInstances");
    assert_eq!(paginator.str("result_key"), Some("Reservations"));
    assert!(ec2.waiters().get("InstanceRunning").get("acceptors").len() > 1);
    let partitions = store().partitions().get("partitions");
    assert!(
        partitions
            .items()
            .any(|partition| partition.str("id") == Some("aws-cn"))
    );
    assert_eq!(store().partitions().item(0).and_then(Node::as_str), None);
}
