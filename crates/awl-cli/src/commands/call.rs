//! A call made and its answer printed.
// Parity: awscli/clidriver.py, CLIOperationCaller.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use awl_model::Operation;
use awl_protocol::event::{Event, EventStreamParser};
use awl_protocol::{Blobs, ParseOptions};
use awl_sdk::config::{Config, Origin, Overrides, settings};
use awl_sdk::credentials::Prompter;
use awl_sdk::env::Host;
use awl_sdk::imds::Imds;
use awl_sdk::transport::RequestBody;
use awl_sdk::{Client, OperationError, StreamingBody};
use awl_value::jmespath::Needs;
use awl_value::{Map, Value};
use tokio::runtime::Runtime;

use super::operation::Call;
use super::{Invocation, pager, pages, presign, rehearsal};
use crate::arguments::{decode_blobs, take_page_config};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::ui::read_secret;
use crate::{debug, output, python};

/// Makes the call and prints what comes of it.
pub(super) fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    call: Call,
) -> Result<(), CommandError> {
    let config = load_config(invocation, globals)?;
    let printer = output::Printer::new(&config, globals, call.operation.name())?;
    let pager = pager::of_output(&invocation.ui, &*invocation.host, &config, globals);
    invocation.ui.set_pager(pager);
    let result = print(invocation, globals, &config, &printer, call);
    let closed = invocation.ui.close_pager();
    result?;
    closed.map_err(|(error, program)| CommandError::pager(&error, &program))
}

/// Makes the call and prints what comes of it where the output goes.
fn print(
    invocation: &mut Invocation,
    globals: &Globals,
    config: &Config,
    printer: &output::Printer,
    mut call: Call,
) -> Result<(), CommandError> {
    let client = client(invocation, config, &mut call)?;
    fetch(&client, &mut call)?;
    let page_config = call
        .paginate
        .then(|| take_page_config(&mut call.parameters))
        .transpose()?;
    let body = call.body.take().map(|body| {
        let length = body.file.metadata().map_or(0, |metadata| metadata.len());
        RequestBody::file(body.path, 0, length)
    });
    let request = awl_sdk::Call {
        body,
        stream: call.outfile.is_some() || call.events_to.is_some(),
        timestamps: printer.timestamps(),
        blobs: output::BLOBS,
        needs: needs(globals, &call, printer).map(Arc::new),
        ..awl_sdk::Call::new(call.operation, std::mem::take(&mut call.parameters))
    };
    if let Some(expires_in) = call.presign {
        let request = match page_config {
            Some(config) => pages::first(&client, request, config)?,
            None => request,
        };
        let url = presign::run(invocation, globals, &client, &request, expires_in);
        return until_interrupted(url);
    }
    if let Some(rehearsed) = &call.rehearsal {
        let request = match page_config {
            Some(config) => pages::first(&client, request, config)?,
            None => request,
        };
        let end = rehearsal::run(invocation, globals, &client, &request, rehearsed);
        return until_interrupted(end);
    }
    if let Some(config) = page_config {
        let pages = pages::run(invocation, globals, &client, request, config, printer);
        return until_interrupted(pages);
    }
    let answer = until_interrupted(send(invocation, globals, &client, request, &call))?;
    if let Some(mut answer) = answer {
        change_answer(&call, &mut answer, &*invocation.host)?;
        let notes: Vec<String> = match invocation.ui.has_hints() {
            true => notes(&call, &answer),
            false => Vec::new(),
        };
        let answer = Value::Map(answer);
        printer.print(&mut invocation.ui, &*invocation.host, answer)?;
        for note in notes {
            invocation.ui.write_error(&format!("{note}\n"));
        }
    }
    Ok(())
}

/// A client for the call, whose parameters are made ready for it.
pub(super) fn client(
    invocation: &mut Invocation,
    config: &Config,
    call: &mut Call,
) -> Result<Client, CommandError> {
    if let Some(input) = call.operation.input() {
        let format = config.text(&settings::CLI_BINARY_FORMAT);
        let raw = format.as_deref() == Some("raw-in-base64-out");
        decode_blobs(input, &mut call.parameters, raw)?;
    }
    for customization in &call.customizations {
        (customization.finish)(&mut call.parameters, &*invocation.host)?;
    }
    let service = call.operation.service();
    let config = with_region(config)?;
    if config.region().origin == Origin::Default
        && service.metadata().get("globalEndpoint").is_null()
    {
        invocation
            .ui
            .hint("no Region is configured, so us-east-1 is used; --region or AWS_REGION sets one");
    }
    Ok(Client::with_store(&config, service, awl_catalog::store())?)
}

