//! The services that are emulated, as the door meets them: a row each. What a
//! service does otherwise than others, once its request is read, is a function of
//! its own, named here.

use awl_iam::Context;
use awl_protocol::server::Failure;

use super::{Call, Outcome};
use crate::{Need, ec2, iam, s3, sts};

/// A service, by what it does on the way of a request, in that order.
pub(super) struct Service {
    name: &'static str,
    /// Readies the call: codes are checked, what was left to happen happens.
    pub(super) prepare: fn(&mut Call<'_>) -> Result<(), Failure>,
    /// Whether [`fill`](Self::fill) or a resource tells the tags that a request
    /// sets, because they are meant for several resources.
    pub(super) tells_tags: bool,
    /// Fills in condition keys that no table has.
    pub(super) fill: fn(&mut Context, &Call<'_>),
    /// Refuses what policies are not asked about.
    pub(super) enter: fn(&Call<'_>) -> Result<(), Failure>,
    /// What a call needs; None where the facts of access say it.
    pub(super) needs: fn(&Call<'_>) -> Option<Vec<Need>>,
    /// Completes what the facts say by what only the account knows.
    pub(super) place: fn(&mut Vec<Need>, &Call<'_>),
    /// Checks what only an allowed call is told.
    pub(super) check: fn(&Call<'_>) -> Result<(), Failure>,
    /// Answers; None where it does not emulate the operation.
    pub(super) call: fn(&mut Call<'_>) -> Outcome,
}

/// Any service: its requests are authenticated, validated and authorized.
const OTHER: Service = Service {
    name: "",
    prepare: |_| Ok(()),
    tells_tags: false,
    fill: |_, _| {},
    enter: |_| Ok(()),
    needs: |_| None,
    place: |_, _| {},
    check: |_| Ok(()),
    call: |_| Ok(None),
};

static SERVICES: &[Service] = &[
    Service {
        name: "ec2",
        prepare: |call| {
            ec2::prepare(call);
            Ok(())
        },
        tells_tags: true,
        place: ec2::place,
        call: ec2::call,
        ..OTHER
    },
    Service {
        name: "iam",
        place: |needs, call| {
            iam::place(needs, call);
            needs.extend(iam::passes(call));
        },
        call: iam::call,
        ..OTHER
    },
    Service {
        name: "s3",
        fill: s3::fill,
        enter: s3::enter,
        needs: s3::needs,
        check: s3::check_small,
        call: s3::call,
        ..OTHER
    },
    Service {
        name: "sts",
        prepare: |call| {
            call.authenticated = sts::authenticate(call)?;
            Ok(())
        },
        fill: sts::fill,
        needs: sts::needs,
        call: sts::call,
        ..OTHER
    },
];

/// The row of a service.
pub(super) fn of(call: &Call<'_>) -> &'static Service {
    static ANY: Service = OTHER;
    let name = call.operation.service().name();
    let found = SERVICES.iter().find(|own| own.name == name);
    found.unwrap_or(&ANY)
}
