//! `cloudsearchdomain`: every domain has an endpoint of its own.
// Parity: awscli/customizations/cloudsearchdomain.py.

use crate::arguments::added::Customization;
use crate::error::CommandError;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[Customization {
    allow: |globals| match globals.endpoint_url {
        Some(_) => Ok(()),
        None => Err(CommandError::validation(
            "--endpoint-url is required for cloudsearchdomain commands",
        )),
    },
    ..Customization::of("*")
}];
