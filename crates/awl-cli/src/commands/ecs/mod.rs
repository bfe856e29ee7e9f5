//! `awl ecs monitor-express-gateway-service`, and the same behind the commands
//! that make, change and delete such a service, with `--monitor-resources`:
//! what becomes of the service's resources, as lines with times or on a screen.
// Parity: awscli/customizations/ecs/monitorexpressgatewayservice.py,
// monitormutatinggatewayservice.py, expressgateway/display_strategy.py,
// stream_display.py.

mod collect;
#[cfg(feature = "prompt")]
mod screen;
mod view;

use std::collections::HashMap;
use std::time::Duration;

use awl_value::{Map, Value, python};

use self::collect::{Collector, Failure, Scope};
use self::view::{Group, Paint, Resource, stamp};
use super::caller::{self, Caller};
use super::custom::{Argument, Custom, Given};
use super::operation::Call;
use super::{Invocation, call};
use crate::argv::Globals;
use crate::error::{CommandError, Exit, explained};

/// What is added to the commands of the service `ecs`.
pub(super) static COMMANDS: &[Custom] = &[Custom::new(
    "monitor-express-gateway-service",
    &[
        Argument::option("--service-arn").required(),
        Argument::option("--resource-view").choices(VIEWS),
        Argument::option("--mode").choices(MODES),
        Argument::option("--timeout"),
    ],
    monitor,
)];

const VIEWS: &[&str] = &["RESOURCE", "DEPLOYMENT"];
const MODES: &[&str] = &["INTERACTIVE", "TEXT-ONLY"];

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_secs(5);

/// How long a service is watched where nothing else is said.
const MINUTES: i64 = 30;

const RESET: &str = "\x1b[0m";

/// A watch over a service.
struct Watch {
    collector: Collector,
    end: Duration,
    paint: Paint,
}

fn monitor(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let minutes = match given.get("--timeout") {
        None => MINUTES,
        Some(word) => {
            let number = python::int(word).and_then(|number| number.as_int());
            number.ok_or_else(|| CommandError::general(crate::python::int_error(word)))?
        }
    };
    let is_terminal = invocation.ui.is_terminal();
    let is_interactive = match given.get("--mode") {
        None => is_terminal,
        Some(mode) => mode == "INTERACTIVE",
    };
    if is_interactive && !is_terminal {
        invocation.ui.write_error(
            "aws: [ERROR]: Interactive mode requires a TTY (terminal). Use --mode TEXT-ONLY for \
             non-interactive environments.",
        );
        return Err(CommandError::silent(1));
    }
    let scope = match given.get("--resource-view") {
        Some("DEPLOYMENT") => Scope::Deployment,
        _ => Scope::Resources,
    };
    let ecs = Caller::new(invocation, globals, "ecs")?;
    let service = given.get("--service-arn").unwrap_or_default();
    watch(
        invocation,
        globals,
        &ecs,
        service,
        scope,
        is_interactive,
        minutes,
    )
}

/// Makes a call that changes a service, and watches what comes of it where that
/// is asked for.
pub(super) fn change(
    invocation: &mut Invocation,
    globals: &Globals,
    call: Call,
) -> Result<(), CommandError> {
    let aside = |name| {
        let mut asides = call.asides.iter();
        asides
            .find(|(known, _)| *known == name)
            .map(|(_, word)| &**word)
    };
    let Some(view) = aside("monitor-resources") else {
        return call::run(invocation, globals, call);
    };
    let scope = match view {
        "DEPLOYMENT" => Scope::Deployment,
        "RESOURCE" => Scope::Resources,
        _ if call.operation.name() == "DeleteExpressGatewayService" => Scope::Resources,
        _ => Scope::Deployment,
    };
    let is_interactive = aside("monitor-mode") != Some("TEXT-ONLY");
    let operation = call.operation.name();
    let ecs = Caller::new(invocation, globals, "ecs")?;
    let answer = ecs.call(invocation, globals, operation, call.parameters)?;
    let service = answer
        .get("service")
        .and_then(|service| service.get("serviceArn"));
    let service = service.and_then(Value::as_str).unwrap_or_default();
    if service.is_empty() {
        return caller::print(invocation, globals, operation, Value::Map(answer));
    }
    if is_interactive && !invocation.ui.is_terminal() {
        invocation.ui.write_error(
            "aws: [ERROR]: Interactive mode requires a TTY (terminal). Monitoring skipped. Use \
             --monitor-mode TEXT-ONLY for non-interactive environments.",
        );
        return caller::print(invocation, globals, operation, Value::Map(answer));
    }
    watch(
        invocation,
        globals,
        &ecs,
        service,
        scope,
        is_interactive,
        MINUTES,
    )
}

