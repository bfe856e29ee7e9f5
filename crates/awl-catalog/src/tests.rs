use awl_model::{Location, Node, ShapeKind};

use crate::{library, library_size, size, store};

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

#[test]
fn library_has_every_service_and_the_examples() {
    let mut operations = 0;
    let mut documented = 0;
    for service in store().services() {
        let name = format!("service/{}", service.name());
        let block = library().block(&name).expect("a block of each service");
        for operation in service.operations() {
            operations += 1;
            documented += usize::from(block.of_operation(operation).is_some());
        }
        for shape in service.shapes() {
            for member in shape.members() {
                // Whatever it says, it can be read.
                let _ = block.of_member(member);
            }
        }
    }
    assert!(
        documented * 100 > operations * 98,
        "{documented} of {operations}"
    );
    let ec2 = library().block("service/ec2").expect("EC2");
    let service = store().service("ec2").expect("EC2");
    let operation = service
        .operation("DescribeInstances")
        .expect("an operation");
    let text = ec2.of_operation(operation).unwrap_or_default();
    assert!(text.contains("Describes the specified instances"), "{text}");
    let input = operation.input().expect("parameters");
    let member = input.member("InstanceIds").expect("a parameter");
    assert!(
        ec2.of_member(member)
            .is_some_and(|text| text.contains("instance IDs"))
    );
    let examples = library().block("examples/ec2").expect("examples");
    assert!(examples.text("describe-instances").is_some());
    assert!(examples.text("wait/instance-running").is_some());
    let topics = library().block("topics").expect("topics");
    assert!(topics.text("return-codes").is_some());
    assert!(library().block("service/none").is_none());
    assert!(library_size() <= 16 << 20, "{}", library_size());
}
