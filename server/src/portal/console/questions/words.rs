//! The words of the page of questions.

use countersign_protocol::wire::Outcome;

use crate::portal::language::in_both;

#[derive(Debug)]
pub(in crate::portal::console) struct Words {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) none_open: &'static str,
    pub(super) more_open: &'static str,
    pub(super) ended: &'static str,
    pub(super) none_ended: &'static str,
    pub(in crate::portal::console) person: &'static str,
    pub(in crate::portal::console) application: &'static str,
    pub(in crate::portal::console) kind: &'static str,
    pub(in crate::portal::console) asked: &'static str,
    pub(in crate::portal::console) state: &'static str,
    pub(in crate::portal::console) device: &'static str,
    pub(super) left: &'static str,
    pub(super) seconds: &'static str,
    pub(super) cancel: &'static str,
    /// Pending, approved, denied, expired, failed, cancelled.
    states: [&'static str; 6],
    pub(super) done: [(&'static str, &'static str); 2],
}

in_both!(Words, ENGLISH, ARABIC);

impl Words {
    pub(super) fn state(&self, outcome: Outcome) -> &'static str {
        let [pending, approved, denied, expired, failed, cancelled] = self.states;
        match outcome {
            Outcome::Pending => pending,
            Outcome::Approved => approved,
            Outcome::Denied => denied,
            Outcome::Expired => expired,
            Outcome::Failed => failed,
            Outcome::Cancelled => cancelled,
        }
    }
}

const ENGLISH: Words = Words {
    title: "Open questions",
    what: "What people are being asked at this moment. The page follows by itself.",
    none_open: "Nobody is being asked anything.",
    more_open: "More questions wait than are shown.",
    ended: "Ended today",
    none_ended: "None has ended since midnight (UTC).",
    person: "Person",
    application: "Application",
    kind: "Answered with",
    asked: "Asked",
    state: "State",
    device: "Device",
    left: "Time left",
    seconds: "s",
    cancel: "Take back",
    states: ["waits", "approved", "refused", "not answered", "failed", "taken back"],
    done: [("cancelled", "The question was taken back."), ("ended", "The question had ended already.")],
};

const ARABIC: Words = Words {
    title: "الأسئلة المفتوحة",
    what: "ما يُسأل عنه الأشخاص في هذه اللحظة. تتجدد الصفحة من تلقاء نفسها.",
    none_open: "لا يُسأل أحد عن شيء.",
    more_open: "تنتظر أسئلة أكثر مما يُعرض.",
    ended: "انتهت اليوم",
    none_ended: "لم ينته أي سؤال منذ منتصف الليل (بالتوقيت العالمي).",
    person: "الشخص",
    application: "التطبيق",
    kind: "وسيلة الإجابة",
    asked: "وقت السؤال",
    state: "الحالة",
    device: "الجهاز",
    left: "الوقت المتبقي",
    seconds: "ث",
    cancel: "سحب",
    states: ["ينتظر", "تمت الموافقة", "رُفض", "بلا إجابة", "أخفق", "سُحب"],
    done: [("cancelled", "سُحب السؤال."), ("ended", "كان السؤال قد انتهى.")],
};
