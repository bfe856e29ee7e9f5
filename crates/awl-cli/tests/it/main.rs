//! The program as its users see it: exit code, standard output, standard
//! error. It is called by the name `aws`, in an empty environment, with an
//! empty home.

#![allow(
    clippy::unwrap_used,
    reason = "what a test's helper lacks fails the test"
)]

mod alias;
mod arguments;
mod command_line;
mod completion;
mod configure;
mod console;
mod credentials;
mod curl;
mod customisations;
mod desk;
mod doctor;
mod dry_run;
mod emr;
mod errors;
mod exec;
mod failures;
mod formats;
mod fuzz;
mod help;
#[cfg(feature = "history")]
mod history;
mod hostile;
mod imds;
mod jp;
mod key_store;
mod login;
mod models;
mod moto;
mod output;
mod pages;
mod parity;
mod policy;
mod policy_differential;
mod policy_lint;
mod presign;
mod print_request;
#[cfg(feature = "prompt")]
mod prompt;
mod rows;
mod s3;
mod s3_errors;
mod sandbox;
mod sandbox_console;
mod sandbox_ec2;
mod sandbox_iam;
mod sandbox_imds;
mod sandbox_limits;
mod sandbox_process;
mod sandbox_robust;
mod sandbox_s3;
mod sandbox_support;
mod serve;
mod service_commands;
mod sign;
mod sso;
mod support;
mod tour;
mod validation;
mod verify;
mod whoami;
mod wizard;
