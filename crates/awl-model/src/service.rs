//! A service of a store.

use crate::format::{Section, service_fields as fields};
use crate::{Node, Operation, Shape, Store};

/// A service. `Copy`; reads in place.
#[derive(Clone, Copy)]
pub struct Service {
    pub(crate) store: Store,
    index: usize,
}

impl Service {
    pub(crate) const fn new(store: Store, index: usize) -> Self {
        Self { store, index }
    }

    fn field(self, field: usize) -> u32 {
        self.store
            .field(Section::Services, fields::WORDS, self.index, field)
    }

    fn node(self, field: usize) -> Node {
        Node::new(self.store, self.field(field))
    }

    /// A tree of this service, else that of its namesake in the store below.
    fn own_or_base(self, field: usize) -> Node {
        let own = self.node(field);
        if !own.is_null() {
            return own;
        }
        let namesake = |base: Store| base.service(self.name());
        match self.store.base().and_then(namesake) {
            Some(service) => service.own_or_base(field),
            None => own,
        }
    }

    /// The store it is of.
    #[must_use]
    pub const fn store(self) -> Store {
        self.store
    }

    /// The folder's name in botocore: `ec2`, `s3`, `elbv2`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.store.string(self.field(fields::NAME))
    }

    /// The API version, the folder's name below: `2016-11-15`.
    #[must_use]
    pub fn api_version(self) -> &'static str {
        self.store.string(self.field(fields::VERSION))
    }

    /// `metadata` of the model, whole.
    #[must_use]
    pub fn metadata(self) -> Node {
        self.node(fields::METADATA)
    }

    /// `metadata.serviceId`: `EC2`, `S3`, `Elastic Load Balancing v2`.
    #[must_use]
    pub fn service_id(self) -> &'static str {
        self.metadata()
            .str("serviceId")
            .unwrap_or_else(|| self.name())
    }

    /// `metadata.endpointPrefix`: the first label of its hosts.
    #[must_use]
    pub fn endpoint_prefix(self) -> &'static str {
        self.metadata()
            .str("endpointPrefix")
            .unwrap_or_else(|| self.name())
    }

    /// `metadata.signingName`, else the endpoint prefix.
    #[must_use]
    pub fn signing_name(self) -> &'static str {
        self.metadata()
            .str("signingName")
            .unwrap_or_else(|| self.endpoint_prefix())
    }

    /// The protocol to speak: the first that botocore supports, in its order,
    /// of `metadata.protocols`; else `metadata.protocol`.
    // Parity: botocore/model.py, ServiceModel.resolved_protocol.
    #[must_use]
    pub fn protocol(self) -> &'static str {
        const PRIORITY: [&str; 6] = [
            "json",
            "rest-json",
            "rest-xml",
            "smithy-rpc-v2-cbor",
            "query",
            "ec2",
        ];
        let metadata = self.metadata();
        let protocols = metadata.get("protocols");
        PRIORITY
            .into_iter()
            .find(|name| protocols.items().any(|node| node.as_str() == Some(name)))
            .or_else(|| metadata.str("protocol"))
            .unwrap_or_default()
    }

    /// `clientContextParams`: parameters of endpoint rules that a client sets.
    #[must_use]
    pub fn client_context_params(self) -> Node {
        self.node(fields::CLIENT_CONTEXT)
    }

    /// Paginators by operation, sdk-extras merged in; null where there are none.
    #[must_use]
    pub fn paginators(self) -> Node {
        self.own_or_base(fields::PAGINATORS)
    }

    /// Waiters by name; null where there are none.
    #[must_use]
    pub fn waiters(self) -> Node {
        self.own_or_base(fields::WAITERS)
    }

    /// The endpoint rule set; null where there is none.
    #[must_use]
    pub fn endpoint_rules(self) -> Node {
        self.own_or_base(fields::RULES)
    }

    /// The operations, sorted by their name on the command line.
    pub fn operations(self) -> impl ExactSizeIterator<Item = Operation> {
        let first = self.field(fields::OPERATIONS) as usize;
        let table = self.store.section(Section::Operations).len() / 4;
        let room = table / crate::format::operation_fields::WORDS;
        let count = (self.field(fields::OPERATION_COUNT) as usize).min(room.saturating_sub(first));
        (0..count).map(move |index| Operation::new(self, first + index))
    }

    /// The operation with this name on the wire: `DescribeInstances`.
    #[must_use]
    pub fn operation(self, name: &str) -> Option<Operation> {
        let order = self.node(fields::WIRE_ORDER);
        let first = self.field(fields::OPERATIONS) as usize;
        search(order.len(), name, |middle| {
            let number = order.item(middle).and_then(Node::as_int).unwrap_or(0);
            let operation = Operation::new(self, first + number.max(0) as usize);
            (operation.name(), operation)
        })
    }

    /// The operation with this name on the command line: `describe-instances`.
    #[must_use]
    pub fn operation_by_cli_name(self, name: &str) -> Option<Operation> {
        let first = self.field(fields::OPERATIONS) as usize;
        search(
            self.field(fields::OPERATION_COUNT) as usize,
            name,
            |middle| {
                let operation = Operation::new(self, first + middle);
                (operation.cli_name(), operation)
            },
        )
    }

    /// How many shapes it has.
    #[must_use]
    pub fn shape_count(self) -> usize {
        let room =
            self.store.section(Section::Shapes).len() / (crate::format::shape_fields::WORDS * 4);
        let first = self.field(fields::SHAPES) as usize;
        (self.field(fields::SHAPE_COUNT) as usize).min(room.saturating_sub(first))
    }

    /// The shapes, in the model's order.
    pub fn shapes(self) -> impl ExactSizeIterator<Item = Shape> {
        (0..self.shape_count()).map(move |number| Shape::new(self, number))
    }

    /// The shape of this name. Linear; for tools and tests.
    #[must_use]
    pub fn shape(self, name: &str) -> Option<Shape> {
        self.shapes().find(|shape| shape.name() == name)
    }

    /// The modelled exception for an error code: the first shape with that
    /// `error.code`, or of that name without one.
    // Parity: botocore/model.py, ServiceModel.shape_for_error_code.
    #[must_use]
    pub fn error_shape(self, code: &str) -> Option<Shape> {
        self.shapes()
            .find(|shape| shape.is_exception() && shape.error_code() == code)
    }

    pub(crate) fn operation_base(self) -> usize {
        self.field(fields::OPERATIONS) as usize
    }

    /// The first of the members of its shapes, which lie together.
    pub(crate) fn member_base(self) -> usize {
        Shape::new(self, 0).first_member()
    }

    pub(crate) fn shape_base(self) -> usize {
        self.field(fields::SHAPES) as usize
    }
}

/// Binary search by name over records that `at` reads.
fn search<T>(count: usize, name: &str, at: impl Fn(usize) -> (&'static str, T)) -> Option<T> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        let (candidate, record) = at(middle);
        match candidate.cmp(name) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(record),
        }
    }
    None
}

impl std::fmt::Debug for Service {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Service({})", self.name())
    }
}
