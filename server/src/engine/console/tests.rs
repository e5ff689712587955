//! Roles and sessions, without a browser.

use super::{May, Role};

#[test]
fn s52_each_role_may_do_what_its_description_says_and_no_more() {
    let may = |role: Role| -> Vec<May> {
        let all = [
            May::SeeOverview,
            May::SeePeople,
            May::HelpPeople,
            May::SeeSettings,
            May::ChangeSettings,
            May::SeeMessages,
            May::SeeAudit,
            May::ManageOperators,
        ];
        all.into_iter().filter(|what| role.may(*what)).collect()
    };
    assert_eq!(may(Role::Owner).len(), 8);
    assert_eq!(may(Role::Admin).len(), 7);
    assert!(!Role::Admin.may(May::ManageOperators));
    assert_eq!(may(Role::HelpDesk), [May::SeeOverview, May::SeePeople, May::HelpPeople]);
    assert_eq!(may(Role::Auditor), [May::SeeOverview, May::SeePeople, May::SeeSettings, May::SeeAudit]);
    for role in Role::ALL {
        assert_eq!(Role::from_word(role.as_str()), Some(role));
    }
    assert_eq!(Role::from_word("Owner"), None);
}