/// Watches a service until the user, or time, ends it.
fn watch(
    invocation: &mut Invocation,
    globals: &Globals,
    ecs: &Caller,
    service: &str,
    scope: Scope,
    is_interactive: bool,
    minutes: i64,
) -> Result<(), CommandError> {
    let name = "DescribeExpressGatewayService";
    let parameters = Map::from_iter([("serviceArn".into(), Value::from(service))]);
    let first = ecs.prepare(name, parameters)?;
    if !ecs.run(call::announce(invocation, globals, ecs.client(), &first))? {
        return Ok(());
    }
    let seconds = u64::try_from(minutes.saturating_mul(60)).unwrap_or_default();
    let watch = Watch {
        collector: Collector {
            client: ecs.client().clone(),
            service: service.to_owned(),
            scope,
        },
        end: invocation
            .host
            .epoch()
            .saturating_add(Duration::from_secs(seconds)),
        paint: Paint(match globals.color.as_deref() {
            Some("on") => true,
            Some("off") => false,
            _ => invocation.ui.is_terminal(),
        }),
    };
    #[cfg(feature = "prompt")]
    if is_interactive && invocation.ui.has_screen() {
        return screen::show(invocation, ecs, &watch);
    }
    let _ = is_interactive;
    stream(invocation, ecs, &watch)
}

/// Prints what changes, as it changes.
fn stream(invocation: &mut Invocation, ecs: &Caller, watch: &Watch) -> Result<(), CommandError> {
    say(invocation, "Starting monitoring...");
    let result = look_again(invocation, ecs, watch);
    match &result {
        Err(Ending::Command(error)) if error.exit() == Exit::Interrupted => {
            say(invocation, "Monitoring stopped by user");
        }
        Err(Ending::Look(Failure::Monitoring(message))) => {
            say(invocation, &format!("Error: {message}"));
        }
        _ => {}
    }
    say(invocation, "Monitoring complete!");
    invocation.ui.write_out(RESET);
    match result {
        Err(Ending::Command(error)) if error.exit() != Exit::Interrupted => Err(error),
        Err(Ending::Look(failure)) => failed(failure),
        _ => Ok(()),
    }
}

/// How a watch ends.
enum Ending {
    Command(CommandError),
    Look(Failure),
}

impl From<CommandError> for Ending {
    fn from(error: CommandError) -> Self {
        Self::Command(error)
    }
}

fn look_again(invocation: &mut Invocation, ecs: &Caller, watch: &Watch) -> Result<(), Ending> {
    let mut known: HashMap<(&'static str, Option<String>), Resource> = HashMap::new();
    let mut shown: Option<Group> = None;
    while !invocation.ui.is_closed() {
        if invocation.host.epoch() > watch.end {
            say(invocation, "Monitoring timeout reached!");
            break;
        }
        let look = watch.collector.clone().look();
        let view = ecs.run(async { Ok(look.await) })?;
        let (group, information) = view.map_err(Ending::Look)?;
        // What could not be told stays as it was.
        shown = group.or(shown);
        let now = now(invocation);
        if let Some(group) = &shown {
            let mut current = HashMap::new();
            for resource in group.resources() {
                let key = (resource.kind, resource.identifier.clone());
                if known.get(&key) != Some(resource) {
                    let text = resource.stream_text(&now, watch.paint);
                    invocation.ui.write_out(&format!("{text}\n"));
                }
                current.insert(key, resource.clone());
            }
            known = current;
        }
        if let Some(information) = information {
            invocation.ui.write_out(&format!("[{now}] {information}\n"));
        }
        ecs.run(async {
            tokio::time::sleep(PAUSE).await;
            Ok(())
        })?;
    }
    Ok(())
}

/// What a look that failed comes to; what monitoring itself says was said.
fn failed(failure: Failure) -> Result<(), CommandError> {
    match failure {
        Failure::Call(error) => Err(explained(*error).into()),
        Failure::Unexpected(message) => Err(CommandError::general(message)),
        Failure::Monitoring(_) => Ok(()),
    }
}

fn say(invocation: &mut Invocation, text: &str) {
    let now = now(invocation);
    invocation.ui.write_out(&format!("[{now}] {text}\n"));
}

fn now(invocation: &Invocation) -> String {
    let micros = i64::try_from(invocation.host.epoch().as_micros()).unwrap_or_default();
    stamp(micros, 0, ' ')
}
