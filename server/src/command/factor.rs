//! What a person proves themselves with, as an operator sees and changes it: part of `user`.

use clap::Subcommand;
use serde_json::json;

use super::manage::with_engine;
use super::user::Who;
use super::{Failure, Output};
use crate::config::Config;
use crate::engine::policy::Factor;
use crate::engine::{Error, FactorId, Language, ListedFactor, Mask, NewContact, Word};
use crate::terminal_qr;
use crate::timestamp::rfc3339;

#[derive(Debug, Subcommand)]
pub(super) enum FactorCommand {
    /// List a person's devices and other factors
    Factors(Who),
    /// Give a person a seed for one-time passwords, shown once as a link and a QR code
    AddTotp(Who),
    /// Give a person a number or an address for codes, at your word: nothing is sent there to try it
    AddContact {
        #[command(flatten)]
        who: Who,
        /// sms, voice or email
        kind: String,
        /// The number with its country code (+966…), or the address
        to: String,
    },
    /// Make a set of recovery codes, shown once, in place of the one before
    RecoveryCodes {
        #[command(flatten)]
        who: Who,
        /// How many, 1 to 16
        #[arg(long, default_value_t = 10)]
        count: usize,
    },
    /// Take a factor or a device away
    RemoveFactor {
        #[command(flatten)]
        who: Who,
        /// Its id (fac_… or dev_…), as `user factors` shows it
        id: String,
    },
    /// Take everything but devices away, or one kind, with what was counted against it
    Reset {
        #[command(flatten)]
        who: Who,
        /// totp, sms, voice, email or recovery; otherwise all of these
        #[arg(long)]
        kind: Option<String>,
    },
    /// Set the language that a person is written to in
    SetLanguage {
        #[command(flatten)]
        who: Who,
        /// en or ar
        language: String,
    },
}

pub(super) async fn run(config: &Config, out: Output, command: FactorCommand) -> Result<(), Failure> {
    match command {
        FactorCommand::Factors(who) => list(config, out, who).await,
        FactorCommand::AddTotp(who) => add_totp(config, out, who).await,
        FactorCommand::AddContact { who, kind, to } => add_contact(config, out, who, &kind, to).await,
        FactorCommand::RecoveryCodes { who, count } => recovery_codes(config, out, who, count).await,
        FactorCommand::RemoveFactor { who, id } => remove(config, out, who, &id).await,
        FactorCommand::Reset { who, kind } => reset(config, out, who, kind.as_deref()).await,
        FactorCommand::SetLanguage { who, language } => set_language(config, out, who, &language).await,
    }
}

fn kind(word: &str) -> Result<Factor, Failure> {
    Factor::from_word(word)
        .filter(|kind| *kind != Factor::Push)
        .ok_or_else(|| Failure::other(format!("{word} is none of totp, sms, voice, email and recovery")))
}

async fn list(config: &Config, out: Output, who: Who) -> Result<(), Failure> {
    let tenant = who.tenant()?;
    let (user, factors) =
        with_engine(config, async |engine| Ok(engine.factors_of(tenant, &who.user_ref).await?)).await?;
    let facts: Vec<_> = factors.iter().map(facts).collect();
    let lines: Vec<_> = factors.iter().map(line).collect();
    let sentences = if lines.is_empty() {
        format!("{} has nothing to prove who they are with.", user.user_ref)
    } else {
        format!("{}:\n{}", user.user_ref, lines.join("\n"))
    };
    out.tell(&json!({"user_ref": user.user_ref, "language": user.language, "factors": facts}), &sentences);
    Ok(())
}

fn facts(factor: &ListedFactor) -> serde_json::Value {
    json!({
        "id": factor.id.to_string(), "type": factor.kind.as_str(), "name": factor.name(Mask::Plain),
        "active": factor.active, "restricted": factor.restricted(), "created_at": rfc3339(factor.created_at),
        "used_at": factor.used_at.map(rfc3339), "codes_left": factor.codes_left,
    })
}

fn line(factor: &ListedFactor) -> String {
    let name = factor.name(Mask::Plain).unwrap_or_default();
    let state = match (factor.active, factor.codes_left) {
        (_, Some(left)) => format!("{left} codes left"),
        (true, None) => factor.used_at.map_or("never used".to_owned(), |at| format!("used {}", rfc3339(at))),
        (false, None) => "does not count yet".to_owned(),
    };
    format!("  {}  {:<8} {name:<24} {state}", factor.id, factor.kind.as_str())
}

