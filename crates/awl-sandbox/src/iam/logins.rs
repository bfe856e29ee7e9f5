//! Passwords for the console, which the sandbox does not have, and the rules for
//! them.

use std::num::NonZeroU32;

use awl_protocol::server::Failure;
use awl_value::{Map, Value};
use aws_lc_rs::pbkdf2;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::extras::{Login, PasswordPolicy};
use super::{done, map, named, time, user_or_self};
use crate::account::Kind;
use crate::door::{Call, Outcome};
use crate::ids;
use crate::record::Secret;

/// The length that passwords have where no rules say more.
const LEAST_LENGTH: i64 = 8;
const ROUNDS: NonZeroU32 = NonZeroU32::new(10_000).expect("not zero");

/// Answers what is asked of passwords.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreateLoginProfile" => {
            let user = user_or_self(call)?.name;
            if call.account.extras.logins.contains_key(&user) {
                let message = format!("Login Profile for user {user} already exists.");
                return Err(call.failure("EntityAlreadyExists", message));
            }
            let login = Login {
                password: set(call, "Password")?,
                user,
                created: call.now,
                must_change: call.parameters.flag("PasswordResetRequired") == Some(true),
            };
            let output = map([("LoginProfile", shown(&login))]);
            call.account.put_login(login);
            Ok(Some(output))
        }
        "GetLoginProfile" => Ok(Some(map([("LoginProfile", shown(&find(call)?))]))),
        "UpdateLoginProfile" => {
            let mut login = find(call)?;
            if call.parameters.text("Password").is_some() {
                login.password = set(call, "Password")?;
            }
            if let Some(flag) = call.parameters.flag("PasswordResetRequired") {
                login.must_change = flag;
            }
            call.account.put_login(login);
            done()
        }
        "DeleteLoginProfile" => {
            let login = find(call)?;
            call.account.remove_login(&login.user);
            done()
        }
        "ChangePassword" => change(call),
        "GetAccountPasswordPolicy" => match &call.account.extras.password_policy {
            Some(own) => Ok(Some(map([("PasswordPolicy", rules(own).into())]))),
            None => Err(no_rules(call)),
        },
        "DeleteAccountPasswordPolicy" => {
            if call.account.extras.password_policy.is_none() {
                return Err(no_rules(call));
            }
            call.account.set_password_policy(None);
            done()
        }
        "UpdateAccountPasswordPolicy" => {
            let own = asked(call);
            call.account.set_password_policy(Some(own));
            done()
        }
        _ => Ok(None),
    }
}

fn find(call: &Call<'_>) -> Result<Login, Failure> {
    let user = match call.parameters.text("UserName") {
        Some(_) => named(call, Kind::User)?.name,
        None => user_or_self(call)?.name,
    };
    let found = call.account.extras.logins.get(&user).cloned();
    found.ok_or_else(|| {
        let message = format!("Login Profile for User {user} cannot be found.");
        call.failure("NoSuchEntity", message)
    })
}

fn shown(login: &Login) -> Value {
    Value::Map(map([
        ("UserName", login.user.as_str().into()),
        ("CreateDate", time(login.created)),
        ("PasswordResetRequired", Value::Bool(login.must_change)),
    ]))
}

fn change(call: &mut Call<'_>) -> Outcome {
    if !call.caller.is_user() {
        let message = "Only IAM Users can change their own password.";
        return Err(call.failure("InvalidUserType", message));
    }
    let login = find(call)?;
    let old = call.parameters.text("OldPassword").unwrap_or_default();
    if !is(&login.password, old) {
        let message = "The old password was incorrect.";
        return Err(Failure::new("AccessDenied", message).with_status(403));
    }
    let login = Login {
        password: set(call, "NewPassword")?,
        must_change: false,
        ..login
    };
    call.account.put_login(login);
    done()
}

