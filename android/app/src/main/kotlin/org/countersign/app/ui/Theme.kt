package org.countersign.app.ui

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.res.colorResource
import org.countersign.app.R

/** The organisation's colours over Material's own, light or dark as the phone is. */
@Composable
fun Theme(content: @Composable () -> Unit) {
    val colors =
        if (isSystemInDarkTheme()) {
            val brand = colorResource(R.color.brand_dark)
            darkColorScheme(primary = brand, onPrimary = colorResource(R.color.on_brand_dark), secondary = brand, tertiary = brand)
        } else {
            val brand = colorResource(R.color.brand)
            lightColorScheme(primary = brand, onPrimary = colorResource(R.color.on_brand), secondary = brand, tertiary = brand)
        }
    MaterialTheme(colorScheme = colors, content = content)
}