async fn add_totp(config: &Config, out: Output, who: Who) -> Result<(), Failure> {
    let tenant = who.tenant()?;
    let seed =
        with_engine(config, async |engine| Ok(engine.add_totp(tenant, &who.user_ref, &"operator").await?))
            .await?;
    let link = seed.link.as_str();
    let code = terminal_qr::draw(link).unwrap_or_default();
    out.tell(
        &json!({"user_ref": seed.user.user_ref, "id": seed.factor.id.to_string(), "otpauth_uri": link}),
        &format!(
            "Scan this with the authenticator app of user {}, or type the link in. It is shown this once, and whoever \
             sees it can make the person's codes:\n\n{code}\n{link}",
            seed.user.user_ref
        ),
    );
    Ok(())
}

async fn add_contact(config: &Config, out: Output, who: Who, word: &str, to: String) -> Result<(), Failure> {
    let tenant = who.tenant()?;
    let new = NewContact { kind: kind(word)?, to, language: None };
    let added = with_engine(config, async |engine| {
        Ok(engine.add_contact(tenant, &who.user_ref, &new, &"operator").await?)
    })
    .await?;
    let name = added.name(Mask::Plain).unwrap_or_default();
    let words = format!("{} counts for {} from now on: {}.", name, who.user_ref, added.id);
    out.tell(&facts(&added), &words);
    Ok(())
}

async fn recovery_codes(config: &Config, out: Output, who: Who, count: usize) -> Result<(), Failure> {
    let word = Word::Operator(who.tenant()?, &"operator");
    let made = with_engine(config, async |engine| {
        Ok(engine.make_recovery_codes(word, &who.user_ref, count).await?)
    })
    .await?;
    let codes: Vec<&str> = made.codes.iter().map(|code| code.as_str()).collect();
    out.tell(
        &json!({"user_ref": made.user.user_ref, "id": made.factor.id.to_string(), "recovery_codes": codes}),
        &format!(
            "Recovery codes of user {}. Each is good once, they are shown this once, and earlier ones have ended:\n\n{}",
            made.user.user_ref,
            codes.join("\n")
        ),
    );
    Ok(())
}

async fn remove(config: &Config, out: Output, who: Who, id: &str) -> Result<(), Failure> {
    let word = Word::Operator(who.tenant()?, &"operator");
    let factor: FactorId =
        id.parse().map_err(|_| Failure::other(format!("{id} is no factor's id (fac_… or dev_…)")))?;
    with_engine(config, async |engine| Ok(engine.remove_factor(word, &who.user_ref, factor).await?)).await?;
    out.tell(
        &json!({"user_ref": who.user_ref, "removed": id}),
        &format!("User {} has no {id} any more.", who.user_ref),
    );
    Ok(())
}

async fn reset(config: &Config, out: Output, who: Who, word: Option<&str>) -> Result<(), Failure> {
    let by = Word::Operator(who.tenant()?, &"operator");
    let only = word.map(kind).transpose()?;
    let removed =
        with_engine(config, async |engine| Ok(engine.reset_factors(by, &who.user_ref, only).await?)).await?;
    let words = match (removed, word) {
        (0, _) => format!("User {} had nothing of the kind; what was counted is cleared.", who.user_ref),
        (_, Some(word)) => format!("User {} has no {word} any more, and can be given it anew.", who.user_ref),
        (_, None) => format!("User {} has nothing but devices any more.", who.user_ref),
    };
    out.tell(&json!({"user_ref": who.user_ref, "removed": removed}), &words);
    Ok(())
}

async fn set_language(config: &Config, out: Output, who: Who, word: &str) -> Result<(), Failure> {
    let tenant = who.tenant()?;
    let language = Language::from_word(word).ok_or_else(|| {
        Failure::other(format!("{word} is no language that people are written to in: en or ar"))
    })?;
    with_engine(config, async |engine| {
        engine
            .set_language(tenant, &who.user_ref, language, &"operator")
            .await
            .map_err(|error: Error| error.into())
    })
    .await?;
    out.tell(
        &json!({"user_ref": who.user_ref, "language": word}),
        &format!("User {} is written to in {word} from now on.", who.user_ref),
    );
    Ok(())
}
