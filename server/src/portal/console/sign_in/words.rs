//! The words of signing in.

use crate::portal::language::in_both;

#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) email: &'static str,
    pub(super) password: &'static str,
    pub(super) go: &'static str,
    pub(super) next: &'static str,
    pub(super) register: &'static str,
    pub(super) register_what: &'static str,
    pub(super) passkey: &'static str,
    pub(super) passkey_alone: &'static str,
    pub(super) lost: &'static str,
    pub(super) lost_how: &'static str,
    pub(super) wrong: &'static str,
    pub(super) too_many: &'static str,
    pub(super) busy: &'static str,
    pub(super) refused: &'static str,
    pub(super) expired: &'static str,
    pub(super) over: &'static str,
    pub(super) nobody: &'static str,
    pub(super) signed_out: &'static str,
    pub(super) ended: &'static str,
}

in_both!(Words, ENGLISH, ARABIC);

const ENGLISH: Words = Words {
    title: "Sign in to the console",
    email: "E-mail address",
    password: "Password",
    go: "Go on",
    next: "Then you are asked for your second factor.",
    register: "Register your organisation",
    register_what: "It gets a place of its own on this server, and you become its owner. You need an e-mail address.",
    passkey: "Use a passkey",
    passkey_alone: "Nothing of yours goes with a password. Use your passkey. If you have lost it, ask an owner to remove you and to \
                    invite you again.",
    lost: "Cannot sign in?",
    lost_how: "A recovery code takes the place of a lost phone or passkey: type your password, and choose it on the next page. If your password is lost, ask an \
               owner to remove you and to invite you again. Whoever runs the server gets back in with: countersign-server \
               operator link",
    wrong: "The address or the password is wrong. Type both once more.",
    too_many: "There were too many tries. Wait a quarter of an hour, then try again.",
    busy: "The server has too many passwords to check. Try again in a few seconds.",
    refused: "The sign-in was refused, so you are not signed in. If that was not you, change your password. Otherwise begin \
              again.",
    expired: "Nobody answered in time, so you are not signed in. Begin again.",
    over: "This sign-in is over or belongs to another browser. Begin again.",
    nobody: "A rule of your phone answered, and nobody looked. The console needs your own answer: end the rule in the app, or \
             choose another factor.",
    signed_out: "You are signed out.",
    ended: "You are signed out everywhere. Sign in again.",
};

const ARABIC: Words = Words {
    title: "تسجيل الدخول إلى وحدة التحكم",
    email: "البريد الإلكتروني",
    password: "كلمة المرور",
    go: "متابعة",
    next: "بعدها يُطلب منك العامل الثاني.",
    register: "سجّل مؤسستك",
    register_what: "تحصل مؤسستك على مكان خاص بها على هذا الخادم وتصبح مالكها. تحتاج إلى عنوان بريد إلكتروني.",
    passkey: "استخدام مفتاح مرور",
    passkey_alone: "ليس لديك ما يُستخدم مع كلمة المرور. استخدم مفتاح مرورك. وإن فقدته فاطلب من أحد المالكين أن يزيلك ثم يدعوك \
                    مجددًا.",
    lost: "لا تستطيع تسجيل الدخول؟",
    lost_how: "يحل رمز الاسترداد محل الهاتف أو مفتاح المرور المفقود: اكتب كلمة مرورك ثم اختره في الصفحة التالية. إن نسيت كلمة المرور فاطلب من أحد المالكين أن \
               يزيلك ثم يدعوك مجددًا. أما من يدير الخادم فيستعيد الدخول بالأمر: countersign-server operator link",
    wrong: "البريد الإلكتروني أو كلمة المرور غير صحيح. اكتبهما مرة أخرى.",
    too_many: "جرت محاولات كثيرة. انتظر ربع ساعة ثم حاول مجددًا.",
    busy: "لدى الخادم كلمات مرور كثيرة ليتحقق منها. حاول مجددًا بعد بضع ثوانٍ.",
    refused: "رُفض تسجيل الدخول، فلم تدخل. إن لم تكن أنت من رفضه فغيّر كلمة مرورك، وإلا فابدأ من جديد.",
    expired: "لم يُجب أحد في الوقت المحدد، فلم تدخل. ابدأ من جديد.",
    over: "انتهت عملية تسجيل الدخول هذه أو أنها تخص متصفحًا آخر. ابدأ من جديد.",
    nobody: "أجابت قاعدة في هاتفك ولم ينظر أحد. تحتاج وحدة التحكم إلى إجابتك أنت: أنهِ القاعدة في التطبيق، أو اختر عاملًا آخر.",
    signed_out: "سُجّل خروجك.",
    ended: "سُجّل خروجك من كل المتصفحات. سجّل الدخول مجددًا.",
};
