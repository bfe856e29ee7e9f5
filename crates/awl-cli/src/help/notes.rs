//! What the AWS CLI adds to the pages of single services.
// Parity: awscli/customizations/{iot_data,route53,s3events}.py.

use awl_model::{Member, Operation};

use super::script::Script;

/// Adds to the description of a service, or of one of its operations.
pub(super) fn description(service: &str, script: &mut Script) {
    if service == "iot-data" {
        script.note(
            "For production code it is strongly recommended to use the custom endpoint for your \
             account (retrievable via the iot describe-endpoint command) to ensure best \
             availability and reachability of the service. The default endpoints (intended for \
             testing purposes only) can be found at \
             https://docs.aws.amazon.com/general/latest/gr/iot-core.html#iot-core-data-plane-endpoints",
        );
    }
}

/// Begins the description of an operation.
pub(super) fn before(operation: Operation, script: &mut Script) {
    // Parity: `revoke-security-group-egress` has it not.
    static RULES: &[&str] = &[
        "authorize-security-group-egress",
        "authorize-security-group-ingress",
        "revoke-security-group-ingress",
    ];
    if operation.service().name() == "ec2" && RULES.contains(&operation.cli_name()) {
        script.note(
            "To specify multiple rules in a single command use the ``--ip-permissions`` option",
        );
    }
}

/// Says of an image which argument has its bytes.
// Parity: awscli/customizations/binaryhoist.py.
pub(super) fn bytes(operation: Operation, member: Member, script: &mut Script) {
    let is_image = member.shape().name() == "Image";
    if operation.service().name() == "rekognition" && is_image {
        let name = awl_model::kebab_case(member.name());
        script.paragraph();
        script.write(&format!(
            "To specify a local file use ``--{name}-bytes`` instead."
        ));
    }
}

/// Adds to what is said of an argument.
pub(super) fn argument(operation: Operation, name: &str, script: &mut Script) {
    let place = (operation.service().name(), operation.cli_name(), name);
    if place == ("route53", "create-hosted-zone", "hosted-zone-config") {
        script.paragraph();
        script.write(
            "Note do **not** include ``PrivateZone`` in this input structure. Its value is \
             returned in the output to the command.",
        );
        script.paragraph();
    }
}

/// What stands in the place of the output, where it is none that the model
/// tells.
pub(super) fn output(operation: Operation) -> Option<&'static str> {
    let place = (operation.service().name(), operation.cli_name());
    (place == ("s3", "select-object-content")).then_some(
        "This command generates no output.  The selected object content is written to the \
         specified outfile.\n",
    )
}

/// Adds to what is said of a member of the output.
pub(super) fn member(operation: Operation, name: &str, script: &mut Script) {
    if operation.service().name() == "s3" && name == "Expires" {
        script.note("This member has been deprecated. Please use `ExpiresString` instead.");
        script.write("ExpiresString -> (string)");
        script.indent();
        script.paragraph();
        script.write("The raw, unparsed value of the ``Expires`` field.");
        script.dedent();
        script.paragraph();
    }
}