/// What the service's customisations say of an answer.
fn notes(call: &Call, answer: &Map) -> Vec<String> {
    let notes = call.customizations.iter().filter_map(|one| one.note);
    notes.filter_map(|note| note(answer)).collect()
}

/// Does with an answer what its service and its arguments want done.
pub(super) fn change_answer(
    call: &Call,
    answer: &mut Map,
    host: &dyn Host,
) -> Result<(), CommandError> {
    for hook in &call.hooks {
        (hook.run)(answer, &hook.word, host)?;
    }
    for change in call.customizations.iter().filter_map(|one| one.answer) {
        change(answer);
    }
    Ok(())
}

/// What of an answer is looked at; None where that may be all of it.
fn needs(globals: &Globals, call: &Call, printer: &output::Printer) -> Option<Needs> {
    let mut customizations = call.customizations.iter();
    let is_changed = !call.hooks.is_empty() || customizations.any(|one| one.answer.is_some());
    if globals.debug || is_changed {
        return None;
    }
    printer.needs()
}

/// Completes the parameters by what another call answers, where one is needed.
fn fetch(client: &Client, call: &mut Call) -> Result<(), CommandError> {
    for customization in &call.customizations {
        let Some(fetch) = customization.fetch else {
            continue;
        };
        if let Some(parameters) = (fetch.parameters)(&mut call.parameters) {
            let answer = until_interrupted(async {
                Ok(client.call(fetch.operation, Value::Map(parameters)).await?)
            })?;
            (fetch.merge)(&mut call.parameters, answer.value);
        }
    }
    Ok(())
}

/// The configuration with the Region of the instance that this runs on, where
/// no other is configured and there may be one.
// Parity: awscli/clidriver.py, _set_cli_region; awscli/utils.py,
// IMDSRegionProvider.
pub(super) fn with_region(config: &Config) -> Result<Config, CommandError> {
    if config.region().origin != Origin::Default {
        return Ok(config.clone());
    }
    let imds = Imds::new(config)?;
    if imds.check().is_err() {
        return Ok(config.clone());
    }
    let region = until_interrupted(async { Ok(imds.region().await?) })?;
    Ok(match region {
        Some(region) => config.with_instance_region(region),
        None => config.clone(),
    })
}

/// Does the work, unless the user interrupts it.
pub(super) fn until_interrupted<T>(
    work: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    block_on(interruptible(work))
}

/// The work, ended when the user interrupts it.
pub(super) async fn interruptible<T>(
    work: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    tokio::select! {
        result = work => result,
        _ = tokio::signal::ctrl_c() => Err(CommandError::interrupted()),
    }
}

/// Does the work, which knows itself what an interruption is to it.
pub(super) fn block_on<T>(
    work: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    runtime()?.block_on(work)
}

/// What work is done on that waits.
pub(super) fn runtime() -> Result<Runtime, CommandError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::general(error.to_string()))
}

/// Sends the request, or prints it; what is to be printed of the answer.
async fn send(
    invocation: &mut Invocation,
    globals: &Globals,
    client: &Client,
    request: awl_sdk::Call,
    call: &Call,
) -> Result<Option<Map>, CommandError> {
    if !announce(invocation, globals, client, &request).await? {
        return Ok(None);
    }
    let payload = call.operation.streaming_output();
    let mut answer = match client.send(request).await {
        Ok(answer) => answer,
        Err(error) => {
            if globals.debug {
                debug::failure(invocation, &error);
            }
            return Err(error.into());
        }
    };
    if globals.debug {
        debug::answer(invocation, &answer);
    }
    if let Some(path) = &call.events_to
        && let Some(body) = answer.body.take()
    {
        save_events(Path::new(path), body, call.operation, answer.status).await?;
        if let Some(member) = call.operation.event_stream_output() {
            answer.value.remove(member.name());
        }
    }
    if let (Some(path), Some(body)) = (&call.outfile, answer.body.take()) {
        save(Path::new(path), body).await?;
        if let Some(member) = payload {
            answer.value.remove(member.name());
        }
    }
    Ok(Some(answer.value))
}

