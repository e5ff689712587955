package org.countersign.app.ui

import androidx.compose.material3.LocalTextStyle
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.style.TextDirection
import org.countersign.app.R

/** Digits as they are everywhere: from left to right, ASCII, all of one width. A screen reader says them one by one. */
@Composable
fun Digits(
    text: String,
    modifier: Modifier = Modifier,
    style: TextStyle = LocalTextStyle.current,
) {
    val spoken = stringResource(R.string.codes_spoken, oneByOne(text))
    Text(
        text,
        modifier = modifier.clearAndSetSemantics { contentDescription = spoken },
        style = style.copy(fontFamily = FontFamily.Monospace, textDirection = TextDirection.Ltr),
    )
}

/** `123 456` as `1 2 3 4 5 6`, so that it is not read as a number. */
fun oneByOne(digits: String): String = digits.filterNot { it.isWhitespace() }.toList().joinToString(" ")
