package org.countersign.app.ui

import androidx.compose.runtime.Composable
import androidx.compose.ui.platform.LocalConfiguration
import androidx.compose.ui.res.stringResource
import org.countersign.app.R
import org.countersign.core.Remark

/** What the core says of an entry, in the person's language: in English its own sentence, which is often more exact. */
@Composable
fun said(remark: Remark): String {
    val language = LocalConfiguration.current.locale.language
    val words = words(remark.code)
    if (language == CORE_LANGUAGE || words == null) return remark.sentence
    return stringResource(words, *remark.arguments.toTypedArray())
}

/** By its code; none for one that this catalogue does not know. `catalogue_test.py` compares them with `remarks.txt`. */
private fun words(code: String): Int? =
    when (code) {
        "counter_missing" -> R.string.remark_counter_missing
        "pin_missing" -> R.string.remark_pin_missing
        "period_assumed" -> R.string.remark_period_assumed
        "picture_left_out" -> R.string.remark_picture_left_out
        "unproven" -> R.string.remark_unproven
        "too_large" -> R.string.remark_too_large
        "secret" -> R.string.remark_secret
        "kind" -> R.string.remark_kind
        "algorithm" -> R.string.remark_algorithm
        "digits" -> R.string.remark_digits
        "period" -> R.string.remark_period
        "counter" -> R.string.remark_counter
        "pin" -> R.string.remark_pin
        "name" -> R.string.remark_name
        "entry" -> R.string.remark_entry
        "not_a_link" -> R.string.remark_not_a_link
        "link_damaged" -> R.string.remark_link_damaged
        "secret_missing" -> R.string.remark_secret_missing
        "secret_wrong_at" -> R.string.remark_secret_wrong_at
        "kind_unknown" -> R.string.remark_kind_unknown
        "other_app" -> R.string.remark_other_app
        "algorithm_unknown" -> R.string.remark_algorithm_unknown
        "digits_impossible" -> R.string.remark_digits_impossible
        "period_impossible" -> R.string.remark_period_impossible
        "counter_impossible" -> R.string.remark_counter_impossible
        "skipped_login" -> R.string.remark_skipped_login
        "skipped_note" -> R.string.remark_skipped_note
        "skipped_bin" -> R.string.remark_skipped_bin
        "skipped_push" -> R.string.remark_skipped_push
        "skipped_other" -> R.string.remark_skipped_other
        "export_part" -> R.string.remark_export_part
        "invitation" -> R.string.remark_invitation
        "sign_in" -> R.string.remark_sign_in
        "left_out" -> R.string.remark_left_out
        "left_out_names" -> R.string.remark_left_out_names
        "left_out_kind" -> R.string.remark_left_out_kind
        else -> null
    }