/// Shows the call where that is asked for; whether it is to be made.
pub(super) async fn announce(
    invocation: &mut Invocation,
    globals: &Globals,
    client: &Client,
    call: &awl_sdk::Call,
) -> Result<bool, CommandError> {
    if globals.debug {
        debug::parameters(invocation, call);
    }
    if !globals.debug && globals.print_request.is_none() {
        return Ok(true);
    }
    let prepared = client.prepare(call).await?;
    if globals.debug {
        debug::request(invocation, &prepared.request);
    }
    let Some(form) = globals.print_request else {
        return Ok(true);
    };
    let request = client.sign(&prepared).await?;
    let text = output::request_text(form, &request).await?;
    invocation.ui.write_out(&text);
    Ok(false)
}

/// Writes a streamed answer to its file.
async fn save(path: &Path, mut body: StreamingBody) -> Result<(), CommandError> {
    let failed = |error: std::io::Error| CommandError::general(python::os_error(&error, path));
    let mut file = File::create(path).map_err(failed)?;
    while let Some(chunk) = body.chunk().await? {
        file.write_all(&chunk).map_err(failed)?;
    }
    Ok(())
}

/// Writes the records that come as events to their file.
// Parity: awscli/customizations/s3events.py, S3SelectStreamOutputArgument.
async fn save_events(
    path: &Path,
    mut body: StreamingBody,
    operation: Operation,
    status: u16,
) -> Result<(), CommandError> {
    let failed = |error: std::io::Error| CommandError::general(python::os_error(&error, path));
    let mut file = File::create(path).map_err(failed)?;
    let options = ParseOptions {
        blobs: Blobs::Bytes,
        ..ParseOptions::default()
    };
    let parser = EventStreamParser::new(operation, &options).map_err(awl_sdk::Error::from)?;
    let Some(mut parser) = parser else {
        return Ok(());
    };
    while let Some(chunk) = body.chunk().await? {
        parser.push(&chunk);
        while let Some(event) = parser.next_event().map_err(awl_sdk::Error::from)? {
            match event {
                Event::Event(event) => {
                    let records = event.get("Records").and_then(|event| event.get("Payload"));
                    if let Some(Value::Blob(bytes)) = records {
                        file.write_all(bytes).map_err(failed)?;
                    }
                }
                Event::Error(error) => {
                    let error = OperationError {
                        error: *error,
                        service: operation.service().name(),
                        operation: operation.name(),
                        status,
                        attempts: 1,
                        retries_exhausted: false,
                        headers: Vec::new(),
                    };
                    return Err(awl_sdk::Error::Service(Box::new(error)).into());
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// The terminal, asked for the codes of MFA devices.
#[derive(Debug)]
struct Terminal;

impl Prompter for Terminal {
    fn secret(&self, prompt: &str) -> std::io::Result<String> {
        read_secret(prompt)
    }
}

/// The configuration, the command line's options on top.
pub(super) fn load_config(
    invocation: &Invocation,
    globals: &Globals,
) -> Result<Config, CommandError> {
    let mut overrides = Overrides {
        endpoint_url: globals.endpoint_url.clone(),
        no_sign_request: !globals.sign_request,
        no_verify_ssl: !globals.verify_ssl,
        prompter: Some(Arc::new(Terminal)),
        observer: invocation.history.observer(),
        user_agent: Some(concat!("aws-cli/2.36.7 awl/", env!("CARGO_PKG_VERSION")).to_owned()),
        ..Overrides::default()
    };
    for (setting, value) in [
        (&settings::PROFILE, &globals.profile),
        (&settings::REGION, &globals.region),
        (&settings::OUTPUT, &globals.output),
        (&settings::CA_BUNDLE, &globals.ca_bundle),
        (&settings::CLI_BINARY_FORMAT, &globals.binary_format),
    ] {
        if let Some(value) = value {
            overrides.settings.insert(setting.name, value.clone());
        }
    }
    let seconds = |timeout: Option<i64>| {
        timeout.map(|seconds| Duration::from_secs(seconds.try_into().unwrap_or(0)))
    };
    overrides.read_timeout = seconds(globals.read_timeout);
    overrides.connect_timeout = seconds(globals.connect_timeout);
    Ok(Config::load(invocation.host.clone(), overrides)?)
}
