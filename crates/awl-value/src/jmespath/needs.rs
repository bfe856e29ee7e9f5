//! Which members of a document an expression looks at, so that a reader of long
//! documents need not keep the others.

use super::ast::Node;

/// What is needed of a value: all of it, or these members of it and of its items.
///
/// Lists are not told from what is in them: what is needed of a list is needed of
/// each of its items, and how many they are can always be seen.
///
/// ```
/// use awl_value::jmespath::Expression;
/// let needs = Expression::compile("Buckets[?Size > `9`].Name").unwrap().needs();
/// let buckets = needs.member("Buckets").unwrap();
/// assert!(buckets.member("Name").unwrap().is_everything());
/// assert!(buckets.member("Size").is_some());
/// assert!(buckets.member("Owner").is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    everything: bool,
    members: Vec<(String, Self)>,
}

impl Needs {
    /// Whether all of the value is needed.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        self.everything
    }

    /// What is needed of a member; None where it is not even asked whether it is
    /// there.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.members
            .iter()
            .find_map(|(member, needs)| (member == name).then_some(needs))
    }

    /// Needs all of the member at the end of this path.
    pub fn add_path(&mut self, names: &[&str]) {
        self.place(names).everything = true;
    }

    /// Needs only to know whether the member at the end of this path is there, and how
    /// many items it has if it is a list.
    pub fn add_presence(&mut self, names: &[&str]) {
        self.place(names);
    }

    /// Needs what `expression` looks at, too.
    pub fn add(&mut self, expression: &super::Expression) {
        let mut tree = Tree {
            places: vec![Place::default()],
        };
        let result = tree.visit(&expression.root, &[0]);
        tree.take(&result);
        tree.give(0, self);
    }

    fn place(&mut self, names: &[&str]) -> &mut Self {
        names.iter().fold(self, |needs, name| needs.entry(name))
    }

    fn entry(&mut self, name: &str) -> &mut Self {
        let index = self
            .members
            .iter()
            .position(|(member, _)| member == name)
            .unwrap_or_else(|| {
                self.members.push((name.to_owned(), Self::default()));
                self.members.len() - 1
            });
        &mut self.members[index].1
    }
}

/// The places of the document that an expression comes to, the first its root.
struct Tree {
    places: Vec<Place>,
}

#[derive(Default)]
struct Place {
    everything: bool,
    members: Vec<(String, usize)>,
}

impl Tree {
    /// Goes through an expression on values that stand at `at`; where what it gives
    /// stands. What it makes anew stands nowhere, and all that it is made of is taken.
    fn visit(&mut self, node: &Node, at: &[usize]) -> Vec<usize> {
        match node {
            Node::Identity | Node::Current | Node::Index(_) | Node::Slice(_) => at.to_vec(),
            Node::Literal(_) => Vec::new(),
            Node::Field(name) => at.iter().map(|place| self.member(*place, name)).collect(),
            Node::Subexpression(nodes) | Node::IndexExpression(nodes) => self.chain(nodes, at),
            Node::Pipe(nodes) => self.chain(&nodes[..], at),
            Node::Or(nodes) | Node::And(nodes) => {
                // Whether a structure is empty decides.
                let mut either = self.visit(&nodes[0], at);
                self.take(&either);
                either.extend(self.visit(&nodes[1], at));
                either
            }
            Node::Not(operand) => self.taken([&**operand], at),
            Node::Comparator(_, operands) => self.taken(&operands[..], at),
            Node::Flatten(list) => self.visit(list, at),
            Node::Projection(parts) => {
                let items = self.visit(&parts[0], at);
                self.visit(&parts[1], &items)
            }
            Node::ValueProjection(parts) => {
                let values = self.visit(&parts[0], at);
                self.take(&values);
                self.visit(&parts[1], &[])
            }
            Node::FilterProjection(parts) => {
                let items = self.visit(&parts[0], at);
                self.taken([&parts[2]], &items);
                self.visit(&parts[1], &items)
            }
            Node::MultiSelectList(nodes) => self.taken(nodes, at),
            Node::MultiSelectHash(pairs) => self.taken(pairs.iter().map(|(_, node)| node), at),
            Node::Function(call) => self.taken(&call.arguments, at),
            Node::Expref(body) => self.taken([&**body], at),
        }
    }

    fn chain(&mut self, nodes: &[Node], at: &[usize]) -> Vec<usize> {
        nodes
            .iter()
            .fold(at.to_vec(), |at, node| self.visit(node, &at))
    }

    /// Goes through expressions whose values are needed whole.
    fn taken<'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node>, at: &[usize]) -> Vec<usize> {
        for node in nodes {
            let places = self.visit(node, at);
            self.take(&places);
        }
        Vec::new()
    }

    fn take(&mut self, places: &[usize]) {
        for place in places {
            self.places[*place].everything = true;
        }
    }

    fn member(&mut self, place: usize, name: &str) -> usize {
        let members = &self.places[place].members;
        if let Some((_, member)) = members.iter().find(|(member, _)| member == name) {
            return *member;
        }
        let new = self.places.len();
        self.places[place].members.push((name.to_owned(), new));
        self.places.push(Place::default());
        new
    }

    fn give(&self, place: usize, needs: &mut Needs) {
        let place = &self.places[place];
        needs.everything |= place.everything;
        for (name, member) in &place.members {
            self.give(*member, needs.entry(name));
        }
    }
}
