//! The words of registering an organisation.

use crate::portal::language::in_both;

#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) go: &'static str,
    pub(super) bad: &'static str,
    pub(super) too_many: &'static str,
    pub(super) no_mail: &'static str,
    pub(super) sent_title: &'static str,
    pub(super) sent: &'static str,
    pub(super) make_title: &'static str,
    pub(super) make_what: &'static str,
    pub(super) make: &'static str,
    pub(super) over: &'static str,
    pub(super) used: &'static str,
    pub(super) known: &'static str,
    pub(super) again: &'static str,
    pub(super) sign_in: &'static str,
}

in_both!(Words, ENGLISH, ARABIC);

const ENGLISH: Words = Words {
    title: "Register an organisation",
    what: "A link goes to your address. With it the organisation is made, and you become its owner.",
    name: "Organisation, as its people see it",
    email: "Your e-mail address",
    go: "Send the link",
    bad: "The name must have 1 to 100 characters, and the address must be an e-mail address.",
    too_many: "A link was sent just now, or as many as an hour may have. Seconds to wait: ",
    no_mail: "Registration is not possible at the moment, because this server sends no mail. Whoever runs it sets a mail server in \
              the console, under «Providers».",
    sent_title: "Look into your mail",
    sent: "A link is on its way. It holds for a day. If nothing comes, look among unwanted mail, and see whether the address was right.",
    make_title: "Make your organisation",
    make_what: "The next page asks for your name, a password and a second factor.",
    make: "Make it",
    over: "This link does not hold any more, or was not copied whole.",
    used: "This organisation is there already, and has an owner.",
    known: "This address belongs to an operator of this server already. Sign in, or register with another address.",
    again: "Register again",
    sign_in: "Sign in",
};

const ARABIC: Words = Words {
    title: "تسجيل مؤسسة",
    what: "يُرسل رابط إلى عنوانك. به تُنشأ المؤسسة وتصبح مالكها.",
    name: "المؤسسة كما يراها أشخاصها",
    email: "عنوان بريدك الإلكتروني",
    go: "إرسال الرابط",
    bad: "يجب أن يتكوّن الاسم من حرف واحد إلى 100 حرف، وأن يكون العنوان عنوان بريد إلكتروني.",
    too_many: "أُرسل رابط للتو، أو أُرسل ما تسمح به الساعة. ثواني الانتظار: ",
    no_mail: "التسجيل غير ممكن الآن لأن هذا الخادم لا يرسل بريدًا. يضبط من يديره خادم بريد في وحدة التحكم ضمن «مقدّمو الخدمة».",
    sent_title: "انظر في بريدك",
    sent: "الرابط في الطريق، وهو صالح ليوم واحد. إن لم يصل شيء فانظر في البريد غير المرغوب، وتأكّد من صحة العنوان.",
    make_title: "إنشاء مؤسستك",
    make_what: "تسأل الصفحة التالية عن اسمك وكلمة مرور ووسيلة تحقّق ثانية.",
    make: "إنشاء",
    over: "لم يعد هذا الرابط صالحًا، أو لم يُنسخ كاملًا.",
    used: "هذه المؤسسة موجودة من قبل ولها مالك.",
    known: "هذا العنوان لمشغّل على هذا الخادم من قبل. سجّل الدخول، أو سجّل المؤسسة بعنوان آخر.",
    again: "التسجيل من جديد",
    sign_in: "تسجيل الدخول",
};
