package org.countersign.app.ui

import androidx.compose.runtime.Composable
import androidx.compose.ui.platform.LocalConfiguration
import java.text.DateFormat
import java.time.DateTimeException
import java.time.Instant
import java.util.Date

/** A day and a time as the person writes them; a dash where there is none. */
@Composable
fun moment(seconds: ULong?): String {
    if (seconds == null || seconds == 0uL) return NONE
    val locale = LocalConfiguration.current.locale
    val format = DateFormat.getDateTimeInstance(DateFormat.MEDIUM, DateFormat.SHORT, locale)
    return format.format(Date(seconds.toLong() * MILLIS))
}

/** The same for a server's RFC 3339; what is none stays as the server wrote it. */
@Composable
fun moment(written: String): String {
    val seconds =
        try {
            Instant.parse(written).epochSecond
        } catch (other: DateTimeException) {
            null
        }
    return if (seconds == null || seconds < 0) written else moment(seconds.toULong())
}

private const val NONE = "–"
private const val MILLIS = 1000L
