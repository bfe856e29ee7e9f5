//! What the AWS CLI adds to the pages of single services.
// Parity: awscli/customizations/{iot_data,route53,s3events}.py.

use awl_model::Operation;

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
