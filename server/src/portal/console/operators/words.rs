//! The words of the operators' page.

use crate::portal::language::Language;

#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) role: &'static str,
    pub(super) since: &'static str,
    pub(super) change: &'static str,
    pub(super) role_of: &'static str,
    pub(super) disabled: &'static str,
    pub(super) yourself: &'static str,
    pub(super) disable: &'static str,
    pub(super) enable: &'static str,
    pub(super) remove: &'static str,
    pub(super) none: &'static str,
    pub(super) waiting: &'static str,
    pub(super) until: &'static str,
    pub(super) take_back: &'static str,
    pub(super) invite: &'static str,
    pub(super) invite_what: &'static str,
    pub(super) make: &'static str,
    pub(super) link_for: &'static str,
    pub(super) hand_over: &'static str,
    pub(super) no_address: &'static str,
    pub(super) known: &'static str,
    pub(super) oneself: &'static str,
    pub(super) last_owner: &'static str,
    pub(super) done: [(&'static str, &'static str); 6],
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
    title: "Operators",
    what: "Owners may do everything, administrators everything but this page, the help desk looks after people, and auditors \
           only look. A change ends the sessions of whom it is about.",
    name: "Name",
    email: "E-mail address",
    role: "Role",
    since: "Since",
    change: "Change",
    role_of: "Role of",
    disabled: "disabled",
    yourself: "you",
    disable: "Disable",
    enable: "Enable",
    remove: "Remove",
    none: "Nobody yet. Invite somebody below.",
    waiting: "Invited, and not here yet",
    until: "The link works until",
    take_back: "Take the invitation back",
    invite: "Invite somebody",
    invite_what: "You get a link for them. It works once, for a day. A new invitation takes the place of an old one.",
    make: "Make a link",
    link_for: "Link for",
    hand_over: "Hand it to them yourself, by a way that you trust: whoever opens it first becomes the operator.",
    no_address: "This is no e-mail address. It looks like name@example.org.",
    known: "There is an operator with this address already. Change their role, or remove them first.",
    oneself: "Nobody changes or ends themselves. Ask another owner to do it.",
    last_owner: "This is the last owner of the server. Make another one first.",
    done: [
        ("changed", "The role was changed."),
        ("disabled", "They may not use the console any more."),
        ("enabled", "They may use the console again."),
        ("removed", "They are no operator any more."),
        ("uninvited", "The invitation was taken back."),
        ("not_waiting", "That invitation was used or has ended already."),
    ],
};

const ARABIC: Words = Words {
    title: "المشغّلون",
    what: "للمالكين كل شيء، وللمسؤولين كل شيء عدا هذه الصفحة، ويعتني مكتب المساعدة بالأشخاص، ويطّلع المدقّقون فقط. كل تغيير يُنهي \
           جلسات صاحبه.",
    name: "الاسم",
    email: "البريد الإلكتروني",
    role: "الدور",
    since: "منذ",
    change: "تغيير",
    role_of: "دور",
    disabled: "معطّل",
    yourself: "أنت",
    disable: "تعطيل",
    enable: "تمكين",
    remove: "إزالة",
    none: "لا أحد بعد. ادعُ شخصًا أدناه.",
    waiting: "مدعوّون لم ينضموا بعد",
    until: "يعمل الرابط حتى",
    take_back: "سحب الدعوة",
    invite: "دعوة شخص",
    invite_what: "تحصل على رابط له يعمل مرة واحدة ولمدة يوم. تحل الدعوة الجديدة محل القديمة.",
    make: "إنشاء رابط",
    link_for: "رابط من أجل",
    hand_over: "سلّمه إليه بنفسك بطريقة تثق بها: أول من يفتحه يصير المشغّل.",
    no_address: "ليس هذا بريدًا إلكترونيًا. يكون مثل name@example.org.",
    known: "هناك مشغّل بهذا البريد من قبل. غيّر دوره، أو أزِله أولًا.",
    oneself: "لا يغيّر أحد نفسه ولا يُنهيها. اطلب ذلك من مالك آخر.",
    last_owner: "هذا آخر مالك للخادم. عيّن مالكًا آخر أولًا.",
    done: [
        ("changed", "تغيّر الدور."),
        ("disabled", "لم يعد بإمكانه استخدام وحدة التحكم."),
        ("enabled", "يستطيع استخدام وحدة التحكم من جديد."),
        ("removed", "لم يعد مشغّلًا."),
        ("uninvited", "سُحبت الدعوة."),
        ("not_waiting", "استُخدمت هذه الدعوة أو انتهت من قبل."),
    ],
};
