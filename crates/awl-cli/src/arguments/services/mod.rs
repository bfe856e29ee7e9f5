//! What single services add to the arguments of their operations: a file
//! each, one row in a registry.
// Parity: awscli/handlers_registry.py.

mod cloudfront;
mod cloudsearch;
mod cloudsearchdomain;
mod cloudwatch;
mod configservice;
mod datapipeline;
mod deploy;
mod ec2;
mod ecs;
mod emr;
mod iam;
mod iot;
mod lambda;
mod outfile;
mod quicksight;
mod rds;
mod rekognition;
mod s3api;
mod ses;
mod sts;
mod translate;

use super::added::Customization;

/// The services' commands with what they add.
static SERVICES: &[(&str, &[Customization])] = &[
    ("cloudfront", cloudfront::CUSTOMIZATIONS),
    ("cloudsearch", cloudsearch::CUSTOMIZATIONS),
    ("cloudsearchdomain", cloudsearchdomain::CUSTOMIZATIONS),
    ("cloudwatch", cloudwatch::CUSTOMIZATIONS),
    ("configservice", configservice::CUSTOMIZATIONS),
    ("datapipeline", datapipeline::CUSTOMIZATIONS),
    ("deploy", deploy::CUSTOMIZATIONS),
    ("ec2", ec2::CUSTOMIZATIONS),
    ("ecs", ecs::CUSTOMIZATIONS),
    ("emr", emr::CUSTOMIZATIONS),
    ("iam", iam::CUSTOMIZATIONS),
    ("iot", iot::CUSTOMIZATIONS),
    ("lambda", lambda::CUSTOMIZATIONS),
    ("quicksight", quicksight::CUSTOMIZATIONS),
    ("rds", rds::CUSTOMIZATIONS),
    ("rekognition", rekognition::CUSTOMIZATIONS),
    ("s3api", s3api::CUSTOMIZATIONS),
    ("ses", ses::CUSTOMIZATIONS),
    ("sts", sts::CUSTOMIZATIONS),
    ("translate", translate::CUSTOMIZATIONS),
];

/// What is added to an operation, both given by their commands: what is for it
/// alone first.
pub(crate) fn customizations(
    service: &str,
    operation: &str,
) -> impl Iterator<Item = &'static Customization> + use<> {
    let of_service = SERVICES.iter().find(|(name, _)| *name == service);
    let entries = of_service.map_or(&[] as &[_], |(_, entries)| entries);
    let own = entries
        .iter()
        .position(|entry| entry.operation == operation);
    let all = entries.iter().position(|entry| entry.operation == "*");
    own.into_iter().chain(all).map(|index| &entries[index])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Table;

    #[test]
    fn tables_name_what_exists() {
        for (command, entries) in SERVICES {
            let model = match *command {
                "deploy" => "codedeploy",
                "configservice" => "config",
                "s3api" => "s3",
                other => other,
            };
            let service = awl_catalog::store().service(model).unwrap();
            for entry in *entries {
                let name = match entry.operation {
                    "*" => continue,
                    "add-option-to-option-group" | "remove-option-from-option-group" => {
                        "modify-option-group"
                    }
                    name => name,
                };
                let operation = service
                    .operation_by_cli_name(name)
                    .unwrap_or_else(|| panic!("{command} {name}"));
                let table = Table::new(command, entry.operation, operation);
                assert!(!table.arguments().is_empty());
                if let Some(fetch) = entry.fetch {
                    assert!(service.operation(fetch.operation).is_some());
                }
            }
        }
    }
}
