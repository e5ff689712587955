//! The words of the tenants' page.

use crate::portal::language::in_both;

#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) name: &'static str,
    pub(super) id: &'static str,
    pub(super) created: &'static str,
    pub(super) asked: &'static str,
    pub(super) approved: &'static str,
    pub(super) new: &'static str,
    pub(super) new_name: &'static str,
    pub(super) create: &'static str,
    pub(super) bad_name: &'static str,
}

in_both!(Words, ENGLISH, ARABIC);

const ENGLISH: Words = Words {
    title: "Tenants",
    what: "A tenant is a customer of this server: its applications, its people and its settings are its own.",
    name: "Name",
    id: "Id",
    created: "Made",
    asked: "Asked in 24 hours",
    approved: "Approved",
    new: "Make another tenant",
    new_name: "Name, as its people see it",
    create: "Make it",
    bad_name: "The name must have 1 to 100 characters.",
};

const ARABIC: Words = Words {
    title: "المؤسسات",
    what: "المؤسسة عميل لهذا الخادم، ولها وحدها تطبيقاتها وأشخاصها وإعداداتها.",
    name: "الاسم",
    id: "المعرّف",
    created: "أُنشئت",
    asked: "الأسئلة في 24 ساعة",
    approved: "الموافقات",
    new: "إنشاء مؤسسة أخرى",
    new_name: "الاسم كما يراه أشخاصها",
    create: "إنشاء",
    bad_name: "يجب أن يتكوّن الاسم من حرف واحد إلى 100 حرف.",
};