/// What is kept of the password that a parameter has, which keeps the rules.
fn set(call: &Call<'_>, parameter: &str) -> Result<Secret, Failure> {
    let password = call.parameters.text(parameter).unwrap_or_default();
    let rules = call.account.extras.password_policy.as_ref();
    let least = rules.map_or(LEAST_LENGTH, |own| own.least_length);
    let has = |test: fn(char) -> bool| password.contains(test);
    let needs = |wanted: fn(&PasswordPolicy) -> bool, test: fn(char) -> bool| {
        rules.is_some_and(wanted) && !has(test)
    };
    let symbol = |letter: char| "!@#$%^&*()_+-=[]{}|'".contains(letter);
    let wrong = if i64::try_from(password.chars().count()).unwrap_or(i64::MAX) < least {
        Some(format!("Password should have a minimum length of {least}"))
    } else if needs(|own| own.symbols, symbol) {
        Some("Password should have at least one symbol".to_owned())
    } else if needs(|own| own.numbers, |letter| letter.is_ascii_digit()) {
        Some("Password should have at least one number".to_owned())
    } else if needs(|own| own.upper, |letter| letter.is_ascii_uppercase()) {
        Some("Password should have at least one uppercase letter".to_owned())
    } else if needs(|own| own.lower, |letter| letter.is_ascii_lowercase()) {
        Some("Password should have at least one lowercase letter".to_owned())
    } else {
        None
    };
    if let Some(message) = wrong {
        return Err(call.failure("PasswordPolicyViolation", message));
    }
    let salt = STANDARD.encode(ids::random::<16>(call.sandbox.entropy()));
    let hash = STANDARD.encode(hash(&salt, password));
    Ok(Secret::new(format!("{salt} {hash}")))
}

fn is(kept: &Secret, password: &str) -> bool {
    let Some((salt, hash)) = kept.expose().split_once(' ') else {
        return false;
    };
    let Ok(hash) = STANDARD.decode(hash) else {
        return false;
    };
    let bytes = password.as_bytes();
    pbkdf2::verify(
        pbkdf2::PBKDF2_HMAC_SHA256,
        ROUNDS,
        salt.as_bytes(),
        bytes,
        &hash,
    )
    .is_ok()
}

fn hash(salt: &str, password: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA256,
        ROUNDS,
        salt.as_bytes(),
        password.as_bytes(),
        &mut hash,
    );
    hash
}

fn no_rules(call: &Call<'_>) -> Failure {
    let account = &call.account.id;
    let message = format!("The Password Policy with domain name {account} cannot be found.");
    call.failure("NoSuchEntity", message)
}

/// The rules that parameters set; what is not named is as IAM has it.
fn asked(call: &Call<'_>) -> PasswordPolicy {
    let flag = |name| call.parameters.flag(name) == Some(true);
    let number = |name| call.parameters.int(name).filter(|number| *number > 0);
    PasswordPolicy {
        least_length: call.parameters.int("MinimumPasswordLength").unwrap_or(6),
        symbols: flag("RequireSymbols"),
        numbers: flag("RequireNumbers"),
        upper: flag("RequireUppercaseCharacters"),
        lower: flag("RequireLowercaseCharacters"),
        may_change: flag("AllowUsersToChangePassword"),
        longest_age: number("MaxPasswordAge"),
        reuse: number("PasswordReusePrevention"),
        hard_expiry: call.parameters.flag("HardExpiry"),
    }
}

fn rules(own: &PasswordPolicy) -> Map {
    let mut output = map([
        ("MinimumPasswordLength", Value::Int(own.least_length)),
        ("RequireSymbols", Value::Bool(own.symbols)),
        ("RequireNumbers", Value::Bool(own.numbers)),
        ("RequireUppercaseCharacters", Value::Bool(own.upper)),
        ("RequireLowercaseCharacters", Value::Bool(own.lower)),
        ("AllowUsersToChangePassword", Value::Bool(own.may_change)),
        ("ExpirePasswords", Value::Bool(own.longest_age.is_some())),
    ]);
    if let Some(age) = own.longest_age {
        output.push("MaxPasswordAge", Value::Int(age));
    }
    if let Some(reuse) = own.reuse {
        output.push("PasswordReusePrevention", Value::Int(reuse));
    }
    if let Some(hard) = own.hard_expiry {
        output.push("HardExpiry", Value::Bool(hard));
    }
    output
}
