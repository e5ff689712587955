//! What the page says besides what the pages of a sign-in say, too. `{}` stands where a time is put in.

use crate::portal::language::in_both;

/// The words of one language.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) title: &'static str,
    /// Before the application's name.
    pub(super) asks: &'static str,
    pub(super) what: &'static str,
    pub(super) address: &'static str,
    pub(super) send: &'static str,
    /// Before the address.
    pub(super) sent_to: &'static str,
    pub(super) if_known: &'static str,
    pub(super) cancel: &'static str,
    pub(super) no_address: &'static str,
    pub(super) expired: &'static str,
    pub(super) just_sent: &'static str,
    pub(super) too_many: &'static str,
    pub(super) cannot_send: &'static str,
    /// What is over the page after too many wrong codes, and a sentence.
    pub(super) over: (&'static str, &'static str),
}

const ENGLISH: Own = Own {
    title: "Confirm your sign-ins",
    asks: "This application wants to ask you to confirm sign-ins:",
    what: "Type your e-mail address. A code is sent there, and with it you allow the application to ask you. It learns nothing \
           else from this page.",
    address: "E-mail address",
    send: "Send a code",
    sent_to: "If this address belongs to an account here, a code is on its way to",
    if_known: "Nothing has arrived? Look among unwanted mail, and whether the address is right.",
    cancel: "Cancel",
    no_address: "This is not an e-mail address. Type it as name@example.org.",
    expired: "The code has expired. Have another one sent.",
    just_sent: "A code was sent a moment ago. Look for it. You can have another one in {}.",
    too_many: "Too many codes were asked for. Try again in {}.",
    cannot_send: "No mail can be sent at the moment. Try again later.",
    over: (
        "Too many wrong codes",
        "Nothing was allowed. Go back to the application and begin again there when you have the right code.",
    ),
};

const ARABIC: Own = Own {
    title: "تأكيد عمليات تسجيل الدخول",
    asks: "يريد هذا التطبيق أن يطلب منك تأكيد عمليات تسجيل الدخول:",
    what: "اكتب عنوان بريدك الإلكتروني. يُرسل إليه رمز تسمح به للتطبيق بأن يطلب منك التأكيد. لا يعرف التطبيق من هذه الصفحة شيئًا آخر.",
    address: "البريد الإلكتروني",
    send: "إرسال رمز",
    sent_to: "إذا كان هذا العنوان لحساب هنا فقد أُرسل رمز إلى",
    if_known: "لم يصلك شيء؟ ابحث في البريد غير المرغوب فيه، وتحقق من صحة العنوان.",
    cancel: "إلغاء",
    no_address: "هذا ليس عنوان بريد إلكتروني. اكتبه على الشكل name@example.org.",
    expired: "انتهت صلاحية الرمز. اطلب رمزًا آخر.",
    just_sent: "أُرسل رمز قبل لحظات، فابحث عنه. يمكنك طلب رمز آخر بعد {}.",
    too_many: "طُلبت رموز كثيرة. حاول مرة أخرى بعد {}.",
    cannot_send: "لا يمكن إرسال البريد الآن. حاول مرة أخرى لاحقًا.",
    over: ("رموز خاطئة كثيرة", "لم يُسمح بشيء. عد إلى التطبيق وابدأ من جديد عندما يكون لديك الرمز الصحيح."),
};

in_both!(Own, ENGLISH, ARABIC);
