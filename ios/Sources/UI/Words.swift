// The catalogue's words, for this target and for the app.

import AppModel
import CountersignCore
import Foundation

/// What stands under `key` in the person's language. Numbers are put in as texts, so that their digits are ASCII everywhere.
public func words(_ key: String, _ parts: any CustomStringConvertible...) -> String {
    let form = Bundle.module.localizedString(forKey: key, value: nil, table: nil)
    return parts.isEmpty ? form : String(format: form, arguments: parts.map { $0.description as NSString })
}

/// What went wrong. In English the core's own sentence says it most exactly; in another language the catalogue does, by the
/// code where it knows that, else by the kind.
func said(_ trouble: Trouble) -> String {
    guard Bundle.module.preferredLocalizations.first != "en" else { return trouble.sentence }
    return switch trouble.code {
    case "wrong_password": words("trouble_wrong_password")
    case "wrong_phrase": words("trouble_wrong_phrase")
    case "verification_needed": words("trouble_verification_needed")
    default: said(trouble.kind)
    }
}

private func said(_ kind: TroubleKind) -> String {
    switch kind {
    case .unlock: words("trouble_unlock")
    case .vault: words("trouble_vault")
    case .input: words("trouble_input")
    case .network: words("trouble_network")
    case .server: words("trouble_server")
    case .refused: words("trouble_refused")
    case .keys: words("trouble_keys")
    case .unexpected: words("trouble_unexpected")
    }
}

/// How a request ended, as the person who answered it is told.
func said(_ ending: Ending) -> String {
    switch ending {
    case .approved: words("ending_approved")
    case .denied: words("ending_denied")
    case .reported: words("ending_reported")
    case .wrongNumber: words("ending_wrong_number")
    case .expired: words("ending_expired")
    case .cancelled: words("ending_cancelled")
    case .failed: words("ending_failed")
    case .approvedElsewhere: words("ending_approved_elsewhere")
    case .deniedElsewhere: words("ending_denied_elsewhere")
    case .gone: words("ending_gone")
    }
}

/// How a request ended, in one word.
func said(_ outcome: ChallengeOutcome) -> String {
    switch outcome {
    case .pending: words("outcome_pending")
    case .approved: words("outcome_approved")
    case .denied: words("outcome_denied")
    case .expired: words("outcome_expired")
    case .failed: words("outcome_failed")
    case .cancelled: words("outcome_cancelled")
    }
}
