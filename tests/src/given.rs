//! People who have factors already. How they come by them is tested where they enrol.

use countersign_server::store::{ContactRow, FactorRow};
use uuid::Uuid;

use crate::relying_party::RelyingParty;
use crate::server_here::ServerHere;

/// Makes someone known, with a factor of a kind (`sms`, `voice`, `email`) that counts and whose codes go there.
pub async fn factor(server: &ServerHere, party: &RelyingParty, user: &str, kind: &str, to: &str) {
    party.enroll(user).await;
    let (tenant, now) = (party.tenant.parse().unwrap(), server.clock.now());
    let rows = server.rows();
    let user = rows.user_by_ref(tenant, user).await.unwrap().unwrap().id;
    let id = |of: &str| Uuid::from_u128(user.as_u128() ^ (u128::from(of.as_bytes()[0]) << 32));
    let contact = if kind == "email" { "email" } else { "phone" };
    let mut batch = Vec::new();
    let contact = match rows.contact(tenant, user, contact, to).await.unwrap() {
        Some(known) => known,
        None => {
            let id = id(if contact == "email" { "mail" } else { "phone" });
            let (kind, value) = (contact.to_owned(), to.to_owned());
            let new = ContactRow { tenant, user, id, kind, value, created_at: now, verified_at: None };
            batch.push(new.insert());
            new
        }
    };
    batch.push(contact.verify(now));
    let factor = FactorRow {
        tenant,
        user,
        id: id(kind),
        kind: kind.to_owned(),
        contact: Some(contact),
        created_at: now,
        active_at: None,
        used_at: None,
        codes_left: 0,
        is_first: false,
    };
    batch.extend([factor.put(), factor.bind(now)]);
    rows.write(batch).await.unwrap();
    rows.close().await;
}
