//! What an operator does for one person: giving them a seed for one-time passwords, and taking it away.

use serde_json::json;

use super::manage::{tenant_id, with_engine};
use super::{AddTotp, Failure, Output};
use crate::config::Config;
use crate::terminal_qr;

pub(super) async fn add_totp(config: &Config, out: Output, wish: AddTotp) -> Result<(), Failure> {
    let tenant = tenant_id(&wish.tenant)?;
    if wish.remove {
        with_engine(config, async |engine| Ok(engine.remove_totp(tenant, &wish.user_ref).await?)).await?;
        let words = format!("User {} has no one-time passwords any more.", wish.user_ref);
        out.tell(&json!({"user_ref": wish.user_ref, "removed": true}), &words);
        return Ok(());
    }
    let seed = with_engine(config, async |engine| Ok(engine.add_totp(tenant, &wish.user_ref).await?)).await?;
    let link = seed.link.as_str();
    let code = terminal_qr::draw(link).unwrap_or_default();
    out.tell(
        &json!({"user_ref": seed.user.user_ref, "otpauth_uri": link}),
        &format!(
            "Scan this with the authenticator app of user {}, or type the link in. It is shown this once, and whoever \
             sees it can make the person's codes:\n\n{code}\n{link}",
            seed.user.user_ref
        ),
    );
    Ok(())
}
