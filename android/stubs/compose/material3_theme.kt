// Stub of Material 3, 1.3: colours and kinds of text.
package androidx.compose.material3

import androidx.compose.runtime.Composable
import androidx.compose.runtime.ProvidableCompositionLocal
import androidx.compose.runtime.ReadOnlyComposable
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.TextStyle

class ColorScheme internal constructor() {
    val primary: Color get() = absent()
    val background: Color get() = absent()
    val surface: Color get() = absent()
    val onSurface: Color get() = absent()
    val errorContainer: Color get() = absent()
    val secondaryContainer: Color get() = absent()
}

// Of the many colours those that the app names; none is ever given by position.
fun lightColorScheme(
    primary: Color = absent(), onPrimary: Color = absent(), secondary: Color = absent(), tertiary: Color = absent(),
): ColorScheme = absent()
fun darkColorScheme(
    primary: Color = absent(), onPrimary: Color = absent(), secondary: Color = absent(), tertiary: Color = absent(),
): ColorScheme = absent()

class Shapes
class Typography {
    val displayMedium: TextStyle get() = absent()
    val displaySmall: TextStyle get() = absent()
    val headlineMedium: TextStyle get() = absent()
    val headlineSmall: TextStyle get() = absent()
    val titleLarge: TextStyle get() = absent()
    val titleMedium: TextStyle get() = absent()
    val bodyLarge: TextStyle get() = absent()
    val bodyMedium: TextStyle get() = absent()
    val bodySmall: TextStyle get() = absent()
    val labelLarge: TextStyle get() = absent()
    val labelMedium: TextStyle get() = absent()
    val labelSmall: TextStyle get() = absent()
}

object MaterialTheme {
    val colorScheme: ColorScheme @Composable @ReadOnlyComposable get() = absent()
    val typography: Typography @Composable @ReadOnlyComposable get() = absent()
}

@Composable fun MaterialTheme(
    colorScheme: ColorScheme = absent(), shapes: Shapes = absent(), typography: Typography = absent(), content: @Composable () -> Unit,
): Unit = absent()
val LocalTextStyle: ProvidableCompositionLocal<TextStyle> get() = absent()
