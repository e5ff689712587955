// What the core says of an entry of a file, of an export, or of something scanned.

import CountersignCore
import Foundation

/// In English the core's own sentence says it most exactly; in another language the catalogue does, by the code.
func words(_ remark: Remark) -> String {
    guard Bundle.module.preferredLocalizations.first != "en" else { return remark.sentence }
    let argument = remark.arguments.first ?? ""
    return switch remark.code {
    case "counter_missing": words("remark_counter_missing")
    case "pin_missing": words("remark_pin_missing")
    case "period_assumed": words("remark_period_assumed")
    case "picture_left_out": words("remark_picture_left_out")
    case "unproven": words("remark_unproven")
    case "too_large": words("remark_too_large")
    case "secret": words("remark_secret")
    case "kind": words("remark_kind")
    case "algorithm": words("remark_algorithm")
    case "digits": words("remark_digits")
    case "period": words("remark_period")
    case "counter": words("remark_counter")
    case "pin": words("remark_pin")
    case "name": words("remark_name")
    case "entry": words("remark_entry")
    case "not_a_link": words("remark_not_a_link")
    case "link_damaged": words("remark_link_damaged")
    case "secret_missing": words("remark_secret_missing")
    case "secret_wrong_at": words("remark_secret_wrong_at", argument)
    case "kind_unknown": words("remark_kind_unknown", argument)
    case "other_app": words("remark_other_app", argument)
    case "algorithm_unknown": words("remark_algorithm_unknown", argument)
    case "digits_impossible": words("remark_digits_impossible", argument)
    case "period_impossible": words("remark_period_impossible", argument)
    case "counter_impossible": words("remark_counter_impossible", argument)
    case "skipped_login": words("remark_skipped_login")
    case "skipped_note": words("remark_skipped_note")
    case "skipped_bin": words("remark_skipped_bin")
    case "skipped_push": words("remark_skipped_push")
    case "skipped_other": words("remark_skipped_other")
    case "export_part": words("remark_export_part")
    case "invitation": words("remark_invitation")
    case "sign_in": words("remark_sign_in")
    case "left_out": words("remark_left_out", argument)
    case "left_out_names": words("remark_left_out_names", argument)
    case "left_out_kind": words("remark_left_out_kind", argument)
    default: remark.sentence
    }
}
