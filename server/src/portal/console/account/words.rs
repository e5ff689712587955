//! The words of an operator's own account.

use crate::portal::language::Language;

#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) signed_as: &'static str,
    pub(super) name: &'static str,
    pub(super) bad_name: &'static str,
    pub(super) password: &'static str,
    pub(super) old: &'static str,
    pub(super) new: &'static str,
    pub(super) rule: &'static str,
    pub(super) change: &'static str,
    pub(super) wrong: &'static str,
    pub(super) too_many: &'static str,
    pub(super) busy: &'static str,
    pub(super) bad_password: &'static str,
    pub(super) recovery: &'static str,
    pub(super) recovery_what: &'static str,
    pub(super) make: &'static str,
    pub(super) not_fresh: &'static str,
    pub(super) codes: &'static str,
    pub(super) browsers: &'static str,
    pub(super) browser: &'static str,
    pub(super) address: &'static str,
    pub(super) began: &'static str,
    pub(super) seen: &'static str,
    pub(super) this_one: &'static str,
    pub(super) unknown: &'static str,
    pub(super) everywhere: &'static str,
    pub(super) done: [(&'static str, &'static str); 2],
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Arabic => &ARABIC,
        }
    }
}

const ENGLISH: Words = Words {
    title: "Your account",
    signed_as: "You sign in as",
    name: "Your name",
    bad_name: "The name must have 1 to 100 characters.",
    password: "Password",
    old: "Password now",
    new: "New password",
    rule: "8 to 256 characters, and not your own name or address. You are signed out in all other browsers.",
    change: "Change the password",
    wrong: "The password that you have now is another one. Nothing was changed.",
    too_many: "There were too many tries. Wait a quarter of an hour, then try again.",
    busy: "The server has too many passwords to check. Try again in a few seconds.",
    bad_password: "The new password cannot be so: it has 8 to 256 characters and is not your own name or address.",
    recovery: "Recovery codes",
    recovery_what: "Each takes the place of your second factor once. New ones end all old ones.",
    make: "Make new codes",
    not_fresh: "You signed in more than ten minutes ago. Sign out and in again, and make the codes then.",
    codes: "New recovery codes",
    browsers: "Where you are signed in",
    browser: "Browser",
    address: "Address",
    began: "Signed in",
    seen: "Last used",
    this_one: "this one",
    unknown: "unknown",
    everywhere: "Sign out everywhere",
    done: [
        ("renamed", "Your name was changed."),
        ("password", "Your password was changed. You are signed out in all other browsers."),
    ],
};

const ARABIC: Words = Words {
    title: "حسابك",
    signed_as: "تسجّل الدخول باسم",
    name: "اسمك",
    bad_name: "يجب أن يتكوّن الاسم من حرف واحد إلى 100 حرف.",
    password: "كلمة المرور",
    old: "كلمة المرور الحالية",
    new: "كلمة المرور الجديدة",
    rule: "من 8 إلى 256 حرفًا، وليست اسمك ولا بريدك. يُسجّل خروجك من كل المتصفحات الأخرى.",
    change: "تغيير كلمة المرور",
    wrong: "كلمة مرورك الحالية غير ما كتبته. لم يتغيّر شيء.",
    too_many: "جرت محاولات كثيرة. انتظر ربع ساعة ثم حاول مجددًا.",
    busy: "لدى الخادم كلمات مرور كثيرة ليتحقق منها. حاول مجددًا بعد بضع ثوانٍ.",
    bad_password: "لا يمكن أن تكون كلمة المرور الجديدة هكذا: تتكوّن من 8 إلى 256 حرفًا وليست اسمك ولا بريدك.",
    recovery: "رموز الاسترداد",
    recovery_what: "يحل كل رمز محل العامل الثاني مرة واحدة. الرموز الجديدة تُنهي كل القديمة.",
    make: "إنشاء رموز جديدة",
    not_fresh: "مرّت أكثر من عشر دقائق على تسجيل دخولك. سجّل الخروج ثم الدخول، وأنشئ الرموز عندها.",
    codes: "رموز استرداد جديدة",
    browsers: "أين سجّلت الدخول",
    browser: "المتصفح",
    address: "العنوان",
    began: "وقت الدخول",
    seen: "آخر استخدام",
    this_one: "هذا",
    unknown: "غير معروف",
    everywhere: "تسجيل الخروج من كل المتصفحات",
    done: [("renamed", "تغيّر اسمك."), ("password", "تغيّرت كلمة مرورك، وسُجّل خروجك من كل المتصفحات الأخرى.")],
};
