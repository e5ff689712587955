package org.countersign.app.ui

import androidx.compose.runtime.Composable
import androidx.compose.ui.platform.LocalConfiguration
import androidx.compose.ui.res.stringResource
import org.countersign.app.R
import org.countersign.app.model.Trouble
import org.countersign.app.model.TroubleKind

/**
 * What went wrong, in the person's language. In English the core's own sentence says it most exactly; in another language the
 * catalogue does, by the code where it knows that, else by the kind.
 */
@Composable
fun said(trouble: Trouble): String {
    val language = LocalConfiguration.current.locale.language
    return if (language == CORE_LANGUAGE) trouble.sentence else stringResource(words(trouble))
}

private fun words(trouble: Trouble): Int =
    when (trouble.code) {
        "wrong_password" -> {
            R.string.trouble_wrong_password
        }

        "wrong_phrase" -> {
            R.string.trouble_wrong_phrase
        }

        "verification_needed" -> {
            R.string.trouble_verification_needed
        }

        else -> {
            when (trouble.kind) {
                TroubleKind.UNLOCK -> R.string.trouble_unlock
                TroubleKind.VAULT -> R.string.trouble_vault
                TroubleKind.INPUT -> R.string.trouble_input
                TroubleKind.NETWORK -> R.string.trouble_network
                TroubleKind.SERVER -> R.string.trouble_server
                TroubleKind.REFUSED -> R.string.trouble_refused
                TroubleKind.KEYS -> R.string.trouble_keys
                TroubleKind.UNEXPECTED -> R.string.trouble_unexpected
            }
        }
    }

/** What the core's own sentences are in. */
internal const val CORE_LANGUAGE = "en"
