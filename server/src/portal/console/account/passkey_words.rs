//! The words of an operator's passkeys.

use crate::portal::language::in_both;

#[derive(Debug)]
pub(super) struct PasskeyWords {
    pub(super) title: &'static str,
    /// One of them.
    pub(super) one: &'static str,
    pub(super) what: &'static str,
    pub(super) none: &'static str,
    pub(super) name: &'static str,
    pub(super) made: &'static str,
    pub(super) used: &'static str,
    pub(super) change: &'static str,
    pub(super) new_name: &'static str,
    pub(super) name_hint: &'static str,
    pub(super) add: &'static str,
    pub(super) remove: &'static str,
    pub(super) without: &'static str,
    pub(super) not_fresh: &'static str,
    pub(super) too_many: &'static str,
    pub(super) last: &'static str,
    pub(super) gone: &'static str,
    pub(super) bad_name: &'static str,
    pub(super) done: [(&'static str, &'static str); 2],
}

in_both!(PasskeyWords, ENGLISH, ARABIC);

const ENGLISH: PasskeyWords = PasskeyWords {
    title: "Passkeys",
    one: "Passkey",
    what: "A passkey signs you in without a password: your device keeps it, and uses it once you have unlocked the device. It \
           works for this address only, so no other page can ask for it.",
    none: "You have no passkey yet.",
    name: "Name",
    made: "Added",
    used: "Last used",
    change: "Change",
    new_name: "Name of the new passkey",
    name_hint: "What you will know it by, such as the device that keeps it.",
    add: "Add a passkey",
    remove: "Remove",
    without: "Your browser has no passkeys, or runs no script on this page, so none can be added here.",
    not_fresh: "You signed in more than ten minutes ago. Sign out and in again, and change your passkeys then.",
    too_many: "You have ten passkeys, which is as many as there may be. Remove one first.",
    last: "This is the last thing that you can sign in with, so it stays. Add another passkey first.",
    gone: "This passkey was removed already.",
    bad_name: "The name must have 1 to 100 characters.",
    done: [
        ("passkey_added", "Your passkey was added. You can sign in with it from now on."),
        (
            "passkey_removed",
            "The passkey was removed and signs nobody in any more. Delete it on your device, too.",
        ),
    ],
};

const ARABIC: PasskeyWords = PasskeyWords {
    title: "مفاتيح المرور",
    one: "مفتاح مرور",
    what: "يُدخلك مفتاح المرور دون كلمة مرور: يحفظه جهازك ولا يستخدمه إلا بعد أن تفتح قفل الجهاز. يعمل لهذا العنوان وحده، فلا \
           تستطيع صفحة أخرى أن تطلبه.",
    none: "ليس لديك مفتاح مرور بعد.",
    name: "الاسم",
    made: "وقت الإضافة",
    used: "آخر استخدام",
    change: "تغيير",
    new_name: "اسم مفتاح المرور الجديد",
    name_hint: "ما ستعرفه به، كاسم الجهاز الذي يحفظه.",
    add: "إضافة مفتاح مرور",
    remove: "إزالة",
    without: "لا يتيح متصفحك مفاتيح المرور أو لا يشغّل نصوصًا برمجية في هذه الصفحة، فلا يمكن إضافة مفتاح هنا.",
    not_fresh: "مرّت أكثر من عشر دقائق على تسجيل دخولك. سجّل الخروج ثم الدخول، وغيّر مفاتيح المرور عندها.",
    too_many: "لديك عشرة مفاتيح مرور، وهذا أقصى عدد. أزل واحدًا أولًا.",
    last: "هذا آخر ما تستطيع الدخول به، لذا يبقى. أضف مفتاح مرور آخر أولًا.",
    gone: "أُزيل مفتاح المرور هذا من قبل.",
    bad_name: "يجب أن يتكوّن الاسم من حرف واحد إلى 100 حرف.",
    done: [
        ("passkey_added", "أُضيف مفتاح مرورك. تستطيع الدخول به من الآن."),
        ("passkey_removed", "أُزيل مفتاح المرور ولم يعد يُدخل أحدًا. احذفه من جهازك أيضًا."),
    ],
};
