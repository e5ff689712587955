//! `settings`: the person's choices about the app: all of them, one, or another value for one.

use clap::{Args, ValueEnum};
use countersign_core::settings::{Order, Settings};
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Failure;
use crate::table::Table;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Change {
    /// Which one; else all are shown
    #[arg(value_enum)]
    name: Option<Name>,
    /// Another value
    value: Option<String>,
}

/// What can be set here. Backups have a command of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Name {
    /// How codes are ordered: added, name, manual or usage
    Order,
    /// Codes are hidden until one is asked for: on or off
    HideCodes,
    /// Seconds until a copied code is wiped
    ClipboardSeconds,
    /// Codes are made by the servers' clock: on or off
    FollowServersClock,
    /// Seconds without a key until a view of codes is closed, 0 for never
    Lock,
    /// The phone apps lock when they are not in front: on or off
    LockInBackground,
    /// Days after which the password is asked for, 0 for never
    RemindOfPasswordDays,
}

pub(crate) async fn run(context: &Context, arguments: Change) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let mut settings = authenticator.settings()?;
    if let (Some(name), Some(value)) = (arguments.name, &arguments.value) {
        set(&mut settings, name, value.trim())?;
        authenticator.set_settings(&settings)?;
    }
    let shown = |name: &Name| arguments.name.is_none_or(|one| one == *name);
    let names: Vec<Name> = Name::value_variants().iter().copied().filter(shown).collect();
    if context.out.json {
        let facts = names.iter().map(|name| (word(*name), get(&settings, *name)));
        return context.out.fact(&facts.collect::<serde_json::Map<_, _>>());
    }
    let mut table = Table::default();
    for name in names {
        let value = match get(&settings, name) {
            Value::Bool(on) => if on { "on" } else { "off" }.to_owned(),
            Value::String(text) => text,
            other => other.to_string(),
        };
        let help = name.to_possible_value().and_then(|v| v.get_help().map(ToString::to_string));
        table.row([word(name).into(), value.into(), help.unwrap_or_default().into()]);
    }
    table.lines().iter().try_for_each(|line| context.out.line(line))
}

/// The name that is typed.
fn word(name: Name) -> String {
    name.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn get(settings: &Settings, name: Name) -> Value {
    match name {
        Name::Order => json!(settings.order),
        Name::HideCodes => json!(settings.hide_codes),
        Name::ClipboardSeconds => json!(settings.clipboard_seconds),
        Name::FollowServersClock => json!(settings.follow_servers_clock),
        Name::Lock => json!(settings.lock.idle_seconds),
        Name::LockInBackground => json!(settings.lock.in_background),
        Name::RemindOfPasswordDays => json!(settings.remind_of_password_days),
    }
}

/// Reads a value. Whether a number is in its range is the core's to say.
fn set(settings: &mut Settings, name: Name, value: &str) -> Result<(), Failure> {
    match name {
        Name::Order => {
            settings.order = match value {
                "added" => Order::Added,
                "name" => Order::Name,
                "manual" => Order::Manual,
                "usage" => Order::Usage,
                _ => return Err(wrong("order is added, name, manual or usage")),
            }
        }
        Name::HideCodes => settings.hide_codes = switch(value)?,
        Name::ClipboardSeconds => settings.clipboard_seconds = number(value)?,
        Name::FollowServersClock => settings.follow_servers_clock = switch(value)?,
        Name::Lock => settings.lock.idle_seconds = number(value)?,
        Name::LockInBackground => settings.lock.in_background = switch(value)?,
        Name::RemindOfPasswordDays => settings.remind_of_password_days = number(value)?,
    }
    Ok(())
}

fn switch(value: &str) -> Result<bool, Failure> {
    match value {
        "on" | "true" => Ok(true),
        "off" | "false" => Ok(false),
        _ => Err(wrong("this is on or off")),
    }
}

fn number<T: std::str::FromStr>(value: &str) -> Result<T, Failure> {
    value.parse().map_err(|_| wrong("this is a whole number, and not so large"))
}

fn wrong(sentence: &str) -> Failure {
    Failure::usage("setting_form", sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_can_be_read_back() {
        let values = ["usage", "on", "45", "on", "0", "off", "7"];
        let mut settings = Settings::default();
        for (name, value) in Name::value_variants().iter().zip(values) {
            set(&mut settings, *name, value).unwrap();
        }
        let expected = Settings {
            order: Order::Usage,
            hide_codes: true,
            clipboard_seconds: 45,
            follow_servers_clock: true,
            lock: countersign_core::settings::LockAfter { idle_seconds: 0, in_background: false },
            remind_of_password_days: 7,
            backup: None,
        };
        assert_eq!(settings, expected);
        let shown: Vec<Value> = Name::value_variants().iter().map(|name| get(&settings, *name)).collect();
        assert_eq!(json!(shown), json!(["usage", true, 45, true, 0, false, 7]));
    }

    #[test]
    fn what_is_no_value_is_wrong_usage() {
        for (name, value) in [
            (Name::Order, "random"),
            (Name::HideCodes, "maybe"),
            (Name::Lock, "-1"),
            (Name::ClipboardSeconds, "70000"),
        ] {
            let mut settings = Settings::default();
            assert_eq!(set(&mut settings, name, value).unwrap_err().exit(), 2, "{value}");
            assert_eq!(settings, Settings::default());
        }
    }
}
