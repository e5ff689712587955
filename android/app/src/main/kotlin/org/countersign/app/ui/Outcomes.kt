package org.countersign.app.ui

import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color
import org.countersign.app.R
import org.countersign.core.ChallengeOutcome

/** How a request ended, in one word. */
fun words(outcome: ChallengeOutcome): Int =
    when (outcome) {
        ChallengeOutcome.PENDING -> R.string.outcome_pending
        ChallengeOutcome.APPROVED -> R.string.outcome_approved
        ChallengeOutcome.DENIED -> R.string.outcome_denied
        ChallengeOutcome.EXPIRED -> R.string.outcome_expired
        ChallengeOutcome.FAILED -> R.string.outcome_failed
        ChallengeOutcome.CANCELLED -> R.string.outcome_cancelled
    }

/** An application's colour, `#rrggbb`, where it can be read on this screen's background; else the app's own. */
@Composable
fun colorOf(written: String): Color {
    val own = MaterialTheme.colorScheme.onSurface
    val rgb = written.removePrefix("#").takeIf { it.length == RGB_DIGITS }?.toLongOrNull(HEX) ?: return own
    val color = Color(OPAQUE or rgb)
    val surface = MaterialTheme.colorScheme.surface
    return if (contrast(brightness(color), brightness(surface)) >= READABLE) color else own
}

/** As WCAG 2 measures them, with the usual square for its curve. */
private fun brightness(color: Color): Float =
    RED * color.red * color.red + GREEN * color.green * color.green + BLUE * color.blue * color.blue

private fun contrast(
    one: Float,
    other: Float,
): Float = (maxOf(one, other) + FLARE) / (minOf(one, other) + FLARE)

private const val RGB_DIGITS = 6
private const val HEX = 16
private const val OPAQUE = 0xFF000000L
private const val RED = 0.2126f
private const val GREEN = 0.7152f
private const val BLUE = 0.0722f
private const val FLARE = 0.05f
private const val READABLE = 4.5f
